"""Pages of beds: the list with what is overdue first, the map as a table, a new application, one bed."""

from datetime import datetime
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app import clock
from app.address import read_address
from app.auth import Actor, allow, current_actor
from app.clock import business_day
from app.db import transaction
from app.forms import Form, read_form, shows_refusals
from app.people.queries import get_senior, list_places
from care_beds.beds import queries, services
from care_beds.beds.access import CLERKS, READERS
from care_beds.beds.applying import list_choices
from care_beds.beds.choices import next_context
from care_beds.beds.mapping import list_map
from care_beds.beds.page_words import WORDS, list_title
from care_beds.beds.panels import find_panel, list_panels
from care_beds.beds.picturing import picture_life
from care_beds.beds.rules import LIVE, State
from care_beds.beds.schemas import BedFormIn, BedsPlaceIn
from care_beds.beds.showing import read_bed

ONE, NEW = "beds/one.html", "beds/new.html"
# Our own tabs of a bed's page; others are handed over.
LIFE, PAPERS, BUILT, STORY = "life", "papers", "built", "story"
OWN = (LIFE, PAPERS, BUILT, STORY)

blueprint = Blueprint("beds", __name__, url_prefix="/care/beds", template_folder="templates")


@blueprint.get("")
@allow(*READERS)
def list_beds() -> str:
    """List beds, the one whose next step is due first standing first."""
    asked, today, actor = read_place(), business_day(clock.now()), current_actor()
    with transaction() as session:
        page = queries.list_beds(session, reach=actor, today=today, **asked)
        counts = queries.count_states(session, reach=actor, today=today, area_code=asked["filters"].area_code)
        nearby = list_places(session, actor=actor, levels=("street", "community"))
    shown = {"page": page, "filters": asked["filters"], "counts": counts, "nearby": nearby, "today": today}
    return render_template("beds/list.html", **WORDS, **shown, title=list_title(counts), states=list(State))


@blueprint.get("/map")
@allow(*READERS)
def show_map() -> str:
    """Show where the beds stand: counts by street and community."""
    today = business_day(clock.now())
    with transaction() as session:
        streets = list_map(session, reach=current_actor(), today=today)
    return render_template("beds/map.html", **WORDS, streets=streets)


@blueprint.get("/new/<int:senior_id>")
@allow(*CLERKS)
def show_new(senior_id: int) -> str:
    """Show the form of an application."""
    return render_template(NEW, form=Form(), **new_context(senior_id))


def new_context(senior_id: int) -> dict[str, Any]:
    """Gather what the form of an application shows."""
    today = business_day(clock.now())
    with transaction() as session:
        senior = get_senior(session, senior_id=senior_id, actor=current_actor(), day=today)
        programmes = list_choices(session, senior_id=senior_id, on=today)
        known = queries.list_beds_of(session, senior_id=senior_id)
    return {**WORDS, "senior": senior, "programmes": programmes, "today": today, "known": known}


@blueprint.post("/new/<int:senior_id>")
@allow(*CLERKS)
@shows_refusals(NEW, new_context)
def apply(senior_id: int) -> Response:
    """Record an application."""
    asked = read_form(BedFormIn)
    with transaction() as session:
        bed_id = services.apply(session, senior_id=senior_id, **asked, actor=current_actor(), now=clock.now()).id
    flash(_("The application is recorded. The assessment comes next."), "ok")
    return redirect(url_for("beds.show_bed", bed_id=bed_id), 303)  # type: ignore[return-value]


@blueprint.get("/<int:bed_id>")
@allow(*READERS)
def show_bed(bed_id: int) -> str:
    """Show one bed."""
    return render_template(ONE, form=Form(), **one_context(bed_id))


def one_context(bed_id: int, **_others: Any) -> dict[str, Any]:
    """Gather what a bed's page shows under the tab that is open."""
    now, actor, tab = clock.now(), current_actor(), request.values.get("tab", LIFE)
    today = business_day(now)
    with transaction() as session:
        page = read_bed(session, bed_id=bed_id, actor=actor, today=today)
        panel = find_panel(actor, tab)
        shown = tab if panel or tab in OWN else LIFE
        piece = panel.render(session, bed=page.bed, actor=actor, now=now) if panel else ""
        picture = picture_life(session, page, today=today) if shown == LIFE else None
        context = next_context(session, page, actor=actor, today=today)
    panels = [(each.name, each.label) for each in list_panels(actor)]
    here = {"page": page, "bed": page.bed, "tab": shown, "piece": piece, "picture": picture, "panels": panels}
    return {**WORDS, **here, **context, "today": today, "which": request.args.get("which", "")}


def read_place() -> dict[str, Any]:
    """Return what the address asks for, without what cannot be read."""
    asked, _faults = read_address(BedsPlaceIn())
    return asked


def beds_panel(session: Session, *, senior_id: int, actor: Actor, now: datetime) -> str:
    """Return the piece of a senior's page that tells of beds; empty for whoever may not see them."""
    if not actor.roles & set(READERS):
        return ""
    beds = queries.list_beds_of(session, senior_id=senior_id)
    seen = [bed for bed in beds if queries.is_reached(session, bed=bed, actor=actor)]
    may_apply = bool(actor.roles & set(CLERKS)) and not any(State(bed.state) in LIVE for bed in beds)
    today = business_day(now)
    return render_template("beds/panel.html", **WORDS, beds=seen, may_apply=may_apply, senior_id=senior_id, today=today)

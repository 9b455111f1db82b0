"""The worker's pages on a phone: today's way, whose door it is, and what was found there."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app import clock
from app.areas.queries import find_names
from app.auth import allow, current_actor
from app.clock import business_day
from app.db import transaction
from app.forms import Form, read_form, shows_refusals
from app.pictures.uploads import read_upload
from app.tokens import new_id
from outreach.access import VISITORS, check_reached, shown_names
from outreach.policy import list_rules, rules_at
from outreach.reading.doors import open_door
from outreach.reading.people import find_standing, read_story
from outreach.reading.tasks import list_round
from outreach.schemas import OutreachVisitIn
from outreach.visiting import Found, record_visit
from outreach.words import describe

blueprint = Blueprint("outreach_today", __name__, url_prefix="/outreach/today", template_folder="templates")
FORM = "outreach/visit.html"


def way_context() -> dict[str, Any]:
    """Gather the caller's way, by community."""
    actor, today = current_actor(), business_day(clock.now())
    with transaction() as session:
        rules = rules_at(list_rules(session, on=today), next(iter(actor.area_codes), "110000"))
        way = list_round(session, reach=actor, today=today, ahead_days=rules.ahead_days if rules else 0)
        place_names = find_names(session, way)
    count = sum(len(stops) for stops in way.values())
    return {**describe(), "way": way, "place_names": place_names, "count": count, "today": today, "door": None}


@blueprint.get("")
@allow(*VISITORS)
def show_today() -> str:
    """Show who is to be visited, community by community."""
    return render_template("outreach/today.html", **way_context())


@blueprint.post("/<int:senior_id>/door")
@allow(*VISITORS)
def show_door(senior_id: int) -> str:
    """Show where somebody lives and their number; this is written down."""
    with transaction() as session:
        door = open_door(session, senior_id=senior_id, by=current_actor(), now=clock.now())
    return render_template("outreach/today.html", **{**way_context(), "door": door})


def form_context(senior_id: int, door: Any = None) -> dict[str, Any]:
    """Gather what the form of a visit shows."""
    actor = current_actor()
    with transaction() as session:
        shown = person(session, senior_id)
    return {**describe(), **shown, "key": new_id(), "door": door, "actor": actor, "today": business_day(clock.now())}


def person(session: Session, senior_id: int) -> dict[str, Any]:
    """Return whom a form is about, and what is known already."""
    actor = current_actor()
    check_reached(session, senior_id=senior_id, actor=actor)
    standing = find_standing(session, senior_id=senior_id)
    return {
        "senior_id": senior_id,
        "name": shown_names(session, senior_ids=[senior_id], reach=actor).get(senior_id, ""),
        "standing": standing,
        "story": read_story(session, senior_id=senior_id),
        "place_names": find_names(session, [standing.area_code] if standing else []),
    }


@blueprint.get("/<int:senior_id>")
@allow(*VISITORS)
def show_form(senior_id: int) -> str:
    """Show the form of a visit."""
    return render_template(FORM, form=Form(), **form_context(senior_id))


@blueprint.post("/<int:senior_id>")
@allow(*VISITORS)
@shows_refusals(FORM, form_context)
def write_down(senior_id: int) -> Response:
    """Write down a visit."""
    told = Found(**read_form(OutreachVisitIn), picture=read_upload())
    with transaction() as session:
        visit = record_visit(session, senior_id=senior_id, found=told, by=current_actor(), now=clock.now())
    flash(_("Written down.") if visit.is_met else _("Written down; it stays due."), "ok")
    return redirect(url_for("outreach_today.show_today"), 303)  # type: ignore[return-value]

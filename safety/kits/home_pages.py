"""Pages of homes with kits: the list, a new application, one home."""

from datetime import datetime
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from marshmallow import Schema, ValidationError
from sqlalchemy.orm import Session

from app import clock
from app.areas.rules import is_within_any
from app.auth import Actor, allow, current_actor
from app.clock import business_day
from app.db import transaction
from app.forms import Form, read_form, shows_refusals
from app.people.queries import get_senior, list_places
from safety.kits import homes, listing
from safety.kits.access import (
    AWAY_SETTERS,
    CLERKS,
    FITTERS,
    LISTERS,
    READERS,
    REVEALERS,
    SETTING_CHECKERS,
    SETTING_MAKERS,
)
from safety.kits.page_words import WORDS
from safety.kits.queries import find_home_of
from safety.kits.reading import read_home
from safety.kits.schemas import KitApplicationFormIn, KitHomesPlaceIn

ONE, NEW = "kits/home.html", "kits/new.html"

blueprint = Blueprint("safety_homes", __name__, url_prefix="/safety/homes", template_folder="templates")


@blueprint.get("")
@allow(*READERS)
def list_homes() -> str:
    """List homes, the latest application first."""
    asked, actor, now = read_place(KitHomesPlaceIn), current_actor(), clock.now()
    with transaction() as session:
        page = listing.list_home_items(session, reach=actor, now=now, **asked)
        counts = listing.count_homes(session, reach=actor)
        nearby = list_places(session, actor=actor, levels=("street", "community"))
    shown = {"page": page, "counts": counts, "nearby": nearby, "filters": asked["filters"]}
    return render_template("kits/homes.html", **WORDS, **shown, today=business_day(now))


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
        is_alone = homes.guess_situation(session, senior_id=senior_id, on=today)
        outlook = homes.list_outlook(session, senior_id=senior_id, lives_alone=is_alone, kin_near=False, on=today)
        known = find_home_of(session, senior_id=senior_id)
    return {**WORDS, "senior": senior, "is_alone": is_alone, "outlook": outlook, "known": known, "today": today}


@blueprint.post("/new/<int:senior_id>")
@allow(*CLERKS)
@shows_refusals(NEW, new_context)
def apply(senior_id: int) -> Response:
    """Record an application."""
    asked = read_form(KitApplicationFormIn)
    with transaction() as session:
        home_id = homes.apply(session, senior_id=senior_id, **asked, actor=current_actor(), now=clock.now()).id
    flash(_("The application is recorded. Write down whom to call, and have the kit installed."), "ok")
    return go_home(home_id)


@blueprint.get("/<int:home_id>")
@allow(*READERS)
def show_home(home_id: int) -> str:
    """Show one home."""
    return render_template(ONE, form=Form(), **one_context(home_id))


def one_context(home_id: int, **_others: Any) -> dict[str, Any]:
    """Gather what the page of a home shows."""
    actor, now = current_actor(), clock.now()
    with transaction() as session:
        view = read_home(session, home_id=home_id, actor=actor, now=now)
    here = {"view": view, "home": view.home, "now": now, "today": business_day(now)}
    return {**WORDS, **rights(actor), **here, "which": request.args.get("which", "")}


def rights(actor: Actor) -> dict[str, bool]:
    """Say what somebody may do on these pages."""
    asked = {
        "may_apply": CLERKS,
        "may_fit": FITTERS,
        "may_list": LISTERS,
        "may_reveal": REVEALERS,
        "may_set_away": AWAY_SETTERS,
        "may_wish": SETTING_MAKERS,
        "may_check": SETTING_CHECKERS,
    }
    return {name: bool(actor.roles & set(roles)) for name, roles in asked.items()}


def go_home(home_id: int) -> Response:
    """Lead to the page of a home."""
    return redirect(url_for("safety_homes.show_home", home_id=home_id), 303)  # type: ignore[return-value]


def read_place(schema: type[Schema]) -> dict[str, Any]:
    """Return what the address asks for, without what cannot be read."""
    given = {name: value for name, value in request.args.items() if value}
    try:
        asked: dict[str, Any] = schema().load(given)
    except ValidationError as error:
        wrong = error.messages_dict
        return schema().load({name: value for name, value in given.items() if name not in wrong})  # type: ignore[no-any-return]
    return asked


def kit_panel(session: Session, *, senior_id: int, actor: Actor, now: datetime) -> str:
    """Return the piece of a senior's page that tells of their kit; empty for whoever may not see it."""
    if not actor.roles & set(READERS):
        return ""
    home = find_home_of(session, senior_id=senior_id)
    if home and not is_within_any(home.area_code, actor.area_codes):
        return ""
    kit = listing.list_kit(session, home_id=home.id, reach=actor, now=now) if home else ()
    shown = {"home": home, "kit": kit, "senior_id": senior_id, "now": now}
    return render_template("kits/panel.html", **WORDS, **rights(actor), **shown)

"""Referrals of a place: what is open, overdue or ended, and whom help could be opened for."""

from flask import Blueprint, render_template, request

from app import clock
from app.areas.queries import find_names
from app.auth import allow, current_actor
from app.clock import business_day
from app.db import transaction
from outreach.access import READERS
from outreach.reading.problems import list_problems
from outreach.reading.referrals import count_referrals, list_referrals, list_suggested
from outreach.words import describe

STATES = ("open", "overdue", "ended")

blueprint = Blueprint("outreach_referrals", __name__, url_prefix="/outreach/referrals", template_folder="templates")


@blueprint.get("")
@allow(*READERS)
def show_referrals() -> str:
    """List referrals, what is due first."""
    asked, after = request.args.get("state", "open"), request.args.get("after") or None
    state, actor, today = asked if asked in STATES else "open", current_actor(), business_day(clock.now())
    with transaction() as session:
        page = list_referrals(session, reach=actor, today=today, state=state, after=after)
        shown = {
            "page": page,
            "counts": count_referrals(session, reach=actor, today=today),
            "place_names": find_names(session, {each.area_code for each in page.items}),
        }
    return render_template("outreach/referrals.html", **describe(), **shown, state=state, today=today)


@blueprint.get("/suggested")
@allow(*READERS)
def show_suggested() -> str:
    """List key people for whom help could be opened and was not."""
    after = request.args.get("after") or None
    with transaction() as session:
        page = list_suggested(session, reach=current_actor(), after=after)
        place_names = find_names(session, {each.area_code for each in page.items})
    return render_template("outreach/suggested.html", **describe(), page=page, place_names=place_names)


@blueprint.get("/problems")
@allow(*READERS)
def show_problems() -> str:
    """List what visits found and nobody has closed, the oldest first."""
    after = request.args.get("after") or None
    with transaction() as session:
        page = list_problems(session, reach=current_actor(), after=after)
        place_names = find_names(session, {each.area_code for each in page.items})
    return render_template("outreach/problems.html", **describe(), page=page, place_names=place_names)

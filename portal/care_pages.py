"""Care at home, for the family: who comes and when, what was done, and what it wants to say about it."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask_babel import gettext as _

from app import clock
from app.auth import allow, current_actor
from app.clock import business_day
from app.db import transaction
from app.forms import read_form, shows_refusals
from app.people.relatives.reach import Topic
from care_beds.money.reading import find_payments
from care_beds.money.words import PAYER_CHIPS, tell
from care_beds.rounds import confirming, family, objecting
from care_beds.rounds.page_words import WORDS
from care_beds.rounds.schemas import ObjectionIn, RatingIn
from portal.visiting import VISITORS, visit

LIST, ONE = "portal/care.html", "portal/care_visit.html"

blueprint = Blueprint("family_care", __name__, url_prefix="/family", template_folder="templates")


@blueprint.get("/<int:senior_id>/care")
@allow(*VISITORS)
def show_care(senior_id: int) -> str:
    """Show who comes next, what waits for the family's word, and what was done."""
    now = clock.now()
    today = business_day(now)
    with transaction() as session:
        reached = visit(session, senior_id=senior_id, topic=Topic.VISITS, now=now)
        account_id = current_actor().account_id
        found = family.list_visits(session, senior_id=senior_id, account_id=account_id, now=now)
    coming = [each for each in found if each.state in ("planned", "started") and each.on >= today]
    waiting = [each for each in found if each.may_confirm]
    past = [each for each in reversed(found) if each not in coming and each not in waiting]
    shown = {"reached": reached, "coming": coming, "waiting": waiting, "past": past, "today": today}
    return render_template(LIST, **WORDS, **shown)


def context(senior_id: int, visit_id: int) -> dict[str, Any]:
    """Return what the page of one visit shows."""
    now = clock.now()
    with transaction() as session:
        reached = visit(session, senior_id=senior_id, topic=Topic.VISITS, now=now)
        account_id = current_actor().account_id
        found = family.get_visit(session, senior_id=senior_id, visit_id=visit_id, account_id=account_id, now=now)
        # What it cost and who paid it is of the points, which somebody may keep to themselves.
        knows_money = Topic.BALANCE in reached.topics
        paid = find_payments(session, visit_ids=[visit_id]).get(visit_id) if knows_money else None
    words = {**WORDS, "payer_chips": PAYER_CHIPS, "tell": tell}
    return {**words, "reached": reached, "visit": found, "paid": paid, "today": business_day(now)}


@blueprint.get("/<int:senior_id>/care/<int:visit_id>")
@allow(*VISITORS)
def show_visit(senior_id: int, visit_id: int) -> str:
    """Show one visit, with the code that confirms it."""
    return render_template(ONE, **context(senior_id, visit_id))


@blueprint.post("/<int:senior_id>/care/<int:visit_id>/confirmation")
@allow(*VISITORS)
@shows_refusals(ONE, context)
def confirm(senior_id: int, visit_id: int) -> Response:
    """Confirm a visit."""
    return _say(confirming.confirm_by_tap, _("Confirmed. Thank you."), senior_id, visit_id)


@blueprint.post("/<int:senior_id>/care/<int:visit_id>/rating")
@allow(*VISITORS)
@shows_refusals(ONE, context)
def rate(senior_id: int, visit_id: int) -> Response:
    """Rate a visit."""
    return _say(objecting.rate_visit, _("Thank you. The provider sees it."), senior_id, visit_id, **read_form(RatingIn))


@blueprint.post("/<int:senior_id>/care/<int:visit_id>/objections")
@allow(*VISITORS)
@shows_refusals(ONE, context)
def object_to(senior_id: int, visit_id: int) -> Response:
    """Say that a visit was not right."""
    told = _("Sent. The supervisor looks into it, and the visit is not paid before you have an answer.")
    return _say(objecting.object_to_visit, told, senior_id, visit_id, **read_form(ObjectionIn))


def _say(service: Callable[..., Any], told: str, senior_id: int, visit_id: int, **said: Any) -> Response:
    now = clock.now()
    with transaction() as session:
        visit(session, senior_id=senior_id, topic=Topic.VISITS, now=now)
        service(session, senior_id=senior_id, visit_id=visit_id, **said, by=current_actor(), now=now)
    flash(told, "ok")
    return redirect(url_for("family_care.show_visit", senior_id=senior_id, visit_id=visit_id), 303)  # type: ignore[return-value]

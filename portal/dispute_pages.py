"""“This is not right”: a family asks about a line of the statement, and reads what the street answers."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app import clock
from app.auth import allow, current_actor
from app.clock import business_day
from app.db import transaction
from app.forms import Form, read_form, shows_refusals
from app.people.relatives.family_rules import find_family_rules
from app.people.relatives.reach import Topic
from portal.queries import find_entry
from portal.visiting import VISITORS, visit
from portal.wording import title_of
from subsidies.disputes import queries as disputes
from subsidies.disputes import services
from subsidies.disputes.schemas import FamilyDisputeReasonIn

ONE = "/<int:senior_id>/disputes/<uuid:txn_id>"
PAGE = "portal/dispute.html"

blueprint = Blueprint("family_disputes", __name__, url_prefix="/family", template_folder="templates")


def one(senior_id: int, txn_id: UUID) -> dict[str, Any]:
    """Return what the page about one line shows: the line, what was asked about it, and by when an answer comes."""
    now = clock.now()
    today = business_day(now)
    with transaction() as session:
        reached = visit(session, senior_id=senior_id, topic=Topic.BALANCE, now=now)
        knows_meals = Topic.MEALS in reached.topics
        entry = find_entry(session, senior_id=senior_id, txn_id=txn_id, knows_meals=knows_meals, now=now)
        found = disputes.find_disputes(session, home=senior_id, txn_ids=[txn_id], today=today)
        rules = find_family_rules(session, area_code=reached.residence_area_code, on=today)
    return {
        "reached": reached,
        "entry": entry,
        "dispute": found.get(txn_id),
        "answer_days": rules.answer_days if rules else None,
        "title_of": title_of,
        "own_id": current_actor().account_id,
    }


@blueprint.get(ONE)
@allow(*VISITORS)
def show(senior_id: int, txn_id: UUID) -> str:
    """Show a line with the reasons to choose from, or how far the question about it is."""
    return render_template(PAGE, form=Form(), **one(senior_id, txn_id))


@blueprint.post(ONE)
@allow(*VISITORS)
@shows_refusals(PAGE, one)
def open_dispute(senior_id: int, txn_id: UUID) -> Response:
    """Send the question."""
    typed = read_form(FamilyDisputeReasonIn)
    told = _("Sent. The street answers, and you get a message.")
    return _step(services.open_dispute, told, senior_id, txn_id, senior_id=senior_id, txn_id=txn_id, **typed)


@blueprint.post(f"{ONE}/<int:dispute_id>/withdrawal")
@allow(*VISITORS)
@shows_refusals(PAGE, lambda senior_id, txn_id, **_rest: one(senior_id, txn_id))
def withdraw(senior_id: int, txn_id: UUID, dispute_id: int) -> Response:
    """Take the question back."""
    return _step(services.withdraw_dispute, _("Taken back."), senior_id, txn_id, dispute_id=dispute_id)


def _step(service: Callable[..., Any], told: str, line_of: int, line: UUID, **asked: Any) -> Response:
    with transaction() as session:
        _check(session, line_of)
        service(session, **asked, by=current_actor(), now=clock.now())
    flash(told, "ok")
    return redirect(url_for("family_disputes.show", senior_id=line_of, txn_id=line), 303)  # type: ignore[return-value]


def _check(session: Session, senior_id: int) -> None:
    visit(session, senior_id=senior_id, topic=Topic.BALANCE, now=clock.now())

"""Disputes over HTTP: open one, take it back, list, answer."""

from typing import Any

from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from app import clock
from app.auth import allow, current_actor
from app.clock import business_day
from app.db import transaction
from subsidies.disputes import queries, services
from subsidies.disputes.access import ANSWERERS, FAMILIES, READERS
from subsidies.disputes.models import Dispute
from subsidies.disputes.schemas import (
    FamilyAnswerIn,
    FamilyDisputeIn,
    FamilyDisputeOut,
    FamilyDisputesIn,
    FamilyDisputesOut,
)

blueprint = Blueprint(
    "disputes_api", __name__, url_prefix="/api/v1/subsidies/disputes", description="Lines that families question"
)


@blueprint.post("")
@allow(*FAMILIES)
@blueprint.arguments(FamilyDisputeIn)
@blueprint.response(201, FamilyDisputeOut)
@blueprint.alt_response(409, description="An open dispute is about this line")
def open_dispute(body: dict[str, Any]) -> Any:
    """Say that a line of a statement is not right."""
    with transaction() as session:
        return _show(session, services.open_dispute(session, **body, by=current_actor(), now=clock.now()))


@blueprint.post("/<int:dispute_id>/withdrawal")
@allow(*FAMILIES)
@blueprint.response(200, FamilyDisputeOut)
def withdraw_dispute(dispute_id: int) -> Any:
    """Take a dispute back."""
    with transaction() as session:
        found = services.withdraw_dispute(session, dispute_id=dispute_id, by=current_actor(), now=clock.now())
        return _show(session, found)


@blueprint.get("")
@allow(*READERS)
@blueprint.arguments(FamilyDisputesIn, location="query")
@blueprint.response(200, FamilyDisputesOut)
def list_disputes(asked: dict[str, Any]) -> Any:
    """List disputes of the caller's areas: open ones with overdue first, others the latest first."""
    state, today = asked.pop("state"), business_day(clock.now())
    with transaction() as session:
        which = "" if state == "all" else state
        return queries.list_disputes(session, actor=current_actor(), today=today, state=which, **asked)


@blueprint.get("/<int:dispute_id>")
@allow(*READERS)
@blueprint.response(200, FamilyDisputeOut)
def get_dispute(dispute_id: int) -> Any:
    """Return one dispute."""
    with transaction() as session:
        return queries.get_dispute(
            session, dispute_id=dispute_id, actor=current_actor(), today=business_day(clock.now())
        )


@blueprint.post("/<int:dispute_id>/answer")
@allow(*ANSWERERS)
@blueprint.arguments(FamilyAnswerIn)
@blueprint.response(200, FamilyDisputeOut)
@blueprint.alt_response(409, description="It was answered or taken back before")
def answer_dispute(body: dict[str, Any], dispute_id: int) -> Any:
    """Answer a dispute; the family is told."""
    with transaction() as session:
        found = services.answer_dispute(session, dispute_id=dispute_id, **body, by=current_actor(), now=clock.now())
        return _show(session, found)


def _show(session: Session, dispute: Dispute) -> queries.DisputeView:
    found = queries.find_disputes(session, home=dispute.home, txn_ids=[dispute.txn_id], today=business_day(clock.now()))
    return found[dispute.txn_id]

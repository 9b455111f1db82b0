"""Opening a dispute about a line, taking it back, and answering it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.audit import services as audit
from app.auth import Actor
from app.clock import business_day
from app.messages.services import tell
from app.people.relatives.family_rules import get_family_rules
from app.people.relatives.reach import Topic, get_reached
from subsidies.disputes.access import visible
from subsidies.disputes.errors import AlreadyDisputed, DisputeClosed, DisputeNotFound, OwnDispute
from subsidies.disputes.lines import get_line
from subsidies.disputes.models import Dispute
from subsidies.disputes.rules import Reason, State, due_on
from subsidies.disputes.wording import ANSWERED_KIND

ONE_OPEN = (Dispute.home, Dispute.txn_id)


def open_dispute(
    session: Session, *, senior_id: int, txn_id: UUID, reason: Reason, words: str = "", by: Actor, now: datetime
) -> Dispute:
    """Say that a line of a senior's statement is not right; the street answers by a day.

    :raises NotFound: if the caller is not linked to such a senior, or nothing like it stands in the statement
    :raises ConsentMissing: if the senior has not agreed that the caller sees the points
    :raises PolicyNotFound: if no document says by when the street answers
    :raises AlreadyDisputed: if an open dispute is about this line
    """
    today = business_day(now)
    reached = get_reached(session, actor=by, senior_id=senior_id, topic=Topic.BALANCE, today=today)
    line = get_line(session, home=senior_id, line_id=txn_id)
    if not line.is_booked:
        # What was paid in cash alone says nothing of the points, only of what was eaten.
        get_reached(session, actor=by, senior_id=senior_id, topic=Topic.MEALS, today=today)
    area_code = reached.residence_area_code
    rules = get_family_rules(session, area_code=area_code, on=today)
    values = {
        "home": senior_id,
        "txn_id": txn_id,
        "booked_id": txn_id if line.is_booked else None,
        "account_id": by.account_id,
        "area_code": area_code,
        "reason": reason,
        "words": words.strip(),
        "opened_at": now,
        "due_on": due_on(today, rules.answer_days),
        "policy_id": rules.policy_id,
    }
    # Of two who press at once, one opens it: the index says so, not a look beforehand.
    fresh = insert(Dispute).values(values)
    opened = session.scalar(
        fresh.on_conflict_do_nothing(index_elements=ONE_OPEN, index_where=Dispute.state == State.OPEN).returning(
            Dispute.id
        )
    )
    if opened is None:
        raise AlreadyDisputed
    dispute = session.get_one(Dispute, opened)
    _record(session, dispute, "opened", by=by, now=now, new={"reason": reason, "due_on": dispute.due_on})
    return dispute


def withdraw_dispute(session: Session, *, dispute_id: int, by: Actor, now: datetime) -> Dispute:
    """Take a dispute back.

    :raises DisputeNotFound: if the caller opened none with this id
    :raises DisputeClosed: if it is not open any more
    """
    query = select(Dispute).where(Dispute.id == dispute_id, Dispute.account_id == by.account_id)
    dispute = _lock(session, query)
    dispute.state, dispute.withdrawn_at = State.WITHDRAWN, now
    session.flush()
    _record(session, dispute, "withdrawn", by=by, now=now)
    return dispute


def answer_dispute(
    session: Session, *, dispute_id: int, is_upheld: bool, answer: str, by: Actor, now: datetime
) -> Dispute:
    """Answer a dispute: the line is right and why, or the family is and what happens next. The family is told.

    Nothing is booked here: a sale is undone where sales are undone, a grant corrected where grants are.

    :raises DisputeNotFound: if there is none with this id in the caller's areas
    :raises DisputeClosed: if it is not open any more
    :raises OwnDispute: if the caller opened it
    """
    dispute = _lock(session, select(Dispute).where(Dispute.id == dispute_id, visible(by)))
    if dispute.account_id == by.account_id:
        raise OwnDispute
    dispute.state = State.UPHELD if is_upheld else State.ANSWERED
    dispute.answer, dispute.answered_by, dispute.answered_at = answer.strip(), by.account_id, now
    session.flush()
    _record(session, dispute, dispute.state, by=by, now=now, reason=dispute.answer)
    _tell_family(session, dispute, now=now)
    return dispute


def _lock(session: Session, query: Any) -> Dispute:
    """Load a dispute for one step, so that of two who take it at once only one does."""
    found: Dispute | None = session.scalar(query.with_for_update().execution_options(populate_existing=True))
    if found is None:
        raise DisputeNotFound
    if found.state != State.OPEN:
        raise DisputeClosed
    return found


def _tell_family(session: Session, dispute: Dispute, *, now: datetime) -> None:
    line = get_line(session, home=dispute.home, line_id=dispute.txn_id)
    tell(
        session,
        account_ids=[dispute.account_id],
        kind=ANSWERED_KIND,
        key=f"dispute:{dispute.id}",
        params={
            "senior_id": dispute.home,
            "txn_id": str(dispute.txn_id),
            "day": business_day(line.occurred_at).isoformat(),
            "is_upheld": dispute.state == State.UPHELD,
        },
        senior_id=dispute.home,
        now=now,
    )


def _record(
    session: Session,
    dispute: Dispute,
    action: str,
    *,
    by: Actor,
    now: datetime,
    new: Mapping[str, Any] | None = None,
    reason: str = "",
) -> None:
    audit.record(
        session,
        actor=by,
        action=f"dispute.{action}",
        subject=f"senior:{dispute.home}",
        area_code=dispute.area_code,
        new={"dispute": dispute.id, "state": dispute.state, **(new or {})},
        reason=reason,
        now=now,
    )

"""Disputing lines: the merchant says which and why, the street answers each."""

from datetime import datetime
from typing import Literal

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.auth import Actor
from subsidies.settlement.drafting import sum_up
from subsidies.settlement.errors import AlreadyAnswered, AlreadyDisputed, DisputeNotFound, LineNotFound, OwnDispute
from subsidies.settlement.models import Dispute, Line, Statement
from subsidies.settlement.reach import Reach, load_statement, visible
from subsidies.settlement.rules import State
from subsidies.settlement.steps import out_of_order, tell

RELEASE = text(
    "UPDATE settlement_line SET statement_id = NULL, n = NULL, is_correction = false"
    " WHERE home = :home AND txn_id = :txn_id"
)

Outcome = Literal["upheld", "set_aside"]


def dispute_line(
    session: Session, *, statement_id: int, n: int, reason: str, reach: Reach, by: Actor, now: datetime
) -> Dispute:
    """Say that a line of a statement is not right.

    :raises StatementNotFound: if there is none with this id within the reach
    :raises OutOfOrder: if the statement does not wait for the merchant
    :raises LineNotFound: if it has no line of this number
    :raises AlreadyDisputed: if the line waits for an answer
    """
    statement = load_statement(session, statement_id=statement_id, reach=reach, lock=True)
    if statement.state not in (State.SENT, State.DISPUTED):
        raise out_of_order(session, statement)
    line = session.scalar(select(Line).where(Line.statement_id == statement_id, Line.n == n))
    if line is None:
        raise LineNotFound
    if _find_open(session, statement_id, n) is not None:
        raise AlreadyDisputed
    dispute = Dispute(
        statement_id=statement_id,
        n=n,
        home=line.home,
        txn_id=line.txn_id,
        amount_fen=line.points_fen + line.public_fen,
        reason=reason,
        raised_by=by.account_id,
        raised_at=now,
    )
    session.add(dispute)
    statement.state = State.DISPUTED
    session.flush()
    tell(session, statement, action="dispute", by=by, now=now, note=f"{n}: {reason}")
    return dispute


def answer_dispute(
    session: Session, *, dispute_id: int, outcome: Outcome, answer: str, reach: Reach, by: Actor, now: datetime
) -> Dispute:
    """Answer a disputed line: it stays, or it is set aside and waits for a later period.

    A sale that was wrong is undone at the till, as always; both then meet in the same later statement.

    :raises DisputeNotFound: if there is none with this id within the reach
    :raises AlreadyAnswered: if somebody else was first
    :raises OwnDispute: if the caller raised it
    :raises OutOfOrder: if the statement does not stand at its disputes
    """
    found = session.scalar(select(Dispute).join(Statement).where(Dispute.id == dispute_id, visible(reach)))
    if found is None:
        raise DisputeNotFound
    statement = load_statement(session, statement_id=found.statement_id, reach=reach, lock=True)
    session.refresh(found)
    if found.state != "open":
        raise AlreadyAnswered
    if found.raised_by == by.account_id:
        raise OwnDispute
    if statement.state != State.DISPUTED:
        raise out_of_order(session, statement)
    found.state, found.answer, found.answered_by, found.answered_at = outcome, answer, by.account_id, now
    session.flush()
    if outcome == "set_aside":
        session.execute(RELEASE, {"home": found.home, "txn_id": found.txn_id})
        sum_up(session, [statement.id])
        session.refresh(statement)
    tell(session, statement, action="answer", by=by, now=now, note=f"{found.n}: {answer}")
    return found


def _find_open(session: Session, statement_id: int, n: int) -> Dispute | None:
    query = select(Dispute).where(Dispute.statement_id == statement_id, Dispute.n == n, Dispute.state == "open")
    found: Dispute | None = session.scalar(query)
    return found

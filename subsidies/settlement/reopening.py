"""Opening an approved statement again: one person asks, another decides, and the mark stays."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.approvals import services as approvals
from app.approvals.rules import SUBMITTED
from app.auth import Actor
from subsidies.settlement.errors import ReopeningAsked, ReopeningNotFound
from subsidies.settlement.models import Reopening, Statement
from subsidies.settlement.reach import Reach, load_statement
from subsidies.settlement.rules import REOPENED, State, Step
from subsidies.settlement.steps import find_asked, out_of_order, take_step, tell


def ask_reopening(
    session: Session, *, statement_id: int, cause: str, reach: Reach, by: Actor, now: datetime
) -> Reopening:
    """Ask that an approved statement that is not yet paid be opened again.

    What is paid stays paid: its later changes are corrections in the next open period.

    :raises StatementNotFound: if there is none with this id within the reach
    :raises OutOfOrder: if it is not approved, or already paid
    :raises ReopeningAsked: if somebody has asked before and nobody has decided
    """
    statement = load_statement(session, statement_id=statement_id, reach=reach, lock=True)
    if statement.state != State.APPROVED:
        raise out_of_order(session, statement)
    if find_asked(session, statement_id=statement_id) is not None:
        raise ReopeningAsked
    asked = Reopening(statement_id=statement_id, cause=cause, state=SUBMITTED, maker_id=by.account_id, submitted_at=now)
    session.add(asked)
    session.flush()
    tell(session, statement, action="ask_reopening", by=by, now=now, note=cause)
    return asked


def reopen(session: Session, *, statement_id: int, reach: Reach, by: Actor, now: datetime) -> Statement:
    """Open a statement again that somebody else asked to open: it is a draft once more, with a mark.

    :raises StatementNotFound: if there is none with this id within the reach
    :raises ReopeningNotFound: if nobody has asked
    :raises SelfApproval: if the caller asked
    :raises OutOfOrder: if it has been paid meanwhile
    """
    asked = _load_asked(session, statement_id, reach)
    approvals.approve(asked, state=REOPENED, by=by.account_id, now=now)
    session.flush()
    return take_step(
        session, step=Step.REOPEN, statement_id=statement_id, reach=reach, by=by, now=now, note=asked.cause
    )


def refuse_reopening(
    session: Session, *, statement_id: int, reason: str, reach: Reach, by: Actor, now: datetime
) -> Statement:
    """Leave a statement closed that somebody else asked to open.

    :raises StatementNotFound: if there is none with this id within the reach
    :raises ReopeningNotFound: if nobody has asked
    :raises SelfApproval: if the caller asked
    """
    asked = _load_asked(session, statement_id, reach)
    approvals.reject(asked, reason=reason, by=by.account_id, now=now)
    session.flush()
    statement = load_statement(session, statement_id=statement_id, reach=reach)
    tell(session, statement, action="refuse_reopening", by=by, now=now, note=reason)
    return statement


def _load_asked(session: Session, statement_id: int, reach: Reach) -> Reopening:
    # The statement's lock is what two deciders wait for.
    load_statement(session, statement_id=statement_id, reach=reach, lock=True)
    found = find_asked(session, statement_id=statement_id)
    if found is None:
        raise ReopeningNotFound
    return found

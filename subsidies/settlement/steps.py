"""The steps of a statement, from sending to payment: each checked, written down, and taken once."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.approvals.rules import SUBMITTED
from app.audit.services import record
from app.auth import Actor
from app.clock import business_day
from app.errors import DomainError, Invalid
from app.policies import queries as policies
from subsidies.settlement.errors import DisputesOpen, OutOfOrder, ReopeningAsked, SamePerson
from subsidies.settlement.models import Dispute, Event, Reopening, Statement
from subsidies.settlement.people import find_names
from subsidies.settlement.policy import SettlementRules, read_rules
from subsidies.settlement.reach import Reach, load_statement, load_statements, visible
from subsidies.settlement.rules import WAYS, Period, State, Step, may_take
from subsidies.settlement.wording import STATE_NAMES

# What one person does with one statement, or with all of a period at once.
FOR_MANY = frozenset({Step.SEND, Step.CONFIRM_FOR_STREET, Step.APPROVE})
LONGEST_REFERENCE = 60


def take_step(
    session: Session, *, step: Step, statement_id: int, reach: Reach, by: Actor, now: datetime, note: str = ""
) -> Statement:
    """Move one statement a step on.

    :param note: the reason of sending back, or the bank reference of a payment
    :raises StatementNotFound: if there is none with this id within the reach
    :raises OutOfOrder: if it does not stand where the step begins; somebody else may have been first
    :raises SamePerson: if whoever confirmed it would approve it
    :raises DisputesOpen: if it would be sent again with lines that nobody answered for
    :raises ReopeningAsked: if it would be paid while somebody waits for it to be opened again
    """
    statement = load_statement(session, statement_id=statement_id, reach=reach, lock=True)
    _check(session, step, statement, by=by, now=now)
    _move(session, step, statement, by=by, now=now, note=note)
    return statement


def take_steps(session: Session, *, step: Step, period: Period, reach: Reach, by: Actor, now: datetime) -> int:
    """Move all statements of a period within a reach a step on, and return how many; others stay where they are."""
    assert step in FOR_MANY
    ready = select(Statement.id).where(
        Statement.period_from == period.from_on,
        Statement.period_until == period.until_on,
        Statement.state.in_(sorted(WAYS[step].sources)),
        visible(reach),
    )
    moved = []
    for statement in load_statements(session, ids=session.scalars(ready).all(), reach=reach):
        if _objection(session, step, statement, by=by, now=now) is None:
            _change(session, step, statement, by=by, now=now, note="")
            moved.append(statement)
    session.flush()
    _tell_all(session, moved, action=step, by=by, now=now)
    return len(moved)


def tell(session: Session, statement: Statement, *, action: str, by: Actor, now: datetime, note: str = "") -> None:
    """Write down what was done with a statement: among its events, and in the audit log."""
    _tell_all(session, [statement], action=action, by=by, now=now, note=note)


def write_reference(reference: str) -> str:
    """Return a bank reference as it is kept.

    :raises Invalid: if it is empty or too long
    """
    plain = " ".join(reference.split())
    if not 0 < len(plain) <= LONGEST_REFERENCE:
        raise Invalid(errors={"reference": [_l("Write the bank's reference, at most %(most)s characters.", most=60)]})
    return plain


def out_of_order(session: Session, statement: Statement) -> OutOfOrder:
    """Tell where a statement stands, and who brought it there when."""
    last = session.scalars(
        select(Event).where(Event.statement_id == statement.id).order_by(Event.id.desc()).limit(1)
    ).first()
    names = find_names(session, [last.account_id]) if last and last.account_id else {}
    name = names.get(last.account_id, "") if last and last.account_id else ""
    state = STATE_NAMES[State(statement.state)]
    detail = (
        _l(
            "This statement is already “%(state)s”, by %(name)s. Open it again to see where it stands.",
            state=state,
            name=name,
        )
        if name
        else _l("This statement stands at “%(state)s”. Open it again to see what is next.", state=state)
    )
    return OutOfOrder(detail, extra={"state": statement.state})


def find_rules(session: Session, statement: Statement) -> SettlementRules:
    """Return the rules a statement was made by."""
    return read_rules(policies.get_policy(session, statement.policy_id).body)


def _check(session: Session, step: Step, statement: Statement, *, by: Actor, now: datetime) -> None:
    objection = _objection(session, step, statement, by=by, now=now)
    if objection is not None:
        raise objection


def _objection(session: Session, step: Step, statement: Statement, *, by: Actor, now: datetime) -> DomainError | None:
    """Return why this person may not take this step now."""
    state = State(statement.state)
    silent_until = _silent_until(session, statement) if step is Step.CONFIRM_FOR_STREET else None
    if not may_take(step, state, silent_until=silent_until, today=business_day(now)):
        return out_of_order(session, statement)
    if step is Step.APPROVE and by.account_id in (statement.street_confirmed_by, statement.confirmed_by):
        return SamePerson()
    if step is Step.SEND and state is State.DISPUTED and count_open(session, statement):
        return DisputesOpen()
    if step is Step.PAY and find_asked(session, statement_id=statement.id) is not None:
        return ReopeningAsked()
    return None


def _silent_until(session: Session, statement: Statement) -> date | None:
    return statement.due_on if find_rules(session, statement).silence_confirms else None


def count_open(session: Session, statement: Statement) -> int:
    """Count the disputed lines of a statement that nobody has answered."""
    query = select(func.count()).where(Dispute.statement_id == statement.id, Dispute.state == "open")
    return session.scalar(query) or 0


def find_asked(session: Session, *, statement_id: int) -> Reopening | None:
    """Return what was asked about reopening a statement and is not decided."""
    query = select(Reopening).where(Reopening.statement_id == statement_id, Reopening.state == SUBMITTED)
    found: Reopening | None = session.scalar(query)
    return found


def _move(session: Session, step: Step, statement: Statement, *, by: Actor, now: datetime, note: str) -> None:
    _change(session, step, statement, by=by, now=now, note=note)
    session.flush()
    tell(session, statement, action=step, by=by, now=now, note=note)


def _change(session: Session, step: Step, statement: Statement, *, by: Actor, now: datetime, note: str) -> None:
    # State and signature are one change: the database takes neither without the other.
    with session.no_autoflush:
        WORK[step](session, statement, by, now, note)
        statement.state = WAYS[step].target


def _tell_all(
    session: Session, statements: Sequence[Statement], *, action: str, by: Actor, now: datetime, note: str = ""
) -> None:
    session.add_all(
        Event(
            statement_id=each.id,
            at=now,
            account_id=by.account_id,
            action=action,
            note=note,
            total_fen=each.total_fen,
        )
        for each in statements
    )
    session.flush()
    for each in statements:
        record(
            session,
            actor=by,
            action=f"settlement.{action}",
            subject=f"statement:{each.id}",
            area_code=each.area_code,
            now=now,
            new={"state": each.state, "amount_fen": each.total_fen},
            reason=note,
        )


def _send(session: Session, statement: Statement, _by: Actor, now: datetime, _note: str) -> None:
    statement.sent_at = now
    statement.due_on = business_day(now) + timedelta(days=find_rules(session, statement).confirm_days)


def _confirm(_session: Session, statement: Statement, by: Actor, now: datetime, _note: str) -> None:
    statement.confirmed_at, statement.confirmed_by, statement.due_on = now, by.account_id, None


def _confirm_for_street(session: Session, statement: Statement, by: Actor, now: datetime, _note: str) -> None:
    statement.street_confirmed_at, statement.street_confirmed_by = now, by.account_id
    statement.due_on = business_day(now) + timedelta(days=find_rules(session, statement).approve_days)


def _withdraw(_session: Session, statement: Statement, _by: Actor, _now: datetime, _note: str) -> None:
    statement.confirmed_at = statement.confirmed_by = None
    statement.street_confirmed_at = statement.street_confirmed_by = None
    statement.approved_at = statement.approved_by = None
    statement.sent_at = statement.due_on = None


def _approve(_session: Session, statement: Statement, by: Actor, now: datetime, _note: str) -> None:
    statement.approved_at, statement.approved_by, statement.due_on = now, by.account_id, None


def _pay(_session: Session, statement: Statement, by: Actor, now: datetime, note: str) -> None:
    statement.paid_at, statement.paid_by, statement.bank_reference = now, by.account_id, write_reference(note)


def _reopen(session: Session, statement: Statement, by: Actor, now: datetime, note: str) -> None:
    _withdraw(session, statement, by, now, note)
    statement.reopened += 1


WORK: Mapping[Step, Callable[[Session, Statement, Actor, datetime, str], None]] = {
    Step.SEND: _send,
    Step.CONFIRM: _confirm,
    Step.CONFIRM_FOR_STREET: _confirm_for_street,
    Step.SEND_BACK: _withdraw,
    Step.APPROVE: _approve,
    Step.PAY: _pay,
    Step.REOPEN: _reopen,
}

"""Reading disputes: the clerk's queue with overdue ones first, one of them, and those of a statement."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, Select, Text, column, func, literal, select, table, tuple_
from sqlalchemy.orm import Session

from app.areas import queries as areas
from app.auth import Actor
from app.people.access import show_name
from subsidies.disputes.access import visible
from subsidies.disputes.errors import DisputeNotFound
from subsidies.disputes.models import Dispute
from subsidies.disputes.rules import State, is_overdue
from subsidies.expiry.queries import SENIOR

PAGE = 50
# The place of a dispute in its list: the day it is due, counted, and its number.
CURSOR = r"\A[1-9]\d{5},\d{1,18}\Z"
# Accounts are another package's table: only their names are read, and by name.
ACCOUNT = table("account", column("id", BigInteger), column("name", Text))


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeView:
    """A dispute as shown. Whoever may not see names sees them masked."""

    id: int
    senior_id: int
    senior: str
    place: str
    txn_id: UUID
    account_id: int
    by: str
    reason: str
    words: str
    state: str
    opened_at: datetime
    due_on: date
    is_overdue: bool
    policy_id: int
    answer: str
    answered_by: str
    answered_at: datetime | None
    withdrawn_at: datetime | None


@dataclass(frozen=True, slots=True)
class Page:
    """Some disputes, and the cursor of the next page."""

    items: Sequence[DisputeView]
    next: str | None


def list_disputes(
    session: Session,
    *,
    actor: Actor,
    today: date,
    state: str = State.OPEN,
    after: str | None = None,
    limit: int = PAGE,
) -> Page:
    """List disputes of an actor's areas: open ones by the day they are due, so overdue first; others the latest first.

    :param state: one of the states, or empty for all
    """
    place = (Dispute.due_on, Dispute.id)
    query = _select().where(visible(actor))
    if state:
        query = query.where(Dispute.state == state)
    if state == State.OPEN:
        query = query.order_by(*place)
        query = query.where(tuple_(*place) > _read_cursor(after)) if after else query
    else:
        query = query.order_by(*(each.desc() for each in place))
        query = query.where(tuple_(*place) < _read_cursor(after)) if after else query
    items = _views(session, query.limit(limit + 1), actor=actor, today=today)
    shown = items[:limit]
    return Page(shown, f"{shown[-1].due_on.toordinal()},{shown[-1].id}" if len(items) > limit else None)


def count_open(session: Session, *, actor: Actor, today: date) -> tuple[int, int]:
    """Return how many disputes of the actor's areas are open, and how many of them are overdue."""
    query = select(func.count(), func.count().filter(Dispute.due_on < today))
    waiting, overdue = session.execute(query.where(visible(actor), Dispute.state == State.OPEN)).one()
    return waiting, overdue


def get_dispute(session: Session, *, dispute_id: int, actor: Actor, today: date) -> DisputeView:
    """Return one dispute.

    :raises DisputeNotFound: if there is none with this id in the actor's areas
    """
    query = _select().where(Dispute.id == dispute_id, visible(actor))
    found = _views(session, query, actor=actor, today=today)
    if not found:
        raise DisputeNotFound
    return found[0]


def find_disputes(session: Session, *, home: int, txn_ids: Collection[UUID], today: date) -> Mapping[UUID, DisputeView]:
    """Return the latest dispute about each of these lines of a book, in one statement; asks nobody's leave."""
    if not txn_ids:
        return {}
    query = _select().where(Dispute.home == home, Dispute.txn_id.in_(list(txn_ids))).order_by(Dispute.id)
    return {found.txn_id: found for found in _views(session, query, actor=None, today=today)}


def list_own_disputes(session: Session, *, senior_id: int, today: date, limit: int = PAGE) -> Sequence[DisputeView]:
    """Return the disputes about a senior's lines, the latest first; asks nobody's leave."""
    query = _select().where(Dispute.home == senior_id).order_by(Dispute.id.desc()).limit(limit)
    return _views(session, query, actor=None, today=today)


def _select() -> Select[Dispute, str, str, str]:
    opener, answerer = ACCOUNT.alias("opener"), ACCOUNT.alias("answerer")
    return (
        select(Dispute, SENIOR.c.name, opener.c.name.label("by"), answerer.c.name.label("answered_by"))
        .join(SENIOR, SENIOR.c.id == Dispute.home)
        .join(opener, opener.c.id == Dispute.account_id)
        .outerjoin(answerer, answerer.c.id == Dispute.answered_by)
    )


def _views(
    session: Session, query: Select[Dispute, str, str, str], *, actor: Actor | None, today: date
) -> list[DisputeView]:
    rows = session.execute(query).all()
    places = areas.find_names(session, {row.Dispute.area_code for row in rows}) if rows else {}
    return [
        DisputeView(
            id=row.Dispute.id,
            senior_id=row.Dispute.home,
            senior=_name(row.name, row.Dispute, actor),
            place=places[row.Dispute.area_code].name,
            txn_id=row.Dispute.txn_id,
            account_id=row.Dispute.account_id,
            by=_name(row.by, row.Dispute, actor),
            reason=row.Dispute.reason,
            words=row.Dispute.words,
            state=row.Dispute.state,
            opened_at=row.Dispute.opened_at,
            due_on=row.Dispute.due_on,
            is_overdue=is_overdue(row.Dispute.state, row.Dispute.due_on, today=today),
            policy_id=row.Dispute.policy_id,
            answer=row.Dispute.answer,
            answered_by=row.answered_by or "",
            answered_at=row.Dispute.answered_at,
            withdrawn_at=row.Dispute.withdrawn_at,
        )
        for row in rows
    ]


def _read_cursor(after: str) -> object:
    day, number = after.split(",")
    return tuple_(literal(date.fromordinal(int(day))), literal(int(number)))


def _name(name: str, dispute: Dispute, actor: Actor | None) -> str:
    """Return a name as the actor may read it; whoever needs nobody's leave reads it whole."""
    return name if actor is None else show_name(actor, name, dispute.area_code)

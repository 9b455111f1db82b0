"""The outbox as the sender sees it: what is due, claimed so that two never send it at once, and what came of it.

A claim ends by itself: whoever dies between sending and writing leaves a message that goes out again with its key.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import exists, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.messages.models import GIVEN_UP, SENT, WAITING, ChannelState, Delivery
from app.messages.rules import rest_after, wait_after

# Longer than the slowest batch: a message claimed by somebody alive is never sent by a second.
LEASE = timedelta(minutes=2)
TOO_LATE = "too late"


@dataclass(frozen=True, slots=True)
class Taken:
    """A channel that is ours for now, and how many faults in a row it had."""

    name: str
    faults: int


def take_channel(session: Session, *, name: str, now: datetime) -> Taken | None:
    """Take a channel for this run, unless somebody else has it or it rests."""
    row = {"name": name, "busy_until": now + LEASE, "resting_until": now, "faults": 0}
    query = (
        insert(ChannelState)
        .values(row)
        .on_conflict_do_update(
            index_elements=["name"],
            set_={"busy_until": now + LEASE},
            where=(ChannelState.busy_until <= now) & (ChannelState.resting_until <= now),
        )
        .returning(ChannelState.faults)
    )
    faults = session.scalar(query)
    return None if faults is None else Taken(name, faults)


def free_channel(session: Session, *, taken: Taken, fault: str, wait: timedelta | None, now: datetime) -> None:
    """Give a channel back: after a fault of its own it rests, the longer the more often."""
    faults = taken.faults + 1 if fault else 0
    rest = max(rest_after(faults), wait or timedelta()) if fault else timedelta()
    values = {"busy_until": now, "resting_until": now + rest, "faults": min(faults, 1000), "last_error": fault}
    session.execute(update(ChannelState).where(ChannelState.name == taken.name).values(values))


def leave_channel(session: Session, *, taken: Taken, now: datetime) -> None:
    """Give a channel back on which nothing was due: nothing new is known of it."""
    session.execute(update(ChannelState).where(ChannelState.name == taken.name).values(busy_until=now))


def claim(session: Session, *, channel: str, limit: int, now: datetime) -> Sequence[Delivery]:
    """Take what is due on a channel, codes first; each counts as tried, so that a deadly one does not come for ever."""
    due = (
        select(Delivery.id)
        .where(Delivery.channel == channel, Delivery.state == WAITING, Delivery.due_at <= now)
        .order_by(Delivery.rank, Delivery.due_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    ids = list(session.scalars(due))
    claimed = update(Delivery).where(Delivery.id.in_(ids)).values(due_at=now + LEASE, tries=Delivery.tries + 1)
    session.execute(claimed)
    query = select(Delivery).where(Delivery.id.in_(ids)).order_by(Delivery.rank, Delivery.id)
    return session.scalars(query.execution_options(populate_existing=True)).all()


def note_sent(session: Session, *, delivery_id: int, now: datetime) -> None:
    """Write down that a message is out, and forget its secret."""
    _set(session, delivery_id, state=SENT, sent_at=now, secret=None, last_error="")


def note_given_up(session: Session, *, delivery_id: int, fault: str) -> None:
    """Write down that a message will not go out this way, for the staff to see."""
    _set(session, delivery_id, state=GIVEN_UP, secret=None, last_error=fault[:200])


def note_fault(session: Session, *, delivery_id: int, fault: str, now: datetime) -> None:
    """Write down that a try was in vain, and when the next is; after the last, it is given up."""
    tries = session.scalars(select(Delivery.tries).where(Delivery.id == delivery_id)).one()
    wait = wait_after(tries)
    if wait is None:
        note_given_up(session, delivery_id=delivery_id, fault=fault)
    else:
        _set(session, delivery_id, due_at=now + wait, last_error=fault[:200])


def put_back(session: Session, *, delivery_id: int, due_at: datetime) -> None:
    """Give a claimed message back untried: its hours are quiet, or its channel went down before its turn."""
    _set(session, delivery_id, due_at=due_at, tries=Delivery.tries - 1)


def has_due(session: Session, *, channels: Collection[str], now: datetime) -> bool:
    """Say whether more is due on a channel that is free and does not rest."""
    open_now = (ChannelState.busy_until <= now) & (ChannelState.resting_until <= now)
    due = (Delivery.state == WAITING) & (Delivery.due_at <= now) & Delivery.channel.in_(channels)
    query = select(exists().where(due, ChannelState.name == Delivery.channel, open_now))
    return bool(session.scalar(query))


def _set(session: Session, delivery_id: int, **values: object) -> None:
    # Only what still waits: a second sender's word does not undo the first one's.
    session.execute(update(Delivery).where(Delivery.id == delivery_id, Delivery.state == WAITING).values(**values))

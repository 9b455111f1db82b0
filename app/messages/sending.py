"""A round of the sender: claim what is due, send it, write down what came of it. No transaction spans a network.

A channel that does not answer costs one message's time limit, then rests; nobody else waits for it.
"""

import re
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from sqlalchemy.orm import Session

from app.db import transaction
from app.messages import outbox
from app.messages.channels.interface import Channel, GiveUp, Message, Retry
from app.messages.packing import Parcel, pack

# Two rounds of the widest channel: ten seconds at worst, so that other jobs of the same worker come to their turn.
BATCH = 32

log = structlog.get_logger(__name__)
Clock = Callable[[], datetime]


class NotTried(Exception):
    """The channel went down before this message's turn."""


Outcome = Retry | GiveUp | NotTried | None


@dataclass(slots=True)
class Round:
    """What came of a round on one channel: how many left, and what is wrong with it."""

    sent: int = 0
    fault: str = ""
    wait: timedelta | None = None
    is_down: threading.Event = field(default_factory=threading.Event)


def send_due(channels: Mapping[str, Channel], *, clock: Clock) -> int:
    """Send what is due, a batch on each channel, and return how many left. Safe to run twice, and two at once."""
    return sum(_send_on(name, channel, clock) for name, channel in channels.items())


def _send_on(name: str, channel: Channel, clock: Clock) -> int:
    now, found = clock(), Round()
    with transaction() as session:
        taken = outbox.take_channel(session, name=name, now=now)
        if taken is None:
            return 0
        # After a fault one message finds out whether the channel is back.
        limit = 1 if taken.faults else BATCH
        parcels = pack(session, outbox.claim(session, channel=name, limit=limit, now=now), now=now)
    for parcel, outcome in _carry(channel, parcels, found):
        with transaction() as session:
            _note(session, parcel, outcome, found, now=clock())
    with transaction() as session:
        if parcels:
            outbox.free_channel(session, taken=taken, fault=found.fault, wait=found.wait, now=clock())
        else:
            outbox.leave_channel(session, taken=taken, now=clock())
    return found.sent


def _carry(channel: Channel, parcels: Sequence[Parcel], found: Round) -> Iterator[tuple[Parcel, Outcome]]:
    """Send messages, several side by side where the channel takes them so, and yield what came of each."""
    if channel.at_once == 1:
        yield from ((parcel, _try(channel, parcel.message, found.is_down)) for parcel in parcels)
        return
    with ThreadPoolExecutor(max_workers=channel.at_once, thread_name_prefix="messages") as pool:
        tries = {pool.submit(_try, channel, parcel.message, found.is_down): parcel for parcel in parcels}
        for done in as_completed(tries):
            yield tries[done], done.result()


def _try(channel: Channel, message: Message, is_down: threading.Event) -> Outcome:
    if is_down.is_set():
        return NotTried()
    try:
        channel.send(message)
    except GiveUp as refusal:
        return refusal
    except Retry as fault:
        if fault.is_down:
            is_down.set()
        return fault
    except Exception as error:
        log.exception("messages.channel_failed")
        return Retry(type(error).__name__, is_down=False)
    return None


def _note(session: Session, parcel: Parcel, outcome: Outcome, found: Round, *, now: datetime) -> None:
    """Write down what came of one message."""
    match outcome:
        case None:
            found.sent += 1
            outbox.note_sent(session, delivery_id=parcel.delivery_id, now=now)
        case GiveUp():
            outbox.note_given_up(session, delivery_id=parcel.delivery_id, fault=_say(outcome, parcel))
        case NotTried():
            outbox.put_back(session, delivery_id=parcel.delivery_id, due_at=now)
        case Retry():
            if outcome.is_down:
                found.fault, found.wait = _say(outcome, parcel)[:200], outcome.wait
            outbox.note_fault(session, delivery_id=parcel.delivery_id, fault=_say(outcome, parcel), now=now)


def _say(fault: Exception, parcel: Parcel) -> str:
    """Return what a channel said, for the staff to read, without the address, which servers like to repeat."""
    return re.sub(re.escape(parcel.message.address), "…", str(fault), flags=re.IGNORECASE)

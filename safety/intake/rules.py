"""Pure rules of the ways in: when something happened, whatever the device's clock says."""

from dataclasses import dataclass
from datetime import datetime, timedelta

# What a message takes from gateway to us; a clock that runs ahead by less is not wrong.
ON_THE_WAY = timedelta(seconds=5)


# Later than usual by more, a message has waited somewhere.
QUEUED = timedelta(seconds=30)
CLOCK_AFTER = timedelta(hours=1)
# Of the signs of life of a device one in so many minutes is judged; every one is kept as last seen.
SIGN_OF_LIFE = timedelta(minutes=10)


# A key says one press several times, and whoever tries it presses twice to be sure.
SAME_PRESS = timedelta(seconds=10)
# Pressed so long before a test began, it is no test, however late it comes; clocks differ by less.
BEFORE_TEST = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepingRules:
    """How long events are kept, and which clocks are believed (policy ``safety_keeping``)."""

    months: int
    clock_tolerance: timedelta
    late: timedelta
    document_id: int | None = None


@dataclass(frozen=True, slots=True)
class Moment:
    """When something is taken to have happened, and whether the clock that said so is believed."""

    occurred_at: datetime
    is_suspect: bool


@dataclass(frozen=True, slots=True)
class Lag:
    """By how much a gateway's messages come later than its clock says: usually, and of late if that is more."""

    usual: timedelta | None = None
    more: timedelta | None = None
    more_since: datetime | None = None


def learn_lag(known: Lag, measured: timedelta, now: datetime) -> Lag:
    """Return what is known of a gateway's lag after another message.

    The least counts: waiting in a queue makes messages late and never early. What comes late for an hour without one
    message in time is no queue any more, but the clock.
    """
    if known.usual is None:
        return Lag(measured)
    if measured <= known.usual + QUEUED:
        return Lag(min(known.usual, measured))
    since, more = known.more_since or now, min(known.more or measured, measured)
    return Lag(more) if now - since >= CLOCK_AFTER else Lag(known.usual, more, since)


def is_worth_judging(heard_at: datetime | None, now: datetime) -> bool:
    """Say whether a sign of life is the first of its device in this span of ten minutes."""
    seconds = SIGN_OF_LIFE.total_seconds()
    return heard_at is None or now.timestamp() // seconds != heard_at.timestamp() // seconds


def is_test_call(at: datetime, *, tested_from: datetime | None, confirmed_at: datetime | None) -> bool:
    """Say whether a call for help of a device that is being tried belongs to the test.

    :param tested_from: when the test began, of a home that is watched over; in another one nothing is in earnest
    :param confirmed_at: when the device was first heard in it
    """
    if tested_from is None:
        return True
    if at < tested_from - BEFORE_TEST:
        return False
    return confirmed_at is None or at - confirmed_at <= SAME_PRESS


def place_in_time(
    *,
    device_at: datetime,
    sent_at: datetime | None,
    received_at: datetime,
    rules: KeepingRules,
    usual_lag: timedelta | None = None,
) -> Moment:
    """Decide when something happened: by the device's clock if it may be right, else by how long ago it was for it.

    What comes late is not wrong: a gateway keeps events while its line is cut, and a message may wait after it was
    sent, which shows where those of this gateway usually come sooner. Else a clock is wrong if the sender's own time
    of sending is not now, or an event lies in the future or further back than a gateway can keep it. A wrong clock
    still counts seconds: what it is usually off is taken off, or the age of an event from the time at which it came.
    """
    latest, oldest = received_at + rules.clock_tolerance, received_at - rules.late
    wrong_by = rules.clock_tolerance + ON_THE_WAY
    lag = received_at - sent_at if sent_at is not None else timedelta(0)
    if abs(lag) <= wrong_by and oldest <= device_at <= latest:
        return Moment(min(device_at, received_at), is_suspect=False)
    if usual_lag is not None and abs(lag) > wrong_by and lag >= usual_lag:
        is_suspect = abs(usual_lag) > wrong_by
        at = device_at + usual_lag if is_suspect else device_at
        if oldest <= at <= latest:
            return Moment(min(at, received_at), is_suspect=is_suspect)
    age = sent_at - device_at if sent_at is not None else timedelta(0)
    if not timedelta(0) <= age <= rules.late:
        age = timedelta(0)
    return Moment(received_at - age, is_suspect=True)

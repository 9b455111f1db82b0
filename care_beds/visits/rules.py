"""Rules of planning and of visits: how a visit stands, on which days a line falls, who is late.

Values in, values out: no clock, no database.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

WEEK = 7
# What does not fit about a visit that was booked beside the plan.
UNPLANNED = "unplanned"


class PlanState(StrEnum):
    """How a care plan stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    ACTIVE = "active"
    ENDED = "ended"
    DROPPED = "dropped"


class State(StrEnum):
    """How a visit stands."""

    PLANNED = "planned"
    STARTED = "started"
    FINISHED = "finished"
    CONFIRMED = "confirmed"
    MISSED = "missed"
    CANCELLED = "cancelled"


class Excepted(StrEnum):
    """Whether something about a visit does not fit."""

    NONE = "none"
    OPEN = "open"
    CLEARED = "cleared"
    REJECTED = "rejected"


class Change(StrEnum):
    """Why a visit is at another time or by another carer. ``gap`` is the product's own."""

    SENIOR = "senior"
    FAMILY = "family"
    CARER_ILL = "carer_ill"
    CARER_LEAVE = "carer_leave"
    DOCTOR = "doctor"
    WEATHER = "weather"
    OTHER = "other"
    GAP = "gap"


class Missed(StrEnum):
    """Why nobody visited. ``not_recorded`` is the product's own: the day passed and nobody had said anything."""

    NOT_HOME = "not_home"
    NO_ANSWER = "no_answer"
    REFUSED = "refused"
    CARER_ABSENT = "carer_absent"
    WEATHER = "weather"
    OTHER = "other"
    NOT_RECORDED = "not_recorded"


class Cancelled(StrEnum):
    """Why a visit will not be made. The last four are the product's own and make room for planning anew."""

    SENIOR = "senior"
    FAMILY = "family"
    HOLIDAY = "holiday"
    MISTAKE = "mistake"
    OTHER = "other"
    RESTING = "resting"
    AWAY = "away"
    CLOSED = "closed"
    REPLANNED = "replanned"


OWN_MISSED = frozenset({Missed.NOT_RECORDED})
OWN_CANCELLED = frozenset({Cancelled.RESTING, Cancelled.AWAY, Cancelled.CLOSED, Cancelled.REPLANNED})


class GapReason(StrEnum):
    """Why a day of a line has no visit."""

    NO_CARER = "no_carer"
    NOT_EMPLOYED = "not_employed"
    SUSPENDED = "suspended"
    CERTIFICATE_MISSING = "certificate_missing"
    CERTIFICATE_EXPIRED = "certificate_expired"
    KIN = "kin"
    CARER_BUSY = "carer_busy"
    SENIOR_BUSY = "senior_busy"
    DAY_FULL = "day_full"
    PROVIDER_RESTS = "provider_rests"


class GapState(StrEnum):
    """What became of a gap; ``lapsed`` is one whose day passed, or whose line no longer asks for it."""

    OPEN = "open"
    FILLED = "filled"
    DROPPED = "dropped"
    LAPSED = "lapsed"


class Decision(StrEnum):
    """What a supervisor says of an exception."""

    CLEARED = "cleared"
    REJECTED = "rejected"


class Lateness(StrEnum):
    """What a board says of a visit that should be under way or over."""

    ON_TIME = "on_time"
    LATE = "late"
    STILL_THERE = "still_there"


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitRules:
    """What a bureau decides about visits. The days and minutes come from a ``visit_rules`` document."""

    document_id: int
    grace_minutes: int
    radius_m: int
    fix_age_seconds: int
    accuracy_m: int
    duration_percent: int
    photos_in: int
    photos_out: int
    same_picture_bits: int
    picture_age_minutes: int
    clock_skew_seconds: int
    sent_hours: int
    code_tries: int
    objection_days: int
    hours_per_day: int
    ahead_weeks: int
    move_days: int
    missed_after_hours: int
    manager_may_decide: bool


def is_due(*, on: date, from_on: date, weekdays: int, every_weeks: int) -> bool:
    """Say whether a line of a plan falls on a day.

    :param from_on: the plan's first day; weeks are counted from the Monday on or before it
    :param weekdays: one bit for each weekday, Monday is the lowest
    """
    if on < from_on or not weekdays >> on.weekday() & 1:
        return False
    monday = from_on - timedelta(days=from_on.weekday())
    return (on - monday).days // WEEK % every_weeks == 0


def list_due_days(
    *, since: date, until: date, from_on: date, until_on: date | None, weekdays: int, every_weeks: int
) -> Iterator[date]:
    """Return the days from ``since`` to before ``until`` on which a line of a plan falls."""
    end = until if until_on is None else min(until, until_on)
    for ahead in range(max((end - since).days, 0)):
        on = since + timedelta(days=ahead)
        if is_due(on=on, from_on=from_on, weekdays=weekdays, every_weeks=every_weeks):
            yield on


def month_visits(*, weekdays: int, every_weeks: int) -> float:
    """Return how many visits a line comes to in a month of 30 days on average: for comparing plans."""
    return weekdays.bit_count() * 30 / (WEEK * every_weeks)


def find_lateness(
    *, state: State, starts_at: datetime, ends_at: datetime, grace_minutes: int, at: datetime
) -> Lateness:
    """Say whether a carer should have come by now, or should have left."""
    grace = timedelta(minutes=grace_minutes)
    if state is State.PLANNED and at > starts_at + grace:
        return Lateness.LATE
    if state is State.STARTED and at > ends_at + grace:
        return Lateness.STILL_THERE
    return Lateness.ON_TIME


def monday_of(on: date) -> date:
    """Return the Monday of a day's week."""
    return on - timedelta(days=on.weekday())

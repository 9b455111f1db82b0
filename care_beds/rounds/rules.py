"""What a mark at somebody's door is worth: how far from home, how sure, with which sticker and picture. Pure."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from math import asin, cos, radians, sin, sqrt
from typing import Any

from care_beds.visits.rules import UNPLANNED

EARTH_RADIUS_M = 6_371_008.8  # the mean radius, IUGG 1980
WHOLE = 100
LEAVING = "leaving_"
UNCONFIRMED = "unconfirmed"


class MarkKind(StrEnum):
    """Which end of a visit a mark is of."""

    CHECK_IN = "check_in"
    CHECK_OUT = "check_out"


class Sticker(StrEnum):
    """What became of the code at the bed."""

    OK = "ok"
    NONE = "none"
    UNREADABLE = "unreadable"
    WRONG = "wrong"
    REVOKED = "revoked"


class NoFix(StrEnum):
    """Why a phone gave no location."""

    REFUSED = "refused"
    OFF = "off"
    NOT_FOUND = "not_found"
    TOO_SLOW = "too_slow"
    NOT_ASKED = "not_asked"


class CannotReason(StrEnum):
    """Why nobody at home could confirm a visit."""

    NO_PHONE = "no_phone"
    ASLEEP = "asleep"
    UNWELL = "unwell"
    NOT_REACHED = "not_reached"
    WOULD_NOT = "would_not"
    OTHER = "other"


class Condition(StrEnum):
    """How the carer found somebody, beside the last time."""

    SAME = "same"
    WORSE = "worse"


@dataclass(frozen=True, slots=True)
class Point:
    """A place on the earth in degrees, WGS 84."""

    lat: float
    lon: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Fix:
    """Where a phone said it was, how sure it was of it, and how old that was when it was marked."""

    at: Point
    accuracy_m: float
    age_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """By what a mark is judged; a document of the place says so."""

    radius_m: int
    accuracy_m: int
    fix_age_seconds: int
    early_minutes: int
    clock_skew_seconds: int
    sent_hours: int
    picture_age_minutes: int
    pictures_due: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What a mark rests on."""

    occurred_at: datetime
    received_at: datetime
    clock_suspect: bool
    sticker: Sticker
    fix: Fix | None
    no_fix_reason: str
    home: Point | None
    has_picture: bool
    picture_taken_at: datetime | None
    same_as_visit: int | None
    planned_from: datetime
    planned_until: datetime


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something about a mark that somebody else must look at, with the facts it rests on."""

    code: str
    detail: Mapping[str, Any]


def code_at(kind: MarkKind, code: str) -> str:
    """Name a doubt by the end of the visit it is about: both ends can be far from home."""
    return code if kind is MarkKind.CHECK_IN else f"{LEAVING}{code}"


def kind_of(code: str) -> MarkKind | None:
    """Return the end of a visit that a doubt is about; the family's word and an unplanned visit are about none."""
    if code.startswith(LEAVING):
        return MarkKind.CHECK_OUT
    return None if code in (UNCONFIRMED, UNPLANNED) else MarkKind.CHECK_IN


def base_of(code: str) -> str:
    """Return what a doubt is, whichever end of the visit it is about."""
    return code.removeprefix(LEAVING)


def distance_m(here: Point, there: Point) -> float:
    """Return the way between two places as the crow flies, in metres (haversine)."""
    lat_a, lat_b = radians(here.lat), radians(there.lat)
    half_lat, half_lon = (lat_b - lat_a) / 2, radians(there.lon - here.lon) / 2
    chord = sin(half_lat) ** 2 + cos(lat_a) * cos(lat_b) * sin(half_lon) ** 2
    return 2 * EARTH_RADIUS_M * asin(sqrt(min(1.0, chord)))


def judge_mark(evidence: Evidence, limits: Limits) -> Sequence[Doubt]:
    """Say what is doubtful about coming or leaving; nothing of it keeps the mark from being written down."""
    return (
        *_judge_sticker(evidence),
        *_judge_fix(evidence, limits),
        *_judge_time(evidence, limits),
        *_judge_picture(evidence, limits),
    )


def judge_arrival(evidence: Evidence, limits: Limits) -> Sequence[Doubt]:
    """Say whether somebody came at another time than was planned: long before, or when it should have been over."""
    early = evidence.planned_from - evidence.occurred_at
    if early > timedelta(minutes=limits.early_minutes):
        return (Doubt("off_plan", {"minutes_early": _minutes(early)}),)
    if evidence.occurred_at >= evidence.planned_until:
        return (Doubt("off_plan", {"minutes_late": _minutes(evidence.occurred_at - evidence.planned_from)}),)
    return ()


def judge_order(*, started_at: datetime, left_at: datetime) -> Sequence[Doubt]:
    """Say whether somebody left before they came: a clock was put right, or set back, in between."""
    if left_at >= started_at:
        return ()
    return (Doubt("clock_back", {"minutes": -(-int((started_at - left_at).total_seconds()) // 60)}),)


def judge_length(
    *, started_at: datetime, finished_at: datetime, planned_minutes: int, short_percent: int
) -> Sequence[Doubt]:
    """Say whether a visit was shorter than planned by more than is borne."""
    stayed = max(0, _minutes(finished_at - started_at))
    if stayed * WHOLE < planned_minutes * (WHOLE - short_percent):
        return (Doubt("short", {"minutes": stayed, "planned_minutes": planned_minutes}),)
    return ()


def judge_items(*, planned: Collection[str], done: Collection[str], words: str) -> Sequence[Doubt]:
    """Say whether something planned was left out without a word why."""
    left = [item for item in planned if item not in done]
    return (Doubt("items_left", {"items": left}),) if left and not words else ()


def moment_of(occurred_at: datetime, *, received_at: datetime) -> datetime:
    """Return when a mark counts: as the phone says, but never later than it came."""
    return min(occurred_at, received_at)


def _judge_sticker(evidence: Evidence) -> Iterator[Doubt]:
    if evidence.sticker is not Sticker.OK:
        yield Doubt(f"sticker_{evidence.sticker}", {})


def _judge_fix(evidence: Evidence, limits: Limits) -> Iterator[Doubt]:
    fix = evidence.fix
    if fix is None:
        yield Doubt("fix_none", {"reason": evidence.no_fix_reason})
        return
    if fix.age_seconds > limits.fix_age_seconds:
        yield Doubt("fix_stale", {"age_seconds": round(fix.age_seconds), "at_most": limits.fix_age_seconds})
    if fix.accuracy_m > limits.accuracy_m:
        yield Doubt("fix_vague", {"accuracy_m": round(fix.accuracy_m), "at_most": limits.accuracy_m})
    if evidence.home is None:
        yield Doubt("home_unknown", {})
        return
    away = distance_m(fix.at, evidence.home)
    # What the phone does not know for sure speaks for the carer, up to what is borne at all.
    if away - min(fix.accuracy_m, limits.accuracy_m) > limits.radius_m:
        yield Doubt("far", {"distance_m": round(away), "radius_m": limits.radius_m})


def _judge_time(evidence: Evidence, limits: Limits) -> Iterator[Doubt]:
    ahead = evidence.occurred_at - evidence.received_at
    if evidence.clock_suspect or ahead > timedelta(seconds=limits.clock_skew_seconds):
        yield Doubt("clock", {"ahead_seconds": max(0, round(ahead.total_seconds()))})
    if -ahead > timedelta(hours=limits.sent_hours):
        yield Doubt("late_sent", {"hours": round(-ahead / timedelta(hours=1)), "at_most": limits.sent_hours})


def _judge_picture(evidence: Evidence, limits: Limits) -> Iterator[Doubt]:
    if not evidence.has_picture:
        if limits.pictures_due:
            yield Doubt("no_picture", {})
        return
    if evidence.same_as_visit is not None:
        yield Doubt("same_picture", {"visit_id": evidence.same_as_visit})
    taken_at = evidence.picture_taken_at
    if taken_at and abs(evidence.occurred_at - taken_at) > timedelta(minutes=limits.picture_age_minutes):
        yield Doubt("old_picture", {"taken_at": taken_at.isoformat()})


def _minutes(length: timedelta) -> int:
    return int(length.total_seconds() // 60)

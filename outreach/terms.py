"""What a bureau says about risk and visits, as values: factors with their points, bands, deadlines, referrals. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class Band(StrEnum):
    """How great a risk is: 红, 橙, 黄, as Haining names them, and none of these."""

    RED = "red"
    ORANGE = "orange"
    YELLOW = "yellow"
    NONE = "none"


# The greatest first.
BANDS = (Band.RED, Band.ORANGE, Band.YELLOW)


class Factor(StrEnum):
    """What makes a risk greater."""

    LIVING = "living"
    AGE = "age"
    ABILITY = "ability"
    INCOME = "income"
    BEREAVED = "bereaved"
    DISCHARGED = "discharged"
    ALERTS = "alerts"
    NO_MEALS = "no_meals"
    IDLE_POINTS = "idle_points"
    MISSED = "missed"
    REPORTED = "reported"


class Weight(StrEnum):
    """How much a change matters: 重要 and 一般 warnings, each with its own deadline."""

    IMPORTANT = "important"
    ORDINARY = "ordinary"


class Kind(StrEnum):
    """What a task is for: the visit that a band asks for, or a look after a change."""

    REGULAR = "regular"
    IMPORTANT = "important"
    ORDINARY = "ordinary"


class Way(StrEnum):
    """How somebody is visited."""

    HOME = "home"
    PHONE = "phone"
    VIDEO = "video"


class Help(StrEnum):
    """Where somebody is referred to."""

    ALLOWANCE = "allowance"
    MEALS = "meals"
    BED = "bed"
    KIT = "kit"
    OTHER = "other"


class Reported(StrEnum):
    """What people tell of a home that the product does not know by itself."""

    BEREAVEMENT = "bereavement"
    ILLNESS = "illness"
    FALL = "fall"
    HOUSEHOLD = "household"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Step:
    """From a number on, so many points."""

    start: int
    points: int


@dataclass(frozen=True, slots=True)
class Recent:
    """What counts for so many days, and its points."""

    days: int
    points: int


@dataclass(frozen=True, slots=True)
class Counted:
    """What is counted over so many days, and the points from each number on."""

    days: int
    steps: Sequence[Step]


@dataclass(frozen=True, slots=True)
class Quiet:
    """Who ate so many meals in some days, and none in the days after them."""

    quiet_days: int
    used_days: int
    used_meals: int
    points: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Factors:
    """The points of everything that counts."""

    living: Mapping[str, int]
    age: Sequence[Step]
    ability: Sequence[Step]
    income: Mapping[str, int]
    bereaved: Recent
    discharged: Recent
    alerts: Counted
    no_meals: Quiet
    idle_points: Recent
    missed: Counted
    reported: Recent


@dataclass(frozen=True, slots=True, kw_only=True)
class BandTerms:
    """From which score on a band begins, and how it is visited."""

    start: int
    every_days: int
    change_days: int | None
    ways: frozenset[Way]


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """Whom a referral is suggested for, beyond lacking what it leads to; and when it should have ended."""

    days: int
    living: frozenset[str] = frozenset()
    income: frozenset[str] = frozenset()
    age_from: int | None = None
    ability_from: int | None = None
    is_suggested: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """Which days count for a deadline."""

    is_working: bool = False
    rest_days: frozenset[date] = field(default_factory=frozenset)
    work_days: frozenset[date] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True, kw_only=True)
class OutreachRules:
    """What holds in a place on a day."""

    policy_id: int
    factors: Factors
    bands: Mapping[Band, BandTerms]
    key_bands: frozenset[Band]
    target_percent: int
    triggers: Mapping[Factor, Weight]
    reports: Mapping[Reported, Weight]
    check_days: Mapping[Weight, int]
    calendar: Calendar
    street_days: int
    district_days: int
    attempts: int
    ahead_days: int
    referrals: Mapping[Help, Suggestion]

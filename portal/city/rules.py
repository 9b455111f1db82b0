"""The figures of the picture: what each is made of, how it stands against last month and a target. Pure."""

from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

A_DAY = timedelta(days=1)
# How long the codes of the places directly within another are, by the length of its own path.
PART_LENGTH = {2: 4, 4: 6, 6: 9}


class Kind(StrEnum):
    """How a figure is written."""

    COUNT = "count"
    MONEY = "money"
    SHARE = "share"


class Group(StrEnum):
    """Which part of the picture a figure belongs to."""

    PEOPLE = "people"
    MEALS = "meals"
    POINTS = "points"
    BEDS = "beds"
    VISITS = "visits"
    ALERTS = "alerts"
    VISITING = "visiting"
    FINDINGS = "findings"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One figure: counted things added up, or a share of others.

    :ivar source: the count it comes from, which tells when it was made
    :ivar is_stand: whether it says how things stood on a day, not what happened over days
    :ivar seconds: of a share of waits, how long a wait may be
    """

    code: str
    group: Group
    kind: Kind
    source: str
    parts: tuple[str, ...]
    wholes: tuple[str, ...] = ()
    is_stand: bool = False
    seconds: int = 0


@dataclass(frozen=True, slots=True)
class Value:
    """What a figure comes to; ``whole`` is what it is a share of."""

    amount: int
    whole: int | None = None

    @property
    def permille(self) -> int | None:
        """Return the share in thousandths, rounded down so that what is missing is never rounded away."""
        return self.amount * 1000 // self.whole if self.whole else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What a figure should come to, in thousandths: so much at least, so much at most, or between both."""

    figure: str
    at_least: int | None = None
    at_most: int | None = None

    def is_met(self, value: Value) -> bool | None:
        """Say whether a share is as it should be; nothing is said where there was nothing to share."""
        if not value.whole:
            return None
        share = value.amount * 1000
        enough = self.at_least is None or share >= self.at_least * value.whole
        return enough and (self.at_most is None or share <= self.at_most * value.whole)


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """The days of a month that are over or under way, and the same days of the month before."""

    from_on: date
    until_on: date
    before_from: date
    before_until: date
    is_running: bool

    @property
    def days(self) -> Sequence[date]:
        """Return each day."""
        return [self.from_on + A_DAY * place for place in range((self.until_on - self.from_on).days + 1)]


def _count(code: str, group: Group, source: str, *parts: str, is_stand: bool = False) -> Figure:
    return Figure(code=code, group=group, kind=Kind.COUNT, source=source, parts=parts or (code,), is_stand=is_stand)


def _share(
    code: str, group: Group, source: str, parts: tuple[str, ...], wholes: tuple[str, ...], *, is_stand: bool = False
) -> Figure:
    return Figure(code=code, group=group, kind=Kind.SHARE, source=source, parts=parts, wholes=wholes, is_stand=is_stand)


def _money(code: str, source: str) -> Figure:
    return Figure(code=code, group=Group.POINTS, kind=Kind.MONEY, source=source, parts=(code,))


BED_PREPARING = tuple(
    f"bed_{state}" for state in ("applied", "assessed", "surveyed", "planned", "agreed", "adapted", "accepted")
)
VISITS_DUE = ("visits_done", "visits_missed", "visits_nobody")
FIGURES: tuple[Figure, ...] = (
    _count("people_60", Group.PEOPLE, "people", is_stand=True),
    _count("people_80", Group.PEOPLE, "people", is_stand=True),
    _share("cards", Group.PEOPLE, "people", ("cards_60",), ("people_60",), is_stand=True),
    _share("cards_old", Group.PEOPLE, "people", ("cards_80",), ("people_80",), is_stand=True),
    _share("granted", Group.PEOPLE, "people_granted", ("people_granted",), ("people_60",), is_stand=True),
    _count("meals", Group.MEALS, "meals"),
    _share("subsidised", Group.MEALS, "meals", ("meals_subsidised",), ("meals",)),
    _share("seats", Group.MEALS, "meals", ("meals",), ("seats",)),
    _money("points_granted", "points_given"),
    _money("points_spent", "points_spent"),
    _money("points_expired", "points_given"),
    _share("spent", Group.POINTS, "points_spent", ("points_spent",), ("points_granted",)),
    _share("expired", Group.POINTS, "points_given", ("points_expired",), ("points_granted",)),
    _count("beds_serving", Group.BEDS, "beds", "bed_in_service", is_stand=True),
    _count("beds_resting", Group.BEDS, "beds", "bed_suspended", is_stand=True),
    _count("beds_preparing", Group.BEDS, "beds", *BED_PREPARING, is_stand=True),
    _count("beds_closing", Group.BEDS, "beds", "bed_closing", is_stand=True),
    _count("visits_done", Group.VISITS, "visits"),
    _count("visits_undone", Group.VISITS, "visits", "visits_missed", "visits_nobody"),
    _share("visits", Group.VISITS, "visits", ("visits_done",), VISITS_DUE),
    _count("alerts", Group.ALERTS, "alerts"),
    _share("visiting", Group.VISITING, "outreach", ("outreach_visited",), ("outreach_due",), is_stand=True),
    _count("visiting_overdue", Group.VISITING, "outreach", "outreach_overdue", is_stand=True),
    _count("findings_found", Group.FINDINGS, "findings_found"),
    _count("findings_open", Group.FINDINGS, "findings_open", is_stand=True),
)
SHARES = tuple(figure.code for figure in FIGURES if figure.kind is Kind.SHARE)


def wait_figure(word: str, seconds: int) -> Figure:
    """Make the figure of a goal: of alerts answered or attended, how many within so long."""
    return Figure(
        code=f"{word}_{seconds}",
        group=Group.ALERTS,
        kind=Kind.SHARE,
        source="alerts",
        parts=(f"{word}_in_{seconds}",),
        wholes=(f"{word}_of_{seconds}",),
        seconds=seconds,
    )


def work_out(figure: Figure, sums: Mapping[str, int]) -> Value:
    """Work a figure out of what was counted."""
    amount = sum(sums.get(code, 0) for code in figure.parts)
    return Value(amount, sum(sums.get(code, 0) for code in figure.wholes) if figure.wholes else None)


def change_permille(now: Value, before: Value) -> int | None:
    """Return by how many thousandths a count changed, or a share by how many of its own; nothing from nothing."""
    if now.whole is not None or before.whole is not None:
        return None if now.permille is None or before.permille is None else now.permille - before.permille
    return round((now.amount - before.amount) * 1000 / before.amount) if before.amount else None


def period_of(month: date, today: date) -> Period:
    """Return a month's days up to today, and the same days of the month before."""
    first = month.replace(day=1)
    last = first.replace(day=monthrange(first.year, first.month)[1])
    before_last = first - A_DAY
    is_running = first <= today <= last
    until = min(last, max(today, first))
    return Period(
        from_on=first,
        until_on=until,
        before_from=before_last.replace(day=1),
        before_until=before_last.replace(day=min(until.day, before_last.day)) if is_running else before_last,
        is_running=is_running,
    )

"""How great a senior's risk is and why, how often it asks for a visit, and what could help: pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from outreach.terms import BANDS, Band, BandTerms, Calendar, Factor, Help, OutreachRules, Step, Suggestion, Weight

ACTIVE, IN_HOSPITAL = "active", "in_hospital"
GONE = frozenset({"deceased", "moved_away"})
WEEKEND = (5, 6)
# What is measured of a person; of all else the number is one of the rules.
MEASURED = frozenset({Factor.ABILITY, Factor.ALERTS, Factor.MISSED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known of a person on a day; what counts for some days only is told as whether it counts."""

    status: str = ACTIVE
    living: str | None = None
    age: int = 0
    ability: int | None = None
    income: str = "none"
    is_bereaved: bool = False
    is_discharged: bool = False
    alerts: int = 0
    has_stopped_eating: bool = False
    leaves_points: bool = False
    missed: int = 0
    is_reported: bool = False
    has_points: bool = False
    has_meals: bool = False
    has_bed: bool = False
    has_kit: bool = False


@dataclass(frozen=True, slots=True)
class Reason:
    """One factor that counts: its points, and from which word or number on it does."""

    factor: Factor
    points: int
    of: str | int | None = None

    def as_json(self) -> dict[str, Any]:
        """Write the reason as it is kept."""
        return {"factor": str(self.factor), "points": self.points, "of": self.of}


@dataclass(frozen=True, slots=True)
class Score:
    """How great a risk is: its points, its band, and the reasons that they add up from."""

    points: int
    band: Band
    reasons: Sequence[Reason]


def reason_from_json(told: Mapping[str, Any]) -> Reason:
    """Read a reason as it is kept."""
    return Reason(Factor(told["factor"]), told["points"], told["of"])


def score(facts: Facts, rules: OutreachRules) -> Score:
    """Say how great a risk is, with a reason for each point. Who is away, or has died, is not visited."""
    if facts.status != ACTIVE:
        return Score(0, Band.NONE, ())
    reasons = tuple(each for each in _weigh(facts, rules) if each.points)
    points = sum(each.points for each in reasons)
    return Score(points, band_of(points, rules), reasons)


def band_of(points: int, rules: OutreachRules) -> Band:
    """Return the band that so many points fall into."""
    return next((band for band in BANDS if points >= rules.bands[band].start), Band.NONE)


def _weigh(facts: Facts, rules: OutreachRules) -> Iterator[Reason]:
    yield from _weigh_person(facts, rules)
    terms = rules.factors
    recent = (
        (Factor.BEREAVED, facts.is_bereaved, terms.bereaved),
        (Factor.DISCHARGED, facts.is_discharged, terms.discharged),
        (Factor.IDLE_POINTS, facts.leaves_points, terms.idle_points),
        (Factor.REPORTED, facts.is_reported, terms.reported),
    )
    yield from (Reason(factor, each.points, each.days) for factor, counts, each in recent if counts)
    if facts.has_stopped_eating:
        yield Reason(Factor.NO_MEALS, terms.no_meals.points, terms.no_meals.quiet_days)
    yield from _reached(Factor.ALERTS, facts.alerts, terms.alerts.steps)
    yield from _reached(Factor.MISSED, facts.missed, terms.missed.steps)


def _weigh_person(facts: Facts, rules: OutreachRules) -> Iterator[Reason]:
    terms = rules.factors
    if facts.living and facts.living in terms.living:
        yield Reason(Factor.LIVING, terms.living[facts.living], facts.living)
    yield from _reached(Factor.AGE, facts.age, terms.age)
    if facts.ability is not None:
        yield from _reached(Factor.ABILITY, facts.ability, terms.ability)
    if facts.income in terms.income:
        yield Reason(Factor.INCOME, terms.income[facts.income], facts.income)


def _reached(factor: Factor, number: int, steps: Sequence[Step]) -> Iterator[Reason]:
    """Return the highest step that a number reaches; only one counts."""
    reached = [each for each in steps if number >= each.start]
    if reached:
        step = max(reached, key=lambda each: each.start)
        yield Reason(factor, step.points, step.start)


def find_changes(
    before: Sequence[Reason], after: Sequence[Reason], rules: OutreachRules, *, are_same_rules: bool = True
) -> Mapping[Factor, Weight]:
    """Return what has newly come to count, or counts for more, with how much it matters.

    Where other rules give more points for the same, nothing has changed about the person.
    """
    had = {each.factor: each for each in before}
    risen = (each.factor for each in after if _has_risen(had.get(each.factor), each, are_same_rules))
    return {factor: rules.triggers[factor] for factor in risen if factor in rules.triggers}


def _has_risen(before: Reason | None, after: Reason, are_same_rules: bool) -> bool:
    if before is None:
        return True
    if after.points <= before.points:
        return False
    if are_same_rules:
        return True
    if isinstance(after.of, int) and isinstance(before.of, int):
        return after.factor in MEASURED and after.of > before.of
    return after.of != before.of


def check_due(*, since: date, weight: Weight, band: Band, rules: OutreachRules) -> date:
    """Return by when somebody must have looked after a change: sooner where the band asks for it."""
    days = rules.check_days[weight]
    terms = rules.bands.get(band)
    if weight is Weight.IMPORTANT and terms and terms.change_days is not None:
        days = min(days, terms.change_days)
    return add_days(since, days, rules.calendar)


def add_days(since: date, days: int, calendar: Calendar) -> date:
    """Return the day so many days later; of a working calendar only days count on which people work."""
    if not calendar.is_working:
        return since + timedelta(days=days)
    day = since
    while days > 0:
        day += timedelta(days=1)
        days -= is_workday(day, calendar)
    return day


def is_workday(day: date, calendar: Calendar) -> bool:
    """Say whether people work on a day: holidays and days worked in their stead are listed."""
    return day in calendar.work_days or (day.weekday() not in WEEKEND and day not in calendar.rest_days)


def regular_due(*, last_on: date | None, today: date, band: Band, rules: OutreachRules) -> date | None:
    """Return by when the next visit of a band must be made; nothing for a band that asks for none.

    Days count from the last visit; for who was never visited from the day on which a visit was first asked for.

    Whoever must be visited each month is visited in each month of the calendar, however long the one before was.
    """
    terms = rules.bands.get(band)
    if terms is None:
        return None
    since = last_on or today
    due = since + timedelta(days=terms.every_days)
    if band in rules.key_bands:
        due = min(due, _end_of_next_month(since))
    return max(due, today)


def _end_of_next_month(day: date) -> date:
    months = day.year * 12 + day.month + 1
    return date(months // 12, months % 12 + 1, 1) - timedelta(days=1)


def counts(terms: BandTerms | None, way: str) -> bool:
    """Say whether a visit made in a way is one that a band asks for."""
    return terms is None or way in terms.ways


def suggest(facts: Facts, rules: OutreachRules) -> Sequence[Help]:
    """Return what could help somebody and is not there, as the rules say."""
    if facts.status != ACTIVE:
        return ()
    there = {
        Help.ALLOWANCE: facts.has_points,
        Help.MEALS: facts.has_meals,
        Help.BED: facts.has_bed,
        Help.KIT: facts.has_kit,
        Help.OTHER: True,
    }
    return tuple(kind for kind, terms in rules.referrals.items() if not there[kind] and _fits(facts, terms))


def _fits(facts: Facts, terms: Suggestion) -> bool:
    return (
        terms.is_suggested
        and (not terms.living or facts.living in terms.living)
        and (not terms.income or facts.income in terms.income)
        and facts.age >= (terms.age_from or 0)
        and (terms.ability_from is None or (facts.ability or 0) >= terms.ability_from)
    )

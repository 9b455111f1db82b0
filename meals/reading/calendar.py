"""The month in meals: which day had which, week by week. Pure."""

from calendar import monthrange
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

MEALS_IN_ORDER = ("breakfast", "lunch", "dinner")


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A day of the month and the meals eaten on it."""

    on: date
    meals: tuple[str, ...]
    is_today: bool
    is_later: bool


def weeks_of(month: date, *, today: date, eaten: Mapping[date, Collection[str]]) -> Sequence[Sequence[Day | None]]:
    """Lay a month out in weeks from Monday to Sunday; days of other months are empty."""
    first = month.replace(day=1)
    last = first.replace(day=monthrange(first.year, first.month)[1])
    begun = first - timedelta(days=first.weekday())
    weeks = ((last - begun).days // 7) + 1
    days = (begun + timedelta(days=offset) for offset in range(weeks * 7))
    row = [_day(day, today=today, eaten=eaten) if first <= day <= last else None for day in days]
    return [row[start : start + 7] for start in range(0, len(row), 7)]


def count_until(eaten: Mapping[date, Collection[str]], until_on: date) -> int:
    """Count the meals of all days up to one."""
    return sum(len(meals) for day, meals in eaten.items() if day <= until_on)


def same_day_before(day: date) -> date:
    """Return the day of the month before that comes as late in its month, or its last."""
    last = day.replace(day=1) - timedelta(days=1)
    return last.replace(day=min(day.day, last.day))


def _day(day: date, *, today: date, eaten: Mapping[date, Collection[str]]) -> Day:
    meals = eaten.get(day, ())
    return Day(
        on=day,
        meals=tuple(meal for meal in MEALS_IN_ORDER if meal in meals),
        is_today=day == today,
        is_later=day > today,
    )

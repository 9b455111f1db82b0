"""What stands out in sums by day: the sentence that comes before the chart. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median

# Below these a day is not news: chance alone moves small numbers as far.
NEWS_PERCENT = 20
FEWEST_DAYS = 3
LEAST_FEN = 10_000
FEW_CANTEENS = 3


@dataclass(frozen=True, slots=True)
class Outlier:
    """A day unlike the others of its kind: by how much, and what such days usually have."""

    day: date
    percent: int
    usual_fen: int
    amount_fen: int


def find_outlier(by_day: Mapping[date, int]) -> Outlier | None:
    """Find the day furthest from what is usual, where any is far enough to be news.

    Working days are compared with working days and weekends with weekends: many canteens close on Sundays.

    :param by_day: amounts in fen of days that are over
    """
    found = [outlier for day in by_day if (outlier := _compare(day, by_day))]
    return max(found, key=lambda outlier: abs(outlier.percent), default=None)


def find_few_behind(excess_by_canteen: Mapping[int, int], *, of_fen: int, at_most: int = FEW_CANTEENS) -> Sequence[int]:
    """Find the few canteens that together make up more than half of an excess; none if it takes many.

    :param excess_by_canteen: how much more each had than usual, in fen
    :param of_fen: the excess to explain
    """
    most = sorted(excess_by_canteen.items(), key=lambda item: -item[1])
    if len(most) <= 1 or of_fen <= 0:
        return ()
    total = 0
    for place, (_canteen_id, excess_fen) in enumerate(most[:at_most], 1):
        total += excess_fen
        if 2 * total > of_fen and place < len(most):
            return [canteen_id for canteen_id, _ in most[:place]]
    return ()


def change_percent(now: int, before: int) -> float | None:
    """Return by how many percent a number changed; nothing where there was nothing before."""
    return None if before == 0 else (now - before) * 100 / before


def _compare(day: date, by_day: Mapping[date, int]) -> Outlier | None:
    alike = [amount for other, amount in by_day.items() if other != day and _is_weekend(other) == _is_weekend(day)]
    if len(alike) < FEWEST_DAYS:
        return None
    usual, amount = round(median(alike)), by_day[day]
    if usual < LEAST_FEN or abs(amount - usual) * 100 < NEWS_PERCENT * usual:
        return None
    return Outlier(day=day, percent=round((amount - usual) * 100 / usual), usual_fen=usual, amount_fen=amount)


def _is_weekend(day: date) -> bool:
    return day.isoweekday() > 5

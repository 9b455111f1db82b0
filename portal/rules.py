"""What the family's pages work out: how many meals points last for, what kind a movement is, the picture of a month."""

from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from statistics import median_low
from typing import Any


class Sort(StrEnum):
    """What a line of the statement is, as people sort them."""

    MEAL = "meal"
    DELIVERY = "delivery"
    SERVICE = "service"
    SHOP = "shop"
    GRANT = "grant"
    BACK = "back"
    ENDED = "ended"


SORT_OF_KIND = {
    "grant": Sort.GRANT,
    "reversal": Sort.BACK,
    "expiry": Sort.ENDED,
    "claw_back": Sort.ENDED,
}
SORT_OF_CAUSE = {"meal": Sort.MEAL, "delivery": Sort.DELIVERY, "shop": Sort.SHOP}
# The picture of a month, in its own units.
WIDTH, HEIGHT, TOP = 320.0, 72.0, 6.0


def meals_left(points_fen: int, last_points: Sequence[int]) -> int | None:
    """Say for about how many more meals points last, by what the last meals took; ``None`` where none took any.

    The middle one of them: a feast, or a meal paid with the last few points, says little about the next.
    """
    return points_fen // median_low(last_points) if last_points else None


def sort_of(kind: str, cause: Mapping[str, Any]) -> Sort:
    """Sort a movement of the ledger by its kind and by what it was for."""
    if kind in SORT_OF_KIND:
        return SORT_OF_KIND[kind]
    return SORT_OF_CAUSE.get(str(cause.get("what")), Sort.SERVICE)


def month_days(month: date) -> tuple[date, date]:
    """Return the first and the last day of a month."""
    first = month.replace(day=1)
    return first, first.replace(day=monthrange(first.year, first.month)[1])


def read_month(text: str, *, today: date) -> date:
    """Read ``2026-11`` as the first day of a month; what cannot be read, or has not come yet, is the present one."""
    year, _, month = text.partition("-")
    present = today.replace(day=1)
    if not (len(year) == 4 and year.isdecimal() and month.isdecimal() and year >= "2000" and 1 <= int(month) <= 12):
        return present
    return min(date(int(year), int(month), 1), present)


def month_before(month: date) -> date:
    """Return the first day of the month before."""
    return (month.replace(day=1) - timedelta(days=1)).replace(day=1)


def month_after(month: date) -> date:
    """Return the first day of the month after."""
    return (month.replace(day=1) + timedelta(days=31)).replace(day=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """How the points went in a month, as paths of a drawing; and where it begins, ends and stands highest."""

    line: str
    ground: str
    end_x: float
    end_y: float
    begin_fen: int
    end_fen: int


def draw_month(steps: Sequence[tuple[float, int]], *, begin_fen: int, until: float) -> Picture:
    """Draw what was left after each movement of a month, as stairs.

    :param steps: when each movement was, from 0 to 1 of the month, and what was left then; in order of time
    :param until: how much of the month has gone by
    """
    most = max([begin_fen, *(left for _when, left in steps)]) or 1

    def height(left_fen: int) -> float:
        return round(HEIGHT - (HEIGHT - TOP) * left_fen / most, 1)

    line = f"M0 {height(begin_fen)}" + "".join(f"H{round(WIDTH * when, 1)}V{height(left)}" for when, left in steps)
    end_fen = steps[-1][1] if steps else begin_fen
    end_x = round(WIDTH * max([until, *(when for when, _left in steps)]), 1)
    line += f"H{end_x}"
    return Picture(
        line=line,
        ground=f"{line}V{HEIGHT}H0Z",
        end_x=end_x,
        end_y=height(end_fen),
        begin_fen=begin_fen,
        end_fen=end_fen,
    )

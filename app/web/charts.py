"""Pictures of numbers as SVG shapes: bars by day stacked by payer, and small lines. Pure geometry, no colours."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 680, 262
LEFT, RIGHT, TOP, BOTTOM = 44, 676, 20, 232
GAP = 1.0
SPARK_WIDTH, SPARK_HEIGHT, SPARK_EDGE = 84, 28, 3


@dataclass(frozen=True, slots=True)
class Bar:
    """One payer's part of a day."""

    kind: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Column:
    """A day's bars, and where its label stands."""

    middle: float
    top: float
    bars: Sequence[Bar]


@dataclass(frozen=True, slots=True)
class Line:
    """A horizontal line of the scale with the amount it stands for."""

    y: float
    amount_fen: int


@dataclass(frozen=True, slots=True)
class Chart:
    """A stacked bar chart."""

    columns: Sequence[Column]
    lines: Sequence[Line]
    top_fen: int

    def y_of(self, amount_fen: int) -> float:
        """Return how high an amount stands."""
        return _y(amount_fen, self.top_fen)


@dataclass(frozen=True, slots=True)
class Spark:
    """A small line and its last point."""

    path: str
    x: float
    y: float


def draw_bars(
    days: Sequence[Mapping[str, int]], *, kinds: Sequence[str], at_least_fen: int = 0, least_step: int = 100
) -> Chart:
    """Stack amounts by payer or kind, one column a day, on a scale of round numbers.

    :param days: fen by payer
    :param kinds: payers from the ground up
    :param at_least_fen: an amount that must find room too, as the mean of another month
    :param least_step: between two lines of the scale: a yuan, or one of what is counted
    """
    highest = max([at_least_fen, *(sum(day.get(kind, 0) for kind in kinds) for day in days)], default=0)
    step = _round_step(highest, least_step)
    top_fen = max(step, -(-highest // step) * step)
    slot = (RIGHT - LEFT) / max(len(days), 1)
    width = round(min(slot * 0.7, 42), 1)
    columns = [
        _column(day, kinds, x=LEFT + slot * place + (slot - width) / 2, width=width, top_fen=top_fen)
        for place, day in enumerate(days)
    ]
    lines = [Line(_y(amount, top_fen), amount) for amount in range(0, top_fen + 1, step)]
    return Chart(columns=columns, lines=lines, top_fen=top_fen)


def draw_spark(values: Sequence[float]) -> Spark | None:
    """Draw a small line through numbers; one number alone makes none."""
    if len(values) < 2:
        return None
    low, high = min(values), max(values)
    across = (SPARK_WIDTH - 2 * SPARK_EDGE) / (len(values) - 1)
    down = SPARK_HEIGHT - 2 * SPARK_EDGE
    points = [
        (
            round(SPARK_EDGE + across * place, 1),
            round(SPARK_HEIGHT - SPARK_EDGE - (down * (value - low) / (high - low) if high > low else down / 2), 1),
        )
        for place, value in enumerate(values)
    ]
    return Spark("M" + "L".join(f"{x} {y}" for x, y in points), *points[-1])


def label_every(count: int) -> Sequence[int]:
    """Choose which of some days are labelled: all when they are few, else the first and each seventh."""
    if count <= 10:
        return range(count)
    chosen = [place for place in range(count) if place == 0 or (place + 1) % 7 == 0]
    if count - 1 - chosen[-1] >= 3:
        chosen.append(count - 1)
    return chosen


def _column(day: Mapping[str, int], kinds: Sequence[str], *, x: float, width: float, top_fen: int) -> Column:
    bars, below_fen, top = [], 0, float(BOTTOM)
    for kind in kinds:
        amount = day.get(kind, 0)
        if not amount:
            continue
        lower, upper = _y(below_fen, top_fen), _y(below_fen + amount, top_fen)
        bars.append(Bar(kind, round(x, 1), upper, width, round(max(lower - upper - GAP, 0.3), 1)))
        below_fen += amount
        top = upper
    return Column(middle=round(x + width / 2, 1), top=top, bars=bars)


def _y(amount_fen: int, top_fen: int) -> float:
    return round(BOTTOM - (BOTTOM - TOP) * amount_fen / top_fen, 1)


def _round_step(highest: int, least: int) -> int:
    """Return a step of 1, 2 or 5 times a power of ten that makes about four lines."""
    wanted = max(highest / 4, least)
    power = least
    while power * 10 <= wanted:
        power *= 10
    return next(power * factor for factor in (1, 2, 5, 10) if power * factor >= wanted)

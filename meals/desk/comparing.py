"""Comparing places and months: what the parts of an area come to, and how a year went."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Date, cast, func, select, tuple_
from sqlalchemy.orm import Session

from app.areas import queries as areas
from app.areas.rules import path_of
from app.auth import Actor
from meals.models import Canteen
from meals.reading.sums import (
    PAYERS,
    Totals,
    count_meals,
    count_reached,
    days_of,
    guests_of,
    read_totals,
    total_columns,
)
from meals.scope import canteens_within

# How long the codes of the next lower level are, by the length of a path.
NEXT_LENGTH = {2: 4, 4: 6, 6: 9}
CODE_LENGTH = 6
MONTHS_SHOWN = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A place within the one that is looked at: what its canteens sold in two months, and whom they reached."""

    code: str
    name: str
    name_en: str
    now: Totals
    before: Totals
    reached: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthSum:
    """What one month came to, and who paid for it."""

    month: date
    totals: Totals
    payers: Mapping[str, int]


def compare_parts(
    session: Session,
    *,
    actor: Actor,
    area: str | None,
    sums: Mapping[int, Totals],
    before: Mapping[int, Totals],
    month: date,
) -> tuple[Sequence[Part], int]:
    """Compare the places within an area, and count the people reached in all of it.

    Within a street there are only canteens, so no places.

    :param sums: of each canteen in the month
    :param before: the same of the month to compare with
    """
    length = part_length(actor, area)
    if length is None:
        return (), count_reached(session, actor=actor, month=month, area=area)
    codes = dict(session.execute(select(Canteen.id, Canteen.area_code).where(canteens_within(actor, area))).all())
    now_of, before_of = _by_part(sums, codes, length), _by_part(before, codes, length)
    reached, everywhere = _reached(session, actor=actor, area=area, month=month, length=length)
    names = areas.find_names(session, {*now_of, *before_of})
    nothing = Totals()
    parts = [
        Part(
            code=code,
            name=names[code].name if code in names else code,
            name_en=names[code].name_en if code in names else code,
            now=now_of.get(code, nothing),
            before=before_of.get(code, nothing),
            reached=reached.get(code, 0),
        )
        for code in sorted({*now_of, *before_of})
    ]
    return sorted(parts, key=lambda part: (-part.now.public_fen, part.code)), everywhere


def sum_by_month(session: Session, *, actor: Actor, area: str | None, until_on: date) -> Sequence[MonthSum]:
    """Add up each of the last twelve months that saw a sale, the earliest first."""
    first = until_on.replace(day=1)
    since = (
        first.replace(year=first.year - 1, month=first.month % 12 + 1) if first.month < 12 else first.replace(month=1)
    )
    sold = days_of(actor, from_on=since, until_on=until_on, area=area).c
    month = cast(func.date_trunc("month", sold.meal_on), Date)
    query = (
        select(month, *(func.sum(sold[f"{kind}_fen"]) for kind in PAYERS), *total_columns(sold))
        .group_by(month)
        .having(func.sum(sold.meals) > 0)
        .order_by(month)
    )
    return [
        MonthSum(
            month=row[0],
            payers={kind: int(fen) for kind, fen in zip(PAYERS, row[1:], strict=False) if fen},
            totals=read_totals(row[1 + len(PAYERS) :]),
        )
        for row in session.execute(query)
    ]


def part_length(actor: Actor, area: str | None) -> int | None:
    """Return how long the codes of an area's parts are; nothing where it has none that hold canteens."""
    if area is None and len(actor.area_codes) != 1:
        return CODE_LENGTH if actor.area_codes else None
    return NEXT_LENGTH.get(len(path_of(area or actor.area_codes[0])))


def _code_of(place: str, length: int) -> str:
    """Return the code of the place of some level in which another lies."""
    return place[:length].ljust(CODE_LENGTH, "0")


def _by_part(sums: Mapping[int, Totals], codes: Mapping[int, str], length: int) -> Mapping[str, Totals]:
    found: dict[str, Totals] = defaultdict(Totals)
    for canteen_id, totals in sums.items():
        found[_code_of(codes[canteen_id], length)] += totals
    return found


def _reached(
    session: Session, *, actor: Actor, area: str | None, month: date, length: int
) -> tuple[Mapping[str, int], int]:
    """Count people place by place and in all places together, in one pass."""
    guests = guests_of(actor, month=month, area=area).c
    part = func.left(Canteen.area_code, length).label("part")
    ate = (
        select(part, guests.home)
        .join(Canteen, Canteen.id == guests.canteen_id)
        .group_by(func.grouping_sets(tuple_(part, guests.home), tuple_(guests.home)))
        .having(count_meals(guests) > 0)
        .subquery()
    )
    counts: dict[str | None, int] = dict(session.execute(select(ate.c.part, func.count()).group_by(ate.c.part)).all())
    everywhere = int(counts.pop(None, 0))
    return {_code_of(place, length): int(count) for place, count in counts.items() if place}, everywhere

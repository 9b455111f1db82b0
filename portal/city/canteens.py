"""The canteens of a street in the picture: meals of each in the month, against its seats, and its days."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from app.areas.rules import Level
from app.auth import Actor
from meals import queries as meals
from meals.queries import Totals
from portal.city.reading import Picture

MOST_CANTEENS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class CanteenLine:
    """What a canteen sold in the month."""

    id: int
    name: str
    name_en: str
    meals: int
    subsidised: int
    points_fen: int


def list_busiest(session: Session, *, picture: Picture, actor: Actor) -> Sequence[CanteenLine]:
    """List a street's canteens, the busiest first; none of wider places, which have parts instead."""
    if picture.area.level != Level.STREET:
        return ()
    days: dict[str, Any] = {"from_on": picture.period.from_on, "until_on": picture.period.until_on}
    sums = meals.sum_by_day_and_canteen(session, actor=actor, area=picture.area.code, **days)
    return [
        CanteenLine(
            id=each.id,
            name=each.name,
            name_en=each.name_en or each.name,
            meals=each.totals.meals,
            subsidised=each.totals.subsidised,
            points_fen=each.totals.points_fen,
        )
        for each in meals.rank_canteens(session, by_canteen=sums.by_canteen, limit=MOST_CANTEENS)
    ]


def read_days(
    session: Session, *, canteen_id: int, actor: Actor, from_on: date, until_on: date
) -> tuple[Any, Sequence[tuple[date, Totals]]]:
    """Return a canteen with its days that saw a sale.

    :raises CanteenNotFound: if it is none of the actor's
    """
    canteen = meals.get_canteen(session, canteen_id=canteen_id, actor=actor, on=until_on)
    days = meals.sum_days_of_canteen(session, actor=actor, canteen_id=canteen_id, from_on=from_on, until_on=until_on)
    return canteen, [(day, totals) for day, totals in days.items()]

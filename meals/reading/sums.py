"""Adding up: meals and money by day, payer, canteen and tier, for findings, tiles and charts."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from typing import cast as typed

from sqlalchemy import BigInteger, Integer, Table, TableValuedAlias, cast, column, func, select, tuple_
from sqlalchemy.orm import Session

from app.auth import Actor
from meals.desk.models import MealBand, MealDay, MealGuest
from meals.models import Canteen
from meals.scope import NONE, canteen_ids, canteens_within

PAYERS = ("city", "district", "street", "community", "charity")


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """What a group of sales comes to, without what was undone."""

    meals: int = 0
    subsidised: int = 0
    price_fen: int = 0
    public_fen: int = 0
    concession_fen: int = 0
    points_fen: int = 0
    cash_fen: int = 0

    @property
    def guest_fen(self) -> int:
        """Return what guests paid, by points and cash."""
        return self.points_fen + self.cash_fen

    def __add__(self, other: "Totals") -> "Totals":
        return Totals(**{name: getattr(self, name) + getattr(other, name) for name in Totals.__slots__})


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """Sales by day and by canteen, and how many of a canteen's were sold on one day."""

    by_day: Mapping[date, Totals] = field(default_factory=dict)
    by_canteen: Mapping[int, Totals] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class CanteenSum:
    """A canteen's totals, with its name."""

    id: int
    name: str
    name_en: str
    totals: Totals


@dataclass(frozen=True, slots=True, kw_only=True)
class TierSum:
    """What the meals of one band of a policy come to; ``band`` holds its conditions."""

    band: Mapping[str, Any]
    meals: int
    public_fen: int


def days_of(
    actor: Actor, *, from_on: date, until_on: date, area: str | None = None, canteen_id: int | None = None
) -> TableValuedAlias:
    """Return what an actor's canteens sold, by canteen, day, meal and subsidy: the kept sums and what came after.

    A key may stand in two rows: add them up.
    """
    return _kept(func.meal_day_sums(canteen_ids(actor, area, canteen_id), from_on, until_on), MealDay, "day_sum")


def guests_of(actor: Actor, *, month: date, until: date | None = None, area: str | None = None) -> TableValuedAlias:
    """Return who ate in an actor's canteens in a month, or from it until another; a key may stand in two rows.

    :param month: its first day
    """
    return _kept(
        func.meal_guest_sums(canteen_ids(actor, area), month, _last_of(until or month)), MealGuest, "guest_sum"
    )


def sum_by_day_and_canteen(
    session: Session, *, actor: Actor, from_on: date, until_on: date, area: str | None = None
) -> Sums:
    """Add up the sales of some days, both included, by day and by canteen in one pass."""
    sold = days_of(actor, from_on=from_on, until_on=until_on, area=area).c
    query = (
        select(sold.meal_on, sold.canteen_id, *total_columns(sold))
        .group_by(func.grouping_sets(tuple_(sold.meal_on), tuple_(sold.canteen_id)))
        .having(func.sum(sold.meals) > 0)
    )
    by_day: dict[date, Totals] = {}
    by_canteen: dict[int, Totals] = {}
    for day, canteen_id, *values in session.execute(query):
        if day is not None:
            by_day[day] = read_totals(values)
        else:
            by_canteen[canteen_id] = read_totals(values)
    return Sums(by_day=dict(sorted(by_day.items())), by_canteen=by_canteen)


def sum_by_day_and_payer(
    session: Session, *, actor: Actor, from_on: date, until_on: date, area: str | None = None
) -> Mapping[date, Mapping[str, int]]:
    """Add up what each payer bore on each day, the canteens' concessions included."""
    sold = days_of(actor, from_on=from_on, until_on=until_on, area=area).c
    kinds = (*PAYERS, "concession")
    query = (
        select(sold.meal_on, *(func.sum(sold[f"{kind}_fen"]) for kind in kinds))
        .group_by(sold.meal_on)
        .having(func.sum(sold.meals) > 0)
        .order_by(sold.meal_on)
    )
    return {
        day: {kind: int(fen) for kind, fen in zip(kinds, amounts, strict=True) if fen}
        for day, *amounts in session.execute(query)
    }


def sum_public_by_canteen(session: Session, *, actor: Actor, on: date, area: str | None = None) -> Mapping[int, int]:
    """Add up the public money of one day by canteen."""
    sold = days_of(actor, from_on=on, until_on=on, area=area).c
    query = (
        select(sold.canteen_id, cast(func.sum(sold.public_fen), BigInteger))
        .group_by(sold.canteen_id)
        .having(func.sum(sold.meals) > 0)
    )
    return dict(session.execute(query).all())


def sum_days_of_canteen(
    session: Session, *, actor: Actor, canteen_id: int, from_on: date, until_on: date
) -> Mapping[date, Totals]:
    """Add up the sales of one of an actor's canteens by day."""
    own = select(func.coalesce(func.array_agg(Canteen.id), NONE)).where(
        Canteen.id == canteen_id, canteens_within(actor, None)
    )
    sold = _kept(func.meal_day_sums(own.scalar_subquery(), from_on, until_on), MealDay, "day_sum").c
    query = (
        select(sold.meal_on, *total_columns(sold))
        .group_by(sold.meal_on)
        .having(func.sum(sold.meals) > 0)
        .order_by(sold.meal_on)
    )
    return {day: read_totals(values) for day, *values in session.execute(query)}


def sum_by_tier(session: Session, *, actor: Actor, month: date, area: str | None = None) -> Sequence[TierSum]:
    """Add up a month's subsidised meals by the band of the policy that they were sold by, most frequent first.

    :param month: its first day
    """
    sold = _kept(func.meal_band_sums(canteen_ids(actor, area), month, _last_of(month)), MealBand, "band_sum").c
    query = (
        select(sold.band, func.sum(sold.meals), func.sum(sold.public_fen))
        .group_by(sold.band)
        .having(func.sum(sold.meals) > 0)
        .order_by(func.sum(sold.meals).desc(), sold.band)
    )
    return [
        TierSum(band=json.loads(band), meals=int(count), public_fen=int(public_fen))
        for band, count, public_fen in session.execute(query)
    ]


def count_reached(
    session: Session, *, actor: Actor, month: date, until: date | None = None, area: str | None = None
) -> int:
    """Count the people who ate in an actor's canteens, each once.

    :param month: the first day of the first month
    """
    guests = guests_of(actor, month=month, until=until, area=area).c
    ate = select(guests.home).group_by(guests.home).having(count_meals(guests) > 0).subquery()
    return int(session.scalar(select(func.count()).select_from(ate)) or 0)


def count_meals(guests: Any) -> Any:
    """Add up the meals of a group of guests as plain integers: long ones take three times as long."""
    return func.sum(cast(guests.meals, Integer))


def total_columns(sold: Any) -> list[Any]:
    """Return what ``read_totals`` reads, added up."""
    subsidised = func.coalesce(func.sum(sold.meals).filter(sold.is_subsidised), 0)
    names = [name for name in Totals.__slots__ if name not in ("meals", "subsidised")]
    return [func.sum(sold.meals), subsidised, *(func.sum(sold[name]) for name in names)]


def read_totals(values: Sequence[Any]) -> Totals:
    """Make totals of what ``total_columns`` asked for."""
    return Totals(**dict(zip(Totals.__slots__, (int(value or 0) for value in values), strict=True)))


def rank_canteens(session: Session, *, by_canteen: Mapping[int, Totals], limit: int) -> Sequence[CanteenSum]:
    """Name the canteens that sold most, of sums made before."""
    most = sorted(by_canteen.items(), key=lambda item: (-item[1].meals, item[0]))[:limit]
    query = select(Canteen.id, Canteen.name, Canteen.name_en).where(
        Canteen.id.in_([canteen_id for canteen_id, _ in most])
    )
    names = {found.id: found for found in session.execute(query)}
    return [
        CanteenSum(id=canteen_id, name=names[canteen_id].name, name_en=names[canteen_id].name_en, totals=totals)
        for canteen_id, totals in most
    ]


def _last_of(month: date) -> date:
    following = month.replace(day=28) + timedelta(days=4)
    return following - timedelta(days=following.day)


def _kept(call: Any, model: Any, name: str) -> TableValuedAlias:
    shape = typed(Table, model.__table__)
    found: TableValuedAlias = call.table_valued(*(column(each.name, each.type) for each in shape.columns), name=name)
    return found

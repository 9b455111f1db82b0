"""Adding up: meals and money by day, payer, canteen and tier, for findings, tiles and charts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, cast, column, func, literal_column, select, true, tuple_
from sqlalchemy.dialects.postgresql import JSONB, JSONPATH
from sqlalchemy.orm import Session

from app.auth import Actor
from meals.models import Canteen, Checkout
from meals.reading.checkouts import booked_within
from meals.scope import visible_canteens

TIER: ColumnElement[str] = literal_column("'$[*] ? (@.code == \"tier\").params'")


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


def sum_by_day_and_canteen(session: Session, *, actor: Actor, from_on: date, until_on: date) -> Sums:
    """Add up the sales of some days, both included, by day and by canteen in one pass."""
    kept = [func.count().label("meals"), func.count(Checkout.slot).label("subsidised")]
    amounts = (Checkout.price_fen, Checkout.public_fen, Checkout.concession_fen, Checkout.points_fen, Checkout.cash_fen)
    kept += [func.sum(amount).label(amount.key) for amount in amounts]
    query = (
        select(Checkout.meal_on, Checkout.canteen_id, *kept)
        .join(Canteen, Canteen.id == Checkout.canteen_id)
        .where(visible_canteens(actor), *booked_within(from_on, until_on), Checkout.reversed_at.is_(None))
        .group_by(func.grouping_sets(tuple_(Checkout.meal_on), tuple_(Checkout.canteen_id)))
    )
    by_day: dict[date, Totals] = {}
    by_canteen: dict[int, Totals] = {}
    for day, canteen_id, *values in session.execute(query):
        totals = Totals(**dict(zip(Totals.__slots__, (int(value) for value in values), strict=True)))
        if day is not None:
            by_day[day] = totals
        else:
            by_canteen[canteen_id] = totals
    return Sums(by_day=dict(sorted(by_day.items())), by_canteen=by_canteen)


def sum_by_day_and_payer(
    session: Session, *, actor: Actor, from_on: date, until_on: date
) -> Mapping[date, Mapping[str, int]]:
    """Add up what each payer bore on each day, the canteens' concessions included."""
    shares = func.jsonb_array_elements(Checkout.shares).table_valued(column("value", JSONB)).lateral("share")
    kind, amount = shares.c.value["kind"].astext, cast(shares.c.value["amount_fen"].astext, BigInteger)
    query = (
        select(Checkout.meal_on, kind.label("payer"), func.sum(amount))
        .join(Canteen, Canteen.id == Checkout.canteen_id)
        .join(shares, true())
        .where(visible_canteens(actor), *booked_within(from_on, until_on), Checkout.reversed_at.is_(None))
        .group_by(Checkout.meal_on, kind)
        .order_by(Checkout.meal_on)
    )
    found: dict[date, dict[str, int]] = {}
    for day, payer, amount_fen in session.execute(query):
        found.setdefault(day, {})[payer] = int(amount_fen)
    return found


def sum_public_by_canteen(session: Session, *, actor: Actor, on: date) -> Mapping[int, int]:
    """Add up the public money of one day by canteen."""
    query = (
        select(Checkout.canteen_id, cast(func.sum(Checkout.public_fen), BigInteger))
        .join(Canteen, Canteen.id == Checkout.canteen_id)
        .where(visible_canteens(actor), *booked_within(on, on), Checkout.reversed_at.is_(None))
        .group_by(Checkout.canteen_id)
    )
    return dict(session.execute(query).all())


def sum_by_tier(session: Session, *, actor: Actor, from_on: date, until_on: date) -> Sequence[TierSum]:
    """Add up the subsidised meals by the band of the policy that they were sold by, the most frequent first."""
    tier = func.jsonb_path_query_first(Checkout.reasons, cast(TIER, JSONPATH), type_=JSONB)
    # The guest's own age is told with the band; without it the bands fall together.
    band = tier.op("-", return_type=JSONB)(literal_column("'age'")).label("band")
    query = (
        select(band, func.count(), func.sum(Checkout.public_fen))
        .join(Canteen, Canteen.id == Checkout.canteen_id)
        .where(visible_canteens(actor), *booked_within(from_on, until_on))
        .where(Checkout.reversed_at.is_(None), Checkout.slot.isnot(None))
        .group_by(band)
        .order_by(func.count().desc())
    )
    return [
        TierSum(band=found or {}, meals=count, public_fen=int(public_fen))
        for found, count, public_fen in session.execute(query)
    ]


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

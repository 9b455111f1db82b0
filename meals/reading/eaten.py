"""Reading what seniors ate: one person's meals day by day, and what the last ones took of the points."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import case, select
from sqlalchemy.orm import Session

from app.clock import local
from meals.models import Canteen, Checkout

# Where a sale fell outside all meal windows, its hour says which meal it was.
NOON_FROM, EVENING_FROM = time(10), time(15)


@dataclass(frozen=True, slots=True, kw_only=True)
class Eaten:
    """A meal that was sold to a senior, as the senior and the family may see it."""

    id: UUID
    senior_id: int
    canteen: str
    canteen_en: str
    meal_on: date
    window: str | None
    items: Sequence[Mapping[str, Any]]
    price_fen: int
    concession_fen: int
    points_fen: int
    cash_fen: int
    shares: Sequence[Mapping[str, Any]]
    # Why it cost what it cost; only of a sale that the ledger knows nothing of, which tells it otherwise.
    reasons: Sequence[Mapping[str, Any]] | None
    posted: bool
    occurred_at: datetime
    reversal_id: UUID | None
    reversed_at: datetime | None
    reversal_reason: str | None

    @property
    def meal(self) -> str:
        """Return which meal of the day it was."""
        return self.window or meal_at(local(self.occurred_at).time())


def meal_at(at: time) -> str:
    """Return the meal that people eat at a time of day."""
    if at < NOON_FROM:
        return "breakfast"
    return "lunch" if at < EVENING_FROM else "dinner"


def list_eaten(session: Session, *, senior_id: int, from_on: date, until_on: date) -> Sequence[Eaten]:
    """List a senior's meals of some days, both included, newest first; those undone too. Asks nobody's leave."""
    query = _eaten().where(Checkout.home == senior_id, Checkout.meal_on.between(from_on, until_on))
    rows = session.execute(query.order_by(Checkout.occurred_at.desc(), Checkout.id.desc()))
    return [Eaten(**row._mapping) for row in rows]


def find_eaten(session: Session, *, senior_id: int, sale_id: UUID) -> Eaten | None:
    """Return one of a senior's meals, or nothing. Asks nobody's leave."""
    row = session.execute(_eaten().where(Checkout.home == senior_id, Checkout.id == sale_id)).one_or_none()
    return Eaten(**row._mapping) if row else None


def list_eaten_on(session: Session, *, senior_ids: Collection[int], on: date) -> Mapping[int, Sequence[Eaten]]:
    """List what each of some seniors ate on a day, earliest first; what was undone is left out."""
    query = _eaten().where(
        Checkout.home.in_(sorted(senior_ids)), Checkout.meal_on == on, Checkout.reversed_at.is_(None)
    )
    found: dict[int, list[Eaten]] = defaultdict(list)
    for row in session.execute(query.order_by(Checkout.occurred_at)):
        found[row.senior_id].append(Eaten(**row._mapping))
    return found


def list_meals(session: Session, *, senior_id: int, from_on: date, until_on: date) -> Mapping[date, Collection[str]]:
    """Return which meals a senior ate on each of some days; two sales for one meal are one meal."""
    query = select(Checkout.meal_on, Checkout.window_name, Checkout.occurred_at).where(
        Checkout.home == senior_id, Checkout.meal_on.between(from_on, until_on), Checkout.reversed_at.is_(None)
    )
    found: dict[date, set[str]] = defaultdict(set)
    for day, window, at in session.execute(query):
        found[day].add(window or meal_at(local(at).time()))
    return found


def list_days_eaten(
    session: Session, *, senior_ids: Collection[int], from_on: date, until_on: date
) -> Mapping[int, Collection[date]]:
    """Return on which of some days, both included, each of some seniors ate anything at all."""
    query = select(Checkout.home, Checkout.meal_on).where(
        Checkout.home.in_(sorted(senior_ids)),
        Checkout.meal_on.between(from_on, until_on),
        Checkout.reversed_at.is_(None),
    )
    found: dict[int, set[date]] = defaultdict(set)
    for senior_id, day in session.execute(query.distinct()):
        found[senior_id].add(day)
    return found


def list_last_points(session: Session, *, senior_id: int, since: date, limit: int = 20) -> Sequence[int]:
    """Return how many points a senior's last meals took, newest first; meals that took none are left out."""
    query = select(Checkout.points_fen).where(
        Checkout.home == senior_id,
        Checkout.meal_on >= since,
        Checkout.points_fen > 0,
        Checkout.reversed_at.is_(None),
    )
    return session.scalars(query.order_by(Checkout.occurred_at.desc()).limit(limit)).all()


def _eaten() -> Any:
    return select(
        Checkout.id,
        Checkout.home.label("senior_id"),
        Canteen.name.label("canteen"),
        Canteen.name_en.label("canteen_en"),
        Checkout.meal_on,
        Checkout.window_name.label("window"),
        Checkout.items,
        Checkout.price_fen,
        Checkout.concession_fen,
        Checkout.points_fen,
        Checkout.cash_fen,
        Checkout.shares,
        case((Checkout.posted, None), else_=Checkout.reasons).label("reasons"),
        Checkout.posted,
        Checkout.occurred_at,
        Checkout.reversal_id,
        Checkout.reversed_at,
        Checkout.reversal_reason,
    ).join(Canteen, Canteen.id == Checkout.canteen_id)

"""Portions sold per dish as the lunch goes, beside those of a week ago."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import BigInteger, func, or_, select
from sqlalchemy.orm import Session

from app.auth import Actor
from app.clock import business_day
from meals.deciding import CLOCK_SKEW
from meals.models import Canteen, Checkout, Dish
from meals.queries import MenuItem, get_menu
from meals.reading.days import midnight
from meals.scope import load_canteen

LATELY = timedelta(minutes=10)
ONE_DAY, ONE_WEEK = timedelta(days=1), timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How often a dish was sold."""

    all_day: int = 0
    this_meal: int = 0
    lately: int = 0
    by_now: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Portions:
    """A dish of today with its portions, and with those of the same weekday a week ago."""

    dish: MenuItem
    today: Count
    week_ago: Count


@dataclass(frozen=True, slots=True, kw_only=True)
class Fed:
    """A canteen that this kitchen cooks for: its dishes of today and their portions."""

    canteen_id: int
    name: str
    name_en: str
    dishes: Sequence[tuple[str, str, int]]

    @property
    def portions(self) -> int:
        """Return how many portions it sold today."""
        return sum(count for _name, _name_en, count in self.dishes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kitchen:
    """A canteen's kitchen at one moment."""

    canteen_id: int
    name: str
    name_en: str
    at: datetime
    window: Mapping[str, object] | None
    rows: Sequence[Portions]
    fed: Sequence[Fed] = field(default_factory=tuple)

    @property
    def portions(self) -> int:
        """Return how many portions went out: in this meal, or today where no meal is served now."""
        own = sum(row.today.this_meal if self.window else row.today.all_day for row in self.rows)
        return own + sum(each.portions for each in self.fed)


def get_kitchen(session: Session, *, canteen_id: int, actor: Actor, now: datetime) -> Kitchen:
    """Return what a canteen has sold of each dish today.

    :raises CanteenNotFound: if it is none of the actor's
    """
    canteen = load_canteen(session, canteen_id=canteen_id, actor=actor)
    menu = get_menu(session, canteen_id=canteen_id, actor=actor, now=now)
    window = str(menu.window["name"]) if menu.window else None
    today = count_portions(session, canteen_id=canteen_id, day=business_day(now), window=window, now=now)
    before = now - ONE_WEEK
    week_ago = count_portions(session, canteen_id=canteen_id, day=business_day(before), window=window, now=before)
    return Kitchen(
        canteen_id=canteen_id,
        name=canteen.name,
        name_en=canteen.name_en,
        at=now,
        window=menu.window,
        rows=[
            Portions(dish=item, today=today.get(item.id, Count()), week_ago=week_ago.get(item.id, Count()))
            for item in menu.items
        ],
        fed=_list_fed(session, kitchen_id=canteen_id, day=business_day(now)),
    )


def count_portions(
    session: Session, *, canteen_id: int, day: date, window: str | None, now: datetime
) -> Mapping[int, Count]:
    """Count the portions of each dish that a canteen sold on a day, without what was undone."""
    items = func.jsonb_array_elements(Checkout.items).table_valued("value", joins_implicitly=True)
    dish = func.jsonb_extract_path_text(items.c.value, "id").cast(BigInteger)
    count = func.jsonb_extract_path_text(items.c.value, "count").cast(BigInteger)
    conditions = {
        "all_day": Checkout.meal_on == day,
        "this_meal": Checkout.window_name == window,
        "lately": Checkout.occurred_at > now - LATELY,
        "by_now": Checkout.occurred_at <= now,
    }
    sums = [func.coalesce(func.sum(count).filter(when), 0).label(name) for name, when in conditions.items()]
    start = midnight(day)
    query = (
        select(dish.label("dish_id"), *sums)
        .select_from(Checkout)
        .where(
            Checkout.canteen_id == canteen_id,
            Checkout.meal_on == day,
            Checkout.reversed_at.is_(None),
            # What a till sends on another day is no news for the kitchen.
            Checkout.booked_at >= start - CLOCK_SKEW,
            Checkout.booked_at < start + ONE_DAY,
        )
        .group_by(dish)
    )
    return {
        row.dish_id: Count(**{name: int(getattr(row, name)) for name in conditions})
        for row in session.execute(query)
        if row.dish_id is not None
    }


def _list_fed(session: Session, *, kitchen_id: int, day: date) -> Sequence[Fed]:
    """List the canteens that a kitchen cooks for, each with what it sold."""
    rows = session.execute(
        select(Canteen.id, Canteen.name, Canteen.name_en)
        .where(Canteen.kitchen_id == kitchen_id, or_(Canteen.closed_from.is_(None), Canteen.closed_from > day))
        .order_by(Canteen.code)
    ).all()
    return [
        Fed(canteen_id=row.id, name=row.name, name_en=row.name_en, dishes=_sold_in(session, row.id, day))
        for row in rows
    ]


def _sold_in(session: Session, canteen_id: int, day: date) -> Sequence[tuple[str, str, int]]:
    counts = count_portions(session, canteen_id=canteen_id, day=day, window=None, now=midnight(day))
    dishes = session.execute(
        select(Dish.id, Dish.name, Dish.name_en).where(Dish.id.in_(counts)).order_by(Dish.position, Dish.id)
    )
    return [(row.name, row.name_en, counts[row.id].all_day) for row in dishes]

"""Reading menus: what a canteen sells on a day, and everything it ever sold with its prices."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import any_, literal, or_, select
from sqlalchemy.orm import Session

from app.auth import Actor
from app.clock import business_day, local
from app.policies import queries as policies
from meals.kitchen.models import DishSoldOut
from meals.models import Dish, DishPrice
from meals.policy import meal_discount
from meals.pricing.terms import MealDiscount
from meals.reading.days import midnight
from meals.rules import window_at
from meals.scope import load_canteen, load_dish
from meals.wording import MEALS


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuItem:
    """What can be sold by one touch."""

    id: int
    name: str
    name_en: str
    price_fen: int
    kind: str
    default: bool
    contents: str
    sold_out: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Menu:
    """What a canteen sells on a day, and the meal window of the moment."""

    on: date
    window: Mapping[str, object] | None
    items: Sequence[MenuItem]


@dataclass(frozen=True, slots=True, kw_only=True)
class DishFacts:
    """A dish as it stands in the database, free of the session that read it."""

    id: int
    kind: str
    name: str
    name_en: str
    contents: str
    position: int
    is_default: bool
    weekdays: tuple[int, ...]
    withdrawn_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceLine:
    """What a dish costs from a day until another."""

    price_fen: int
    valid_from: date
    valid_until: date | None

    def holds_on(self, day: date) -> bool:
        """Say whether it is the price of a day."""
        return self.valid_from <= day and (self.valid_until is None or day < self.valid_until)


@dataclass(frozen=True, slots=True, kw_only=True)
class DishLine:
    """A dish with its price on the day of asking, and all its prices, newest first."""

    dish: DishFacts
    price_fen: int | None
    prices: Sequence[PriceLine]


def get_menu(session: Session, *, canteen_id: int, actor: Actor, now: datetime, on: date | None = None) -> Menu:
    """Return what a canteen sells on a day, today if left out; the window only for today.

    :raises CanteenNotFound: if it is none of the actor's
    """
    canteen = load_canteen(session, canteen_id=canteen_id, actor=actor)
    today = business_day(now)
    day = on or today
    window = None
    if day == today:
        document = policies.find_policy(session, kind="meal_discount", area_code=canteen.area_code, on=day)
        window = _window_now(meal_discount(document), now) if document else None
    return Menu(on=day, window=window, items=list_items(session, canteen_id=canteen_id, on=day))


def list_dishes(session: Session, *, canteen_id: int, on: date, withdrawn: bool = False) -> Sequence[DishLine]:
    """List the dishes of a canteen that was read before, each with its prices, newest first.

    :param withdrawn: those that are off the menu too
    """
    query = select(Dish).where(Dish.canteen_id == canteen_id)
    if not withdrawn:
        query = query.where(Dish.withdrawn_on.is_(None))
    return _with_prices(
        session, session.scalars(query.order_by(Dish.withdrawn_on.isnot(None), Dish.position, Dish.id)).all(), on
    )


def get_dish(session: Session, *, canteen_id: int, dish_id: int, on: date) -> DishLine:
    """Return a dish of a canteen that was read before, with its prices.

    :raises DishNotFound: if the canteen has no such dish
    """
    return _with_prices(session, [load_dish(session, canteen_id=canteen_id, dish_id=dish_id)], on)[0]


def _with_prices(session: Session, dishes: Sequence[Dish], on: date) -> Sequence[DishLine]:
    asked = select(DishPrice).where(DishPrice.dish_id.in_([dish.id for dish in dishes]))
    prices: dict[int, list[PriceLine]] = defaultdict(list)
    for row in session.scalars(asked.order_by(DishPrice.valid_from.desc())):
        line = PriceLine(price_fen=row.price_fen, valid_from=row.valid_from, valid_until=row.valid_until)
        prices[row.dish_id].append(line)
    return [
        DishLine(
            dish=_facts(dish),
            price_fen=next((price.price_fen for price in prices[dish.id] if price.holds_on(on)), None),
            prices=prices[dish.id],
        )
        for dish in dishes
    ]


def list_items(session: Session, *, canteen_id: int, on: date) -> Sequence[MenuItem]:
    """List what a canteen that was read before sells on a day, the default meal first."""
    query = (
        select(Dish, DishPrice.price_fen, DishSoldOut.at)
        .join(DishPrice)
        .outerjoin(DishSoldOut, (DishSoldOut.dish_id == Dish.id) & (DishSoldOut.day == on))
        .where(
            Dish.canteen_id == canteen_id,
            or_(Dish.withdrawn_on.is_(None), Dish.withdrawn_on > on),
            literal(on.isoweekday()) == any_(Dish.weekdays),
            DishPrice.valid_from <= on,
            or_(DishPrice.valid_until.is_(None), DishPrice.valid_until > on),
        )
        .order_by(Dish.is_default.desc(), Dish.position, Dish.id)
    )
    return [
        MenuItem(
            id=dish.id,
            name=dish.name,
            name_en=dish.name_en,
            price_fen=price_fen,
            kind=dish.kind,
            default=dish.is_default,
            contents=dish.contents,
            sold_out=sold_out_at is not None,
        )
        for dish, price_fen, sold_out_at in session.execute(query)
    ]


def _window_now(policy: MealDiscount, now: datetime) -> Mapping[str, object] | None:
    window = window_at(policy, local(now).time())
    if window is None:
        return None
    until = midnight(business_day(now)) + timedelta(minutes=window.until_minute)
    return {"name": window.name, "until": until, "label": MEALS[window.name].as_json()}


def _facts(dish: Dish) -> DishFacts:
    return DishFacts(
        id=dish.id,
        kind=dish.kind,
        name=dish.name,
        name_en=dish.name_en,
        contents=dish.contents,
        position=dish.position,
        is_default=dish.is_default,
        weekdays=tuple(dish.weekdays),
        withdrawn_on=dish.withdrawn_on,
    )

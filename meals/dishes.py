"""Changing what a canteen offers: dishes and set meals, and their prices by day."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.auth import Actor
from app.clock import business_day
from meals.changes import check_not_past, record_change
from meals.models import EVERY_DAY, Dish, DishPrice
from meals.scope import load_canteen, load_dish

DISH_FIELDS = ("kind", "name", "name_en", "contents", "position", "is_default", "weekdays")


def add_dish(
    session: Session,
    *,
    canteen_id: int,
    kind: str,
    name: str,
    price_fen: int,
    by: Actor,
    now: datetime,
    name_en: str = "",
    contents: str = "",
    position: int = 0,
    is_default: bool = False,
    weekdays: Sequence[int] = EVERY_DAY,
    valid_from: date | None = None,
) -> Dish:
    """Add a dish or set meal with its price.

    :param is_default: sold by a scan alone; takes that from the dish that had it before
    :param valid_from: the first day on which it is sold; today if left out
    :raises CanteenNotFound: if the canteen is none of the caller's
    :raises Invalid: if the day is over
    """
    canteen = load_canteen(session, canteen_id=canteen_id, actor=by, lock=True)
    first_day = valid_from or business_day(now)
    check_not_past(first_day, field="valid_from", now=now)
    if is_default:
        _clear_default(session, canteen_id)
    dish = Dish(
        canteen_id=canteen_id,
        kind=kind,
        name=name,
        name_en=name_en,
        contents=contents,
        position=position,
        is_default=is_default,
        weekdays=sorted(set(weekdays)),
    )
    session.add(dish)
    session.flush()
    session.add(DishPrice(dish_id=dish.id, price_fen=price_fen, valid_from=first_day))
    session.flush()
    new = {"dish": dish.id, **_facts(dish), "price_fen": price_fen, "valid_from": first_day}
    record_change(session, canteen, action="dish.added", new=new, by=by, now=now)
    return dish


def change_dish(
    session: Session, *, canteen_id: int, dish_id: int, changes: Mapping[str, Any], by: Actor, now: datetime
) -> Dish:
    """Change a dish, but not its price.

    :param changes: new values by field, any of ``DISH_FIELDS``
    :raises CanteenNotFound: if the canteen is none of the caller's
    :raises DishNotFound: if the canteen has no such dish
    """
    canteen = load_canteen(session, canteen_id=canteen_id, actor=by, lock=True)
    dish = load_dish(session, canteen_id=canteen_id, dish_id=dish_id)
    old = _facts(dish)
    if changes.get("is_default") and not dish.is_default:
        _clear_default(session, canteen_id)
    for field in DISH_FIELDS:
        if field in changes:
            setattr(dish, field, changes[field])
    dish.weekdays = sorted(set(dish.weekdays))
    session.flush()
    new = _facts(dish)
    changed = [field for field in DISH_FIELDS if old[field] != new[field]]
    if changed:
        was = {"dish": dish.id, **{field: old[field] for field in changed}}
        became = {field: new[field] for field in changed}
        record_change(session, canteen, action="dish.changed", old=was, new=became, by=by, now=now)
    return dish


def withdraw_dish(session: Session, *, canteen_id: int, dish_id: int, by: Actor, now: datetime) -> Dish:
    """Take a dish off the menu from today on; what was sold stays explained.

    :raises CanteenNotFound: if the canteen is none of the caller's
    :raises DishNotFound: if the canteen has no such dish
    """
    canteen = load_canteen(session, canteen_id=canteen_id, actor=by, lock=True)
    dish = load_dish(session, canteen_id=canteen_id, dish_id=dish_id)
    if dish.withdrawn_on is None:
        dish.withdrawn_on = business_day(now)
        dish.is_default = False
        session.flush()
        record_change(
            session, canteen, action="dish.withdrawn", old={"dish": dish.id, "name": dish.name}, by=by, now=now
        )
    return dish


def set_dish_price(
    session: Session,
    *,
    canteen_id: int,
    dish_id: int,
    price_fen: int,
    valid_from: date,
    by: Actor,
    now: datetime,
) -> DishPrice:
    """Set what a dish costs from a day on, until the next price that is already set.

    :raises CanteenNotFound: if the canteen is none of the caller's
    :raises DishNotFound: if the canteen has no such dish
    :raises Invalid: if the day is over: what was sold cannot be sold at another price now
    """
    canteen = load_canteen(session, canteen_id=canteen_id, actor=by, lock=True)
    dish = load_dish(session, canteen_id=canteen_id, dish_id=dish_id)
    check_not_past(valid_from, field="valid_from", now=now)
    before = session.scalar(
        select(DishPrice)
        .where(DishPrice.dish_id == dish_id, DishPrice.valid_from <= valid_from)
        .order_by(DishPrice.valid_from.desc())
        .limit(1)
    )
    old = {"dish": dish.id, "price_fen": before.price_fen if before else None}
    price = _put_price(session, dish_id=dish_id, price_fen=price_fen, valid_from=valid_from, before=before)
    new = {"price_fen": price_fen, "valid_from": valid_from, "valid_until": price.valid_until}
    record_change(session, canteen, action="dish.priced", old=old, new=new, by=by, now=now)
    return price


def _put_price(
    session: Session, *, dish_id: int, price_fen: int, valid_from: date, before: DishPrice | None
) -> DishPrice:
    if before is not None and before.valid_from == valid_from:
        before.price_fen = price_fen
        session.flush()
        return before
    following = session.scalar(
        select(DishPrice.valid_from)
        .where(DishPrice.dish_id == dish_id, DishPrice.valid_from > valid_from)
        .order_by(DishPrice.valid_from)
        .limit(1)
    )
    if before is not None and (before.valid_until is None or before.valid_until > valid_from):
        before.valid_until = valid_from
        session.flush()
    price = DishPrice(dish_id=dish_id, price_fen=price_fen, valid_from=valid_from, valid_until=following)
    session.add(price)
    session.flush()
    return price


def _clear_default(session: Session, canteen_id: int) -> None:
    session.execute(update(Dish).where(Dish.canteen_id == canteen_id, Dish.is_default).values(is_default=False))


def _facts(dish: Dish) -> dict[str, Any]:
    return {field: getattr(dish, field) for field in DISH_FIELDS}

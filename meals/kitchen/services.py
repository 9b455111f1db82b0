"""The switch of a dish that is sold out today: it reaches the tills with the menu."""

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.auth import Actor
from app.clock import business_day
from meals.changes import record_change
from meals.kitchen.models import DishSoldOut
from meals.models import Dish
from meals.scope import load_canteen, load_dish


def switch_sold_out(
    session: Session, *, canteen_id: int, dish_id: int, is_sold_out: bool, by: Actor, now: datetime
) -> Dish:
    """Say that nothing is left of a dish today, or that there is some again. Once more changes nothing.

    :raises CanteenNotFound: if the canteen is none of the caller's
    :raises DishNotFound: if the canteen has no such dish
    """
    canteen = load_canteen(session, canteen_id=canteen_id, actor=by)
    dish = load_dish(session, canteen_id=canteen_id, dish_id=dish_id)
    day = business_day(now)
    if is_sold_out:
        row = {"dish_id": dish_id, "day": day, "at": now, "account_id": by.account_id}
        changed = session.scalar(insert(DishSoldOut).values(row).on_conflict_do_nothing().returning(DishSoldOut.day))
    else:
        gone = delete(DishSoldOut).where(DishSoldOut.dish_id == dish_id, DishSoldOut.day == day)
        changed = session.scalar(gone.returning(DishSoldOut.day))
    if changed:
        action = "dish.sold_out" if is_sold_out else "dish.back"
        record_change(session, canteen, action=action, new={"dish": dish_id, "name": dish.name}, by=by, now=now)
    return dish

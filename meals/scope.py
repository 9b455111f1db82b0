"""Which canteens an actor may see, and loading one of them."""

from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import BigInteger, ColumnElement, ScalarSelect, func, literal_column, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from app.areas import queries as areas
from app.auth import Actor
from app.errors import NotFound
from meals.models import Canteen, Dish, Till

NONE: ColumnElement[Any] = literal_column("'{}'::bigint[]", ARRAY(BigInteger))


class CanteenNotFound(NotFound):
    """There is no such canteen, or the caller may not know of it."""

    code = "canteen_not_found"
    detail = _l("There is no such canteen, or it lies outside your area.")


class DishNotFound(NotFound):
    """There is no such dish in the caller's canteens."""

    code = "dish_not_found"
    detail = _l("There is no such dish in this canteen.")


class TillNotFound(NotFound):
    """There is no such till in the caller's canteens."""

    code = "till_not_found"
    detail = _l("There is no such till in your canteens.")


def visible_canteens(actor: Actor) -> ColumnElement[bool]:
    """Return the condition for the canteens of an actor: those they work in, and all of their areas."""
    return or_(Canteen.id.in_(actor.canteen_ids), areas.within(Canteen.area_code, actor.area_codes))


def canteens_within(actor: Actor, area: str | None) -> ColumnElement[bool]:
    """Return the condition for the canteens of an actor, or those of them that lie in one place."""
    own = visible_canteens(actor)
    return own if area is None else own & areas.within(Canteen.area_code, [area])


def canteen_ids(actor: Actor, area: str | None = None, canteen_id: int | None = None) -> ScalarSelect[Any]:
    """Return the ids of an actor's canteens, or of the one named if it is theirs, as one array for adding up."""
    query = select(func.coalesce(func.array_agg(Canteen.id), NONE)).where(canteens_within(actor, area))
    return (query if canteen_id is None else query.where(Canteen.id == canteen_id)).scalar_subquery()


def load_canteen(session: Session, *, canteen_id: int, actor: Actor, lock: bool = False) -> Canteen:
    """Load a canteen of the actor's.

    :param lock: let no one else change the canteen meanwhile; sales go on
    :raises CanteenNotFound: if there is none with this id among the actor's
    """
    query = select(Canteen).where(Canteen.id == canteen_id, visible_canteens(actor))
    found = session.scalar(query.with_for_update(key_share=True) if lock else query)
    if found is None:
        raise CanteenNotFound
    return found


def load_dish(session: Session, *, canteen_id: int, dish_id: int) -> Dish:
    """Load a dish of a canteen that was loaded before.

    :raises DishNotFound: if the canteen has no such dish
    """
    found = session.scalar(select(Dish).where(Dish.id == dish_id, Dish.canteen_id == canteen_id))
    if found is None:
        raise DishNotFound
    return found


def load_till(session: Session, *, till_id: int, actor: Actor) -> Till:
    """Load a till of the actor's canteens.

    :raises TillNotFound: if there is none with this id among them
    """
    found = session.scalar(select(Till).join(Canteen).where(Till.id == till_id, visible_canteens(actor)))
    if found is None:
        raise TillNotFound
    return found

"""What can be ordered from where: dishes, meals and days of canteens that bring meals home."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth import Actor
from app.clock import business_day
from meals.deliveries.ordering import list_windows
from meals.deliveries.policy import find_delivery_rules
from meals.models import Canteen
from meals.reading.menus import MenuItem, list_items
from meals.rules import clock_text

# As many as fit a list that somebody chooses from.
MOST = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Bringer:
    """A canteen that brings meals home: what it cooks today, which meals it serves, how far ahead one may order."""

    id: int
    name: str
    name_en: str
    dishes: Sequence[MenuItem]
    windows: Sequence[tuple[str, str]]
    days_ahead: int


def list_own_bringers(session: Session, *, actor: Actor, now: datetime) -> Sequence[Bringer]:
    """List the actor's own canteens that bring meals home."""
    query = select(Canteen).where(Canteen.id.in_(actor.canteen_ids)).order_by(Canteen.code).limit(MOST)
    return _bringers(session, session.scalars(query).all(), on=business_day(now))


def list_bringers(session: Session, *, canteen_ids: Sequence[int], now: datetime) -> Sequence[Bringer]:
    """List those of some canteens that bring meals home, in their order."""
    found = {each.id: each for each in session.scalars(select(Canteen).where(Canteen.id.in_(canteen_ids)))}
    return _bringers(session, [found[id_] for id_ in canteen_ids if id_ in found][:MOST], on=business_day(now))


def _bringers(session: Session, canteens: Sequence[Canteen], *, on: date) -> Sequence[Bringer]:
    found = []
    for canteen in canteens:
        rules = find_delivery_rules(session, area_code=canteen.area_code, on=on)
        windows = list_windows(session, area_code=canteen.area_code, on=on)
        dishes = list_items(session, canteen_id=canteen.id, on=on)
        if rules is None or not windows or not dishes:
            continue
        hours = [(each.name, f"{clock_text(each.from_minute)}-{clock_text(each.until_minute)}") for each in windows]
        found.append(
            Bringer(
                id=canteen.id,
                name=canteen.name,
                name_en=canteen.name_en,
                dishes=dishes,
                windows=hours,
                days_ahead=rules.order_days_ahead,
            )
        )
    return found

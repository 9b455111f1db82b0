"""Reading for the till page: the day so far, the last sales, and guests who left their card at home."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from app.auth import Actor
from app.errors import Invalid
from app.people.rules import age_on
from app.vault import mask_name
from meals.models import Canteen, Checkout, Till
from meals.reading.days import midnight
from meals.reading.neighbours import card, senior
from meals.scope import TillNotFound, load_till, visible_canteens

RECENT = 12
SHORTEST_NAME = 2
SHORTEST_NUMBER = 4
GUESTS_AT_MOST = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class TillToday:
    """What a till sold today, and its last sales."""

    totals: Mapping[str, int]
    recent: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Guest:
    """Someone who may be served by name: as much as tells two people apart."""

    name: str
    age: int
    card: str
    card_tail: str


def get_till_today(session: Session, *, till_id: int, actor: Actor, on: date) -> TillToday:
    """Return what a till sold on a day, without what was undone, and its last sales.

    :raises TillNotFound: if the till stands in none of the actor's canteens
    """
    till = load_till(session, till_id=till_id, actor=actor)
    of_day = (Checkout.canteen_id == till.canteen_id, Checkout.till_id == till_id, Checkout.booked_at >= midnight(on))
    kept = Checkout.reversed_at.is_(None)
    sums = {
        name: func.coalesce(func.sum(column).filter(kept), 0)
        for name, column in (
            ("cash_fen", Checkout.cash_fen),
            ("points_fen", Checkout.points_fen),
            ("public_fen", Checkout.public_fen),
        )
    }
    query = select(
        func.count().filter(kept).label("count"),
        func.count().filter(kept, Checkout.slot.isnot(None)).label("subsidised"),
        *(total.label(name) for name, total in sums.items()),
    )
    totals = session.execute(query.where(*of_day)).one()
    last = select(Checkout, senior.c.name).join(senior, senior.c.id == Checkout.home).where(*of_day)
    rows = session.execute(last.order_by(Checkout.booked_at.desc(), Checkout.id.desc()).limit(RECENT)).all()
    return TillToday(
        totals={name: int(value) for name, value in totals._mapping.items()},
        recent=[_sold(checkout, name) for checkout, name in rows],
    )


def list_guests(session: Session, *, till_id: int, actor: Actor, query: str, on: date) -> Sequence[Guest]:
    """Find guests by a part of the name or the last digits of the card, for serving without a card.

    Only people who live in the canteen's street, or who ate in the canteen before: a till is no
    register of the city. Those who ate here last come first.

    :raises TillNotFound: if the till stands in none of the actor's canteens
    :raises Invalid: if the query is too short to mean someone
    """
    text = query.strip()
    by_number = text.isascii() and text.isdigit()
    if len(text) < (SHORTEST_NUMBER if by_number else SHORTEST_NAME):
        raise Invalid(errors={"query": [_l("Enter two characters of the name, or the last four digits of the card.")]})
    place = session.execute(
        select(Canteen.id, Canteen.area_code).join(Till).where(Till.id == till_id, visible_canteens(actor))
    ).one_or_none()
    if place is None:
        raise TillNotFound
    last_here = (
        select(func.max(Checkout.booked_at))
        .where(Checkout.home == senior.c.id, Checkout.canteen_id == place.id)
        .scalar_subquery()
    )
    street = place.area_code[:9]
    found = (
        select(senior.c.name, senior.c.birth_on, card.c.number)
        .join(card, card.c.senior_id == senior.c.id)
        .where(
            card.c.state == "issued",
            card.c.number.endswith(text, autoescape=True) if by_number else _named(text),
            senior.c.residence_area_code.startswith(street, autoescape=True) | last_here.isnot(None),
        )
        .order_by(last_here.desc().nulls_last(), senior.c.id)
        .limit(GUESTS_AT_MOST)
    )
    return [
        Guest(name=mask_name(name), age=age_on(birth_on, on), card=number, card_tail=number[-4:])
        for name, birth_on, number in session.execute(found)
    ]


def _named(text: str) -> ColumnElement[bool]:
    """Find a part of a name; the characters first, because they have an index."""
    characters = func.string_to_array(func.lower(senior.c.name), None)
    wanted = func.string_to_array(text.lower(), None)
    return characters.op("@>")(wanted) & senior.c.name.icontains(text, autoescape=True)


def _sold(checkout: Checkout, name: str) -> Mapping[str, Any]:
    return {
        "id": checkout.id,
        "number": checkout.number,
        "sold_at": checkout.occurred_at,
        "guest": mask_name(name),
        "items": checkout.items,
        "cash_fen": checkout.cash_fen,
        "state": "reversed" if checkout.reversed_at else "sold",
    }

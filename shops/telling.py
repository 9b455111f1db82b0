"""Telling families of what a person's points paid in a shop, and of what came back."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from app.clock import business_day
from app.messages.kinds import Kind, Params
from app.people.queries import names_of
from app.people.relatives.rules import Topic
from app.people.relatives.telling import tell_followers
from app.web.wording import moment
from shops.basket import Decided
from shops.models import ShopSale
from shops.wording import in_units
from shops.words import in_language

PAID, RETURNED = "shops.paid", "shops.returned"


def tell_basket(session: Session, decided: Decided, *, sale_id: UUID, now: datetime) -> None:
    """Tell whoever follows the person what the points paid."""
    opening, basket = decided.opening, decided.basket
    assert opening.person is not None
    params = {
        "name": opening.person.name,
        "at": now.isoformat(),
        "shop": {"zh": opening.shop.name, "en": opening.shop.name_en or opening.shop.name},
        "points": in_units(basket.points_fen, opening.purse.unit_fen),
        "left": in_units(decided.held_fen - basket.points_fen, opening.purse.unit_fen),
        "unit": dict(opening.purse.unit),
    }
    _tell(session, home=opening.person.senior_id, kind=PAID, key=f"shop_sale:{sale_id}", params=params, now=now)


def tell_return(session: Session, sale: ShopSale, *, points_fen: int, return_id: UUID, now: datetime) -> None:
    """Tell whoever follows the person that articles came back and their points are there again."""
    if not points_fen:
        return
    name = names_of(session, senior_ids=[sale.home]).get(sale.home, "")
    params = {"name": name, "at": sale.occurred_at.isoformat(), "points_fen": points_fen}
    _tell(session, home=sale.home, kind=RETURNED, key=f"shop_return:{return_id}", params=params, now=now)


def paid_text(params: Params) -> str:
    """Say what was paid, and what is left."""
    return str(
        _(
            "%(name)s, shopping on %(at)s at %(shop)s: %(points)s %(unit)s paid. %(left)s %(unit)s are left.",
            name=params["name"],
            at=moment(datetime.fromisoformat(params["at"])),
            shop=in_language(params["shop"]),
            points=params["points"],
            left=params["left"],
            unit=in_language(params["unit"]),
        )
    )


def returned_text(params: Params) -> str:
    """Say that articles came back."""
    return str(
        _(
            "%(name)s, shopping on %(at)s: articles came back, their points are there again.",
            name=params["name"],
            at=moment(datetime.fromisoformat(params["at"])),
        )
    )


def day_address(params: Params) -> str:
    """Lead to the day in the statement; it is the families' page, which is known here by its address only."""
    day = business_day(datetime.fromisoformat(params["at"]))
    return f"/family/{params['senior_id']}/statement?month={day:%Y-%m}#day-{day}"


KINDS = (
    Kind(name=PAID, title=_l("Points paid in a shop"), text=paid_text, topic=Topic.BALANCE, address=day_address),
    Kind(name=RETURNED, title=_l("Articles came back"), text=returned_text, topic=Topic.BALANCE, address=day_address),
)


def _tell(session: Session, *, home: int, kind: str, key: str, params: Mapping[str, Any], now: datetime) -> None:
    tell_followers(session, senior_id=home, topic=Topic.BALANCE, kind=kind, key=key, params=params, now=now)

"""Telling families of what a guest's points paid, of what is unusual about it, and of what was undone."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.clock import business_day
from app.messages.kinds import Kind, Params
from app.money import yuan
from app.people.queries import names_of
from app.people.relatives.family_rules import find_family_rules
from app.people.relatives.rules import Topic
from app.people.relatives.telling import tell_followers
from app.web.wording import moment
from meals.booking import Sale
from meals.models import Checkout
from meals.rules import is_unusual

DEBIT, UNUSUAL, UNDONE = "meals.debit", "meals.unusual", "meals.undone"


def tell_sale(session: Session, sale: Sale) -> None:
    """Tell whoever follows the guest what the points paid; a large spend, or one too many, by other words."""
    opening, quote = sale.priced.opening, sale.priced.quote
    assert opening.senior is not None
    paid_fen = quote.points_fen + quote.cash_fen
    rules = find_family_rules(session, area_code=opening.senior["residence_area"], on=sale.priced.meal_on)
    count = _count_today(session, sale) if rules else 0
    unusual = rules is not None and is_unusual(
        paid_fen=paid_fen, sales=count, large_fen=rules.large_spend_fen, too_many=rules.unusual_sales
    )
    if not quote.points_fen and not unusual:
        return
    params = {
        "name": opening.senior["name"],
        "at": sale.priced.occurred_at.isoformat(),
        "points_fen": quote.points_fen,
        "cash_fen": quote.cash_fen,
        "left_fen": opening.points_fen - quote.points_fen,
        "sales": count,
    }
    kind = UNUSUAL if unusual else DEBIT
    _tell(session, home=opening.home, kind=kind, key=f"sale:{sale.id}", params=params, now=sale.now)


def tell_undone(session: Session, checkout: Checkout, *, now: datetime) -> None:
    """Tell whoever follows the guest that a sale was undone and its points are back."""
    if not checkout.points_fen:
        return
    name = names_of(session, senior_ids=[checkout.home]).get(checkout.home, "")
    params = {"name": name, "at": checkout.occurred_at.isoformat(), "points_fen": checkout.points_fen}
    _tell(session, home=checkout.home, kind=UNDONE, key=f"undone:{checkout.id}", params=params, now=now)


def debit_text(params: Params) -> str:
    """Say what was paid, and what is left."""
    return str(
        _(
            "%(name)s, meal on %(at)s: %(points)s yuan paid with points, %(cash)s in cash."
            " %(left)s yuan are left for meals.",
            **_amounts(params),
        )
    )


def unusual_text(params: Params) -> str:
    """Say what was paid, and that it is more than usual."""
    times = ngettext("It is the %(num)s sale of that day.", "It is sale number %(num)s of that day.", params["sales"])
    told = _(
        "More than usual: %(name)s, meal on %(at)s: %(points)s yuan paid with points, %(cash)s in cash."
        " %(left)s yuan are left for meals.",
        **_amounts(params),
    )
    return f"{told} {times}" if params["sales"] > 1 else str(told)


def undone_text(params: Params) -> str:
    """Say that a sale was undone."""
    return str(
        _(
            "%(name)s, meal on %(at)s: the sale was undone, %(points)s yuan are back in the points.",
            name=params["name"],
            at=moment(datetime.fromisoformat(params["at"])),
            points=yuan(params["points_fen"]),
        )
    )


def day_address(params: Params) -> str:
    """Lead to the day in the statement; it is the families' page, which is known here by its address only."""
    day = business_day(datetime.fromisoformat(params["at"]))
    return f"/family/{params['senior_id']}/statement?month={day:%Y-%m}#day-{day}"


KINDS = (
    Kind(name=DEBIT, title=_l("Paid with points"), text=debit_text, topic=Topic.BALANCE, address=day_address),
    Kind(
        name=UNUSUAL,
        title=_l("More than usual was paid"),
        text=unusual_text,
        topic=Topic.BALANCE,
        address=day_address,
    ),
    Kind(name=UNDONE, title=_l("A sale was undone"), text=undone_text, topic=Topic.BALANCE, address=day_address),
)


def _tell(session: Session, *, home: int, kind: str, key: str, params: Mapping[str, Any], now: datetime) -> None:
    tell_followers(session, senior_id=home, topic=Topic.BALANCE, kind=kind, key=key, params=params, now=now)


def _count_today(session: Session, sale: Sale) -> int:
    """Return which sale of the guest's day this one is."""
    home, day = sale.priced.opening.home, sale.priced.meal_on
    query = select(func.count()).where(Checkout.home == home, Checkout.meal_on == day, Checkout.reversed_at.is_(None))
    return session.scalar(query) or 0


def _amounts(params: Params) -> dict[str, str]:
    return {
        "name": params["name"],
        "at": moment(datetime.fromisoformat(params["at"])),
        "points": yuan(params["points_fen"]),
        "cash": yuan(params["cash_fen"]),
        "left": yuan(params["left_fen"]),
    }

"""Under which circumstances a sale was made, for whoever answers a family: where, by whom, shown what, what else."""

from typing import Any
from uuid import UUID

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from app.auth import Actor
from app.people.access import SEES_NAMES
from app.people.payment_codes.queries import CodeUse, codes_used_for
from app.people.queries import known_among
from app.vault import mask_name
from app.web.wording import clock_time, full_moment
from meals.deliveries.journey import list_facts
from meals.models import Canteen, Checkout, Till
from meals.page_words import SALE_STATE_NAMES, WINDOW_NAMES, is_english
from meals.reading.neighbours import account
from meals.roles import READERS
from meals.scope import visible_canteens
from subsidies.disputes.circumstances import Circumstances, Other, register_circumstances


def find_circumstances(session: Session, home: int, txn_id: UUID, actor: Actor) -> Circumstances | None:
    """Tell a sale's circumstances, and the same guest's other meals of that day."""
    query = (
        select(Checkout, Canteen, Till.number, account.c.name, visible_canteens(actor).label("is_visible"))
        .join(Canteen, Canteen.id == Checkout.canteen_id)
        .join(account, account.c.id == Checkout.account_id)
        .outerjoin(Till, Till.id == Checkout.till_id)
    )
    that_day = select(Checkout.meal_on).where(Checkout.home == home, Checkout.id == txn_id).scalar_subquery()
    rows = session.execute(query.where(Checkout.home == home, Checkout.meal_on == that_day)).all()
    one = next((row for row in rows if row.Checkout.id == txn_id), None)
    if one is None:
        return None
    by_code = codes_used_for(session, sale_ids=[txn_id]).get(txn_id)
    shower = _shower(session, by_code, home, actor)
    others = sorted((row for row in rows if row is not one), key=lambda row: row.Checkout.occurred_at)
    may_open = bool(actor.roles & set(READERS)) and one.is_visible
    return Circumstances(
        facts=[
            (_("Where"), _canteen(one.Canteen)),
            (_("Till"), str(one.number) if one.number is not None else _("none")),
            (_("Cashier"), one.name),
            (_("Receipt number"), one.Checkout.number),
            (_("Shown at the till"), _shown(one.Checkout, by_code, shower)),
            (_("Undone"), full_moment(one.Checkout.reversed_at) if one.Checkout.reversed_at else _("Not undone")),
            *list_facts(session, sale_id=txn_id),
        ],
        others=[_other(row) for row in others],
        href=url_for("sales.show_sale", checkout_id=txn_id) if may_open else "",
        correct=_("The canteen's manager undoes the sale on its page; after a settlement, that is a correction."),
    )


def register_sales() -> None:
    """Let disputes tell the circumstances of meals."""
    register_circumstances("meal", find_circumstances)


def _canteen(canteen: Canteen) -> str:
    return canteen.name_en if canteen.name_en and is_english() else canteen.name


def _shower(session: Session, by_code: CodeUse | None, senior_id: int, actor: Actor) -> str:
    if by_code is None:
        return ""
    name = str(session.execute(select(account.c.name).where(account.c.id == by_code.account_id)).scalar_one())
    is_known = senior_id in known_among(session, senior_ids=[senior_id], actor=actor, roles=SEES_NAMES)
    return name if is_known else mask_name(name)


def _shown(sold: Checkout, by_code: CodeUse | None, name: str) -> str:
    if by_code is None:
        return str(_("card …%(tail)s", tail=sold.card[-4:]))
    return str(_("meal code of %(name)s, made at %(at)s", name=name, at=clock_time(by_code.issued_at)))


def _other(row: Row[Any]) -> Other:
    sold: Checkout = row.Checkout
    state = "reversed" if sold.reversed_at else "subsidised" if sold.slot is not None else "full_price"
    return Other(
        at=sold.occurred_at,
        words=str(WINDOW_NAMES[sold.window_name]) if sold.window_name else _("Outside meal times"),
        place=_canteen(row.Canteen),
        amount_fen=sold.points_fen,
        state=str(SALE_STATE_NAMES[state]),
        href=url_for("sales.show_sale", checkout_id=sold.id) if row.is_visible else "",
    )

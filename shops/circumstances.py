"""Under which circumstances a basket was sold, for whoever answers a family: where, by whom, what, what else."""

from uuid import UUID

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth import Actor
from app.web.wording import full_moment
from shops.access import READERS, visible_shops
from shops.models import Shop, ShopReturn, ShopSale, ShopSaleLine
from shops.queries import account
from shops.words import name_of
from subsidies.disputes.circumstances import Circumstances, Other, register_circumstances


def find_circumstances(session: Session, home: int, txn_id: UUID, actor: Actor) -> Circumstances | None:
    """Tell a basket's circumstances, and the same person's other baskets of that day."""
    day = select(ShopSale.sold_on).where(ShopSale.home == home, ShopSale.id == txn_id).scalar_subquery()
    query = (
        select(ShopSale, Shop, account.c.name, visible_shops(actor).label("is_visible"))
        .join(Shop, Shop.id == ShopSale.shop_id)
        .join(account, account.c.id == ShopSale.account_id)
        .where(ShopSale.home == home, ShopSale.sold_on == day)
    )
    rows = session.execute(query.order_by(ShopSale.occurred_at)).all()
    one = next((row for row in rows if row.ShopSale.id == txn_id), None)
    if one is None:
        return None
    lines = session.scalars(
        select(ShopSaleLine).where(ShopSaleLine.home == home, ShopSaleLine.sale_id == txn_id).order_by(ShopSaleLine.n)
    ).all()
    may_open = bool(actor.roles & set(READERS)) and one.is_visible
    return Circumstances(
        facts=[
            (_("Where"), name_of(one.Shop)),
            (_("Sold by"), one.name),
            (_("Receipt number"), one.ShopSale.number),
            (_("Shown at the till"), _("card …%(tail)s", tail=one.ShopSale.card[-4:])),
            (_("Articles"), _(", ").join(f"{name_of(line)} × {line.count}" for line in lines)),
            (_("Came back"), _came_back(session, one.ShopSale)),
        ],
        others=[
            Other(
                at=row.ShopSale.occurred_at,
                words=str(_("Basket")),
                place=name_of(row.Shop),
                amount_fen=row.ShopSale.points_fen,
                state=str(_("Paid")),
                href=url_for("shop_sales.show_sale", sale_id=row.ShopSale.id) if row.is_visible else "",
            )
            for row in rows
            if row is not one
        ],
        href=url_for("shop_sales.show_sale", sale_id=txn_id) if may_open else "",
        correct=_(
            "The shop takes the articles back on the page of the sale; after a settlement, that is a correction."
        ),
    )


def register_baskets() -> None:
    """Let disputes tell the circumstances of baskets."""
    register_circumstances("shop", find_circumstances)


def _came_back(session: Session, sale: ShopSale) -> str:
    query = select(ShopReturn).where(ShopReturn.home == sale.home, ShopReturn.sale_id == sale.id)
    returns = session.scalars(query.order_by(ShopReturn.returned_at)).all()
    found = [full_moment(each.returned_at) for each in returns]
    if sale.returned_points_fen > sum(each.points_fen for each in returns):
        found.append(str(_("Claimed back")))
    return _(", ").join(found) if found else str(_("nothing"))

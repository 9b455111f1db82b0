"""The checks of shops with their names, their numbers, their words, and the rows they point at."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth import Actor
from app.money import yuan
from app.vault import mask_name
from shops.access import READERS, visible_shops
from shops.checks import finding
from shops.models import Shop, ShopSale
from shops.queries import senior
from shops.words import is_english, name_of
from subsidies.findings.checks import Check, Facts, Parameter, Source
from subsidies.findings.registry import SourceView, register_check, register_source


def tell_same(facts: Facts) -> Sequence[str]:
    """Say what was found about baskets that are alike."""
    told = _("The same basket on %(days)s days of a month at %(shop)s.", days=facts["days"], shop=_shop(facts))
    return [str(told), _spent(facts), str(_("Ask whether the goods were handed over each time."))]


def tell_kin(facts: Facts) -> Sequence[str]:
    """Say what was found about sales to relatives."""
    count = ngettext(
        "%(num)s basket was sold by the buyer's own relative.",
        "%(num)s baskets were sold by the buyer's own relative.",
        facts["baskets"],
    )
    return [f"{_shop(facts)}{_(': ')}{count}", _spent(facts)]


def tell_turns(facts: Facts) -> Sequence[str]:
    """Say what was found about cards that take turns."""
    told = _(
        "%(times)s times at %(shop)s a card was refused for its limit, and within %(minutes)s minutes another bought.",
        times=facts["times"],
        shop=_shop(facts),
        minutes=facts["minutes"],
    )
    return [str(told), _spent(facts)]


def tell_gone(facts: Facts) -> Sequence[str]:
    """Say what was found about people who were gone."""
    state = _("had died") if facts["status"] == "deceased" else _("lived in an institution")
    told = _(
        "%(count)s baskets at %(shop)s for somebody who %(state)s since %(day)s.",
        count=facts["baskets"],
        shop=_shop(facts),
        state=state,
        day=facts["from_on"],
    )
    return [str(told), _spent(facts)]


CHECKS = (
    Check(
        code="S1",
        title=_l("The same basket day after day"),
        about=_l("One person buys exactly the same for points on many days of a month in one shop."),
        parameters=(
            Parameter(name="days", label=_l("Days of a month, at least"), unit="days", least=2, most=31, example=4),
        ),
        find=finding.find_same,
        explain=tell_same,
    ),
    Check(
        code="S2",
        title=_l("Sold to one's own relative"),
        about=_l("Whoever sold is linked to the buyer as a relative."),
        severity="high",
        parameters=(
            Parameter(
                name="baskets", label=_l("Baskets in a month, at least"), unit="count", least=1, most=100, example=1
            ),
        ),
        find=finding.find_kin,
        explain=tell_kin,
    ),
    Check(
        code="S3",
        title=_l("Cards that take turns around a limit"),
        about=_l("A card is refused for its limit, and minutes later the same counter sells on another card."),
        parameters=(
            Parameter(name="minutes", label=_l("Minutes in between"), unit="minutes", least=1, most=60, example=5),
            Parameter(name="times", label=_l("Times in a month, at least"), unit="count", least=1, most=100, example=3),
        ),
        find=finding.find_turns,
        explain=tell_turns,
    ),
    Check(
        code="S4",
        title=_l("Shopping after a death or in an institution"),
        about=_l("Points paid in a shop after the day of death, or while somebody lived in an institution."),
        severity="high",
        parameters=(),
        find=finding.find_gone,
        explain=tell_gone,
    ),
)


def describe_baskets(session: Session, sources: Sequence[Source], actor: Actor) -> Mapping[str, SourceView]:
    """Describe baskets: whose, masked, where, how much of it was points."""
    query = (
        select(ShopSale, Shop, senior.c.name, visible_shops(actor).label("is_visible"))
        .join(Shop, Shop.id == ShopSale.shop_id)
        .join(senior, senior.c.id == ShopSale.home)
        .where(ShopSale.id.in_([UUID(source.ref) for source in sources]))
    )
    may_open = bool(actor.roles & set(READERS))
    return {
        str(row.ShopSale.id): SourceView(
            words=mask_name(row.name),
            at=row.ShopSale.occurred_at,
            amount_fen=row.ShopSale.points_fen,
            detail=name_of(row.Shop),
            href=url_for("shop_sales.show_sale", sale_id=row.ShopSale.id) if may_open and row.is_visible else "",
        )
        for row in session.execute(query)
    }


def register_checks() -> None:
    """Let the product look for what should not be in shops."""
    for check in CHECKS:
        register_check(check)
    register_source("shop_sale", describe_baskets)


def _shop(facts: Mapping[str, Any]) -> str:
    return str(facts["shop_en"] if is_english() else facts["shop"])


def _spent(facts: Mapping[str, Any]) -> str:
    return str(_("Together %(yuan)s yuan in points.", yuan=yuan(facts["spent_fen"])))

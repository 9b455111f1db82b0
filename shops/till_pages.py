"""The till of a shop: one page that works by a scanner, a camera, a finger or a keyboard, and only with its server."""

import re
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _l
from marshmallow import ValidationError

from app import clock
from app.auth import allow, current_actor
from app.clock import business_day
from app.db import transaction
from app.errors import Invalid, NotFound
from app.forms import say, shows_refusals
from app.idempotency import Key, fingerprint
from app.tokens import new_secret
from app.web.assets import asset
from shops import queries, selling
from shops.access import SELLERS
from shops.basket import Bill
from shops.opening import may_trade
from shops.policy import find_purse
from shops.schemas import ShopBillIn
from shops.till_words import tell_left, tell_objection
from shops.wording import in_units
from shops.words import CATEGORY_NAMES, in_language, name_of

COUNT_FIELD = re.compile(r"n-([0-9]{1,18})")

blueprint = Blueprint("shop_till", __name__, template_folder="templates", url_prefix="/shops/till")


def till_context() -> dict[str, Any]:
    """Gather what the till shows: the shop, its shelves, its purse, and a key for the next sale."""
    actor, today = current_actor(), business_day(clock.now())
    with transaction() as session:
        shop = queries.get_shop(session, shop_id=chosen_shop(), actor=actor).shop
        shops = queries.list_workplaces(session, area_codes=None, ids=actor.shop_ids)
        shelf = queries.list_shelf(session, shop_id=shop.id, on=today)
        purse = find_purse(session, area_code=shop.area_code, sort=shop.sort, on=today)
    return {
        **WORDS,
        "shop": shop,
        "shops": shops,
        "shelf": shelf,
        "purse": purse,
        "is_open": purse is not None and may_trade(shop, today),
        "key": new_secret(),
        "counts": {name: request.form.get(name, "") for name in request.form if COUNT_FIELD.fullmatch(name)},
        "card": request.form.get("card", ""),
        "zxing": {"module": asset("vendor/zxing/reader/index.js"), "wasm": asset("vendor/zxing/zxing_reader.wasm")},
    }


@blueprint.get("")
@allow(*SELLERS)
def show_till() -> str:
    """Show the till."""
    return render_template("shops/till.html", told=None, **till_context())


@blueprint.post("/quote")
@allow(*SELLERS)
@shows_refusals("shops/refused.html", lambda: {"told": None, **till_context()})
def quote() -> str:
    """Say what the basket costs, what limits leave and what stands against it; the whole page without a script."""
    bill, actor = read_bill(), current_actor()
    with transaction() as session:
        told = selling.quote_basket(session, bill=bill, by=actor, now=clock.now())
    if "X-Part" in request.headers:
        return render_template("shops/told.html", told=told, **WORDS)
    return render_template("shops/till.html", told=told, **till_context())


@blueprint.post("")
@allow(*SELLERS)
@shows_refusals("shops/till.html", lambda: {"told": None, **till_context()})
def sell() -> Response:
    """Sell the basket, and show its receipt."""
    bill, actor = read_bill(), current_actor()
    content = fingerprint(request.path, bill.card, bill.shop_id, list(bill.items))
    key = Key(f"{actor.account_id}:{request.form.get('key', '')[:100]}", content)
    with transaction() as session:
        sold = selling.sell_basket(session, bill=bill, key=key, by=actor, now=clock.now())
    return redirect(url_for("shop_sales.show_sale", sale_id=sold.body["id"], sold="yes"), 303)  # type: ignore[return-value]


def chosen_shop() -> int:
    """Return the shop that the till stands in: the one asked for, else the first of the caller's.

    :raises NotFound: if the caller works in none
    """
    own, asked = current_actor().shop_ids, request.values.get("shop_id", type=int)
    if not own or (asked is not None and asked not in own):
        raise NotFound
    return asked or own[0]


def read_bill() -> Bill:
    """Read the basket from the form: card, shop, and the number of pieces beside each article.

    :raises Invalid: with what is wrong
    """
    counts = [(int(found[1]), request.form[name]) for name in request.form if (found := COUNT_FIELD.fullmatch(name))]
    items = [{"article_id": article_id, "count": _count(typed)} for article_id, typed in counts if typed.strip("0 ")]
    card = "".join(request.form.get("card", "").split())
    if not card:
        raise Invalid(errors={"card": [_l("Scan the card first, or type its 19 digits.")]})
    if not items:
        raise Invalid(errors={"articles": [_l("Nothing lies in the basket yet.")]})
    try:
        bill: Bill = ShopBillIn().load({"card": card, "shop_id": chosen_shop(), "items": items})
    except ValidationError as error:
        raise Invalid(errors=say(error.messages_dict)) from error
    return bill


def _count(typed: str) -> int | str:
    text = typed.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 4 else text


WORDS: dict[str, Any] = {
    "name_of": name_of,
    "in_language": in_language,
    "in_units": in_units,
    "tell_left": tell_left,
    "tell_objection": tell_objection,
    "category_names": CATEGORY_NAMES,
}

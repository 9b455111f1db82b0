"""Shops on pages: the register, one shop with its shelves, the forms to change them, and what waits for a signature."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app import clock
from app.areas.queries import list_within
from app.auth import allow, current_actor
from app.auth.wording import area_name
from app.clock import business_day
from app.db import transaction
from app.forms import read_form, shows_refusals
from shops import articles, queries, register
from shops.access import CHECKERS, KEEPERS, READERS, STOCKERS
from shops.forms import ArticleForm, NewArticleForm, NewShopForm, PriceForm, ShopForm, SignForm, StockForm, TradingForm
from shops.policy import find_purse
from shops.words import CATEGORY_NAMES, PER_NAMES, SORT_NAMES, TRADING_CHIPS, TRADING_NAMES, in_language, name_of

PAGE_LENGTH = 50
PLACE_LEVELS = ("street", "community")

blueprint = Blueprint("shops", __name__, template_folder="templates", url_prefix="/shops")


def shop_context(shop_id: int, **_others: Any) -> dict[str, Any]:
    """Gather what the page of one shop shows."""
    actor, today = current_actor(), business_day(clock.now())
    with transaction() as session:
        row = queries.get_shop(session, shop_id=shop_id, actor=actor)
        shelf = queries.list_articles(session, shop_id=shop_id, actor=actor, on=today)
        purse = find_purse(session, area_code=row.shop.area_code, sort=row.shop.sort, on=today)
    may_check = bool(actor.roles & set(CHECKERS)) and row.shop.maker_id != actor.account_id
    return {
        **WORDS,
        **_rights(),
        "row": row,
        "shop": row.shop,
        "shelf": shelf,
        "purse": purse,
        "today": today,
        "may_check": may_check,
    }


def form_context(shop_id: int | None = None) -> dict[str, Any]:
    """Gather what the form of a shop offers."""
    actor = current_actor()
    with transaction() as session:
        shop = queries.get_shop(session, shop_id=shop_id, actor=actor).shop if shop_id else None
        places = [(each.code, area_name(each)) for each in list_within(session, actor.area_codes, levels=PLACE_LEVELS)]
    return {**WORDS, "shop": shop, "places": places[:400], "today": business_day(clock.now())}


def article_context(shop_id: int, article_id: int | None = None) -> dict[str, Any]:
    """Gather what the form of an article shows."""
    context = shop_context(shop_id)
    rows = [row for row in context["shelf"] if row.article.id == article_id]
    categories = [(name, CATEGORY_NAMES[name]) for name in CATEGORY_NAMES if _sells(context["purse"], name)]
    return {**context, "line": rows[0] if rows else None, "categories": categories}


@blueprint.get("")
@allow(*READERS)
def list_shops() -> str:
    """List the shops that the caller may see."""
    actor = current_actor()
    with transaction() as session:
        page = queries.list_shops(session, actor=actor, after=request.args.get("after"), limit=PAGE_LENGTH)
        waiting = queries.count_waiting(session, actor=actor)
    return render_template("shops/shops.html", page=page, waiting=waiting, **WORDS, **_rights())


@blueprint.get("/waiting")
@allow(*CHECKERS)
def show_waiting() -> str:
    """Show the shops and prices that wait for a second signature."""
    return render_template("shops/waiting.html", **waiting_context())


def waiting_context(**_others: Any) -> dict[str, Any]:
    """Gather what waits for a second signature."""
    actor, today = current_actor(), business_day(clock.now())
    with transaction() as session:
        shops = queries.list_shops(session, actor=actor, state="submitted", limit=200).items
        prices = queries.list_waiting_prices(session, actor=actor, on=today)
    return {**WORDS, "shops": shops, "prices": prices, "me": actor.account_id}


@blueprint.get("/new")
@allow(*KEEPERS)
def show_new_shop() -> str:
    """Show the form of a shop for the register."""
    return render_template("shops/shop_form.html", **form_context())


@blueprint.post("/new")
@allow(*KEEPERS)
@shows_refusals("shops/shop_form.html", form_context)
def ask_shop() -> Response:
    """Write a shop down for the register."""
    with transaction() as session:
        asked = register.ask_shop(session, **read_form(NewShopForm), by=current_actor(), now=clock.now())
        shop_id = asked.id
    flash(_("Noted. The district signs it next; then it may take points."), "ok")
    return _go_to(shop_id)


@blueprint.get("/<int:shop_id>")
@allow(*READERS)
def show_shop(shop_id: int) -> str:
    """Show one shop."""
    return render_template("shops/shop.html", **shop_context(shop_id))


@blueprint.get("/<int:shop_id>/edit")
@allow(*KEEPERS)
def show_shop_form(shop_id: int) -> str:
    """Show the form to change a shop."""
    return render_template("shops/shop_form.html", **form_context(shop_id))


@blueprint.post("/<int:shop_id>/edit")
@allow(*KEEPERS)
@shows_refusals("shops/shop_form.html", form_context)
def change_shop(shop_id: int) -> Response:
    """Change a shop."""
    with transaction() as session:
        register.change_shop(session, shop_id=shop_id, **read_form(ShopForm), by=current_actor(), now=clock.now())
    flash(_("Saved."), "ok")
    return _go_to(shop_id)


@blueprint.post("/<int:shop_id>/trading")
@allow(*KEEPERS)
@shows_refusals("shops/shop.html", shop_context)
def set_trading(shop_id: int) -> Response:
    """Suspend a shop, let it go on, or end it."""
    with transaction() as session:
        register.set_trading(session, shop_id=shop_id, **read_form(TradingForm), by=current_actor(), now=clock.now())
    flash(_("Saved. It holds from now on."), "ok")
    return _go_to(shop_id)


@blueprint.post("/<int:shop_id>/decision")
@allow(*CHECKERS)
@shows_refusals("shops/shop.html", shop_context)
def decide_shop(shop_id: int) -> Response:
    """Sign a shop, or say why it is not taken in."""
    with transaction() as session:
        register.decide_shop(session, shop_id=shop_id, **read_form(SignForm), by=current_actor(), now=clock.now())
    flash(_("Decided and written down."), "ok")
    return _go_to(shop_id)


@blueprint.post("/prices/<int:price_id>/decision")
@allow(*CHECKERS)
@shows_refusals("shops/waiting.html", waiting_context)
def decide_price(price_id: int) -> Response:
    """Sign a price, or refuse it."""
    with transaction() as session:
        articles.decide_price(session, price_id=price_id, **read_form(SignForm), by=current_actor(), now=clock.now())
    flash(_("Decided and written down."), "ok")
    return redirect(url_for("shops.show_waiting"), 303)  # type: ignore[return-value]


@blueprint.get("/<int:shop_id>/articles/new")
@allow(*STOCKERS)
def show_new_article(shop_id: int) -> str:
    """Show the form of an article."""
    return render_template("shops/article_form.html", **article_context(shop_id))


@blueprint.post("/<int:shop_id>/articles/new")
@allow(*STOCKERS)
@shows_refusals("shops/article_form.html", article_context)
def add_article(shop_id: int) -> Response:
    """Put an article on the shelves."""
    with transaction() as session:
        articles.add_article(session, shop_id=shop_id, **read_form(NewArticleForm), by=current_actor(), now=clock.now())
    flash(_("It stands on the shelves from today on."), "ok")
    return _go_to(shop_id)


@blueprint.get("/<int:shop_id>/articles/<int:article_id>")
@allow(*STOCKERS)
def show_article(shop_id: int, article_id: int) -> str:
    """Show the forms of one article."""
    return render_template("shops/article_form.html", **article_context(shop_id, article_id))


@blueprint.post("/<int:shop_id>/articles/<int:article_id>")
@allow(*STOCKERS)
@shows_refusals("shops/article_form.html", article_context)
def change_article(shop_id: int, article_id: int) -> Response:
    """Change an article's names and its limit."""
    about = {"shop_id": shop_id, "article_id": article_id}
    with transaction() as session:
        articles.change_article(session, **about, **read_form(ArticleForm), by=current_actor(), now=clock.now())
    flash(_("Saved."), "ok")
    return _go_to(shop_id)


@blueprint.post("/<int:shop_id>/articles/<int:article_id>/price")
@allow(*STOCKERS)
@shows_refusals("shops/article_form.html", article_context)
def set_price(shop_id: int, article_id: int) -> Response:
    """Set what an article costs from a day on."""
    about: dict[str, Any] = {"shop_id": shop_id, "article_id": article_id, **read_form(PriceForm)}
    with transaction() as session:
        price = articles.set_price(session, **about, by=current_actor(), now=clock.now())
        waits = price.state != "valid"
    flash(_("Noted. A rise is signed by the district before it counts.") if waits else _("Saved."), "ok")
    return _go_to(shop_id)


@blueprint.post("/<int:shop_id>/articles/<int:article_id>/stock")
@allow(*STOCKERS)
@shows_refusals("shops/article_form.html", article_context)
def add_stock(shop_id: int, article_id: int) -> Response:
    """Add pieces to what is counted of an article, or take some away."""
    about: dict[str, Any] = {"shop_id": shop_id, "article_id": article_id, **read_form(StockForm)}
    with transaction() as session:
        articles.add_stock(session, **about, by=current_actor(), now=clock.now())
    flash(_("Counted."), "ok")
    return _go_to(shop_id)


@blueprint.post("/<int:shop_id>/articles/<int:article_id>/withdraw")
@allow(*STOCKERS)
def withdraw_article(shop_id: int, article_id: int) -> Response:
    """Take an article off the shelves from today on."""
    about = {"shop_id": shop_id, "article_id": article_id}
    with transaction() as session:
        articles.withdraw_article(session, **about, by=current_actor(), now=clock.now())
    flash(_("Taken off the shelves. What was sold of it may still come back."), "ok")
    return _go_to(shop_id)


def _go_to(shop_id: int) -> Response:
    return redirect(url_for("shops.show_shop", shop_id=shop_id), 303)  # type: ignore[return-value]


def _rights() -> dict[str, bool]:
    roles = current_actor().roles
    return {"may_keep": bool(roles & set(KEEPERS)), "may_stock": bool(roles & set(STOCKERS))}


def _sells(purse: Any, category: str) -> bool:
    return purse is None or purse.pays_for(category)


WORDS: dict[str, Any] = {
    "name_of": name_of,
    "in_language": in_language,
    "sort_names": SORT_NAMES,
    "category_names": CATEGORY_NAMES,
    "per_names": PER_NAMES,
    "trading_names": TRADING_NAMES,
    "trading_chips": TRADING_CHIPS,
}

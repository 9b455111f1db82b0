"""The register of shops and their catalogue over HTTP."""

from typing import Any

from flask_smorest import Blueprint

from app import clock
from app.auth import allow, current_actor
from app.clock import business_day
from app.db import transaction
from shops import articles, queries, register
from shops.access import CHECKERS, KEEPERS, STAFF, STOCKERS
from shops.schemas import (
    ArticleIn,
    ArticleOut,
    ArticlePriceIn,
    ArticlePriceOut,
    ArticlesOut,
    DecisionIn,
    ShopFactsIn,
    ShopIn,
    ShopOut,
    ShopsIn,
    ShopsOut,
    StockIn,
    TradingIn,
)

blueprint = Blueprint("shops_register", __name__, url_prefix="/api/v1/shops", description="Shops and their articles")


@blueprint.get("/shops")
@allow(*STAFF)
@blueprint.arguments(ShopsIn, location="query")
@blueprint.response(200, ShopsOut)
def list_shops(asked: dict[str, Any]) -> Any:
    """List the shops that the caller may see."""
    with transaction() as session:
        page = queries.list_shops(session, actor=current_actor(), **asked)
        return {"items": [row.shop for row in page.items], "next": page.next}


@blueprint.post("/shops")
@allow(*KEEPERS)
@blueprint.arguments(ShopIn)
@blueprint.response(201, ShopOut)
def ask_shop(body: dict[str, Any]) -> Any:
    """Write a shop down for the register; it trades once somebody else has signed."""
    with transaction() as session:
        return register.ask_shop(session, **body, by=current_actor(), now=clock.now())


@blueprint.get("/shops/<int:shop_id>")
@allow(*STAFF)
@blueprint.response(200, ShopOut)
def get_shop(shop_id: int) -> Any:
    """Return one shop."""
    with transaction() as session:
        return queries.get_shop(session, shop_id=shop_id, actor=current_actor()).shop


@blueprint.put("/shops/<int:shop_id>")
@allow(*KEEPERS)
@blueprint.arguments(ShopFactsIn)
@blueprint.response(200, ShopOut)
def change_shop(body: dict[str, Any], shop_id: int) -> Any:
    """Change facts of a shop."""
    with transaction() as session:
        return register.change_shop(session, shop_id=shop_id, **body, by=current_actor(), now=clock.now())


@blueprint.post("/shops/<int:shop_id>/decision")
@allow(*CHECKERS)
@blueprint.arguments(DecisionIn)
@blueprint.response(200, ShopOut)
def decide_shop(body: dict[str, Any], shop_id: int) -> Any:
    """Sign a shop that somebody else wrote down, or say why it is not taken in."""
    with transaction() as session:
        return register.decide_shop(session, shop_id=shop_id, **body, by=current_actor(), now=clock.now())


@blueprint.put("/shops/<int:shop_id>/trading")
@allow(*KEEPERS)
@blueprint.arguments(TradingIn)
@blueprint.response(200, ShopOut)
def set_trading(body: dict[str, Any], shop_id: int) -> Any:
    """Suspend a shop, let it go on, or end it."""
    with transaction() as session:
        return register.set_trading(session, shop_id=shop_id, **body, by=current_actor(), now=clock.now())


@blueprint.get("/shops/<int:shop_id>/articles")
@allow(*STAFF)
@blueprint.response(200, ArticlesOut)
def list_articles(shop_id: int) -> Any:
    """List a shop's articles with their prices of today."""
    today = business_day(clock.now())
    with transaction() as session:
        rows = queries.list_articles(session, shop_id=shop_id, actor=current_actor(), on=today)
        return {"items": [{**_facts(row.article), "price_fen": row.price_fen} for row in rows]}


@blueprint.post("/shops/<int:shop_id>/articles")
@allow(*STOCKERS)
@blueprint.arguments(ArticleIn)
@blueprint.response(201, ArticleOut)
def add_article(body: dict[str, Any], shop_id: int) -> Any:
    """Put an article on the shelves."""
    with transaction() as session:
        added = articles.add_article(session, shop_id=shop_id, **body, by=current_actor(), now=clock.now())
        return {**_facts(added), "price_fen": body["price_fen"]}


@blueprint.post("/shops/<int:shop_id>/articles/<int:article_id>/prices")
@allow(*STOCKERS)
@blueprint.arguments(ArticlePriceIn)
@blueprint.response(201, ArticlePriceOut)
def set_price(body: dict[str, Any], shop_id: int, article_id: int) -> Any:
    """Set what an article costs from a day on; a rise may wait for a second signature."""
    about: dict[str, Any] = {"shop_id": shop_id, "article_id": article_id, **body}
    with transaction() as session:
        return articles.set_price(session, **about, by=current_actor(), now=clock.now())


@blueprint.post("/shops/<int:shop_id>/articles/<int:article_id>/stock")
@allow(*STOCKERS)
@blueprint.arguments(StockIn)
@blueprint.response(200, ArticleOut)
def add_stock(body: dict[str, Any], shop_id: int, article_id: int) -> Any:
    """Add pieces to what is counted of an article, or take some away."""
    about = {"shop_id": shop_id, "article_id": article_id}
    with transaction() as session:
        return _facts(articles.add_stock(session, **about, **body, by=current_actor(), now=clock.now()))


@blueprint.delete("/shops/<int:shop_id>/articles/<int:article_id>")
@allow(*STOCKERS)
@blueprint.response(204)
def withdraw_article(shop_id: int, article_id: int) -> None:
    """Take an article off the shelves from today on."""
    about = {"shop_id": shop_id, "article_id": article_id}
    with transaction() as session:
        articles.withdraw_article(session, **about, by=current_actor(), now=clock.now())


@blueprint.post("/prices/<int:price_id>/decision")
@allow(*CHECKERS)
@blueprint.arguments(DecisionIn)
@blueprint.response(200, ArticlePriceOut)
def decide_price(body: dict[str, Any], price_id: int) -> Any:
    """Sign a price that somebody else set, or refuse it."""
    with transaction() as session:
        return articles.decide_price(session, price_id=price_id, **body, by=current_actor(), now=clock.now())


def _facts(article: Any) -> dict[str, Any]:
    return {name: getattr(article, name) for name in ArticleOut().fields if name != "price_fen"}

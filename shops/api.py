"""Shops over HTTP: quote, sell and take back, and what was sold."""

from typing import Any
from uuid import UUID

from flask import Response, jsonify, request
from flask_smorest import Blueprint

from app import clock
from app.auth import allow, current_actor
from app.db import transaction
from app.idempotency import REPLAYED, read_key
from shops import queries, returning, selling
from shops.access import SELLERS, STAFF
from shops.basket import Answered, Bill
from shops.schemas import (
    BasketQuoteOut,
    ShopBillIn,
    ShopReceiptOut,
    ShopReturnIn,
    ShopReturnOut,
    ShopSaleOut,
    ShopSalesIn,
    ShopSalesOut,
)

blueprint = Blueprint("shops_sale", __name__, url_prefix="/api/v1/shops", description="Sell goods for points")


@blueprint.post("/quotes")
@allow(*SELLERS)
@blueprint.arguments(ShopBillIn())
@blueprint.response(200, BasketQuoteOut)
def quote(bill: Bill) -> Response:
    """Say who would pay what for a basket, what limits leave, and what stands against it."""
    with transaction() as session:
        return jsonify(selling.quote_basket(session, bill=bill, by=current_actor(), now=clock.now()))


@blueprint.post("/sales")
@allow(*SELLERS)
@blueprint.arguments(ShopBillIn())
@blueprint.response(201, ShopReceiptOut)
def sell(bill: Bill) -> Response:
    """Sell a basket for points, once for each Idempotency-Key."""
    actor = current_actor()
    key = read_key(request, account_id=actor.account_id)
    with transaction() as session:
        return _answer(selling.sell_basket(session, bill=bill, key=key, by=actor, now=clock.now()))


@blueprint.post("/sales/<uuid:sale_id>/returns")
@allow(*SELLERS)
@blueprint.arguments(ShopReturnIn())
@blueprint.response(201, ShopReturnOut)
def take_back(body: dict[str, Any], sale_id: UUID) -> Response:
    """Take articles back: all of a basket, or some pieces of some lines."""
    actor = current_actor()
    key = read_key(request, account_id=actor.account_id)
    lines = None if body["lines"] is None else [(line["n"], line["count"]) for line in body["lines"]]
    about: dict[str, Any] = {"sale_id": sale_id, "lines": lines, "reason": body["reason"]}
    with transaction() as session:
        return _answer(returning.return_articles(session, **about, key=key, by=actor, now=clock.now()))


@blueprint.get("/sales")
@allow(*STAFF)
@blueprint.arguments(ShopSalesIn, location="query")
@blueprint.response(200, ShopSalesOut)
def list_sales(asked: dict[str, Any]) -> Any:
    """List what was sold in the caller's shops, newest first."""
    with transaction() as session:
        page = queries.list_sales(session, actor=current_actor(), **asked)
        return {"items": [row.sale for row in page.items], "next": page.next}


@blueprint.get("/sales/<uuid:sale_id>")
@allow(*STAFF)
@blueprint.response(200, ShopSaleOut)
def get_sale(sale_id: UUID) -> Any:
    """Return one basket."""
    with transaction() as session:
        return queries.get_sale(session, sale_id=sale_id, actor=current_actor()).sale


def _answer(answered: Answered) -> Response:
    """Send the document as it was remembered, so that a retry gets the same answer to the letter."""
    response = jsonify(answered.body)
    response.status_code = 201
    response.headers.extend(REPLAYED if answered.replayed else {})
    return response

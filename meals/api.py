"""The sale over HTTP: quote, check out, undo."""

from uuid import UUID

from flask import Response, jsonify, request
from flask_smorest import Blueprint

from app import clock
from app.auth import Role, allow, current_actor
from app.db import transaction
from app.idempotency import REPLAYED, read_key
from meals import services
from meals.sale import Answered, Bill
from meals.schemas import BillIn, QuoteOut, ReceiptOut, ReversalIn, ReversalOut

blueprint = Blueprint("meals_sale", __name__, url_prefix="/api/v1/meals", description="Sell meals to seniors")


@blueprint.post("/quotes")
@allow(Role.CASHIER, Role.CANTEEN_MANAGER)
@blueprint.arguments(BillIn())
@blueprint.response(200, QuoteOut)
def quote(bill: Bill) -> Response:
    """Say who would pay what for a bill, and why."""
    with transaction() as session:
        return jsonify(services.quote(session, bill=bill, by=current_actor(), now=clock.now()))


@blueprint.post("/checkouts")
@allow(Role.CASHIER, Role.CANTEEN_MANAGER)
@blueprint.arguments(BillIn())
@blueprint.response(201, ReceiptOut)
def check_out(bill: Bill) -> Response:
    """Sell a meal to a senior, once for each Idempotency-Key."""
    actor = current_actor()
    key = read_key(request, account_id=actor.account_id)
    with transaction() as session:
        return _answer(services.check_out(session, bill=bill, key=key, by=actor, now=clock.now()))


@blueprint.post("/checkouts/<uuid:checkout_id>/reversal")
@allow(Role.CASHIER, Role.CANTEEN_MANAGER)
@blueprint.arguments(ReversalIn())
@blueprint.response(201, ReversalOut)
def reverse_checkout(body: dict[str, str], checkout_id: UUID) -> Response:
    """Undo a sale: the same day by the cashier, later by the manager."""
    actor = current_actor()
    key = read_key(request, account_id=actor.account_id)
    with transaction() as session:
        now = clock.now()
        return _answer(services.reverse_checkout(session, checkout_id=checkout_id, key=key, by=actor, now=now, **body))


def _answer(answered: Answered) -> Response:
    """Send the document as it was remembered, so that a retry gets the same answer to the letter."""
    response = jsonify(answered.body)
    response.status_code = 201
    response.headers.extend(REPLAYED if answered.replayed else {})
    return response

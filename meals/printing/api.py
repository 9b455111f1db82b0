"""Receipts over HTTP: printed on the till's printer, or written down as printed from a page."""

from typing import Any
from uuid import UUID

from flask_smorest import Blueprint
from marshmallow import Schema, fields

from app.auth import allow, current_actor
from meals.printing import pages, sending
from meals.printing.services import NETWORK
from meals.roles import SELLERS

blueprint = Blueprint("meals_printing", __name__, url_prefix="/api/v1/meals", description="Receipts")


class PaperOut(Schema):
    """A paper that the till's printer took."""

    is_reprint = fields.Boolean(required=True)


@blueprint.post("/checkouts/<uuid:checkout_id>/receipts")
@allow(*SELLERS)
@blueprint.response(201, PaperOut)
def print_receipt(checkout_id: UUID) -> Any:
    """Print a receipt on the network printer of the sale's till."""
    slip = pages.make_slip(checkout_id, way=None, by=current_actor())
    if slip.way != NETWORK or not pages.send_slip(slip):
        raise sending.PrinterAway
    return slip.paper

"""What a till needs to check payment codes by itself."""

from typing import Any

from flask_smorest import Blueprint
from marshmallow import Schema, fields

from app.auth import Role, allow
from app.people.payment_codes.queries import list_keys
from app.people.payment_codes.rules import GOOD_SECONDS, VERSION

blueprint = Blueprint(
    "payment_codes", __name__, url_prefix="/api/v1/people", description="Keys that payment codes are signed with"
)


class KeyOut(Schema):
    """A public key, and the two bytes by which a code names it."""

    key_id = fields.String(required=True, metadata={"description": "Four hexadecimal digits"})
    algorithm = fields.String(required=True)
    public_key = fields.String(required=True, metadata={"description": "32 bytes in base64"})


class KeysOut(Schema):
    """The keys whose codes are accepted, and the form of those codes."""

    version = fields.String(required=True)
    good_seconds = fields.Integer(required=True)
    items = fields.List(fields.Nested(KeyOut), required=True)


@blueprint.get("/payment-code-keys")
@allow(Role.CASHIER, Role.CANTEEN_MANAGER, Role.AUDITOR, Role.ADMINISTRATOR)
@blueprint.response(200, KeysOut)
def list_payment_code_keys() -> Any:
    """List the public keys of payment codes."""
    return {"version": VERSION, "good_seconds": GOOD_SECONDS, "items": list_keys()}

"""What the log-in API and the account forms take and give."""

from marshmallow import Schema, fields, validate

from app.auth.actor import STAFF_ROLES
from app.auth.rules import PASSWORD_LONGEST

USERNAME = validate.Regexp(r"^[A-Za-z0-9._@-]{2,64}$")
ID = validate.Range(min=1, max=2**63 - 1)


class LogInIn(Schema):
    """A user name and its password."""

    username = fields.String(required=True, validate=validate.Length(min=1, max=64))
    password = fields.String(required=True, validate=validate.Length(min=1, max=PASSWORD_LONGEST), load_only=True)


class LogInFormIn(LogInIn):
    """The log-in page's form: also where to go on."""

    next = fields.String(load_default="/")


class TokenOut(Schema):
    """A new token; its secret is told once."""

    token = fields.String(required=True, attribute="secret")
    expires_at = fields.AwareDateTime(required=True)
    roles = fields.List(fields.String(), required=True)


class PasswordIn(Schema):
    """One's own new password, and the present one where there is one."""

    old_password = fields.String(load_default="", validate=validate.Length(max=PASSWORD_LONGEST))
    new_password = fields.String(required=True, validate=validate.Length(max=PASSWORD_LONGEST))


class AccountIn(Schema):
    """A new account."""

    username = fields.String(required=True, validate=USERNAME)
    name = fields.String(required=True, validate=validate.Length(min=1, max=80))


class RoleIn(Schema):
    """A role of staff for an account: one of a canteen, a provider or a shop names it, any other an area."""

    role = fields.String(required=True, validate=validate.OneOf([role.value for role in STAFF_ROLES]))
    area_code = fields.String(validate=validate.Length(max=12))
    canteen_id = fields.Integer(validate=ID)
    provider_id = fields.Integer(validate=ID)
    shop_id = fields.Integer(validate=ID)
    valid_until = fields.Date()

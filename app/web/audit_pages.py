"""The page of the audit log: who did what, who saw what, with every filter in the address."""

from typing import Any

from flask import Blueprint, current_app, render_template
from flask_babel import lazy_gettext as _l
from marshmallow import EXCLUDE, Schema, fields, validate

from app.address import read_address
from app.audit import queries, rules
from app.auth import Role, allow, current_actor
from app.auth.actor import ROLE_NAMES
from app.db import transaction
from app.features import loaded_features
from app.money import yuan

PAGE_LENGTH = 50

ACTION_WORDS: dict[str, Any] = {
    "account.created": _l("Account created"),
    "account.disabled": _l("Account closed"),
    "account.enabled": _l("Account opened again"),
    "log_in": _l("Logged in"),
    "log_in.locked": _l("Log-in locked"),
    "log_in.refused": _l("Log-in refused"),
    "log_out": _l("Logged out"),
    "password.changed": _l("Password changed"),
    "phone.changed": _l("Mobile number changed"),
    "password.reset": _l("Password reset"),
    "reveal.address": _l("Saw an address"),
    "reveal.id_number": _l("Saw an ID number"),
    "reveal.phone": _l("Saw a phone number"),
    "role.ended": _l("Role ended"),
    "role.moved": _l("Role moved to another place"),
    "role.granted": _l("Role given"),
    "token.revoked": _l("Session ended from afar"),
}

FIELD_WORDS: dict[str, Any] = {
    "amount_fen": _l("Amount"),
    "area_code": _l("Area"),
    "canteen_id": _l("Which canteen"),
    "kind": _l("Kind"),
    "name": _l("Name"),
    "price_fen": _l("Price"),
    "provider_id": _l("Which provider"),
    "role": _l("Role"),
    "shop_id": _l("Which shop"),
    "state": _l("State"),
    "username": _l("User name"),
    "valid_from": _l("From"),
    "valid_until": _l("Until"),
}

blueprint = Blueprint("audit", __name__)


class FilterIn(Schema):
    """The filters in the address; what cannot be read is left out and said."""

    class Meta:
        """Other parts of the address, such as the cursor, are not filters."""

        unknown = EXCLUDE

    account = fields.String(load_default="")
    action = fields.String(load_default="")
    subject = fields.String(load_default="", validate=validate.Length(max=80))
    reveals = fields.Boolean(load_default=False)
    since = fields.Date(load_default=None)
    until = fields.Date(load_default=None)
    after = fields.Integer(load_default=None, validate=validate.Range(min=1, max=2**63 - 1))


@blueprint.get("/audit")
@allow(Role.AUDITOR, Role.ADMINISTRATOR)
def list_audit() -> str:
    """Show what happened in the caller's areas, newest first."""
    asked, faults = read_address(FilterIn())
    after = asked.pop("after", None)
    filters = queries.Filter(**asked)
    actor = current_actor()
    with transaction() as session:
        page = queries.list_entries(
            session,
            filters=filters,
            area_codes=actor.area_codes,
            sees_unplaced=Role.ADMINISTRATOR in actor.roles,
            after=after,
            limit=PAGE_LENGTH,
        )
        return render_template(
            "audit.html",
            page=page,
            filters=filters,
            faults=faults,
            actions=queries.list_actions(session),
            word=action_word,
            field_word=field_word,
            reason_word=reason_word,
            value_word=value_word,
            changes=rules.changes,
        )


def value_word(field: str, value: Any) -> str:
    """Return a changed value in words where it has some; money in yuan."""
    if field.endswith("_fen") and isinstance(value, int):
        return yuan(value)
    return str(ROLE_NAMES.get(value, value)) if field == "role" else str(value)


def field_word(field: str) -> Any | None:
    """Return what a field is called, where somebody named it."""
    return FIELD_WORDS.get(field) or action_words().get(f"field.{field}")


def reason_word(reason: str) -> str:
    """Return a reason in words: one of those to choose from, or as it was typed."""
    return str(action_words().get(f"reason.{reason}", reason))


def action_word(action: str) -> str:
    """Return an action in words; one that nobody named is shown as it is stored."""
    return str(action_words().get(action, action))


def action_words() -> dict[str, Any]:
    """Return the words of every action: the floor's own, and those the features hand over."""
    words = dict(ACTION_WORDS)
    for feature in loaded_features(current_app):
        words.update(feature.audit_words)
    return words

"""The outer shape of a policy document, whatever its kind: what it is about, where, when, by which source."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from marshmallow import ValidationError, fields

from app.policies.fields import MISSING, AreaCode, PlainSchema, choice, day, line, listed, part, web_address
from app.policies.kinds import Fault, flatten

FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2099, 12, 31)
FOUND, INFER = "FOUND", "INFER"


class PolicyTitleIn(PlainSchema):
    """What the document is called."""

    zh = line(100, required=True)
    en = line(150, required=True)


class PolicySourceIn(PlainSchema):
    """Where a document comes from, and what of it somebody must confirm.

    FOUND is a fact at the address given, INFER a default of ours; ``infer`` names the parts of the body
    that are defaults in a document that is FOUND.
    """

    mark = choice([FOUND, INFER], required=True)
    text = line(500, required=True)
    url = web_address()
    infer = listed(line(50), most=20)


class PolicyIn(PlainSchema):
    """A policy document as it is drafted."""

    kind = line(50, required=True)
    area = AreaCode(required=True)
    valid_from = day(required=True)
    valid_until = day(allow_none=True, load_default=None)
    title = part(PolicyTitleIn, required=True)
    source = part(PolicySourceIn, required=True)
    body = fields.Dict(
        keys=fields.String(),
        required=True,
        error_messages={**MISSING, "invalid": _l("Here belong named values.")},
    )


def read_document(raw: Any) -> tuple[dict[str, Any], list[Fault]]:
    """Read a document's outer shape: the values that can be read, and what is wrong with the others."""
    try:
        return PolicyIn().load(raw), []
    except ValidationError as error:
        readable = error.valid_data if isinstance(error.valid_data, dict) else {}
        return readable, list(flatten(error.messages))


def find_outer_faults(document: Mapping[str, Any]) -> list[Fault]:
    """Name what makes no sense outside the body, among the values that could be read."""
    bounds = _l("A day between %(first)s and %(last)s.", first=FIRST_DAY, last=LAST_DAY)
    days = {name: document.get(name) for name in ("valid_from", "valid_until")}
    faults = [Fault((name,), bounds) for name, on in days.items() if on and not FIRST_DAY <= on <= LAST_DAY]
    if days["valid_from"] and days["valid_until"] and days["valid_until"] <= days["valid_from"]:
        faults.append(Fault(("valid_until",), _l("This is the first day without it, so it comes after the first day.")))
    faults.extend(
        Fault(("source", "infer", index), _l("The body has no part of this name."))
        for index, name in enumerate(document.get("source", {}).get("infer", ()))
        if name not in document.get("body", {name})
    )
    return faults

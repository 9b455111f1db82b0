"""What the pages and the API of money take."""

from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from marshmallow import EXCLUDE, Schema, fields, validate

from app.areas.checking import check_code_if_any
from care_beds.money.reading import STANDING, UNDONE
from care_beds.money.rules import MonthState
from care_beds.money.terms import Payer

ID = validate.Range(min=1, max=2**63 - 1)
LIMIT = validate.Range(min=1, max=200)
WORDS = validate.Length(2, 300)
CURSOR = validate.Length(1, 200)
BUILT_STATES = ("", "to_ask", "submitted", "paid", "rejected")
FIRST_YEAR, LAST_YEAR = 2020, 2100


class MonthField(fields.Field[date]):
    """A month such as 2026-10, as its first day."""

    default_error_messages = {"invalid": _l("Write a month as 2026-10.")}  # noqa: RUF012 - marshmallow's own declaration

    def _deserialize(self, value: Any, *_place: Any, **_options: Any) -> date:
        found = read_month(str(value))
        if found is None:
            raise self.make_error("invalid")
        return found

    def _serialize(self, value: Any, *_place: Any, **_options: Any) -> Any:
        return f"{value:%Y-%m}" if value else None


def read_month(text: str) -> date | None:
    """Read a month such as 2026-10 as its first day, or nothing."""
    year, hyphen, month = text.partition("-")
    if not (hyphen and len(year) == 4 and len(month) == 2 and (year + month).isascii() and (year + month).isdigit()):
        return None
    if not (FIRST_YEAR <= int(year) <= LAST_YEAR and 1 <= int(month) <= 12):
        return None
    return date(int(year), int(month), 1)


class _Address(Schema):
    """Filters of an address; other parts of it are none."""

    class Meta:
        """Other parts of the address are not ours."""

        unknown = EXCLUDE

    after = fields.String(load_default=None, validate=CURSOR)


class MonthsIn(_Address):
    """Which months of beds."""

    month = MonthField(load_default=None, metadata={"type": "string", "example": "2026-10"})
    state = fields.String(load_default="", validate=validate.OneOf(["", *map(str, MonthState)]))
    area = fields.String(load_default="", validate=check_code_if_any)


class PaymentsIn(_Address):
    """Which payments of visits; days are of the visit, both included."""

    from_on = fields.Date(load_default=None, data_key="from")
    until_on = fields.Date(load_default=None, data_key="until")
    payer = fields.String(load_default="", validate=validate.OneOf(["", *map(str, Payer)]))
    state = fields.String(load_default="", validate=validate.OneOf(["", STANDING, UNDONE]))
    provider_id = fields.Integer(load_default=None, data_key="provider", validate=ID)
    bed_id = fields.Integer(load_default=None, data_key="bed", validate=ID)
    area = fields.String(load_default="", validate=check_code_if_any)


class BuiltIn(_Address):
    """Which accepted beds."""

    state = fields.String(load_default="", validate=validate.OneOf(BUILT_STATES))


class HandInIn(Schema):
    """Which months are handed in, and what the caller saw of them."""

    month = MonthField(required=True, metadata={"type": "string", "example": "2026-10"})
    area = fields.String(required=True, validate=check_code_if_any)
    beds = fields.Integer(required=True, validate=validate.Range(1, 1_000_000))
    amount_fen = fields.Integer(required=True, validate=validate.Range(1, 10**12))


class JudgeIn(Schema):
    """Which month is judged anew."""

    month = MonthField(required=True, metadata={"type": "string", "example": "2026-10"})


class WhyIn(Schema):
    """Why something is sent back or undone."""

    reason = fields.String(required=True, validate=WORDS)


class ReferenceIn(Schema):
    """Under which number the insurance took a visit over."""

    reference = fields.String(required=True, validate=validate.Length(1, 60))

"""What the API of wallets and the ledger takes and gives."""

from datetime import date

from flask_babel import gettext
from marshmallow import Schema, ValidationError, fields, validate

from subsidies.wording import ACCOUNT_KIND_NAMES, MOVEMENT_NAMES

PAGE, LARGEST_PAGE = 50, 200
CURSOR = validate.Range(min=1, max=2**63 - 1)
KIND = validate.OneOf(list(ACCOUNT_KIND_NAMES))
# Far enough for every book there will ever be, and no day at which arithmetic with days ends.
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2199, 12, 31)


def check_day(day: date) -> None:
    """Refuse a day on which no book can be read; a function, because OpenAPI has no range of days."""
    if not FIRST_DAY <= day <= LAST_DAY:
        raise ValidationError(gettext("Give a day from 2000-01-01 to 2199-12-31."))


class StatementIn(Schema):
    """Which part of a statement."""

    after = fields.Integer(load_default=None, validate=CURSOR)
    limit = fields.Integer(load_default=PAGE, validate=validate.Range(min=1, max=LARGEST_PAGE))


class TrialBalanceIn(Schema):
    """The day at whose end the books are read; today when left out."""

    on = fields.Date(load_default=None, validate=check_day, metadata={"example": "2026-11-21"})


class MovementWordsOut(Schema):
    """What happened and why, line by line, in both languages."""

    zh = fields.List(fields.String(), required=True)
    en = fields.List(fields.String(), required=True)


class LotOut(Schema):
    """Points of one origin."""

    id = fields.Integer(required=True)
    funder = fields.String(required=True)
    funder_kind = fields.String(required=True, validate=KIND)
    programme = fields.String(required=True)
    purpose = fields.String(required=True, metadata={"description": "`any`, or the one service they pay for"})
    granted_fen = fields.Integer(required=True)
    remaining_fen = fields.Integer(required=True)
    expires_on = fields.Date(required=True, metadata={"description": "The last good day"})
    parent_lot = fields.Integer(required=True, allow_none=True)


class WalletOut(Schema):
    """What a senior may spend today, earliest last good day first."""

    senior_id = fields.Integer(required=True, attribute="home")
    on = fields.Date(required=True)
    balance_fen = fields.Integer(required=True)
    lots = fields.List(fields.Nested(LotOut), required=True)


class PostingOut(Schema):
    """One debit account, one credit account, one amount."""

    n = fields.Integer(required=True)
    debit = fields.Integer(required=True)
    debit_name = fields.String(required=True)
    debit_kind = fields.String(required=True, validate=KIND)
    credit = fields.Integer(required=True)
    credit_name = fields.String(required=True)
    credit_kind = fields.String(required=True, validate=KIND)
    amount_fen = fields.Integer(required=True)
    lot_id = fields.Integer(required=True, allow_none=True)
    undoes = fields.Integer(required=True, allow_none=True)


class MovementOut(Schema):
    """A transaction of a senior's book."""

    id = fields.UUID(required=True)
    seq = fields.Integer(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(list(MOVEMENT_NAMES)))
    reverses = fields.UUID(required=True, allow_none=True)
    occurred_at = fields.AwareDateTime(required=True, format="iso")
    booked_at = fields.AwareDateTime(required=True, format="iso")
    change_fen = fields.Integer(required=True, metadata={"description": "What it did to the points"})
    public_fen = fields.Integer(required=True, metadata={"description": "Public money beside points"})
    balance_fen = fields.Integer(
        required=True, metadata={"description": "All points after it, those that expired and were not swept too"}
    )
    explanation = fields.Nested(MovementWordsOut, required=True)
    cause = fields.Dict(keys=fields.String(), required=True)
    actor = fields.String(required=True)
    device = fields.String(required=True)
    postings = fields.List(fields.Nested(PostingOut), required=True)
    hash = fields.String(required=True)


class StatementOut(Schema):
    """Movements, newest first, and the cursor of the next page."""

    items = fields.List(fields.Nested(MovementOut), required=True)
    next = fields.Integer(required=True, allow_none=True)


class LedgerAccountOut(Schema):
    """Who gives and takes."""

    id = fields.Integer(required=True)
    kind = fields.String(required=True, validate=KIND)
    name = fields.String(required=True)
    area = fields.String(required=True, allow_none=True, attribute="area_code")
    owner_ref = fields.String(required=True, allow_none=True)


class TrialLineOut(Schema):
    """What one account gave and took; ``account`` is null for all those outside the caller's areas together."""

    account = fields.Nested(LedgerAccountOut, required=True, allow_none=True)
    debit_fen = fields.Integer(required=True)
    credit_fen = fields.Integer(required=True)
    balance_fen = fields.Integer(required=True)


class TrialBalanceOut(Schema):
    """All accounts at the end of a day; both sums are the same."""

    on = fields.Date(required=True)
    items = fields.List(fields.Nested(TrialLineOut), required=True, attribute="lines")
    debit_fen = fields.Integer(required=True)
    credit_fen = fields.Integer(required=True)
    points_fen = fields.Integer(required=True, metadata={"description": "Points that all seniors hold together"})

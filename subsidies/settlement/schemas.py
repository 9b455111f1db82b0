"""What the API of settlement gives."""

from marshmallow import Schema, fields, validate

from subsidies.schemas import PAGE
from subsidies.settlement.forms import FilterIn, LinesIn
from subsidies.settlement.rules import State

LARGEST_PAGE = 200
LIMIT = validate.Range(min=1, max=LARGEST_PAGE)


class ListStatementsIn(FilterIn):
    """Which statements."""

    limit = fields.Integer(load_default=PAGE, validate=LIMIT)


class OwnStatementsIn(Schema):
    """How many."""

    limit = fields.Integer(load_default=PAGE, validate=LIMIT)


class StatementLinesIn(LinesIn):
    """Which lines."""

    limit = fields.Integer(load_default=PAGE, validate=LIMIT)


class SettlementPeriodOut(Schema):
    """A month or a quarter; the end is not part of it."""

    code = fields.String(required=True, metadata={"example": "2026-10"})
    from_on = fields.Date(required=True, data_key="from")
    until_on = fields.Date(required=True, data_key="until")


class MerchantStatementOut(Schema):
    """A statement in a list."""

    id = fields.Integer(required=True)
    number = fields.String(required=True)
    merchant = fields.Integer(required=True)
    merchant_name = fields.String(required=True)
    owner_ref = fields.String(required=True)
    area = fields.String(required=True, attribute="area_code")
    period = fields.Nested(SettlementPeriodOut, required=True)
    state = fields.Enum(State, by_value=True, required=True)
    lines = fields.Integer(required=True)
    corrections = fields.Integer(required=True)
    points_fen = fields.Integer(required=True)
    public_fen = fields.Integer(required=True)
    correction_fen = fields.Integer(required=True)
    total_fen = fields.Integer(required=True, metadata={"description": "Below zero the merchant pays back"})
    due_on = fields.Date(required=True, allow_none=True)
    reopened = fields.Integer(required=True)


class ShareOfFunderOut(Schema):
    """What one funder owes."""

    funder = fields.Integer(required=True)
    name = fields.String(required=True)
    kind = fields.String(required=True)
    points_fen = fields.Integer(required=True)
    public_fen = fields.Integer(required=True)


class SettlementEventOut(Schema):
    """What somebody did with a statement."""

    at = fields.AwareDateTime(required=True, format="iso")
    name = fields.String(required=True)
    action = fields.String(required=True)
    note = fields.String(required=True)
    total_fen = fields.Integer(required=True)


class MerchantStatementDetailOut(Schema):
    """One statement with who owes it, and its story."""

    statement = fields.Nested(MerchantStatementOut, required=True, attribute="line")
    root = fields.String(required=True, metadata={"description": "Root of the last seal it covers, hexadecimal"})
    height = fields.Integer(required=True)
    policy_id = fields.Integer(required=True)
    bank_reference = fields.String(required=True, allow_none=True)
    shares = fields.List(fields.Nested(ShareOfFunderOut), required=True)
    events = fields.List(fields.Nested(SettlementEventOut), required=True)


class MerchantStatementsOut(Schema):
    """Some statements, and the cursor of the next page."""

    items = fields.List(fields.Nested(MerchantStatementOut), required=True)
    next = fields.String(required=True, allow_none=True)


class SettlementLineOut(Schema):
    """One line: one transaction of the ledger. Amounts are below zero for what was given back."""

    n = fields.Integer(required=True)
    home = fields.Integer(required=True)
    seq = fields.Integer(required=True)
    txn_id = fields.UUID(required=True)
    kind = fields.String(required=True)
    reverses = fields.UUID(required=True, allow_none=True)
    occurred_at = fields.AwareDateTime(required=True, format="iso")
    about_on = fields.Date(required=True, metadata={"description": "Day of the sale that it is about"})
    is_correction = fields.Boolean(required=True)
    points_fen = fields.Integer(required=True)
    public_fen = fields.Integer(required=True)
    funders = fields.List(fields.Integer(), required=True)
    funder_points_fen = fields.List(fields.Integer(), required=True)
    funder_public_fen = fields.List(fields.Integer(), required=True)
    height = fields.Integer(required=True)


class SettlementLinesOut(Schema):
    """Some lines in order, and the number after which the next page begins."""

    items = fields.List(fields.Nested(SettlementLineOut), required=True)
    next = fields.Integer(required=True, allow_none=True)


class StatementsMadeOut(Schema):
    """What making statements brought."""

    statements = fields.Integer(required=True)
    completed = fields.Integer(required=True)
    lines = fields.Integer(required=True)


class StatementsMakingOut(StatementsMadeOut):
    """How far a worker is with making statements: so many districts of all, and what came of them."""

    id = fields.Integer(required=True)
    period = fields.String(required=True)
    areas = fields.List(fields.String(), required=True)
    done = fields.Integer(required=True)
    refusal = fields.String(required=True, allow_none=True)
    finished_at = fields.AwareDateTime(required=True, allow_none=True, format="iso")


class SettlementDisputeOut(Schema):
    """A disputed line."""

    id = fields.Integer(required=True)
    statement_id = fields.Integer(required=True)
    n = fields.Integer(required=True)
    txn_id = fields.UUID(required=True)
    amount_fen = fields.Integer(required=True)
    reason = fields.String(required=True)
    state = fields.String(required=True)
    answer = fields.String(required=True)
    raised_at = fields.AwareDateTime(required=True, format="iso")
    answered_at = fields.AwareDateTime(required=True, allow_none=True, format="iso")


class ListDisputesIn(Schema):
    """Which disputed lines."""

    open_only = fields.Boolean(data_key="open", load_default=True)
    after = fields.Integer(load_default=0, validate=validate.Range(min=0, max=2**63 - 1))
    limit = fields.Integer(load_default=PAGE, validate=LIMIT)


class SettlementDisputesOut(Schema):
    """Some disputed lines, oldest first, and the cursor of the next page."""

    items = fields.List(fields.Nested(SettlementDisputeOut), required=True)
    next = fields.Integer(required=True, allow_none=True)

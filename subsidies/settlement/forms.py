"""What the pages and the API of settlement take."""

from typing import Any

from flask_babel import lazy_gettext as _l
from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate

from app.areas.checking import check_code_if_any
from subsidies.settlement.rules import State, Step, find_period
from subsidies.settlement.steps import LONGEST_REFERENCE

ID = validate.Range(min=1, max=2**63 - 1)
WORDS = validate.Length(2, 300)
LINE_NUMBER = validate.Range(min=1, max=2**31 - 1)
CURSOR = r"\A20\d\d-(0[1-9]|1[0-2])-01,\d{6,12},\d{1,18}\Z"
# Steps that the pages and the API of areas offer; confirming is the merchant's, reopening needs two people.
STEPS = (Step.SEND, Step.CONFIRM_FOR_STREET, Step.SEND_BACK, Step.APPROVE, Step.PAY)


def check_period(text: str) -> None:
    """Refuse what is no period."""
    if text and find_period(text) is None:
        raise ValidationError(str(_l("Write a month as 2026-10 or a quarter as 2026-Q4.")))


def _period(**options: Any) -> fields.String:
    return fields.String(validate=check_period, metadata={"example": "2026-10"}, **options)


class FilterIn(Schema):
    """The filters in the address; what cannot be read is left out and said."""

    class Meta:
        """Other parts of the address are not filters."""

        unknown = EXCLUDE

    period = _period(load_default="")
    state = fields.Enum(State, by_value=True, load_default=None)
    area = fields.String(load_default="", validate=check_code_if_any)
    after = fields.String(load_default=None, validate=validate.Regexp(CURSOR))


class LinesIn(Schema):
    """Which lines of a statement."""

    class Meta:
        """Other parts of the address are not ours."""

        unknown = EXCLUDE

    after = fields.Integer(load_default=0, validate=validate.Range(min=0, max=2**31 - 1))
    corrections_only = fields.Boolean(data_key="corrections", load_default=False)


class OwnLinesIn(Schema):
    """Which lines of a statement its merchant sees; what cannot be read is left out."""

    class Meta:
        """Other parts of the address are not ours."""

        unknown = EXCLUDE

    after = fields.Integer(load_default=0, validate=LINE_NUMBER)


class LineDisputeIn(Schema):
    """Which line is not right, and why."""

    n = fields.Integer(required=True, validate=LINE_NUMBER)
    reason = fields.String(required=True, validate=WORDS)


class MakeStatementsIn(Schema):
    """Which period's statements are made."""

    period = _period(required=True)
    area = fields.String(load_default="", validate=check_code_if_any)


class BulkIn(Schema):
    """What is done with all statements of a period."""

    period = _period(required=True)
    step = fields.Enum(Step, by_value=True, required=True)


class SettlementStepIn(Schema):
    """What is done with one statement; the note is the reason of sending back, or the reference of a payment."""

    step = fields.String(required=True, validate=validate.OneOf([str(step) for step in STEPS]))
    note = fields.String(load_default="", validate=validate.Length(max=300))


class PaymentIn(Schema):
    """By which reference the bank paid."""

    reference = fields.String(required=True, validate=validate.Length(1, LONGEST_REFERENCE))


class SendBackIn(Schema):
    """Why an approver does not approve."""

    reason = fields.String(required=True, validate=WORDS)


class StatementReopeningIn(Schema):
    """Why a statement should be opened again."""

    cause = fields.String(required=True, validate=WORDS)


class ReopeningDecisionIn(Schema):
    """Whether a statement is opened again."""

    outcome = fields.String(required=True, validate=validate.OneOf(("reopen", "refuse")))
    reason = fields.String(load_default="", validate=validate.Length(max=300))


class DisputeAnswerIn(Schema):
    """What comes of a disputed line."""

    outcome = fields.String(required=True, validate=validate.OneOf(("upheld", "set_aside")))
    answer = fields.String(required=True, validate=WORDS)


class MerchantPayeeIn(Schema):
    """Where a merchant's money goes."""

    holder = fields.String(required=True, validate=validate.Length(2, 60))
    bank = fields.String(required=True, validate=validate.Length(2, 60))
    number = fields.String(required=True, validate=validate.Length(8, 40))


class PayeeDecisionIn(Schema):
    """Whether money goes where somebody else wrote down."""

    outcome = fields.String(required=True, validate=validate.OneOf(("accept", "refuse")))
    reason = fields.String(load_default="", validate=validate.Length(max=300))

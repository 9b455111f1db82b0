"""What the API and the forms of findings take, and what the API gives."""

from typing import Any

from flask_babel import lazy_gettext as _l
from marshmallow import EXCLUDE, Schema, fields, validate

from app.areas.checking import check_code_if_any
from subsidies.findings.rules import AskedOf, Severity, State, Step
from subsidies.schemas import CURSOR, check_day

PAGE, LARGEST_PAGE = 50, 200
LONGEST_WORDS = 1000
CHECK = validate.Regexp(r"\A(?:R|B|OFF)[0-9]{1,3}\Z")
STATES = [str(each) for each in State]
YUAN = validate.Regexp(r"\A[0-9]{1,7}(\.[0-9]{1,2})?\Z", error=_l("An amount in yuan such as 12.50."))


def words_field(**options: Any) -> fields.String:
    """Make a field for what somebody says of a finding."""
    return fields.String(required=True, validate=validate.Length(2, LONGEST_WORDS), **options)


class AddressIn(Schema):
    """The filters in a page's address; what cannot be read is left out and said."""

    class Meta:
        """Other parts of the address, such as the cursor, are not filters."""

        unknown = EXCLUDE

    check = fields.String(load_default="", validate=CHECK)
    state = fields.String(load_default="", validate=validate.OneOf([*STATES, "undecided"]))
    area = fields.String(load_default="", validate=check_code_if_any)
    canteen_id = fields.Integer(data_key="canteen", load_default=None, validate=CURSOR)
    senior_id = fields.Integer(data_key="senior", load_default=None, validate=CURSOR)
    month = fields.Date(format="%Y-%m", load_default=None)
    found_from = fields.Date(load_default=None, validate=check_day)
    found_until = fields.Date(load_default=None, validate=check_day)
    after = fields.Integer(load_default=None, validate=CURSOR)


class FindingsIn(Schema):
    """Which findings, and which part of them."""

    check = fields.String(load_default="", validate=CHECK)
    state = fields.String(load_default="", validate=validate.OneOf(STATES))
    area = fields.String(load_default="", validate=check_code_if_any)
    canteen_id = fields.Integer(load_default=None, validate=CURSOR)
    senior_id = fields.Integer(load_default=None, validate=CURSOR)
    month = fields.Date(load_default=None, validate=check_day, metadata={"description": "Any day of the month"})
    after = fields.Integer(load_default=None, validate=CURSOR)
    limit = fields.Integer(load_default=PAGE, validate=validate.Range(min=1, max=LARGEST_PAGE))


class FindingWordsIn(Schema):
    """What somebody says of a finding."""

    words = words_field()


class QuestionIn(FindingWordsIn):
    """A question, and whom it goes to."""

    asked_of = fields.Enum(AskedOf, by_value=True, required=True)


class WordsForm(FindingWordsIn):
    """What somebody types about a finding; ``step`` tells the page which of its forms it was."""

    step = fields.String(load_default="", validate=validate.Length(max=20))


class QuestionForm(WordsForm, QuestionIn):
    """A question as typed."""


class RecoveryForm(WordsForm):
    """Money that came back, as typed in yuan, and by which paper."""

    yuan = fields.String(required=True, validate=YUAN)


class RecoveryIn(Schema):
    """Money that came back, and by which paper."""

    amount_fen = fields.Integer(required=True, strict=True, validate=validate.Range(0, 10**9))
    words = words_field()


class CheckRunIn(Schema):
    """Which checks to run, and from which day's month on; all checks and the usual days when left out."""

    codes = fields.List(fields.String(validate=CHECK), load_default=list, validate=validate.Length(max=50))
    since = fields.Date(load_default=None, validate=check_day)


class FindingWordsOut(Schema):
    """Sentences in both languages."""

    zh = fields.List(fields.String(), required=True)
    en = fields.List(fields.String(), required=True)


class FindingSourceOut(Schema):
    """A row that a finding rests on."""

    kind = fields.String(required=True)
    ref = fields.String(required=True)
    senior_id = fields.Integer(attribute="home", required=True, allow_none=True)


class FindingStepOut(Schema):
    """One thing that was done about a finding."""

    step = fields.String(required=True, validate=validate.OneOf(["found", "grown", *map(str, Step)]))
    at = fields.AwareDateTime(required=True)
    name = fields.String(required=True, allow_none=True)
    words = fields.String(required=True)


class FindingOut(Schema):
    """A finding."""

    id = fields.Integer(required=True)
    check = fields.String(attribute="check_code", required=True)
    state = fields.String(required=True, validate=validate.OneOf(STATES))
    severity = fields.String(required=True, validate=validate.OneOf([str(each) for each in Severity]))
    area_code = fields.String(required=True)
    canteen_id = fields.Integer(required=True, allow_none=True)
    provider_id = fields.Integer(required=True, allow_none=True)
    senior_id = fields.Integer(required=True, allow_none=True)
    happened_on = fields.Date(required=True)
    amount_fen = fields.Integer(required=True)
    recovered_fen = fields.Integer(required=True, allow_none=True)
    asked_of = fields.String(required=True, allow_none=True)
    found_at = fields.AwareDateTime(required=True)
    facts = fields.Dict(keys=fields.String(), required=True)


class FindingsOut(Schema):
    """A page of findings, newest first."""

    items = fields.List(fields.Nested(FindingOut), required=True)
    next = fields.Integer(required=True, allow_none=True)


class OneFindingOut(FindingOut):
    """A finding with its words, its rows and its history."""

    policy_id = fields.Integer(required=True)
    explanation = fields.Nested(FindingWordsOut, required=True)
    source_count = fields.Integer(required=True)
    sources = fields.List(fields.Nested(FindingSourceOut), required=True)
    steps = fields.List(fields.Nested(FindingStepOut), required=True)


class AuditCheckOut(Schema):
    """A check, and what became of its findings in the caller's areas."""

    code = fields.String(required=True)
    title = fields.String(required=True)
    undecided = fields.Integer(required=True)
    confirmed = fields.Integer(required=True)
    dismissed = fields.Integer(required=True)
    true_percent = fields.Integer(required=True, allow_none=True)


class AuditChecksOut(Schema):
    """All checks."""

    items = fields.List(fields.Nested(AuditCheckOut), required=True)


class CheckRunOut(Schema):
    """A run that was started."""

    id = fields.Integer(required=True)

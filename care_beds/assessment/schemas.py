"""What the API of assessments takes and gives."""

from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext as _l
from marshmallow import Schema, fields, post_load, validate

from app.policies.fields import flag
from care_beds.assessment.drafting import Entry
from care_beds.assessment.items import ITEMS
from care_beds.assessment.recognising import OutsideNote, Paper, Scheme
from care_beds.assessment.rules import EVENTS_AT_MOST, LEVELS, Origin, Reason, Relation, RiskKind, State
from care_beds.assessment.signing import Informant

ID = validate.Range(1, 2**63 - 1)
ONE_LINE = validate.Regexp(r"\A[^\x00-\x1f\x7f\u2028\u2029]*\Z", error=_l("One line of text."))
ONE_LINE_NOT_BLANK = validate.Regexp(
    r"\A[^\x00-\x1f\x7f\u2028\u2029]*[^\s\x00-\x1f\x7f][^\x00-\x1f\x7f\u2028\u2029]*\Z",
    error=_l("One line of text, not blank."),
)
LONGEST_WORDS, LONGEST_NAME, LONGEST_NUMBER, LONGEST_KEY = 200, 50, 60, 40
ENTRIES_AT_MOST = 60
LEVEL = validate.Range(LEVELS[0], LEVELS[-1])
ITEM_PROPERTIES = {
    item.code: {
        "type": "integer",
        "minimum": 0,
        "maximum": item.most,
        "description": f"{item.words.zh} {item.words.en}",
    }
    for item in ITEMS
}


def text(longest: int, *, needed: bool = True) -> fields.String:
    """Make a field for one line of text."""
    if needed:
        return fields.String(required=True, validate=[validate.Length(2, longest), ONE_LINE_NOT_BLANK])
    return fields.String(load_default="", validate=[validate.Length(0, longest), ONE_LINE])


def word(words: type[StrEnum]) -> fields.String:
    """Make a field for one of some words, as it is stored."""
    return fields.String(required=True, metadata={"enum": [str(each) for each in words]})


class AssessmentIn(Schema):
    """A whole assessment: the answers only; total and level are worked out here."""

    senior_id = fields.Integer(required=True, strict=True, validate=ID)
    items = fields.Dict(
        keys=fields.String(),
        values=fields.Raw(allow_none=True),
        required=True,
        metadata={"properties": ITEM_PROPERTIES, "required": list(ITEM_PROPERTIES)},
    )
    coma = flag(required=True)
    dementia_or_psychiatric_diagnosis = flag(required=True)
    risk_events_30d = fields.Integer(required=True, strict=True, validate=validate.Range(0, EVENTS_AT_MOST))
    dry_run = flag(load_default=False, metadata={"description": "Work it out and store nothing."})

    @post_load
    def to_given(self, data: dict[str, Any], **_others: Any) -> dict[str, Any]:
        """Make the values that the service takes."""
        data["diagnosis"] = data.pop("dementia_or_psychiatric_diagnosis")
        data["risk_events"] = data.pop("risk_events_30d")
        return data


class JudgedOut(Schema):
    """What the answers come to."""

    id = fields.Integer(required=True, allow_none=True)
    senior_id = fields.Integer(required=True)
    state = fields.String(required=True, allow_none=True)
    total = fields.Integer(required=True)
    base_level = fields.Integer(required=True)
    level = fields.Integer(required=True)
    groups = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    changes = fields.List(fields.String(), required=True)
    contradictions = fields.List(fields.String(), required=True)


class AssessmentDraftIn(Schema):
    """Whom to assess, and why."""

    senior_id = fields.Integer(required=True, strict=True, validate=ID)
    reason = fields.Enum(Reason, by_value=True, load_default=None)
    reason_words = text(LONGEST_WORDS, needed=False)
    assessed_on = fields.Date(load_default=None)


class TabletAnswerIn(Schema):
    """One answer: an item or a circumstance, its value, and the revision that was known of it."""

    key = fields.String(required=True, validate=validate.Length(1, LONGEST_KEY))
    value = fields.Integer(required=True, strict=True, allow_none=True, validate=validate.Range(-(2**31), 2**31))
    revision = fields.Integer(load_default=0, strict=True, validate=validate.Range(0, 2**53))

    @post_load
    def to_entry(self, data: dict[str, Any], **_others: Any) -> Entry:
        """Make the value that the service takes."""
        return Entry(**data)


class TabletAnswersIn(Schema):
    """Answers of one tablet."""

    device = fields.String(required=True, validate=validate.Regexp(r"[A-Za-z0-9-]{1,64}\Z"))
    entries = fields.List(fields.Nested(TabletAnswerIn), required=True, validate=validate.Length(1, ENTRIES_AT_MOST))


class CrossedAnswerOut(Schema):
    """An answer that another tablet has changed meanwhile."""

    key = fields.String(required=True)
    value = fields.Integer(required=True, allow_none=True)
    revision = fields.Integer(required=True)
    by = fields.String(required=True)


class SavedAnswersOut(Schema):
    """What became of some answers: the revision of each that was kept, and those that crossed another's."""

    kept = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    crossed = fields.List(fields.Nested(CrossedAnswerOut), required=True)


class AssessmentWordsIn(Schema):
    """Why."""

    words = text(LONGEST_WORDS)


class InformantIn(Schema):
    """Who told the assessors how things are."""

    name = text(LONGEST_NAME)
    relation = fields.Enum(Relation, by_value=True, required=True)

    @post_load
    def to_informant(self, data: dict[str, Any], **_others: Any) -> dict[str, Informant]:
        """Make the value that the service takes."""
        return {"informant": Informant(**data)}


class RecognisedResultIn(Schema):
    """Another area's result by the same standard, as its paper says it."""

    level = fields.Integer(required=True, strict=True, validate=LEVEL)
    total = fields.Integer(load_default=None, allow_none=True, strict=True, validate=validate.Range(0, 90))
    assessed_on = fields.Date(required=True)
    expires_on = fields.Date(load_default=None, allow_none=True)
    origin_place = text(LONGEST_NAME)
    origin_area = fields.String(load_default=None, allow_none=True, validate=validate.Length(6, 12))
    origin_body = text(LONGEST_NAME, needed=False)
    document_number = text(LONGEST_NUMBER)

    @post_load
    def to_paper(self, data: dict[str, Any], **_others: Any) -> dict[str, Paper]:
        """Make the value that the service takes."""
        return {"paper": Paper(**data)}


class OutsideLevelIn(Schema):
    """What another scheme's paper says."""

    scheme = fields.Enum(Scheme, by_value=True, required=True)
    level = fields.String(required=True, validate=validate.Length(1, 2))
    assessed_on = fields.Date(required=True)
    expires_on = fields.Date(load_default=None, allow_none=True)
    body_name = text(LONGEST_NAME, needed=False)
    document_number = text(LONGEST_NUMBER, needed=False)

    @post_load
    def to_note(self, data: dict[str, Any], **_others: Any) -> dict[str, OutsideNote]:
        """Make the value that the service takes."""
        return {"outside": OutsideNote(**data)}


class RiskEventIn(Schema):
    """What happened, and when."""

    kind = fields.Enum(RiskKind, by_value=True, required=True)
    happened_on = fields.Date(required=True)
    words = text(LONGEST_WORDS, needed=False)


class AssessmentsIn(Schema):
    """Which assessments."""

    state = fields.Enum(State, by_value=True, load_default=None)
    senior_id = fields.Integer(data_key="senior", load_default=None, validate=ID)
    after = fields.String(load_default=None)
    limit = fields.Integer(load_default=50, validate=validate.Range(1, 200))


class ReassessmentsIn(Schema):
    """Whose result ends within how many days; without a number, as the rules of the place say."""

    within_days = fields.Integer(load_default=None, validate=validate.Range(0, 730))
    after = fields.String(load_default=None)
    limit = fields.Integer(load_default=50, validate=validate.Range(1, 200))


class AssessmentLineOut(Schema):
    """An assessment in a list."""

    id = fields.Integer(required=True)
    senior_id = fields.Integer(required=True)
    name = fields.String(required=True)
    state = word(State)
    origin = word(Origin)
    reason = word(Reason)
    assessed_on = fields.Date(required=True)
    total = fields.Integer(required=True, allow_none=True)
    level = fields.Integer(required=True, allow_none=True)
    valid_until = fields.Date(required=True, allow_none=True)


class AssessmentsOut(Schema):
    """Assessments, the latest first."""

    items = fields.List(fields.Nested(AssessmentLineOut), required=True)
    next = fields.String(required=True, allow_none=True)


class AssessmentOut(Schema):
    """One assessment with its answers."""

    id = fields.Integer(required=True)
    senior_id = fields.Integer(required=True)
    state = word(State)
    origin = word(Origin)
    reason = word(Reason)
    reason_words = fields.String(required=True)
    assessed_on = fields.Date(required=True)
    revision = fields.Integer(required=True)
    answers = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    circumstances = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    group_points = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True, allow_none=True)
    total = fields.Integer(required=True, allow_none=True)
    base_level = fields.Integer(required=True, allow_none=True)
    level = fields.Integer(required=True, allow_none=True)
    changes = fields.List(fields.String(), required=True)
    counts_from = fields.Date(required=True, allow_none=True)
    valid_until = fields.Date(required=True, allow_none=True)
    signed_at = fields.AwareDateTime(required=True, allow_none=True, format="iso")
    origin_place = fields.String(required=True)
    document_number = fields.String(required=True)


class ReassessmentOut(Schema):
    """A person whose result runs out."""

    senior_id = fields.Integer(required=True)
    name = fields.String(required=True)
    level = fields.Integer(required=True)
    assessed_on = fields.Date(required=True)
    valid_until = fields.Date(required=True)
    days_left = fields.Integer(required=True)
    open_id = fields.Integer(required=True, allow_none=True)


class ReassessmentsOut(Schema):
    """People to assess again, the most overdue first."""

    items = fields.List(fields.Nested(ReassessmentOut), required=True)
    next = fields.String(required=True, allow_none=True)


class StandingLevelOut(Schema):
    """The level that stands for a person."""

    level = fields.Integer(required=True)
    assessed_on = fields.Date(required=True)
    valid_until = fields.Date(required=True)
    origin = word(Origin)
    assessment_id = fields.Integer(required=True)


class OutsideLevelOut(Schema):
    """What another scheme says of a person."""

    id = fields.Integer(required=True)
    scheme = word(Scheme)
    level = fields.String(required=True)
    assessed_on = fields.Date(required=True)
    expires_on = fields.Date(required=True, allow_none=True)
    document_number = fields.String(required=True)


class PersonLevelOut(Schema):
    """What is known of a person's level: what stands, and beside it what other schemes say."""

    standing = fields.Nested(StandingLevelOut, required=True, allow_none=True)
    outside = fields.List(fields.Nested(OutsideLevelOut), required=True)


class RiskEventOut(Schema):
    """Something that happened to a person."""

    id = fields.Integer(required=True)
    senior_id = fields.Integer(required=True)
    kind = word(RiskKind)
    happened_on = fields.Date(required=True)
    words = fields.String(required=True)

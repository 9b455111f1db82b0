"""The forms of assessments: what people type and choose."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from marshmallow import EXCLUDE, Schema, fields, post_load, validate

from app.address import read_given
from care_beds.assessment.drafting import CIRCUMSTANCES, Entry
from care_beds.assessment.items import BY_GROUP
from care_beds.assessment.rules import EVENTS_AT_MOST, LEVELS, Reason, State
from care_beds.assessment.schemas import (
    ID,
    LEVEL,
    LONGEST_WORDS,
    AssessmentWordsIn,
    InformantIn,
    OutsideLevelIn,
    RecognisedResultIn,
    RiskEventIn,
    text,
)
from care_beds.assessment.signing import Informant
from care_beds.assessment.standard import Group

BESIDE = "circumstances"


class StartForm(Schema):
    """Why somebody is assessed, and when."""

    reason = fields.Enum(Reason, by_value=True, required=True)
    reason_words = text(LONGEST_WORDS, needed=False)
    assessed_on = fields.Date(required=True)


class SecondForm(Schema):
    """The second assessor's own log-in, typed on the first one's tablet."""

    username = fields.String(required=True, validate=validate.Length(1, 100))
    password = fields.String(required=True, validate=validate.Length(1, 200))


class InformantForm(InformantIn):
    """Who told us, and that they stand by it."""

    agrees = fields.Boolean(required=True, validate=validate.Equal(True, error=_l("They confirm it by this tick.")))

    @post_load
    def to_informant(self, data: dict[str, Any], **_others: Any) -> dict[str, Informant]:
        """Make the value that the service takes; without the tick it does not come here."""
        return {"informant": Informant(data["name"], data["relation"])}


class DropForm(AssessmentWordsIn):
    """Why an assessment is given up."""


class PaperForm(RecognisedResultIn):
    """Another area's result, typed from its paper."""

    level = fields.Integer(required=True, validate=LEVEL)
    total = fields.Integer(load_default=None, validate=validate.Range(0, 90))


class OutsideForm(OutsideLevelIn):
    """Another scheme's level, typed from its paper."""


class RiskForm(RiskEventIn):
    """What happened, and when."""


class WithdrawForm(AssessmentWordsIn):
    """Why a note is taken back."""


class FilterIn(Schema):
    """The filters in the address; what cannot be read is left out."""

    class Meta:
        """Other parts of the address, such as the cursor, are not filters."""

        unknown = EXCLUDE

    state = fields.Enum(State, by_value=True, load_default=None)
    within_days = fields.Integer(data_key="days", load_default=None, validate=validate.Range(0, 730))
    senior_id = fields.Integer(data_key="senior", load_default=None, validate=ID)


def read_filters(given: Mapping[str, str]) -> dict[str, Any]:
    """Return the filters among what an address has; what cannot be read is left out."""
    asked, _faults = read_given(FilterIn(), given)
    return asked


def read_part(part: str, given: Mapping[str, str]) -> list[Entry]:
    """Return the answers of one part of the form, as a browser without scripts sends them.

    What is no number becomes one that no item has, so that it is refused by the item's name.
    """
    keys = list(CIRCUMSTANCES) if part == BESIDE else [item.code for item in BY_GROUP[Group(part)]]
    revision = given.get("revision", "")
    known = int(revision) if revision.isdecimal() and len(revision) < 16 else 0
    return [Entry(key, _number(given[key]), known) for key in keys if given.get(key)]


def _number(typed: str) -> int:
    return int(typed) if typed.isdecimal() and len(typed) < 4 else EVENTS_AT_MOST + len(LEVELS)

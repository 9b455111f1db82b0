"""The policy kind ``assessment_rules``: how long results hold, what makes them worse, who may assess."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from marshmallow import fields
from sqlalchemy.orm import Session

from app.policies import queries as policies
from app.policies.fields import PlainSchema, choice, flag, listed, part, whole
from app.policies.kinds import Body, Fault, Kind, Table
from app.web.wording import join
from care_beds.assessment.rules import LEVELS, AssessmentRules, Effect, Reason, Validity
from care_beds.assessment.wording import EFFECT_NAMES, REASON_NAMES, level_name

NAME = "assessment_rules"
# A result from longer ago says nothing of a person of that age.
MONTHS_AT_MOST = 60


class ValidityWhenIn(PlainSchema):
    """Which results a line is for; what is left out does not matter."""

    level = listed(whole(0, 4), least=1, most=5)
    reason = listed(choice(Reason), least=1, most=5)


class ValidityIn(PlainSchema):
    """How long such a result holds."""

    when = part(ValidityWhenIn)
    months = whole(1, MONTHS_AT_MOST, required=True)


class AssessmentRulesIn(PlainSchema):
    """Body of an ``assessment_rules`` document."""

    changes_add_up = flag(required=True)
    validity = listed(fields.Nested(ValidityIn), least=1, most=20, required=True)
    notice_days = whole(1, 366, required=True)
    sign_within_days = whole(1, 90, required=True)
    takes_effect = choice(Effect, required=True)
    recognised_months = whole(1, MONTHS_AT_MOST, required=True)
    provider_staff = flag(required=True)
    relatives = flag(required=True)


def find_faults(loaded: Body, _area_code: str) -> Iterator[Fault]:
    """Name results that no line is for, and lines that no result reaches."""
    open_results = {(level, reason) for level in LEVELS for reason in Reason}
    for index, line in enumerate(loaded["validity"]):
        validity = read_validity(line)
        met = {each for each in open_results if validity.fits(*each)}
        if not met:
            yield Fault(("validity", index), _l("No result reaches this line: earlier ones take all it is for."))
        open_results -= met
    if open_results:
        yield Fault(("validity",), _l("Some results fit no line. Let the last line be for all: leave out its “when”."))


def list_tables(loaded: Body) -> Sequence[Table]:
    """Put an ``assessment_rules`` body into tables."""
    yes_no = {True: gettext("Yes"), False: gettext("No")}
    rows = (
        ("notice_days", gettext("Told before a result ends"), _days(loaded["notice_days"])),
        ("sign_within_days", gettext("Signed after the assessment within"), _days(loaded["sign_within_days"])),
        ("takes_effect", gettext("The level counts"), str(EFFECT_NAMES[loaded["takes_effect"]])),
        (
            "changes_add_up",
            gettext("A diagnosis and risk events make it worse by a level each"),
            yes_no[loaded["changes_add_up"]],
        ),
        (
            "recognised_months",
            gettext("A result of another area is taken over for at most"),
            _months(loaded["recognised_months"]),
        ),
        ("provider_staff", gettext("Staff of care providers may assess"), yes_no[loaded["provider_staff"]]),
        ("relatives", gettext("Relatives of the person may assess"), yes_no[loaded["relatives"]]),
    )
    columns = (gettext("Rule"), gettext("Value"))
    return (
        Table(
            part="validity",
            title=gettext("How long a result holds, the first line that fits counts"),
            columns=(gettext("Which results"), gettext("Valid for")),
            rows=tuple((_tell_which(line.get("when", {})), _months(line["months"])) for line in loaded["validity"]),
        ),
        *(Table(part=key, title=label, columns=columns, rows=((label, told),)) for key, label, told in rows),
    )


ASSESSMENT_RULES = Kind(
    name=NAME,
    label=_l("Assessments"),
    schema=AssessmentRulesIn,
    checks=find_faults,
    tables=list_tables,
    example={
        "changes_add_up": False,
        "validity": [{"when": {"level": [2, 3, 4]}, "months": 12}, {"months": 24}],
        "notice_days": 60,
        "sign_within_days": 14,
        "takes_effect": "at_once",
        "recognised_months": 24,
        "provider_staff": False,
        "relatives": False,
    },
)


def find_assessment_rules(session: Session, *, area_code: str, on: date) -> AssessmentRules | None:
    """Return the rules of a place and day, or nothing where nobody has published any."""
    document = policies.find_policy(session, kind=NAME, area_code=area_code, on=on)
    return read_rules(document.body, document_id=document.id) if document else None


def read_rules(body: Mapping[str, Any], *, document_id: int) -> AssessmentRules:
    """Turn a body into rules.

    :raises ValidationError: if it does not have the kind's shape
    """
    loaded = AssessmentRulesIn().load(body)
    validity = tuple(read_validity(line) for line in loaded.pop("validity"))
    effect = Effect(loaded.pop("takes_effect"))
    return AssessmentRules(document_id=document_id, validity=validity, takes_effect=effect, **loaded)


def read_validity(line: Mapping[str, Any]) -> Validity:
    """Turn a line of a body into how long which results hold."""
    when = line.get("when", {})
    return Validity(
        months=line["months"],
        levels=frozenset(when.get("level", ())),
        reasons=frozenset(Reason(reason) for reason in when.get("reason", ())),
    )


def _tell_which(when: Mapping[str, Any]) -> str:
    levels = join([level_name(level) for level in when.get("level", ())])
    reasons = join([str(REASON_NAMES[reason]) for reason in when.get("reason", ())])
    return join([part for part in (levels, reasons) if part]) or gettext("All others")


def _days(count: int) -> str:
    return str(gettext("%(count)s days", count=count))


def _months(count: int) -> str:
    return str(gettext("%(count)s months", count=count))

"""The policy kind ``bed_rules``: for whom a bed is, how many days each step may take, what can be built in."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Protocol

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from marshmallow import fields, validate
from sqlalchemy.orm import Session

from app.people.rules import INCOME_WORDS
from app.policies import queries as policies
from app.policies.fields import PlainSchema, choice, line, listed, part, whole
from app.policies.kinds import Fault, Kind, Table
from app.web.wording import in_language, join
from care_beds.beds.rules import COUNTED, BedTerms, Programme

NAME = "bed_rules"
LONGEST_STEP = 366
CODE = validate.Regexp(r"\A[a-z][a-z0-9_]{1,39}\Z", error=_l("Small letters, digits and low lines."))


class TitleIn(PlainSchema):
    """The same name in both languages."""

    zh = line(60, required=True)
    en = line(60, required=True)


class ProgrammeIn(PlainSchema):
    """For whom a programme is, and which devices belong to each of its beds."""

    code = fields.String(required=True, validate=CODE)
    title = part(TitleIn, required=True)
    age_from = whole(40, 120, required=True)
    levels = listed(whole(0, 4), least=1, most=5, required=True)
    income = listed(choice(INCOME_WORDS), most=5)
    devices = listed(fields.String(validate=CODE), most=20)


class KindIn(PlainSchema):
    """A kind of device, or of change to the home."""

    code = fields.String(required=True, validate=CODE)
    title = part(TitleIn, required=True)


class DaysIn(PlainSchema):
    """How many days each step may take."""

    assess = whole(1, LONGEST_STEP, required=True)
    survey = whole(1, LONGEST_STEP, required=True)
    plan = whole(1, LONGEST_STEP, required=True)
    agree = whole(1, LONGEST_STEP, required=True)
    adapt = whole(1, LONGEST_STEP, required=True)
    accept = whole(1, LONGEST_STEP, required=True)
    start = whole(1, LONGEST_STEP, required=True)
    resume = whole(1, LONGEST_STEP, required=True)
    clear = whole(1, LONGEST_STEP, required=True)


class BedRulesIn(PlainSchema):
    """Body of a ``bed_rules`` document."""

    programmes = listed(fields.Nested(ProgrammeIn), least=1, most=10, required=True)
    days = part(DaysIn, required=True)
    hospital_days = whole(1, 90, required=True)
    agreement_months = whole(1, 60, required=True)
    agreement_back_days = whole(0, 366, required=True)
    agreement_ahead_days = whole(0, 366, required=True)
    survey_months = whole(1, 24, required=True)
    devices = listed(fields.Nested(KindIn), least=1, most=40, required=True)
    items = listed(fields.Nested(KindIn), least=1, most=60, required=True)


class PolicyDocument(Protocol):
    """What is needed of a policy document here; ``app.policies`` has the table."""

    id: Any
    body: Any


def find_faults(body: Mapping[str, Any], _area_code: str) -> Iterator[Fault]:
    """Object to names that stand twice, and to devices of a programme that are not in the list."""
    for name in ("programmes", "devices", "items"):
        codes = [each["code"] for each in body[name]]
        for index, code in enumerate(codes):
            if code in codes[:index]:
                yield Fault((name, index, "code"), _l("This name stands there already."))
    known = {each["code"] for each in body["devices"]}
    for index, programme in enumerate(body["programmes"]):
        for number, kind in enumerate(programme.get("devices", ())):
            if kind not in known:
                yield Fault(
                    ("programmes", index, "devices", number), _l("This device is not in the list of the document.")
                )


def describe(body: Mapping[str, Any]) -> Sequence[Table]:
    """Put a document into tables."""
    titles = {each["code"]: in_language(each["title"]) for each in body["devices"]}
    programmes = Table(
        part="programmes",
        title=gettext("For whom a bed is"),
        columns=(
            gettext("Programme"),
            gettext("Age"),
            gettext("Ability level"),
            gettext("Income"),
            gettext("Devices of each bed"),
        ),
        rows=tuple(_programme_row(each, titles) for each in body["programmes"]),
    )
    days = Table(
        part="days",
        title=gettext("How long each step may take"),
        columns=(gettext("Step"), gettext("At most")),
        rows=tuple((_step_word(name), gettext("%(n)s days", n=body["days"][name])) for name in COUNTED),
    )
    return (programmes, days, *_spans(body), *_lists(body))


def _programme_row(programme: Mapping[str, Any], titles: Mapping[str, str]) -> tuple[str, ...]:
    income = join(programme.get("income", ())) or gettext("any")
    return (
        in_language(programme["title"]),
        gettext("from %(age)s", age=programme["age_from"]),
        join([str(level) for level in programme["levels"]]),
        income,
        join([titles.get(kind, kind) for kind in programme.get("devices", ())]) or "-",
    )


def _spans(body: Mapping[str, Any]) -> Iterator[Table]:
    spans = (
        (
            "hospital_days",
            gettext("A bed rests after so long in hospital"),
            gettext("%(n)s days", n=body["hospital_days"]),
        ),
        (
            "agreement_months",
            gettext("An agreement lasts at most"),
            gettext("%(n)s months", n=body["agreement_months"]),
        ),
        (
            "agreement_back_days",
            gettext("An agreement may begin before it is drawn up by"),
            gettext("%(n)s days", n=body["agreement_back_days"]),
        ),
        (
            "agreement_ahead_days",
            gettext("An agreement may begin after it is drawn up by"),
            gettext("%(n)s days", n=body["agreement_ahead_days"]),
        ),
        (
            "survey_months",
            gettext("A survey of the home holds for"),
            gettext("%(n)s months", n=body["survey_months"]),
        ),
    )
    for key, label, told in spans:
        yield Table(part=key, title=label, columns=(gettext("Rule"), gettext("How long")), rows=((label, told),))


def _lists(body: Mapping[str, Any]) -> Iterator[Table]:
    for key, title in (("devices", gettext("Devices")), ("items", gettext("Changes to the home"))):
        rows = tuple((in_language(each["title"]), each["code"]) for each in body[key])
        yield Table(part=key, title=title, columns=(gettext("What it is called"), gettext("Code")), rows=rows)


def _step_word(name: str) -> str:
    return str(STEP_DUTIES[name])


# What waits in each state, as somebody reads it in the list of days.
STEP_DUTIES: Mapping[str, Any] = {
    "assess": _l("Assess the ability"),
    "survey": _l("Survey the home"),
    "plan": _l("Make and approve the care plan"),
    "agree": _l("Sign the agreement"),
    "adapt": _l("Fit out the home"),
    "accept": _l("Accept what was built"),
    "start": _l("Begin the service"),
    "resume": _l("Look after a suspended bed"),
    "clear": _l("Bring the devices back"),
}

BED_RULES = Kind(
    name=NAME,
    label=_l("Bed rules"),
    schema=BedRulesIn,
    checks=find_faults,
    tables=describe,
    example={
        "programmes": [
            {
                "code": "public",
                "title": {"zh": "家庭养老床位（政府补助）", "en": "Care bed with public subsidy"},
                "age_from": 60,
                "levels": [2, 3, 4],
                "income": ["特困", "低保", "低边"],
                "devices": ["sos"],
            }
        ],
        "days": {name: 30 if name in ("adapt", "resume", "clear") else 10 for name in COUNTED},
        "hospital_days": 15,
        "agreement_months": 12,
        "agreement_back_days": 30,
        "agreement_ahead_days": 60,
        "survey_months": 6,
        "devices": [{"code": "sos", "title": {"zh": "求助键", "en": "Call button"}}],
        "items": [{"code": "grab_bar", "title": {"zh": "扶手", "en": "Grab bar"}}],
    },
)


def terms_of(document: PolicyDocument) -> BedTerms:
    """Return what a document says.

    :raises ValidationError: if the body does not have the kind's shape
    """
    loaded = BedRulesIn().load(document.body)
    return BedTerms(
        policy_id=document.id,
        programmes=tuple(_programme(each) for each in loaded["programmes"]),
        days=loaded["days"],
        hospital_days=loaded["hospital_days"],
        agreement_months=loaded["agreement_months"],
        agreement_back_days=loaded["agreement_back_days"],
        agreement_ahead_days=loaded["agreement_ahead_days"],
        survey_months=loaded["survey_months"],
        device_titles={each["code"]: each["title"] for each in loaded["devices"]},
        item_titles={each["code"]: each["title"] for each in loaded["items"]},
    )


def find_terms(session: Session, *, area_code: str, on: date) -> BedTerms | None:
    """Return the terms that hold for beds of a place, or nothing."""
    document = policies.find_policy(session, kind=NAME, area_code=area_code, on=on)
    return terms_of(document) if document else None


def _programme(loaded: Mapping[str, Any]) -> Programme:
    return Programme(
        code=loaded["code"],
        title=loaded["title"],
        age_from=loaded["age_from"],
        levels=frozenset(loaded["levels"]),
        income_classes=frozenset(str(INCOME_WORDS[word]) for word in loaded.get("income", ())),
        devices=tuple(loaded.get("devices", ())),
    )

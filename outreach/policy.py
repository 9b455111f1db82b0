"""The policy kind ``outreach_rules``: who is at risk, how often each is visited, where people are referred to."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import Any

from flask_babel import lazy_gettext as _l
from marshmallow import fields
from sqlalchemy.orm import Session

from app.areas.rules import ancestors
from app.people.rules import INCOME_WORDS, LIVING_WORDS
from app.policies import queries as policies
from app.policies.fields import PlainSchema, choice, day, flag, listed, part, whole
from app.policies.kinds import Body, Fault, Kind
from outreach.errors import NoOutreachRules
from outreach.policy_tables import list_tables
from outreach.terms import (
    BANDS,
    Band,
    BandTerms,
    Calendar,
    Counted,
    Factor,
    Factors,
    Help,
    OutreachRules,
    Quiet,
    Recent,
    Reported,
    Step,
    Suggestion,
    Way,
    Weight,
)

NAME = "outreach_rules"
MOST_POINTS, LONGEST = 1000, 730
CALENDAR, WORKING = "calendar", "working"
# Nobody's age is news, and what people report has deadlines of its own.
SEEN = [str(each) for each in Factor if each not in {Factor.AGE, Factor.REPORTED}]


class StepIn(PlainSchema):
    """From a number on, so many points."""

    start = whole(0, 130, required=True, data_key="from")
    points = whole(0, MOST_POINTS, required=True)


class LivingIn(PlainSchema):
    """The points of a living situation, by the word of law."""

    word = choice(LIVING_WORDS, required=True, data_key="is")
    points = whole(0, MOST_POINTS, required=True)


class IncomeIn(PlainSchema):
    """The points of an income class, by the word of law."""

    word = choice([each for each in INCOME_WORDS if each != "无"], required=True, data_key="is")
    points = whole(0, MOST_POINTS, required=True)


class RecentIn(PlainSchema):
    """What counts for some days."""

    days = whole(1, LONGEST, required=True)
    points = whole(0, MOST_POINTS, required=True)


class CountedIn(PlainSchema):
    """What is counted over some days."""

    days = whole(1, LONGEST, required=True)
    steps = listed(fields.Nested(StepIn), least=1, most=10, required=True)


class QuietIn(PlainSchema):
    """Who was used to meals and takes none any more."""

    quiet_days = whole(3, 180, required=True)
    used_days = whole(7, LONGEST, required=True)
    used_meals = whole(1, 500, required=True)
    points = whole(0, MOST_POINTS, required=True)


class FactorsIn(PlainSchema):
    """The points of everything that counts."""

    living = listed(fields.Nested(LivingIn), most=3, required=True)
    age = listed(fields.Nested(StepIn), most=10, required=True)
    ability = listed(fields.Nested(StepIn), most=5, required=True)
    income = listed(fields.Nested(IncomeIn), most=4, required=True)
    bereaved = part(RecentIn, required=True)
    discharged = part(RecentIn, required=True)
    alerts = part(CountedIn, required=True)
    no_meals = part(QuietIn, required=True)
    idle_points = part(RecentIn, required=True)
    missed = part(CountedIn, required=True)
    reported = part(RecentIn, required=True)


class BandIn(PlainSchema):
    """From which score on, and how it is visited."""

    start = whole(1, 10 * MOST_POINTS, required=True, data_key="from")
    every_days = whole(1, LONGEST, required=True)
    change_days = whole(0, 30, load_default=None, allow_none=True)
    ways = listed(choice([str(each) for each in Way]), least=1, most=3, required=True)


class BandsIn(PlainSchema):
    """The three bands."""

    red = part(BandIn, required=True)
    orange = part(BandIn, required=True)
    yellow = part(BandIn, required=True)


class TriggersIn(PlainSchema):
    """Which changes are looked into that the product sees by itself, and how soon."""

    important = listed(choice(SEEN), most=len(SEEN), required=True)
    ordinary = listed(choice(SEEN), most=len(SEEN), required=True)


class ReportsIn(PlainSchema):
    """Which of the things that people tell are looked into, and how soon."""

    important = listed(choice([str(each) for each in Reported]), most=5, required=True)
    ordinary = listed(choice([str(each) for each in Reported]), most=5, required=True)


class CheckDaysIn(PlainSchema):
    """By when somebody must have looked."""

    important = whole(0, 30, required=True)
    ordinary = whole(0, 60, required=True)


class EscalateIn(PlainSchema):
    """How many days after its day an overdue visit goes to the street, and to the district."""

    street = whole(1, 30, required=True)
    district = whole(1, 60, required=True)


class ReferralIn(PlainSchema):
    """Where people are referred to, whom it is suggested for, and when it should have ended."""

    to = choice([str(each) for each in Help], required=True)
    days = whole(1, 365, required=True)
    living = listed(choice(LIVING_WORDS), most=3, load_default=list)
    income = listed(choice([each for each in INCOME_WORDS if each != "无"]), most=4, load_default=list)
    age_from = whole(0, 130, load_default=None, allow_none=True)
    ability_from = whole(0, 4, load_default=None, allow_none=True)
    suggest = flag(load_default=True)


class OutreachRulesIn(PlainSchema):
    """Body of an ``outreach_rules`` document."""

    factors = part(FactorsIn, required=True)
    bands = part(BandsIn, required=True)
    key_bands = listed(choice([str(each) for each in BANDS]), least=1, most=3, required=True)
    target_percent = whole(1, 100, required=True)
    triggers = part(TriggersIn, required=True)
    reports = part(ReportsIn, required=True)
    check_days = part(CheckDaysIn, required=True)
    count_days = choice((CALENDAR, WORKING), required=True)
    rest_days = listed(day(), most=60, load_default=list)
    work_days = listed(day(), most=60, load_default=list)
    escalate_days = part(EscalateIn, required=True)
    attempts = whole(1, 20, required=True)
    ahead_days = whole(0, 31, required=True)
    referrals = listed(fields.Nested(ReferralIn), least=1, most=5, required=True)


def find_faults(loaded: Body, _area_code: str) -> Iterable[Fault]:
    """Name what makes no sense in an ``outreach_rules`` body."""
    yield from _find_step_faults(loaded["factors"])
    yield from _find_band_faults(loaded["bands"])
    yield from _find_twice(loaded, "triggers")
    yield from _find_twice(loaded, "reports")
    if loaded["check_days"]["important"] > loaded["check_days"]["ordinary"]:
        yield Fault(("check_days",), _l("An important change cannot have more time than an ordinary one."))
    if loaded["escalate_days"]["district"] <= loaded["escalate_days"]["street"]:
        yield Fault(("escalate_days", "district"), _l("The district is told after the street."))
    places = [each["to"] for each in loaded["referrals"]]
    if set(places) != {str(each) for each in Help} or len(places) != len(set(places)):
        yield Fault(("referrals",), _l("Each place that people are referred to stands here once."))


def _find_step_faults(factors: Body) -> Iterator[Fault]:
    """Name steps that do not rise: they would make somebody safer by falling ill."""
    lists = {
        ("age",): factors["age"],
        ("ability",): factors["ability"],
        ("alerts", "steps"): factors["alerts"]["steps"],
        ("missed", "steps"): factors["missed"]["steps"],
    }
    for path, steps in lists.items():
        for earlier, later in pairwise(steps):
            if later["start"] <= earlier["start"] or later["points"] < earlier["points"]:
                yield Fault(("factors", *path), _l("Numbers and points must rise from step to step."))
    for name in ("living", "income"):
        words = [each["word"] for each in factors[name]]
        if len(words) != len(set(words)):
            yield Fault(("factors", name), _l("The same word stands here twice."))


def _find_band_faults(bands: Body) -> Iterator[Fault]:
    for higher, lower in (("red", "orange"), ("orange", "yellow")):
        if bands[higher]["start"] <= bands[lower]["start"]:
            yield Fault(("bands", higher, "from"), _l("A higher band begins at a higher score."))
        if bands[higher]["every_days"] > bands[lower]["every_days"]:
            yield Fault(("bands", higher, "every_days"), _l("A higher band is visited at least as often."))


def _find_twice(loaded: Body, name: str) -> Iterator[Fault]:
    twice = set(loaded[name]["important"]) & set(loaded[name]["ordinary"])
    if twice:
        yield Fault((name,), _l("Important and ordinary at once: %(names)s.", names=", ".join(sorted(twice))))


def read_rules(policy_id: int, body: Any) -> OutreachRules:
    """Turn the body of a document into values."""
    loaded = OutreachRulesIn().load(body)
    return OutreachRules(
        policy_id=policy_id,
        factors=_factors(loaded["factors"]),
        bands={
            band: BandTerms(
                start=told["start"],
                every_days=told["every_days"],
                change_days=told["change_days"],
                ways=frozenset(Way(each) for each in told["ways"]),
            )
            for band in BANDS
            for told in (loaded["bands"][band],)
        },
        key_bands=frozenset(Band(each) for each in loaded["key_bands"]),
        target_percent=loaded["target_percent"],
        triggers={Factor(name): weight for weight in Weight for name in loaded["triggers"][weight]},
        reports={Reported(name): weight for weight in Weight for name in loaded["reports"][weight]},
        check_days={weight: loaded["check_days"][weight] for weight in Weight},
        calendar=Calendar(
            is_working=loaded["count_days"] == WORKING,
            rest_days=frozenset(loaded["rest_days"]),
            work_days=frozenset(loaded["work_days"]),
        ),
        street_days=loaded["escalate_days"]["street"],
        district_days=loaded["escalate_days"]["district"],
        attempts=loaded["attempts"],
        ahead_days=loaded["ahead_days"],
        referrals={Help(told["to"]): _suggestion(told) for told in loaded["referrals"]},
    )


def _factors(told: Body) -> Factors:
    return Factors(
        living={str(LIVING_WORDS[each["word"]]): each["points"] for each in told["living"]},
        age=_steps(told["age"]),
        ability=_steps(told["ability"]),
        income={str(INCOME_WORDS[each["word"]]): each["points"] for each in told["income"]},
        bereaved=Recent(**told["bereaved"]),
        discharged=Recent(**told["discharged"]),
        alerts=Counted(told["alerts"]["days"], _steps(told["alerts"]["steps"])),
        no_meals=Quiet(**told["no_meals"]),
        idle_points=Recent(**told["idle_points"]),
        missed=Counted(told["missed"]["days"], _steps(told["missed"]["steps"])),
        reported=Recent(**told["reported"]),
    )


def _steps(told: Iterable[Body]) -> Sequence[Step]:
    return tuple(Step(each["start"], each["points"]) for each in told)


def _suggestion(told: Body) -> Suggestion:
    return Suggestion(
        days=told["days"],
        living=frozenset(str(LIVING_WORDS[each]) for each in told["living"]),
        income=frozenset(str(INCOME_WORDS[each]) for each in told["income"]),
        age_from=told["age_from"],
        ability_from=told["ability_from"],
        is_suggested=told["suggest"],
    )


def get_rules(session: Session, *, area_code: str, on: date) -> OutreachRules:
    """Return the rules of a place and day.

    :raises NoOutreachRules: if no document holds there
    """
    document = policies.find_policy(session, kind=NAME, area_code=area_code, on=on)
    if document is None:
        raise NoOutreachRules
    return read_rules(document.id, document.body)


def list_rules(session: Session, *, on: date) -> Mapping[str, OutreachRules]:
    """Return the rules of all places that have a document of their own on a day, by area."""
    found = policies.list_in_force(session, kind=NAME, on=on)
    return {each.area_code: read_rules(each.id, each.body) for each in found}


def rules_at(known: Mapping[str, OutreachRules], area_code: str) -> OutreachRules | None:
    """Return the rules of a place out of all: of the nearest place up the tree that has any."""
    return next((known[code] for code in (area_code, *ancestors(area_code)) if code in known), None)


EXAMPLE: Mapping[str, Any] = {
    "factors": {
        "living": [{"is": "独居", "points": 35}, {"is": "空巢", "points": 30}],
        "age": [{"from": 70, "points": 5}, {"from": 80, "points": 30}, {"from": 90, "points": 40}],
        "ability": [{"from": 2, "points": 15}, {"from": 3, "points": 25}],
        "income": [{"is": "特困", "points": 20}, {"is": "低保", "points": 15}],
        "bereaved": {"days": 180, "points": 20},
        "discharged": {"days": 30, "points": 20},
        "alerts": {"days": 90, "steps": [{"from": 1, "points": 5}, {"from": 3, "points": 15}]},
        "no_meals": {"quiet_days": 21, "used_days": 60, "used_meals": 12, "points": 15},
        "idle_points": {"days": 90, "points": 10},
        "missed": {"days": 60, "steps": [{"from": 2, "points": 10}]},
        "reported": {"days": 90, "points": 20},
    },
    "bands": {
        "red": {"from": 60, "every_days": 7, "change_days": 1, "ways": ["home", "video"]},
        "orange": {"from": 40, "every_days": 30, "ways": ["home", "phone", "video"]},
        "yellow": {"from": 20, "every_days": 90, "ways": ["home", "phone", "video"]},
    },
    "key_bands": ["red", "orange"],
    "target_percent": 100,
    "triggers": {
        "important": ["bereaved", "discharged", "ability", "alerts"],
        "ordinary": ["living", "income", "no_meals", "idle_points", "missed"],
    },
    "reports": {"important": ["bereavement", "illness", "fall"], "ordinary": ["household", "other"]},
    "check_days": {"important": 3, "ordinary": 7},
    "count_days": "calendar",
    "rest_days": [],
    "work_days": [],
    "escalate_days": {"street": 1, "district": 3},
    "attempts": 3,
    "ahead_days": 3,
    "referrals": [
        {"to": "allowance", "days": 20, "age_from": 80},
        {"to": "meals", "days": 10, "living": ["独居", "空巢"], "age_from": 80},
        {"to": "bed", "days": 30, "ability_from": 3},
        {"to": "kit", "days": 30, "living": ["独居"], "age_from": 80},
        {"to": "other", "days": 15, "suggest": False},
    ],
}
OUTREACH_RULES = Kind(
    name=NAME,
    label=_l("Visiting care"),
    schema=OutreachRulesIn,
    checks=find_faults,
    tables=list_tables,
    example=EXAMPLE,
)

"""Scores, bands, changes and days, by tables of cases; the score rises with each factor and adds up."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outreach.outcomes import ReferralState, ReferralStep, may_follow
from outreach.rules import (
    Facts,
    Reason,
    add_days,
    band_of,
    check_due,
    counts,
    find_changes,
    is_workday,
    regular_due,
    score,
    suggest,
)
from outreach.terms import Band, Calendar, Factor, Help, Way, Weight
from tests.outreach.factories import make_rules

RULES = make_rules()
FRIDAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("facts", "points", "band"),
    [
        ({}, 0, Band.NONE),
        ({"age": 69}, 0, Band.NONE),
        ({"age": 70}, 5, Band.NONE),
        ({"age": 79, "living": "alone"}, 40, Band.ORANGE),
        ({"age": 80, "living": "with_family"}, 30, Band.YELLOW),
        # Inner Mongolia counts everybody over 80 who lives alone, or as an old couple, as at high risk.
        ({"age": 80, "living": "alone"}, 65, Band.RED),
        ({"age": 80, "living": "empty_nest"}, 60, Band.RED),
        ({"age": 90, "living": "alone", "ability": 3, "income": "destitute"}, 120, Band.RED),
        ({"ability": 1}, 0, Band.NONE),
        ({"ability": 2, "income": "low_income"}, 30, Band.YELLOW),
        ({"is_bereaved": True}, 20, Band.YELLOW),
        ({"is_discharged": True, "is_bereaved": True}, 40, Band.ORANGE),
        ({"alerts": 1}, 5, Band.NONE),
        ({"alerts": 2}, 5, Band.NONE),
        ({"alerts": 3}, 15, Band.NONE),
        ({"has_stopped_eating": True, "leaves_points": True}, 25, Band.YELLOW),
        ({"missed": 1, "is_reported": True}, 20, Band.YELLOW),
        ({"missed": 2, "is_reported": True}, 30, Band.YELLOW),
        ({"status": "in_hospital", "age": 95, "living": "alone"}, 0, Band.NONE),
        ({"status": "deceased", "age": 95, "living": "alone"}, 0, Band.NONE),
    ],
)
def test_what_somebody_scores(facts: dict[str, Any], points: int, band: Band) -> None:
    found = score(Facts(**facts), RULES)
    assert (found.points, found.band) == (points, band)


def test_each_band_begins_at_its_score() -> None:
    at = [band_of(points, RULES) for points in (19, 20, 39, 40, 59, 60)]
    assert at == [Band.NONE, Band.YELLOW, Band.YELLOW, Band.ORANGE, Band.ORANGE, Band.RED]


people = st.builds(
    Facts,
    living=st.sampled_from([None, "with_family", "empty_nest", "alone"]),
    age=st.integers(0, 110),
    ability=st.sampled_from([None, 0, 1, 2, 3, 4]),
    income=st.sampled_from(["none", "hardship", "low_margin", "low_income", "destitute"]),
    is_bereaved=st.booleans(),
    is_discharged=st.booleans(),
    alerts=st.integers(0, 9),
    has_stopped_eating=st.booleans(),
    leaves_points=st.booleans(),
    missed=st.integers(0, 9),
    is_reported=st.booleans(),
)
WORSE: dict[str, Any] = {
    "living": lambda _was: "alone",
    "age": lambda was: was + 7,
    "ability": lambda was: 4 if was is None else min(was + 1, 4),
    "alerts": lambda was: was + 1,
    "missed": lambda was: was + 1,
    **{
        name: lambda _was: True
        for name in ("is_bereaved", "is_discharged", "has_stopped_eating", "leaves_points", "is_reported")
    },
}


@settings(max_examples=30, deadline=None)
@given(facts=people, name=st.sampled_from(sorted(WORSE)))
def test_reasons_add_up_and_nobody_grows_safer_by_something_worse(facts: Facts, name: str) -> None:
    before = score(facts, RULES)
    after = score(replace(facts, **{name: WORSE[name](getattr(facts, name))}), RULES)
    assert sum(each.points for each in before.reasons) == before.points
    assert len({each.factor for each in before.reasons}) == len(before.reasons)
    assert after.points >= before.points
    assert before.band is band_of(before.points, RULES)


def test_only_what_rises_is_a_change_and_only_where_the_rules_say_so() -> None:
    before = (Reason(Factor.AGE, 5, 70), Reason(Factor.ABILITY, 15, 2), Reason(Factor.MISSED, 10, 2))
    after = (Reason(Factor.AGE, 30, 80), Reason(Factor.ABILITY, 25, 3), Reason(Factor.LIVING, 35, "alone"))
    assert find_changes(before, after, RULES) == {
        Factor.ABILITY: Weight.IMPORTANT,
        Factor.LIVING: Weight.ORDINARY,
    }


@pytest.mark.parametrize(
    ("weight", "band", "count_days", "due"),
    [
        (Weight.IMPORTANT, Band.ORANGE, "calendar", date(2026, 11, 23)),
        (Weight.ORDINARY, Band.ORANGE, "calendar", date(2026, 11, 27)),
        (Weight.IMPORTANT, Band.RED, "calendar", date(2026, 11, 21)),
        (Weight.ORDINARY, Band.RED, "calendar", date(2026, 11, 27)),
        (Weight.IMPORTANT, Band.NONE, "calendar", date(2026, 11, 23)),
        (Weight.IMPORTANT, Band.ORANGE, "working", date(2026, 11, 25)),
        (Weight.IMPORTANT, Band.RED, "working", date(2026, 11, 23)),
    ],
)
def test_by_when_a_change_is_looked_into(weight: Weight, band: Band, count_days: str, due: date) -> None:
    assert check_due(since=FRIDAY, weight=weight, band=band, rules=make_rules(count_days=count_days)) == due


def test_holidays_and_days_worked_in_their_stead() -> None:
    calendar = Calendar(
        is_working=True, rest_days=frozenset({date(2026, 11, 23)}), work_days=frozenset({date(2026, 11, 21)})
    )
    assert is_workday(date(2026, 11, 21), calendar)
    assert not is_workday(date(2026, 11, 22), calendar)
    assert add_days(FRIDAY, 2, calendar) == date(2026, 11, 24)


@pytest.mark.parametrize(
    ("last_on", "band", "due"),
    [
        (None, Band.RED, date(2026, 11, 27)),
        (None, Band.NONE, None),
        (date(2026, 11, 18), Band.RED, date(2026, 11, 25)),
        (date(2026, 11, 2), Band.RED, FRIDAY),
        (date(2026, 11, 18), Band.YELLOW, date(2027, 2, 16)),
        (date(2026, 11, 1), Band.ORANGE, date(2026, 12, 1)),
    ],
)
def test_when_the_next_visit_is_due(last_on: date | None, band: Band, due: date | None) -> None:
    assert regular_due(last_on=last_on, today=FRIDAY, band=band, rules=RULES) == due


def test_a_key_person_is_visited_in_a_short_month_too() -> None:
    bands = {**make_rules().bands}
    assert bands[Band.ORANGE].every_days == 30
    due = regular_due(last_on=date(2027, 1, 31), today=date(2027, 2, 1), band=Band.ORANGE, rules=RULES)
    assert due == date(2027, 2, 28)
    assert regular_due(last_on=date(2026, 12, 31), today=FRIDAY, band=Band.ORANGE, rules=RULES) == date(2027, 1, 30)


def test_a_telephone_call_is_no_visit_where_the_band_asks_for_more() -> None:
    assert not counts(RULES.bands[Band.RED], Way.PHONE)
    assert counts(RULES.bands[Band.ORANGE], Way.PHONE)
    assert counts(None, Way.PHONE)


@pytest.mark.parametrize(
    ("facts", "kinds"),
    [
        ({"age": 80, "living": "alone"}, (Help.ALLOWANCE, Help.MEALS, Help.KIT)),
        ({"age": 80, "living": "alone", "has_points": True, "has_meals": True, "has_kit": True}, ()),
        ({"age": 70, "ability": 3}, (Help.BED,)),
        ({"age": 70, "ability": 3, "has_bed": True}, ()),
        ({"age": 79, "living": "alone"}, ()),
        ({"age": 90, "living": "alone", "status": "deceased"}, ()),
    ],
)
def test_what_could_help(facts: dict[str, Any], kinds: tuple[Help, ...]) -> None:
    assert tuple(suggest(Facts(**facts), RULES)) == kinds


def test_which_step_of_a_referral_follows_which() -> None:
    assert may_follow(ReferralState.OPENED, ReferralStep.ACCEPT)
    assert may_follow(ReferralState.OPENED, ReferralStep.FINISH)
    assert may_follow(ReferralState.ACCEPTED, ReferralStep.REFUSE)
    assert not may_follow(ReferralState.ACCEPTED, ReferralStep.ACCEPT)
    assert not may_follow(ReferralState.DONE, ReferralStep.REFUSE)

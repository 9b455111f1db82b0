"""From answers to a level: bands, level changes, refusals by item, validity; tables of cases and properties."""

from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from care_beds.assessment.items import ITEMS
from care_beds.assessment.rules import (
    AssessmentRules,
    BadAnswers,
    Change,
    Circumstances,
    Effect,
    ItemSlip,
    Reason,
    Slip,
    Validity,
    add_months,
    counts_from,
    find_slips,
    is_due,
    judge,
    level_of,
    list_open,
    totals_of,
    valid_until,
)
from care_beds.assessment.standard import Group
from tests.care_beds.assessment.answers import best, worth

ANSWERS = st.fixed_dictionaries({item.code: st.integers(0, item.most) for item in ITEMS})
CIRCUMSTANCES = st.builds(Circumstances, coma=st.booleans(), diagnosis=st.booleans(), risk_events=st.integers(0, 5))
FEW = settings(max_examples=40, deadline=None)


@pytest.mark.parametrize(
    ("total", "level"), [(90, 0), (89, 1), (66, 1), (65, 2), (46, 2), (45, 3), (30, 3), (29, 4), (1, 4), (0, 4)]
)
def test_a_total_gives_the_level_of_its_band(total: int, level: int) -> None:
    result = judge(worth(total), Circumstances(), changes_add_up=False)
    assert (result.total, result.base_level, result.level, result.changes) == (total, level, level, ())
    least, most = totals_of(level)
    assert least <= total <= most


@pytest.mark.parametrize(
    ("total", "circumstances", "once", "added"),
    [
        (90, Circumstances(risk_events=1), 0, 0),
        (90, Circumstances(risk_events=2), 1, 1),
        (90, Circumstances(diagnosis=True), 1, 1),
        (90, Circumstances(diagnosis=True, risk_events=3), 1, 2),
        (60, Circumstances(diagnosis=True, risk_events=2), 3, 4),
        (40, Circumstances(diagnosis=True, risk_events=2), 4, 4),
        (10, Circumstances(diagnosis=True, risk_events=2), 4, 4),
        (90, Circumstances(coma=True), 4, 4),
        (70, Circumstances(coma=True, diagnosis=True, risk_events=9), 4, 4),
    ],
)
def test_circumstances_make_a_level_worse(total: int, circumstances: Circumstances, once: int, added: int) -> None:
    assert judge(worth(total), circumstances, changes_add_up=False).level == once
    assert judge(worth(total), circumstances, changes_add_up=True).level == added


def test_a_result_says_what_changed_it_and_the_points_by_group() -> None:
    result = judge(best(item_01=1, item_12=0), Circumstances(diagnosis=True, risk_events=2), changes_add_up=False)
    assert result.changes == (Change.DIAGNOSIS, Change.RISK_EVENTS)
    assert result.groups == {Group.SELF_CARE: 29, Group.MOVEMENT: 12, Group.MIND: 28, Group.SENSES: 15}
    assert (result.total, result.base_level, result.level) == (84, 1, 2)


@pytest.mark.parametrize(
    ("changes", "slip"),
    [
        ({"item_07": None}, ItemSlip("item_07", Slip.MISSING, "", 4)),
        ({"item_12": 4}, ItemSlip("item_12", Slip.ABOVE, "4", 3)),
        ({"item_19": 2}, ItemSlip("item_19", Slip.ABOVE, "2", 1)),
        ({"item_01": -1}, ItemSlip("item_01", Slip.NEGATIVE, "-1", 4)),
        ({"item_03": 2.5}, ItemSlip("item_03", Slip.FRACTIONAL, "2.5", 4)),
        ({"item_03": 4.0}, ItemSlip("item_03", Slip.FRACTIONAL, "4.0", 4)),
        ({"item_21": True}, ItemSlip("item_21", Slip.NOT_A_NUMBER, "True", 2)),
        ({"item_26": "4"}, ItemSlip("item_26", Slip.NOT_A_NUMBER, "4", 4)),
        ({"item_02": float("nan")}, ItemSlip("item_02", Slip.FRACTIONAL, "nan", 4)),
        ({"item_27": 1}, ItemSlip("item_27", Slip.UNKNOWN)),
        ({"total": 90}, ItemSlip("total", Slip.UNKNOWN)),
    ],
)
def test_a_bad_answer_is_refused_by_the_name_of_its_item(changes: dict[str, Any], slip: ItemSlip) -> None:
    with pytest.raises(BadAnswers) as refused:
        judge(best(**changes), Circumstances(), changes_add_up=False)
    assert refused.value.slips == (slip,)


def test_all_bad_answers_are_named_at_once_and_open_ones_only_when_it_is_the_end() -> None:
    answers = {"item_02": 9, "item_99": 1, "item_05": 3}
    assert len(find_slips(answers)) == 26
    assert [each.item for each in find_slips(answers, is_partial=True)] == ["item_02", "item_99"]
    assert len(list_open(answers)) == 24


@given(answers=ANSWERS, circumstances=CIRCUMSTANCES, add_up=st.booleans())
@FEW
def test_a_level_is_never_better_than_its_points_and_never_beyond_the_worst(
    answers: dict[str, int], circumstances: Circumstances, add_up: bool
) -> None:
    result = judge(answers, circumstances, changes_add_up=add_up)
    assert result.total == sum(answers.values()) == sum(result.groups.values())
    assert result.base_level <= result.level <= 4
    assert (result.level == result.base_level) == (not result.changes or result.base_level == 4)


@given(answers=ANSWERS, circumstances=CIRCUMSTANCES, item=st.sampled_from(ITEMS), add_up=st.booleans())
@FEW
def test_a_better_answer_never_makes_the_level_worse(
    answers: dict[str, int], circumstances: Circumstances, item: Any, add_up: bool
) -> None:
    levels = [
        judge({**answers, item.code: score}, circumstances, changes_add_up=add_up).level
        for score in range(item.most + 1)
    ]
    assert all(better <= worse for worse, better in pairwise(levels))


def test_every_total_has_one_level() -> None:
    assert [level_of(total) for total in range(91)] == [4] * 30 + [3] * 16 + [2] * 20 + [1] * 24 + [0]


RULES = AssessmentRules(
    document_id=1,
    changes_add_up=False,
    validity=(
        Validity(months=6, reasons=frozenset({Reason.CHANGED})),
        Validity(months=12, levels=frozenset({2, 3, 4})),
        Validity(months=24),
    ),
    notice_days=60,
    sign_within_days=14,
    takes_effect=Effect.AT_ONCE,
    recognised_months=24,
    provider_staff=False,
    relatives=False,
)


@pytest.mark.parametrize(
    ("level", "reason", "until"),
    [
        (1, Reason.FIRST, date(2028, 2, 28)),
        (3, Reason.REGULAR, date(2027, 2, 28)),
        (0, Reason.CHANGED, date(2026, 8, 28)),
    ],
)
def test_a_result_holds_as_long_as_the_document_says(level: int, reason: Reason, until: date) -> None:
    assert valid_until(RULES, level=level, reason=reason, assessed_on=date(2026, 2, 28)) == until


def test_without_a_line_for_it_no_validity_is_made_up() -> None:
    with pytest.raises(ValueError, match="no validity"):
        valid_until(replace(RULES, validity=()), level=0, reason=Reason.FIRST, assessed_on=date(2026, 1, 1))


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2027, 12, 15), 1, date(2028, 1, 15)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2026, 11, 20), 24, date(2028, 11, 20)),
    ],
)
def test_months_are_counted_by_the_calendar(day: date, months: int, later: date) -> None:
    assert add_months(day, months) == later


def test_a_level_counts_at_once_or_from_the_next_month_on() -> None:
    signed_on = date(2026, 12, 31)
    assert counts_from(RULES, signed_on=signed_on) == signed_on
    assert counts_from(replace(RULES, takes_effect=Effect.NEXT_MONTH), signed_on=signed_on) == date(2027, 1, 1)


@pytest.mark.parametrize(
    ("until", "due"), [(date(2027, 1, 19), True), (date(2027, 1, 20), False), (date(2026, 1, 1), True), (None, False)]
)
def test_it_is_time_again_some_days_before_the_end(until: date | None, due: bool) -> None:
    assert is_due(until, today=date(2026, 11, 20), notice_days=60) is due

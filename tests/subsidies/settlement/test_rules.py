"""Periods and the order of steps."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from subsidies.settlement.rules import Cycle, Period, State, Step, find_period, may_take, period_before, period_from


@pytest.mark.parametrize(
    ("code", "first", "until"),
    [
        ("2026-10", date(2026, 10, 1), date(2026, 11, 1)),
        ("2026-12", date(2026, 12, 1), date(2027, 1, 1)),
        ("2026-Q1", date(2026, 1, 1), date(2026, 4, 1)),
        ("2026-Q4", date(2026, 10, 1), date(2027, 1, 1)),
    ],
)
def test_a_period_is_read_and_written(code: str, first: date, until: date) -> None:
    assert find_period(code) == Period(first, until)
    assert Period(first, until).code == code


@pytest.mark.parametrize("text", ["", "2026", "2026-13", "2026-00", "2026-Q5", "2026-1", "1999-10", "2026-10 "])
def test_other_text_is_no_period(text: str) -> None:
    assert find_period(text) is None


@given(st.dates(date(2020, 1, 1), date(2090, 12, 31)), st.sampled_from(Cycle))
def test_every_day_lies_in_one_period_and_behind_the_one_before(day: date, cycle: Cycle) -> None:
    period, before = period_from(day, cycle), period_before(day, cycle)
    assert period.from_on <= day < period.until_on
    assert before.until_on == period.from_on
    assert period.cycle is before.cycle is cycle
    assert find_period(period.code) == period
    assert period.last_on == period.until_on - timedelta(days=1)


def test_each_step_has_its_place_and_no_other() -> None:
    allowed = {(step, state) for step in Step for state in State if may_take(step, state)}
    assert allowed == {
        (Step.SEND, State.DRAFTED),
        (Step.SEND, State.DISPUTED),
        (Step.CONFIRM, State.SENT),
        (Step.CONFIRM_FOR_STREET, State.CONFIRMED),
        (Step.SEND_BACK, State.STREET_CONFIRMED),
        (Step.APPROVE, State.STREET_CONFIRMED),
        (Step.PAY, State.APPROVED),
        (Step.REOPEN, State.APPROVED),
    }


@pytest.mark.parametrize(
    ("today", "until", "goes_on"),
    [
        (date(2026, 11, 6), date(2026, 11, 5), True),
        (date(2026, 11, 5), date(2026, 11, 5), False),
        (date(2027, 1, 1), None, False),
    ],
)
def test_silence_lets_the_street_go_on_from_the_day_after(today: date, until: date | None, goes_on: bool) -> None:
    assert may_take(Step.CONFIRM_FOR_STREET, State.SENT, silent_until=until, today=today) is goes_on

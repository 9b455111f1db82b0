"""The night's run finds what was told at once only once, and numbers that never came."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from app import clock as clock_module
from meals.tills.conflicts import CHECK_OF
from meals.tills.words import PLAIN, WITH_AMOUNT, WITH_COUNT, tell_conflict
from subsidies.findings import runs
from subsidies.findings.models import Finding
from subsidies.findings.registry import find_check
from tests.conftest import FrozenClock
from tests.meals.tills.counter import Counter
from tests.subsidies.findings.factories import make_document


def run(counter: Counter, clock: FrozenClock, code: str) -> list[Finding]:
    """Let one check run the night after, and return what is known of it."""
    session = counter.lunch.session
    clock.advance(days=2)
    run_id = runs.start_run(session, now=clock_module.now(), codes=[code], is_forced=True)
    runs.run_check(session, run_id=run_id, code=code, now=clock_module.now())
    return list(session.scalars(select(Finding).where(Finding.check_code == code)))


def test_a_night_finds_what_was_told_at_once_only_once(counter: Counter, clock: FrozenClock) -> None:
    make_document(counter.lunch.session)
    counter.send(counter.sale(counter.lunch.guest(points_fen=0)))
    assert counter.lunch.session.scalar(select(func.count()).select_from(Finding)) == 1
    assert len(run(counter, clock, "OFF1")) == 1


def test_a_night_finds_what_no_document_named_on_the_day(counter: Counter, clock: FrozenClock) -> None:
    counter.send(counter.sale(counter.lunch.guest(points_fen=0)))
    assert counter.lunch.session.scalar(select(func.count()).select_from(Finding)) == 0
    make_document(counter.lunch.session)
    (finding,) = run(counter, clock, "OFF1")
    assert finding.amount_fen == 800


def test_a_night_finds_numbers_that_never_came(counter: Counter, clock: FrozenClock) -> None:
    make_document(counter.lunch.session)
    lunch = counter.lunch
    counter.send(*(counter.sale(lunch.guest(), seq=seq) for seq in (1, 2, 5)))
    (finding,) = run(counter, clock, "OFF6")
    assert (finding.facts["first"], finding.facts["last"]) == (3, 4)
    check = find_check("OFF6")
    assert check
    assert "3-4" in " ".join(check.explain(finding.facts))


def test_numbers_that_came_late_are_not_missing(counter: Counter, clock: FrozenClock) -> None:
    make_document(counter.lunch.session)
    lunch = counter.lunch
    counter.send(*(counter.sale(lunch.guest(), seq=seq) for seq in (1, 3)))
    counter.send(counter.sale(lunch.guest(), seq=2, at=clock.now() + timedelta()))
    assert run(counter, clock, "OFF6") == []


NAMED: dict[str, Any] = {
    "per": "window", "window": "lunch", "allowed": 1, "at": "11:48", "canteen": "一食堂", "till": "1", "here": False,
    "cap_fen": 100, "left_fen": 0, "age": 50, "minimum_fen": 1, "bill_fen": 1, "at_most_fen": 1, "expired_on": "x",
    "windows": ["lunch 10:00-13:30"], "fen": 1, "till_fen": 1, "server_fen": 1, "cash_fen": 1, "hours": 1,
    "sales": 1, "at_most": 1, "points_fen": 1, "booked_cash_fen": 1, "booked_points_fen": 1,
}  # fmt: skip


@pytest.mark.parametrize("code", sorted(CHECK_OF))
def test_every_reason_is_told_in_words(counter: Counter, code: str) -> None:
    told = tell_conflict({"code": code, **NAMED})
    assert told
    assert "%(" not in told


def test_a_word_is_never_said_by_two_tables() -> None:
    tables = (PLAIN, WITH_AMOUNT, WITH_COUNT)
    assert len({name for table in tables for name in table}) == sum(map(len, tables))

"""Waiting after wrong tries, and what a password must be."""

from datetime import UTC, datetime, timedelta

import pytest

from app.auth.rules import (
    ACCOUNT_LIMIT,
    ADDRESS_LIMIT,
    SEND_LIMIT,
    Limit,
    Throttle,
    after_failure,
    find_password_faults,
    seconds_to_wait,
)

START = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)


def fail(times: int, *, limit: Limit = ACCOUNT_LIMIT, every: timedelta = timedelta(seconds=10)) -> Throttle:
    throttle = Throttle(window_from=START)
    for step in range(times):
        throttle = after_failure(throttle, limit, START + step * every)
    return throttle


@pytest.mark.parametrize(
    ("failures", "minutes"), [(0, 0), (1, 0), (4, 0), (5, 1), (6, 2), (7, 4), (8, 8), (9, 15), (10, 15), (40, 15)]
)
def test_each_wrong_try_after_the_fifth_waits_longer(failures: int, minutes: int) -> None:
    throttle = fail(failures, every=timedelta())
    assert seconds_to_wait(throttle, START) == minutes * 60


def test_an_office_behind_one_address_may_mistype_forty_nine_times() -> None:
    assert seconds_to_wait(fail(49, limit=ADDRESS_LIMIT, every=timedelta()), START) == 0
    assert seconds_to_wait(fail(50, limit=ADDRESS_LIMIT, every=timedelta()), START) == 60


def test_wrong_tries_spread_over_hours_do_not_lock() -> None:
    assert seconds_to_wait(fail(20, every=timedelta(minutes=5)), START + timedelta(minutes=95)) == 0


def test_the_wait_ends_by_itself() -> None:
    throttle = fail(5, every=timedelta())
    assert seconds_to_wait(throttle, START + timedelta(seconds=59)) == 1
    assert seconds_to_wait(throttle, START + timedelta(seconds=60)) == 0


def test_the_next_wrong_try_after_a_wait_locks_at_once_and_longer() -> None:
    throttle = after_failure(fail(5, every=timedelta()), ACCOUNT_LIMIT, START + timedelta(minutes=20))
    assert seconds_to_wait(throttle, START + timedelta(minutes=20)) == 120


def test_everything_is_forgotten_after_a_day() -> None:
    throttle = after_failure(fail(9, every=timedelta()), ACCOUNT_LIMIT, START + timedelta(hours=25))
    assert throttle.failures == 1
    assert seconds_to_wait(throttle, START + timedelta(hours=25)) == 0


@pytest.mark.parametrize(
    ("password", "faults"),
    [
        ("three-quiet-boats", []),
        ("demo-2026", []),
        ("一二三四五六七八", []),
        ("kurz", ["short"]),
        ("", ["short", "plain"]),
        ("a" * 200, ["long", "plain"]),
        ("aaaaaaaa", ["plain"]),
        ("x12345678x", ["plain"]),
        ("Password-9", ["plain"]),
        ("zhoumin-2026", ["personal"]),
        ("周敏敏的饭碗在这里", ["personal"]),
    ],
)
def test_a_password_must_be_long_and_not_guessable(password: str, faults: list[str]) -> None:
    assert find_password_faults(password, personal=("zhoumin", "周敏敏")) == faults


def test_a_phone_gets_no_more_than_a_dozen_codes_a_day_that_nobody_uses() -> None:
    begin = datetime(2026, 11, 20, tzinfo=UTC)
    throttle, sent = Throttle(window_from=begin), 0
    for minute in range(24 * 60):
        now = begin + timedelta(minutes=minute)
        if not seconds_to_wait(throttle, now):
            throttle, sent = after_failure(throttle, SEND_LIMIT, now), sent + 1
    assert 8 <= sent <= 13

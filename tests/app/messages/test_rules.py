"""When messages wait: after tries in vain, while a channel rests, and in quiet hours."""

from datetime import datetime, time, timedelta

import pytest

from app.clock import ZONE
from app.messages.rules import RESTS, WAITS, Quiet, end_of_quiet, rest_after, wait_after

NIGHT = Quiet(time(21), time(8))
NOON = Quiet(time(12), time(14))


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("quiet", "now", "expected"),
    [
        (NIGHT, at(20, 20, 59), None),
        (NIGHT, at(20, 21), at(21, 8)),
        (NIGHT, at(20, 23, 59), at(21, 8)),
        (NIGHT, at(21, 0), at(21, 8)),
        (NIGHT, at(21, 7, 59), at(21, 8)),
        (NIGHT, at(21, 8), None),
        (NOON, at(20, 11, 59), None),
        (NOON, at(20, 12), at(20, 14)),
        (NOON, at(20, 14), None),
        (Quiet(time(8), time(8)), at(20, 8), None),
        (None, at(20, 3), None),
    ],
)
def test_quiet_hours_end_when_they_should(quiet: Quiet | None, now: datetime, expected: datetime | None) -> None:
    assert end_of_quiet(quiet, now) == expected


def test_waits_grow_over_more_than_a_day_and_then_end() -> None:
    assert list(WAITS) == sorted(WAITS)
    assert sum(WAITS, timedelta()) > timedelta(days=1)
    assert [wait_after(1), wait_after(len(WAITS))] == [WAITS[0], WAITS[-1]]
    assert wait_after(len(WAITS) + 1) is None


def test_a_channel_rests_longer_the_more_often_it_fails() -> None:
    assert [rest_after(faults) for faults in (1, 2, 99)] == [RESTS[0], RESTS[1], RESTS[-1]]

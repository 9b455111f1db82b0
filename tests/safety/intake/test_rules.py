"""When something happened, whatever the device's clock says: tables on both sides of each bound."""

from datetime import UTC, datetime, timedelta

import pytest

from safety.intake.rules import KeepingRules, Moment, is_worth_judging, place_in_time

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
RULES = KeepingRules(months=6, clock_tolerance=timedelta(seconds=120), late=timedelta(hours=72))


def ago(**span: float) -> datetime:
    return NOW - timedelta(**span)


@pytest.mark.parametrize(
    ("device_at", "sent_at", "occurred_at", "is_suspect"),
    [
        (ago(seconds=1), None, ago(seconds=1), False),
        (ago(seconds=-120), None, NOW, False),  # runs ahead within the tolerance; the future is not judged
        (ago(seconds=-121), None, NOW, True),
        (ago(hours=72), None, ago(hours=72), False),
        (ago(hours=72, seconds=1), None, NOW, True),
        (ago(hours=5), ago(seconds=2), ago(hours=5), False),  # kept while the line was cut
        (ago(hours=5), ago(seconds=125), ago(hours=5), False),
        (ago(hours=8, minutes=10), ago(hours=8), ago(minutes=10), True),  # set to local time without a zone
        (ago(hours=-8), ago(hours=-8, seconds=30), NOW, True),  # an event after its sending: no age to take off
        (datetime(1970, 1, 1, 0, 5, tzinfo=UTC), datetime(1970, 1, 1, 0, 6, tzinfo=UTC), ago(minutes=1), True),
        (datetime(1970, 1, 1, tzinfo=UTC), ago(seconds=1), NOW, True),  # set right between event and sending
        (datetime(2099, 1, 1, tzinfo=UTC), None, NOW, True),
    ],
)
def test_a_wrong_clock_is_marked_and_the_event_placed_by_its_age(
    device_at: datetime, sent_at: datetime | None, occurred_at: datetime, is_suspect: bool
) -> None:
    placed = place_in_time(device_at=device_at, sent_at=sent_at, received_at=NOW, rules=RULES)
    assert placed == Moment(occurred_at, is_suspect)


@pytest.mark.parametrize(
    ("heard_at", "is_judged"),
    [(None, True), (NOW, False), (NOW - timedelta(seconds=1), True), (NOW - timedelta(minutes=15), True)],
)
def test_one_sign_of_life_in_ten_minutes_is_judged(heard_at: datetime | None, is_judged: bool) -> None:
    assert is_worth_judging(heard_at, NOW) is is_judged
    assert not is_worth_judging(NOW, NOW + timedelta(minutes=9, seconds=59))

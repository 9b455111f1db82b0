"""When something happened, whatever the device's clock says: tables on both sides of each bound."""

from datetime import UTC, datetime, timedelta

import pytest

from safety.intake.rules import KeepingRules, Lag, Moment, is_worth_judging, learn_lag, place_in_time

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


NONE, SLOW = timedelta(0), timedelta(hours=3)


@pytest.mark.parametrize(
    ("device_at", "sent_at", "usual", "occurred_at", "is_suspect"),
    [
        # Sent in time and delivered three hours later, by a gateway whose messages usually come at once.
        (ago(hours=3, seconds=5), ago(hours=3), NONE, ago(hours=3, seconds=5), False),
        (ago(hours=3, seconds=5), ago(hours=3), timedelta(seconds=120), ago(hours=3, seconds=5), False),
        # Of a gateway of which nothing is known, the clock may be three hours slow as well.
        (ago(hours=3, seconds=5), ago(hours=3), None, ago(seconds=5), True),
        # A clock known to be three hours slow: at once, and after another hour in a queue.
        (ago(hours=3, seconds=5), ago(hours=3), SLOW, ago(seconds=5), True),
        (ago(hours=4), ago(hours=4), SLOW, ago(hours=1), True),
        # Later than a gateway can keep it.
        (ago(hours=73), ago(hours=73), NONE, NOW, True),
        # Ahead of us: no queue makes it so.
        (ago(hours=-3), ago(hours=-3), NONE, NOW, True),
    ],
)
def test_what_waited_after_it_was_sent_keeps_its_time(
    device_at: datetime, sent_at: datetime, usual: timedelta | None, occurred_at: datetime, is_suspect: bool
) -> None:
    placed = place_in_time(device_at=device_at, sent_at=sent_at, received_at=NOW, rules=RULES, usual_lag=usual)
    assert placed == Moment(occurred_at, is_suspect)


def test_the_least_lag_counts_and_what_stays_late_for_an_hour_is_the_clock() -> None:
    second, minute = timedelta(seconds=1), timedelta(minutes=1)
    lag = learn_lag(Lag(), 4 * second, NOW)
    lag = learn_lag(lag, 2 * second, NOW)
    assert learn_lag(lag, 20 * second, NOW) == lag == Lag(2 * second)
    queued = learn_lag(lag, SLOW, NOW)
    assert queued == Lag(2 * second, SLOW, NOW)
    emptied = learn_lag(queued, SLOW - minute, NOW + minute)
    assert emptied == Lag(2 * second, SLOW - minute, NOW)
    assert learn_lag(emptied, 3 * second, NOW + 2 * minute) == lag
    assert learn_lag(emptied, SLOW, NOW + 59 * minute).usual == 2 * second
    assert learn_lag(emptied, SLOW, NOW + 60 * minute) == Lag(SLOW - minute)
    assert learn_lag(lag, -SLOW, NOW) == Lag(-SLOW)

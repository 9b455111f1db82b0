"""The picture of a day: what is drawn where, and the longest time without a sound."""

from datetime import datetime, timedelta

from app.clock import ZONE
from safety.desk.picture import MOST_LANES, Heard, draw_day

NOW = datetime(2026, 11, 20, 12, 40, tzinfo=ZONE)


def heard(minutes_ago: int, kind: str = "motion", place: str = "bedroom", state: str = "") -> Heard:
    return Heard(NOW - timedelta(minutes=minutes_ago), kind, place, state)


def test_places_are_lanes_and_ten_minutes_a_bar() -> None:
    picture = draw_day(
        [heard(5), heard(6), heard(7), heard(30, "flush", "bathroom"), heard(31, "door", "entrance")], until=NOW
    )
    assert [(lane.place, lane.count) for lane in picture.lanes] == [("bathroom", 1), ("bedroom", 3), ("entrance", 1)]
    bedroom, entrance = picture.lanes[1], picture.lanes[2]
    assert [(bar.x, bar.strength, bar.sort) for bar in bedroom.bars] == [(1430, 2, "sign")]
    assert entrance.bars[0].sort == "door"


def test_a_day_is_a_day_and_a_heartbeat_is_no_sign() -> None:
    picture = draw_day([heard(24 * 60 + 1), heard(3, "heartbeat"), heard(-1), heard(2, "battery")], until=NOW)
    assert (picture.lanes, picture.last, picture.longest) == ([], None, None)
    edge = draw_day([heard(24 * 60), heard(0)], until=NOW)
    assert [bar.x for bar in edge.lanes[0].bars] == [0, 1430]


def test_the_longest_quiet_reaches_until_now_and_a_call_does_not_break_it() -> None:
    picture = draw_day([heard(600), heard(300), heard(290), heard(100, "sos")], until=NOW)
    assert picture.longest is not None
    assert picture.longest.minutes == 300
    assert picture.last == heard(290)
    later = draw_day([heard(600), heard(290)], until=NOW)
    assert later.longest is not None
    assert later.longest.minutes == 310


def test_many_places_do_not_make_the_picture_endless() -> None:
    events = [heard(minute, place=f"room {minute:02}") for minute in range(30)]
    assert len(draw_day(events, until=NOW).lanes) == MOST_LANES


def test_every_sixth_hour_of_the_clock_is_written() -> None:
    picture = draw_day([heard(1)], until=NOW)
    assert [moment.hour for _minute, moment in picture.marks] == [18, 0, 6, 12]
    assert picture.marks[-1][0] == 24 * 60 - 40


def test_the_table_beside_it_counts_by_hour() -> None:
    picture = draw_day([heard(41), heard(20), heard(10), heard(10, place="kitchen")], until=NOW)
    assert [(hour.begins_at.hour, list(hour.counts)) for hour in picture.hours] == [
        (11, [("bedroom", 1)]),
        (12, [("bedroom", 2), ("kitchen", 1)]),
    ]

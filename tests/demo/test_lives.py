"""Lives of the demonstration: the same however they are asked for, and known again when they come twice."""

from datetime import datetime, timedelta

from app.clock import ZONE
from demo.safety_lives import HABITS, beat, list_kit, number_of, tell

MONDAY = datetime(2026, 11, 16, tzinfo=ZONE)
DAY = timedelta(days=1)


def test_a_life_is_the_same_in_pieces_and_as_a_whole() -> None:
    whole = list(tell(3, since=MONDAY - 2 * DAY, until=MONDAY + 2 * DAY))
    pieces = [
        said
        for step in range(16)
        for said in tell(
            3,
            since=MONDAY - 2 * DAY + step * timedelta(hours=6),
            until=MONDAY - 2 * DAY + (step + 1) * timedelta(hours=6),
        )
    ]
    assert whole == pieces
    assert [each.at for each in whole] == sorted(each.at for each in whole)
    assert len(whole) > 100


def test_every_home_has_a_key_and_what_every_kit_is_made_of() -> None:
    for number in range(40):
        kit = list_kit(number)
        assert {"sos", "motion", "door"} <= {piece.type for piece in kit}
        assert {number_of(piece.ref) for piece in kit} == {number}
        told = {said.ref for said in tell(number, since=MONDAY, until=MONDAY + DAY)}
        assert told <= {piece.ref for piece in kit}


def test_all_ways_to_live_are_known() -> None:
    assert len(HABITS) == 8


def test_signs_of_life_lie_on_the_clock_whenever_one_begins_to_listen() -> None:
    late = beat(["h00-bedroom-sos"], since=MONDAY + timedelta(minutes=3), until=MONDAY + timedelta(hours=7))
    assert [said.at.hour for said in late] == [2, 4, 6]

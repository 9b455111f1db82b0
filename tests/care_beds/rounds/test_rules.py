"""What a mark at somebody's door is worth, by a table of cases."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from care_beds.rounds import sticker_codes
from care_beds.rounds.rules import (
    Evidence,
    Fix,
    Limits,
    Point,
    Sticker,
    distance_m,
    judge_arrival,
    judge_items,
    judge_length,
    judge_mark,
    judge_order,
    moment_of,
)

HOME = Point(30.3044, 120.1712)
NINE = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
LIMITS = Limits(
    radius_m=200,
    accuracy_m=100,
    fix_age_seconds=120,
    early_minutes=30,
    clock_skew_seconds=120,
    sent_hours=24,
    picture_age_minutes=30,
    pictures_due=1,
)
GOOD = Evidence(
    occurred_at=NINE,
    received_at=NINE + timedelta(seconds=2),
    clock_suspect=False,
    sticker=Sticker.OK,
    fix=Fix(at=HOME, accuracy_m=12, age_seconds=3),
    no_fix_reason="",
    home=HOME,
    has_picture=True,
    picture_taken_at=NINE - timedelta(minutes=1),
    same_as_visit=None,
    planned_from=NINE,
    planned_until=NINE + timedelta(hours=1),
)


def north(metres: float) -> Point:
    """Return a place so far north of home."""
    return Point(HOME.lat + metres / 111_195.08, HOME.lon)


def codes(**changes: Any) -> list[str]:
    return [doubt.code for doubt in judge_mark(replace(GOOD, **changes), LIMITS)]


def fix(metres: float = 0, *, accuracy_m: float = 12, age_seconds: float = 3) -> Fix:
    return Fix(at=north(metres), accuracy_m=accuracy_m, age_seconds=age_seconds)


def test_a_good_mark_raises_nothing() -> None:
    assert codes() == []


@pytest.mark.parametrize("metres", [0.5, 150, 1111.95, 25_000])
def test_the_way_between_two_places(metres: float) -> None:
    assert distance_m(HOME, north(metres)) == pytest.approx(metres, rel=0.001)


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"sticker": Sticker.NONE}, ["sticker_none"]),
        ({"sticker": Sticker.WRONG}, ["sticker_wrong"]),
        ({"sticker": Sticker.REVOKED}, ["sticker_revoked"]),
        ({"sticker": Sticker.UNREADABLE}, ["sticker_unreadable"]),
        ({"fix": None, "no_fix_reason": "refused"}, ["fix_none"]),
        ({"fix": fix(age_seconds=120)}, []),
        ({"fix": fix(age_seconds=121)}, ["fix_stale"]),
        ({"fix": fix(accuracy_m=100)}, []),
        ({"fix": fix(accuracy_m=101)}, ["fix_vague"]),
        ({"fix": fix(211)}, []),
        ({"fix": fix(213)}, ["far"]),
        ({"fix": fix(299, accuracy_m=500)}, ["fix_vague"]),
        ({"fix": fix(302, accuracy_m=500)}, ["fix_vague", "far"]),
        ({"fix": fix(50_000), "home": None}, ["home_unknown"]),
        ({"clock_suspect": True}, ["clock"]),
        ({"received_at": NINE - timedelta(seconds=120)}, []),
        ({"received_at": NINE - timedelta(seconds=121)}, ["clock"]),
        ({"received_at": NINE + timedelta(hours=24)}, []),
        ({"received_at": NINE + timedelta(hours=24, seconds=1)}, ["late_sent"]),
        ({"has_picture": False, "picture_taken_at": None}, ["no_picture"]),
        ({"same_as_visit": 7}, ["same_picture"]),
        ({"picture_taken_at": None}, []),
        ({"picture_taken_at": NINE - timedelta(minutes=30)}, []),
        ({"picture_taken_at": NINE - timedelta(minutes=31)}, ["old_picture"]),
        ({"picture_taken_at": NINE + timedelta(minutes=31)}, ["old_picture"]),
    ],
)
def test_what_is_doubtful_about_a_mark(changes: dict[str, Any], found: list[str]) -> None:
    assert codes(**changes) == found


def test_no_picture_is_missed_where_none_is_due() -> None:
    assert judge_mark(replace(GOOD, has_picture=False), replace(LIMITS, pictures_due=0)) == ()


@pytest.mark.parametrize(
    ("minutes", "found"),
    [(-31, {"minutes_early": 31}), (-30, None), (0, None), (59, None), (60, {"minutes_late": 60})],
)
def test_coming_at_another_time_than_planned(minutes: int, found: dict[str, int] | None) -> None:
    doubts = judge_arrival(replace(GOOD, occurred_at=NINE + timedelta(minutes=minutes)), LIMITS)
    assert [each.detail for each in doubts] == ([found] if found else [])


@pytest.mark.parametrize(("minutes", "is_short"), [(54, False), (53, True), (0, True), (-5, True), (90, False)])
def test_a_visit_is_short_beyond_the_tolerance(minutes: int, is_short: bool) -> None:
    end = NINE + timedelta(minutes=minutes)
    assert bool(judge_length(started_at=NINE, finished_at=end, planned_minutes=60, short_percent=10)) is is_short


def test_something_left_out_needs_a_word() -> None:
    assert judge_items(planned=["wash", "dress"], done=["wash"], words="")[0].detail == {"items": ["dress"]}
    assert judge_items(planned=["wash", "dress"], done=["wash"], words="She slept.") == ()
    assert judge_items(planned=["wash"], done=["wash", "more"], words="") == ()


def test_a_mark_never_counts_later_than_it_came() -> None:
    assert moment_of(NINE, received_at=NINE + timedelta(hours=1)) == NINE
    assert moment_of(NINE + timedelta(hours=1), received_at=NINE) == NINE


def test_a_sticker_reads_as_it_was_written() -> None:
    body = sticker_codes.Body(key_id=b"ab", bed_id=7, serial=sticker_codes.make_serial("123456789"))
    text = sticker_codes.write_text(body.to_bytes(), b"s" * 64)
    raw, signature = sticker_codes.read_text(text) or (b"", b"")
    assert sticker_codes.Body.from_bytes(raw) == body
    assert signature == b"s" * 64
    assert sticker_codes.read_text(text[:-1]) is None
    assert sticker_codes.is_serial(body.serial)
    assert not sticker_codes.is_serial(body.serial[:-1] + "0")
    assert sticker_codes.plain(sticker_codes.grouped(body.serial)) == body.serial
    assert sticker_codes.draw(text).startswith("M")


@pytest.mark.parametrize(("seconds", "found"), [(60, []), (0, []), (-1, [1]), (-3600, [60])])
def test_leaving_before_coming_is_looked_at(seconds: int, found: list[int]) -> None:
    doubts = judge_order(started_at=NINE, left_at=NINE + timedelta(seconds=seconds))
    assert [each.detail["minutes"] for each in doubts] == found

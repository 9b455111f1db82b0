"""What the family's pages work out, by tables of cases."""

from datetime import date

import pytest

from meals.reading.calendar import count_until, same_day_before, weeks_of
from portal.rules import Sort, draw_month, meals_left, month_after, month_before, read_month, sort_of

TODAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("points_fen", "last", "meals"),
    [
        (12_650, [600, 600, 600], 21),
        (12_650, [600, 600, 2_400], 21),
        (12_650, [600, 20], 632),
        (599, [600], 0),
        (0, [600], 0),
        (12_650, [], None),
    ],
)
def test_points_last_for_so_many_meals_as_the_middle_one_says(
    points_fen: int, last: list[int], meals: int | None
) -> None:
    assert meals_left(points_fen, last) == meals


@pytest.mark.parametrize(
    ("text", "month"),
    [
        ("2026-10", date(2026, 10, 1)),
        ("2026-11", date(2026, 11, 1)),
        ("2026-12", date(2026, 11, 1)),
        ("", date(2026, 11, 1)),
        ("2026-13", date(2026, 11, 1)),
        ("1999-01", date(2026, 11, 1)),
        ("x-y", date(2026, 11, 1)),
        ("2026-²", date(2026, 11, 1)),
    ],
)
def test_a_month_that_cannot_be_read_or_has_not_come_is_the_present_one(text: str, month: date) -> None:
    assert read_month(text, today=TODAY) == month


def test_months_follow_each_other_over_the_turn_of_the_year() -> None:
    assert month_before(date(2026, 1, 1)) == date(2025, 12, 1)
    assert month_after(date(2025, 12, 1)) == date(2026, 1, 1)
    assert same_day_before(date(2026, 3, 31)) == date(2026, 2, 28)


@pytest.mark.parametrize(
    ("kind", "what", "sort"),
    [
        ("spend", "meal", Sort.MEAL),
        ("spend", "visit", Sort.SERVICE),
        ("grant", "grant", Sort.GRANT),
        ("reversal", "meal_undone", Sort.BACK),
        ("expiry", "", Sort.ENDED),
        ("claw_back", "", Sort.ENDED),
    ],
)
def test_movements_are_sorted_as_people_do(kind: str, what: str, sort: Sort) -> None:
    assert sort_of(kind, {"what": what}) is sort


def test_a_month_is_laid_out_from_monday_to_sunday() -> None:
    weeks = weeks_of(date(2026, 11, 1), today=TODAY, eaten={date(2026, 11, 20): {"dinner", "lunch"}})
    assert [len(week) for week in weeks] == [7] * 6
    first = weeks[0][6]
    assert first is not None
    assert first.on == date(2026, 11, 1)
    assert weeks[0][:6] == [None] * 6
    friday = weeks[3][4]
    assert friday is not None
    assert (friday.meals, friday.is_today, friday.is_later) == (("lunch", "dinner"), True, False)
    assert count_until({date(2026, 11, 3): {"lunch"}, TODAY: {"lunch", "dinner"}}, date(2026, 11, 19)) == 1


def test_the_picture_is_stairs_from_what_was_there_to_what_is_left() -> None:
    picture = draw_month([(0.25, 12_000), (0.5, 6_000)], begin_fen=2_000, until=0.75)
    assert picture.line == "M0 61.0H80.0V6.0H160.0V39.0H240.0"
    assert (picture.begin_fen, picture.end_fen, picture.end_x) == (2_000, 6_000, 240.0)


def test_a_picture_of_nothing_lies_on_the_ground() -> None:
    assert draw_month([(0.5, 0)], begin_fen=0, until=1.0).line == "M0 72.0H160.0V72.0H320.0"

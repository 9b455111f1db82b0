"""The picture of a bed's life: stages, months and marks stand where their days are."""

from datetime import date

import pytest

from care_beds.beds import life
from care_beds.beds.life import LEFT, MONTH_WIDE, Counted, Happened, Moved
from care_beds.beds.rules import State

TODAY = date(2026, 11, 21)
FIRST = date(2026, 2, 1)
MOVES = [
    Moved(State.APPLIED, date(2026, 2, 6)),
    Moved(State.ASSESSED, date(2026, 2, 24)),
    Moved(State.SURVEYED, date(2026, 3, 6)),
    Moved(State.PLANNED, date(2026, 3, 14)),
    Moved(State.AGREED, date(2026, 4, 1)),
    Moved(State.ADAPTED, date(2026, 4, 12)),
    Moved(State.ACCEPTED, date(2026, 4, 18)),
    Moved(State.IN_SERVICE, date(2026, 4, 21)),
    Moved(State.SUSPENDED, date(2026, 8, 4)),
    Moved(State.IN_SERVICE, date(2026, 8, 23)),
]


@pytest.mark.parametrize(
    ("begun", "today", "first"),
    [
        (date(2026, 2, 6), TODAY, FIRST),
        (date(2026, 10, 3), TODAY, date(2026, 10, 1)),
        (date(2024, 1, 1), TODAY, FIRST),
        (date(2024, 1, 1), date(2027, 1, 5), date(2026, 4, 1)),
    ],
)
def test_the_twelve_months_begin_with_the_application_or_leave_two_to_come(
    begun: date, today: date, first: date
) -> None:
    assert life.first_month(begun, today) == first


def test_stages_follow_each_other_and_the_same_stage_is_one() -> None:
    drawn = life.draw_life(MOVES, first=FIRST, today=TODAY)
    assert [span.stage for span in drawn.spans] == [
        "application",
        "assessment",
        "planning",
        "agreement",
        "fitting",
        "service",
        "pause",
        "service",
    ]
    assert all(
        before.x + before.wide <= after.x + 2 for before, after in zip(drawn.spans, drawn.spans[1:], strict=False)
    )
    assert drawn.ticks[0].x == LEFT
    assert drawn.today_x is not None
    assert drawn.spans[-1].x + drawn.spans[-1].wide <= drawn.today_x
    assert drawn.spans[-1].middle > drawn.spans[-1].x


def test_bars_stand_in_their_months_and_never_above_the_picture() -> None:
    months = {date(2026, 7, 1): Counted(8, 9, True), date(2026, 11, 1): Counted(8, 6, False)}
    drawn = life.draw_life(MOVES, first=FIRST, today=TODAY, months=months)
    assert [(bar.month.month, bar.done, bar.is_short) for bar in drawn.bars] == [(7, 9, False), (11, 6, True)]
    assert drawn.bars[0].tall == life.TALLEST
    assert drawn.bars[0].x == LEFT + 5 * MONTH_WIDE + 28
    assert drawn.planned == 8
    assert drawn.bars[1].y > drawn.planned_y > drawn.bars[0].y


def test_a_word_stands_only_where_nothing_else_does() -> None:
    events = [
        Happened(date(2026, 8, 23), "复评"),
        Happened(date(2026, 8, 4), "摔倒住院", is_bad=True),
        Happened(date(2026, 8, 6), "误按"),
        Happened(date(2025, 1, 1), "以前的"),
    ]
    drawn = life.draw_life(MOVES, first=FIRST, today=TODAY, events=events)
    assert [(mark.word, mark.is_bad) for mark in drawn.events] == [("", True), ("误按", False), ("复评", False)]


def test_days_of_rest_are_no_days_of_service() -> None:
    assert (
        life.count_days(MOVES, until=TODAY)
        == (date(2026, 8, 4) - date(2026, 4, 21)).days + (TODAY - date(2026, 8, 23)).days + 1
    )
    assert life.count_days(MOVES[:7], until=TODAY) == 0


def test_a_bed_that_ended_stops_where_it_ended() -> None:
    ended = [*MOVES, Moved(State.CLOSING, date(2026, 10, 1)), Moved(State.CLOSED, date(2026, 10, 20))]
    drawn = life.draw_life(ended, first=FIRST, today=TODAY)
    assert drawn.spans[-1].stage == "closing"
    assert drawn.today_x is not None
    assert drawn.spans[-1].x + drawn.spans[-1].wide < drawn.today_x

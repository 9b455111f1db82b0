"""Checks on canteens, on both sides of their thresholds: closed, without papers, overfull, month-end spikes."""

from datetime import date, time, timedelta
from typing import Any

import pytest

from subsidies.findings.checks import Window
from tests.meals.checks.world import CITY, DAY, WINDOW, World
from tests.meals.factories import make_closure, make_policy

NOTHING: dict[str, Any] = {"shares": (), "points_fen": 0}
POINTS: dict[str, Any] = {"shares": (), "points_fen": 600}


@pytest.mark.parametrize(
    ("papers", "paid", "found"),
    [
        ({"licence_expires_on": DAY}, {}, []),
        ({"licence_expires_on": DAY - timedelta(days=1)}, {}, ["licence"]),
        ({"licence_expires_on": DAY - timedelta(days=1)}, POINTS, ["licence"]),
        ({"licence_expires_on": DAY - timedelta(days=1)}, NOTHING, []),
        ({"agreement_expires_on": DAY - timedelta(days=1)}, {}, ["agreement"]),
        ({"closed_from": DAY + timedelta(days=1)}, NOTHING, []),
        ({"closed_from": DAY}, NOTHING, ["given_up"]),
    ],
)
def test_papers_and_closing(world: World, papers: dict[str, date], paid: dict[str, Any], found: list[str]) -> None:
    for name, day in papers.items():
        setattr(world.here, name, day)
    world.sell(**paid)
    assert [each.facts["why"] for each in world.check("R7")] == found


def test_a_closed_day_is_found_and_the_day_after_is_not(world: World) -> None:
    make_closure(world.session, canteen=world.here, closed_on=DAY)
    world.sell(**NOTHING)
    world.sell(on=DAY - timedelta(days=1), **NOTHING)
    assert [(each.facts["why"], each.happened_on) for each in world.check("R7")] == [("closed_day", DAY)]


def test_a_weekday_without_opening_is_found_unless_the_canteen_opens_on_it(world: World) -> None:
    world.here.weekdays = [day for day in world.here.weekdays if day != DAY.isoweekday()]
    world.sell(**NOTHING)
    world.sell(on=DAY - timedelta(days=1), **NOTHING)
    assert [(each.facts["why"], each.happened_on) for each in world.check("R7")] == [("closed_weekday", DAY)]


def test_a_day_that_is_down_as_closed_is_told_as_such_whatever_its_weekday(world: World) -> None:
    world.here.weekdays = [day for day in world.here.weekdays if day != DAY.isoweekday()]
    make_closure(world.session, canteen=world.here, closed_on=DAY)
    world.sell(**NOTHING)
    assert [each.facts["why"] for each in world.check("R7")] == ["closed_day"]


@pytest.mark.parametrize(
    ("at", "tolerance", "found"),
    [
        (time(13, 30), 0, 0),
        (time(13, 31), 0, 1),
        (time(13, 45), 15, 0),
        (time(13, 46), 15, 1),
        (time(9, 44), 15, 1),
        (time(9, 45), 15, 0),
    ],
)
def test_subsidies_outside_the_hours_of_their_document(world: World, at: time, tolerance: int, found: int) -> None:
    policy_id = make_policy(world.session)
    world.sell(at=at, policy_ids=[policy_id])
    world.sell(at=at, policy_ids=[policy_id], **NOTHING)
    assert [each.facts["meals"] for each in world.check("R7", tolerance_minutes=tolerance)] == [1] * found


@pytest.mark.parametrize(("meals", "turns", "found"), [(6, 3, 0), (7, 3, 1), (7, 4, 0)])
def test_more_meals_than_seats_can_take_in(world: World, meals: int, turns: int, found: int) -> None:
    for _each in range(meals):
        world.sell()
    world.sell(at=time(17), window_name="dinner")
    assert [each.facts["meals"] for each in world.check("R8", turns=turns)] == [meals] * found


@pytest.mark.parametrize(
    ("usual", "last", "percent", "found"), [(2, 3, 150, 1), (2, 3, 151, 0), (2, 2, 101, 0), (1, 4, 160, 1)]
)
def test_spikes_at_the_end_of_the_month(world: World, usual: int, last: int, percent: int, found: int) -> None:
    for day, meals in [(date(2026, 10, day), usual) for day in (5, 6, 7, 8)] + [(date(2026, 10, 31), last)]:
        for _each in range(meals):
            world.sell(on=day)
    numbers = {"last_days": 3, "percent": percent, "meals": 2}
    assert [each.facts["percent"] for each in world.check("R19", **numbers)] == [round(last * 100 / usual)] * found


def test_a_small_spike_and_a_month_under_way_are_no_news(world: World) -> None:
    world.sell(on=date(2026, 10, 5))
    for _each in range(5):
        world.sell(on=date(2026, 10, 31))
    assert world.check("R19", last_days=3, percent=160, meals=6) == []
    under_way = Window(since=WINDOW.since, until=date(2026, 10, 31), area_code=CITY)
    assert world.check("R19", under_way, last_days=3, percent=160, meals=2) == []

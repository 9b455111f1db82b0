"""Checks on the rhythm of tills, on both sides of their thresholds."""

from datetime import datetime, time, timedelta

import pytest

from app.clock import ZONE
from tests.meals.checks.world import DAY, World

NOON = datetime.combine(DAY, time(11, 0), tzinfo=ZONE)


def later(**parts: float) -> time:
    return (NOON + timedelta(**parts)).time()


@pytest.mark.parametrize(
    ("place", "minutes", "found"),
    [
        ("near", 9, 1),
        ("near", 10, 0),
        ("next", 24, 1),
        ("next", 25, 0),
        ("far", 44, 1),
        ("far", 45, 0),
        ("here", 1, 0),
    ],
)
def test_ways_that_nobody_goes_so_fast(world: World, place: str, minutes: int, found: int) -> None:
    guest = world.guest()
    first = world.sell(guest, at=later())
    second = world.sell(guest, at=later(minutes=minutes), canteen=getattr(world, place), slot=2)
    world.sell(at=later(minutes=minutes), canteen=getattr(world, place))
    seen = world.check("R3")
    assert len(seen) == found
    if seen:
        assert {each.ref for each in seen[0].sources if each.kind == "checkout"} == {str(first.id), str(second.id)}
        assert (seen[0].facts["minutes"], seen[0].canteen_id) == (minutes, second.canteen_id)


@pytest.mark.parametrize(
    ("meals", "most", "found"),
    [((2, 2), (2, 4), 0), ((3, 0), (2, 4), 1), ((2, 2), (2, 3), 1), ((1, 1), (1, 2), 0), ((3, 2), (9, 4), 1)],
)
def test_more_meals_than_one_person_eats(
    world: World, meals: tuple[int, int], most: tuple[int, int], found: int
) -> None:
    (lunches, dinners), (in_window, in_day) = meals, most
    guest = world.guest()
    for slot in range(lunches):
        world.sell(guest, at=later(minutes=slot), slot=slot + 1)
    for slot in range(dinners):
        world.sell(guest, at=later(hours=6, minutes=slot), window_name="dinner", slot=slot + 1)
    seen = world.check("R4", meals_in_window=in_window, meals_in_day=in_day)
    assert len(seen) == found
    if seen:
        assert (seen[0].facts["meals"], seen[0].facts["most"]) == (lunches + dinners, max(lunches, dinners))


@pytest.mark.parametrize(
    ("sales", "seconds_apart", "found"), [(4, 20, 1), (3, 20, 0), (4, 21, 0), (4, 0, 1), (6, 20, 1)]
)
def test_bursts_at_one_till(world: World, sales: int, seconds_apart: int, found: int) -> None:
    for each in range(sales):
        world.sell(at=later(seconds=each * seconds_apart))
    world.sell(at=later(hours=1))
    world.sell(at=later(seconds=1), canteen=world.near)
    seen = world.check("R5", sales=4, seconds=60)
    assert [each.facts["meals"] for each in seen] == [sales] * found
    if seen:
        assert len(seen[0].sources) == sales + 1


@pytest.mark.parametrize(("same", "others", "found"), [(3, 3, 1), (2, 0, 0), (3, 4, 0), (4, 0, 1)])
def test_one_typed_amount_over_and_over(world: World, same: int, others: int, found: int) -> None:
    for each in range(same):
        world.sell(at=later(minutes=each), items=[], price_fen=1600)
    for each in range(others):
        world.sell(at=later(hours=1, minutes=each), items=[], price_fen=2000 + each)
    # Prices of the menu repeat as they should.
    for each in range(5):
        world.sell(at=later(hours=2, minutes=each), price_fen=1400)
    seen = world.check("R6", times=3, percent=50)
    assert [(each.facts["times"], each.facts["of"]) for each in seen] == [(same, same + others)] * found

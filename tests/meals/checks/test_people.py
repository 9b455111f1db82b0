"""Checks on people, on both sides of their thresholds: the dead, those in hospital or an institution, wrong ages."""

from datetime import date, timedelta
from typing import Any

import pytest

from app import vault
from app.areas.rules import path_of
from subsidies.findings.checks import Window
from tests.app.people.factories import new_id_number
from tests.meals.checks.world import CITY, DAY, OTHER_DISTRICT, STREET, WINDOW, World
from tests.meals.factories import make_failed_scan, reverse_row

PAID: dict[str, Any] = {"shares": (("city", 800),), "points_fen": 600}
NOTHING: dict[str, Any] = {"shares": (), "points_fen": 0}


@pytest.mark.parametrize(("days_after", "grace", "found"), [(0, 0, 0), (1, 0, 1), (1, 1, 0), (2, 1, 1), (-3, 0, 0)])
def test_meals_of_the_dead(world: World, days_after: int, grace: int, found: int) -> None:
    guest = world.guest()
    sold = world.sell(guest)
    world.status(guest[0], "deceased", DAY - timedelta(days=days_after))
    seen = world.check("R1", grace_days=grace)
    assert len(seen) == found
    if seen:
        assert seen[0].amount_fen == sold.public_fen + sold.points_fen
        assert ("checkout", str(sold.id)) in [(each.kind, each.ref) for each in seen[0].sources]


@pytest.mark.parametrize(("told_on", "found"), [(date(2026, 9, 30), 0), (date(2026, 10, 1), 1)])
def test_a_death_told_late_is_looked_at_from_its_day_on(world: World, told_on: date, found: int) -> None:
    guest = world.guest()
    world.sell(guest, on=date(2026, 8, 3))
    world.status(guest[0], "deceased", date(2026, 8, 1), told_on=told_on)
    assert [each.happened_on for each in world.check("R1")] == [date(2026, 8, 3)] * found


@pytest.mark.parametrize(("tries", "at_least", "found"), [(1, 1, 1), (1, 2, 0), (2, 2, 1)])
def test_refused_scans_of_a_dead_persons_card(world: World, tries: int, at_least: int, found: int) -> None:
    senior, _card = world.guest()
    world.status(senior, "deceased", date(2026, 11, 1))
    scanned = {"canteen": world.here, "account_id": world.cashier, "senior_id": senior.id}
    for _each in range(tries):
        make_failed_scan(world.session, **scanned, reason="senior_deceased", at=world.sell(on=DAY).occurred_at)
    seen = world.check("R1", tries=at_least)
    assert [(each.severity, each.facts["tries"]) for each in seen] == [("low", tries)] * found


@pytest.mark.parametrize(
    ("status", "days", "paid", "found"),
    [
        ("in_hospital", (-1, 2), PAID, 1),
        ("in_hospital", (0, 2), PAID, 0),
        ("in_hospital", (-1, 1), PAID, 0),
        ("in_hospital", (-1, None), PAID, 1),
        ("in_hospital", (-1, 2), NOTHING, 0),
        ("in_institution", (-1, 2), NOTHING, 1),
        ("in_institution", (0, 2), PAID, 0),
        ("moved_away", (-1, 2), PAID, 0),
    ],
)
def test_meals_of_those_who_are_elsewhere(
    world: World, status: str, days: tuple[int, int | None], paid: dict[str, Any], found: int
) -> None:
    guest = world.guest()
    world.sell(guest, **paid)
    first, last = days
    until_on = DAY + timedelta(days=last) if last is not None else None
    world.status(guest[0], status, DAY + timedelta(days=first), until_on)
    assert len(world.check("R2", grace_days=1)) == found


@pytest.mark.parametrize(("said", "years", "found"), [(82, 0, 0), (83, 0, 1), (81, 0, 1), (83, 1, 0), (84, 1, 1)])
def test_ages_that_the_birth_date_does_not_give(world: World, said: int, years: int, found: int) -> None:
    # The birthday is the day of the meal: that day counts.
    guest = world.guest(birth_on=DAY.replace(year=DAY.year - 82))
    world.sell(guest, facts={"age": said})
    seen = world.check("R16", years=years)
    assert [(each.facts["said"], each.facts["right"]) for each in seen] == [(said, 82)] * found


def test_the_id_number_speaks_before_the_registry(world: World) -> None:
    number = new_id_number(date(1960, 5, 1))
    guest = world.guest(birth_on=date(1944, 5, 1), id_number=number)
    world.sell(guest, facts={"age": 82})
    assert vault.unseal(guest[0].id_number_sealed) == number
    assert [each.facts["right"] for each in world.check("R16")] == [66]


def test_a_sale_without_subsidy_needs_no_age(world: World) -> None:
    world.sell(world.guest(birth_on=date(1960, 5, 1)), shares=(), facts={"age": 99})
    assert world.check("R16") == []


def test_what_was_undone_and_what_lies_outside_is_not_looked_at(world: World) -> None:
    guest = world.guest()
    world.status(guest[0], "deceased", date(2026, 9, 1), told_on=date(2026, 9, 2))
    reverse_row(world.session, checkout=world.sell(guest), account_id=world.cashier)
    world.sell(guest, on=WINDOW.since - timedelta(days=1))
    world.sell(guest, on=WINDOW.until)
    assert world.check("R1") == []


def test_places_with_a_document_of_their_own_are_left_out(world: World) -> None:
    for canteen in (world.here, world.far):
        guest = world.guest()
        world.sell(guest, canteen=canteen)
        world.status(guest[0], "deceased", date(2026, 9, 1))
    district = path_of(STREET)[:6]
    without = Window(since=WINDOW.since, until=WINDOW.until, area_code=CITY, except_areas=(district,))
    assert [each.area_code for each in world.check("R1", without)] == [OTHER_DISTRICT]
    within = Window(since=WINDOW.since, until=WINDOW.until, area_code=district)
    assert [each.area_code for each in world.check("R1", within)] == [STREET]

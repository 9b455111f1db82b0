"""Checks on recorded times, on both sides of their thresholds."""

from datetime import date, time

from app.clock import business_day
from tests.care_beds.checks.world import DAY, World, ids
from tests.care_beds.factories import make_provider

HALF_PAST, TEN = time(9, 30), time(10)


def test_a_carer_in_two_homes_at_once(world: World) -> None:
    carer, punctual = world.carer(), world.carer()
    first = world.visit(carer=carer, lasted=63)
    second = world.visit(carer=carer, at=TEN)
    third = world.visit(carer=carer, at=time(14), lasted=120)
    inner = world.visit(carer=carer, at=time(14, 10), planned_at=time(17), lasted=10)
    last = world.visit(carer=carer, at=time(15, 50), planned_at=time(18), lasted=10)
    world.visit(carer=punctual, lasted=62)
    world.visit(carer=punctual, at=TEN)
    (found,) = world.check("B3")
    assert world.caught("B3") == ids(first, second, third, inner, last)
    assert (found.facts["side"], found.facts["visits"], found.facts["shared"]) == ("carer", 5, 10)


def test_one_person_with_two_accounts_is_one_carer(world: World) -> None:
    number = "330106198005060029"
    before = world.carer(id_number=number, employed_until=DAY)
    now = world.carer(id_number=number, provider=make_provider(world.session))
    both = world.visit(carer=before), world.visit(carer=now, at=HALF_PAST)
    (found,) = world.check("B3")
    assert world.caught("B3") == ids(*both)
    assert found.provider_id is None


def test_two_carers_with_one_senior_at_once(world: World) -> None:
    bed = world.bed()
    both = world.visit(bed=bed), world.visit(bed=bed, at=HALF_PAST, planned_at=time(16))
    world.visit(bed=bed, on=date(2026, 11, 17))
    (found,) = world.check("B3")
    assert world.caught("B3") == ids(*both)
    assert (found.facts["side"], found.senior_id) == ("senior", bed.senior_id)


def test_more_hours_than_anyone_works(world: World) -> None:
    tireless, diligent = world.carer(), world.carer()
    long_day = [
        world.visit(carer=tireless, at=time(hour), planned=180, lasted=minutes)
        for hour, minutes in ((6, 180), (12, 180), (18, 181))
    ]
    for hour in (6, 12, 18):
        world.visit(carer=diligent, at=time(hour), planned=180, lasted=180)
    world.visit(carer=diligent, on=date(2026, 11, 17))
    assert world.caught("B4") == ids(*long_day)
    assert [each.happened_on for each in world.check("B4")] == [business_day(long_day[0].started_at)]


def test_visits_over_too_soon(world: World) -> None:
    carer = world.carer()
    short = world.visit(carer=carer, lasted=53), world.visit(carer=carer, at=time(14), lasted=10)
    world.visit(lasted=54)
    passed = world.visit(lasted=20)
    world.clear(passed, "leaving_short")
    assert world.caught("B5") == ids(*short)
    (found,) = world.check("B5")
    assert (found.facts["visits"], found.facts["minutes"], found.facts["planned_minutes"]) == (2, 63, 120)
    assert world.check("B5", visits=3) == []

"""Checks on where carers were, on both sides of their thresholds."""

from datetime import time

from tests.care_beds.checks.world import NO_PLACE, World, at_home_or, ids


def test_visits_without_a_place_to_believe(world: World) -> None:
    nowhere = world.visit(came=NO_PLACE)
    stale = world.visit(left={"fix_age_s": 301})
    vague = world.visit(came={"accuracy_m": 501})
    world.visit(came={"fix_age_s": 300, "accuracy_m": 500})
    assert world.caught("B1") == ids(nowhere, stale, vague)
    facts = {each.sources[1].ref: each.facts for each in world.check("B1")}
    assert [(facts[str(each.id)]["off"], facts[str(each.id)]["stale"]) for each in (nowhere, stale)] == [(1, 0), (0, 1)]


def test_what_a_supervisor_let_pass_counts_only_as_a_habit(world: World) -> None:
    carer = world.carer()
    first, second = world.visit(carer=carer, came=NO_PLACE), world.visit(carer=carer, at=time(14), came=NO_PLACE)
    for each in (first, second):
        world.clear(each, "fix_none")
    assert world.caught("B1") == set()
    assert world.caught("B1", cleared=2) == ids(first, second)
    rejected = world.visit(came=NO_PLACE)
    world.clear(rejected, "fix_none", decision="rejected")
    assert world.caught("B1") == ids(rejected)


def test_places_further_apart_than_anyone_travels(world: World) -> None:
    carer, driver, walker = world.carer(), world.carer(), world.carer()
    away, near = at_home_or(10_000), at_home_or(1020)
    first = world.visit(carer=carer, planned=30, lasted=30)
    second = world.visit(carer=carer, at=time(9, 35), planned=30, lasted=30, came=away, left=away)
    world.visit(carer=driver, planned=30, lasted=30)
    world.visit(carer=driver, at=time(9, 41), came=away, left=away)
    world.visit(carer=walker, planned=30, lasted=30)
    world.visit(carer=walker, at=time(9, 30), came=near, left=near)
    assert world.caught("B2") == ids(first, second)
    assert [round(each.facts["metres"], -1) for each in world.check("B2")] == [9970]


def test_coming_in_one_place_and_leaving_in_another(world: World) -> None:
    odd = world.visit(lasted=5, left=at_home_or(9000))
    world.visit(lasted=5, left={**at_home_or(9000), "fix_age_s": 900})
    assert world.caught("B2") == ids(odd)
    assert [each.facts["is_one_visit"] for each in world.check("B2")] == [True]


def test_signed_far_from_the_home(world: World) -> None:
    far = world.visit(came={"distance_m": 216})
    world.visit(came={"distance_m": 215})
    world.visit(came={"distance_m": 400, "accuracy_m": 200})
    passed = world.visit(left={"distance_m": 4000})
    world.clear(passed, "leaving_far")
    world.visit(came={"distance_m": None})
    assert world.caught("B8") == ids(far)
    assert [each.facts["most"] for each in world.check("B8")] == [201]

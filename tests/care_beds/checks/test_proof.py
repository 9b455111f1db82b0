"""Checks on photos and confirmations, on both sides of their thresholds."""

from datetime import date, time, timedelta
from typing import Any

from tests.care_beds.checks.world import World, ids

# A picture with as many marks as it has none; turning over single bits makes others that look like it.
LOOK = 0x0F1E2D3C4B5A6978


def other(bits: int, *, since: int = 0) -> int:
    """Return the look of a picture that differs in so many bits, spread over all of it."""
    return LOOK ^ sum(1 << (since + 9 * n) for n in range(bits))


def shot(world: World, phash: int, *, file: str = "") -> dict[str, Any]:
    return {"picture_id": world.picture(phash, file=file).id}


def test_a_photo_used_again_for_somebody_else(world: World) -> None:
    carer, other_carer = world.carer(), world.carer()
    first = world.visit(carer=carer, came=shot(world, LOOK))
    again = world.visit(carer=carer, at=time(14), left=shot(world, other(6)))
    world.visit(carer=carer, at=time(17), came=shot(world, other(7, since=1)))
    world.visit(carer=other_carer, came=shot(world, LOOK))
    assert world.caught("B7") == ids(first, again)
    (found,) = world.check("B7")
    assert (found.facts["visits"], found.facts["other_seniors"], found.senior_id) == (2, 1, None)
    assert world.caught("B7", bits=5) == set()


def test_a_photo_of_one_bed_used_by_another_carer(world: World) -> None:
    bed = world.bed()
    first = world.visit(bed=bed, came=shot(world, LOOK))
    again = world.visit(bed=bed, at=time(14), came=shot(world, other(1)))
    (found,) = world.check("B7")
    assert world.caught("B7") == ids(first, again)
    assert (found.facts["other_carers"], found.senior_id) == (1, bed.senior_id)


def test_the_very_same_file_is_found_wherever_it_is(world: World) -> None:
    first, again = (world.visit(came=shot(world, 0, file="one")) for _ in range(2))
    both_ways = world.visit(came=shot(world, 5 << 40, file="two"), left=shot(world, 5 << 40, file="two"))
    assert world.caught("B7") == ids(first, again, both_ways)


def test_pictures_of_one_visit_may_look_alike_and_flat_ones_prove_nothing(world: World) -> None:
    carer = world.carer()
    world.visit(carer=carer, came=shot(world, LOOK), left=shot(world, other(1)))
    world.visit(carer=carer, at=time(14), came=shot(world, 0))
    world.visit(carer=carer, at=time(17), came=shot(world, 0))
    assert world.check("B7") == []


def test_how_far_back_photos_are_compared(world: World) -> None:
    carer = world.carer()
    old = world.visit(carer=carer, on=date(2026, 9, 17), came=shot(world, LOOK))
    new = world.visit(carer=carer, on=date(2026, 11, 18), came=shot(world, LOOK))
    assert world.caught("B7", days=61) == set()
    assert world.caught("B7", days=62) == ids(old, new)


def test_confirmed_before_the_service(world: World) -> None:
    early, blank, honest, asleep = (world.visit() for _ in range(4))
    world.confirm(early, before_end=timedelta(minutes=11))
    world.confirm(blank, before_end=timedelta(hours=8), how="code")
    world.confirm(honest, before_end=timedelta(minutes=10))
    world.confirm(asleep, before_end=timedelta(hours=8), how="cannot")
    assert world.caught("B9") == ids(early, blank)
    assert [(each.facts["before_start"], each.facts["early"]) for each in world.check("B9")] == [(0, 11), (1, 480)]

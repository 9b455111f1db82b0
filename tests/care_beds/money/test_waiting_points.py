"""Points whose last good day was the day of a visit wait for its payment, and end once it is paid or given up."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import text, update

from app.clock import ZONE
from care_beds.rounds.models import LateVisit
from care_beds.visits.models import CareVisit, VisitObjection
from subsidies.expiry.tasks import expire_points as nightly
from tests.care_beds.money.world import OCTOBER, CareWorld
from tests.conftest import FrozenClock
from tests.meals.factories import make_policy

PRICE_FEN = 3500


@pytest.fixture(autouse=True)
def _one_day(world: CareWorld) -> None:
    """Book ended points one whole day after their last good one."""
    make_policy(world.session, kind="expiry_rules", area_code="330106", body={"sweep_after_days": 1})


def left(world: CareWorld) -> int:
    lots = text("SELECT coalesce(sum(remaining_fen), 0) FROM ledger.lot WHERE home = :home")
    return int(world.session.execute(lots, {"home": world.home}).scalar_one())


def sweep(world: CareWorld, clock: FrozenClock, on: date) -> int:
    world.session.commit()
    clock.set(datetime.combine(on, datetime.min.time(), tzinfo=ZONE).replace(minute=40))
    nightly()
    return left(world)


def test_a_visit_of_the_last_good_day_is_paid_with_its_points_days_later(world: CareWorld, clock: FrozenClock) -> None:
    world.give_points(5000, expires_on=OCTOBER)
    visit = world.visit(state="finished")
    assert sweep(world, clock, OCTOBER + timedelta(days=2)) == 5000
    world.session.execute(update(CareVisit).where(CareVisit.id == visit.id).values(state="confirmed"))
    assert sweep(world, clock, OCTOBER + timedelta(days=4)) == 5000
    assert world.pay(visit).payer == "points"
    assert left(world) == 5000 - PRICE_FEN
    assert sweep(world, clock, OCTOBER + timedelta(days=5)) == 0


def test_points_that_ended_before_the_visit_do_not_wait(world: CareWorld, clock: FrozenClock) -> None:
    world.give_points(5000, expires_on=OCTOBER)
    world.visit(OCTOBER + timedelta(days=1))
    assert sweep(world, clock, OCTOBER + timedelta(days=2)) == 0


@pytest.mark.parametrize("values", [{"exception": "rejected"}, {"state": "missed"}, {"state": "cancelled"}])
def test_points_do_not_wait_for_a_visit_that_is_given_up(
    world: CareWorld, clock: FrozenClock, values: dict[str, str]
) -> None:
    world.give_points(5000, expires_on=OCTOBER)
    world.visit(**values)
    assert sweep(world, clock, OCTOBER + timedelta(days=2)) == 0


def test_points_do_not_wait_where_the_family_was_right(world: CareWorld, clock: FrozenClock) -> None:
    world.give_points(5000, expires_on=OCTOBER)
    visit = world.visit()
    asked = {"visit_id": visit.id, "words": "没有来过", "by_account": world.clerk.account_id, "at": clock.now()}
    answer = {"state": "upheld", "answer": "是的", "answered_by": world.clerk.account_id, "answered_at": clock.now()}
    world.session.add(VisitObjection(**asked, **answer))
    assert sweep(world, clock, OCTOBER + timedelta(days=2)) == 0


def test_points_wait_for_what_a_phone_told_too_late(world: CareWorld, clock: FrozenClock) -> None:
    world.give_points(5000, expires_on=OCTOBER)
    visit = world.visit(state="cancelled")
    told = {"visit_id": visit.id, "carer_id": world.carer.id, "why": "cancelled", "raised_at": clock.now()}
    world.session.add(LateVisit(**told))
    assert sweep(world, clock, OCTOBER + timedelta(days=2)) == 5000

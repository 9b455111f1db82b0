"""The check on idle points that visits took, on both sides of its thresholds."""

from datetime import datetime, time, timedelta

import pytest

from app.clock import ZONE
from app.tokens import new_id
from care_beds.visits.models import CareVisit
from tests.care_beds.checks.world import DAY, World, ids, pay
from tests.subsidies.factories import grant, open_accounts, spend

FIRST_ON = DAY - timedelta(days=10)
GIVEN_AT = datetime(2026, 7, 1, 9, tzinfo=ZONE)


def charge(world: World, visit: CareVisit, points_fen: int) -> None:
    """Take points for a visit, some days after it, as the product does."""
    txn_id = new_id()
    at = datetime.combine(visit.visit_on + timedelta(days=1), time(3), tzinfo=ZONE)
    merchant = world.provider.merchant_account
    spend(world.session, visit.senior_id, points_fen, merchant=merchant, txn_id=txn_id, purpose="care", now=at)
    pay(world, visit, price_fen=points_fen, payer="points", txn_id=txn_id)


@pytest.mark.parametrize(
    ("balance", "spent", "days_apart", "found"),
    [
        (20_000, 16_000, 1, 1),
        (20_000, 15_900, 1, 0),
        (19_900, 19_000, 1, 0),
        (20_000, 16_000, 6, 1),
        (20_000, 16_000, 7, 0),
    ],
)
def test_idle_points_charged_for_visits(world: World, balance: int, spent: int, days_apart: int, found: int) -> None:
    bed = world.bed()
    grant(world.session, bed.senior_id, balance, funder=open_accounts(world.session).city, now=GIVEN_AT)
    first = world.visit(bed=bed, on=FIRST_ON)
    second = world.visit(bed=bed, on=FIRST_ON + timedelta(days=days_apart))
    charge(world, first, spent // 2)
    charge(world, second, spent // 2)
    seen = world.check("B11")
    assert [(each.facts["had_fen"], each.facts["drained_fen"]) for each in seen] == [(balance, spent)] * found
    assert world.caught("B11") == (ids(first, second) if found else set())


@pytest.mark.parametrize(("rested", "found"), [(60, 0), (61, 1)])
def test_points_in_use_are_not_idle(world: World, rested: int, found: int) -> None:
    bed = world.bed()
    grant(world.session, bed.senior_id, 20_010, funder=open_accounts(world.session).city, now=GIVEN_AT)
    visit = world.visit(bed=bed, on=FIRST_ON)
    before = datetime.combine(FIRST_ON - timedelta(days=rested), time(9), tzinfo=ZONE)
    spend(world.session, bed.senior_id, 10, merchant=world.provider.merchant_account, purpose="meals", now=before)
    charge(world, visit, 19_000)
    assert len(world.check("B11")) == found


def test_points_given_yesterday_were_never_idle(world: World) -> None:
    bed = world.bed()
    given = datetime.combine(FIRST_ON - timedelta(days=1), time(9), tzinfo=ZONE)
    grant(world.session, bed.senior_id, 20_000, funder=open_accounts(world.session).city, now=given)
    charge(world, world.visit(bed=bed, on=FIRST_ON), 20_000)
    assert world.check("B11") == []


def test_what_others_paid_took_no_points(world: World) -> None:
    bed = world.bed()
    grant(world.session, bed.senior_id, 20_000, funder=open_accounts(world.session).city, now=GIVEN_AT)
    pay(world, world.visit(bed=bed, on=FIRST_ON), price_fen=19_000, payer="insurance")
    assert world.check("B11") == []

"""Checks on money, on both sides of their thresholds: nothing paid, idle points drained, undone after settlement."""

from datetime import date, datetime, time, timedelta

import pytest
from sqlalchemy import text

from app.clock import ZONE
from meals.checks import money
from subsidies.services import Grant, grant_points, open_account
from tests.meals.checks.world import CITY, DAY, World
from tests.meals.factories import reverse_row

GIVEN_AT = datetime(2026, 7, 1, 9, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("paid", "least", "found"),
    [
        ((1000, 1000, 0), 1, 1),
        ((1001, 1000, 0), 1, 0),
        ((1001, 1000, 0), 2, 1),
        ((1000, 900, 100), 1, 0),
        ((1000, 0, 0), 1, 0),
    ],
)
def test_subsidies_to_which_the_guest_gave_nothing(
    world: World, paid: tuple[int, int, int], least: int, found: int
) -> None:
    price, public, points = paid
    shares = (("city", public),) if public else ()
    world.sell(price_fen=price, shares=shares, points_fen=points)
    assert len(world.check("R13", least_fen=least)) == found


def give(world: World, senior_id: int, points_fen: int, at: datetime = GIVEN_AT) -> None:
    funder = open_account(world.session, kind="city", area_code=CITY, name="市财政")
    grant = Grant(
        home=senior_id,
        key=f"grant:{senior_id}:{at}",
        funder_account=funder,
        programme="chongyang-age",
        purpose="any",
        amount_fen=points_fen,
        expires_on=date(2026, 12, 31),
        cause={"what": "grant"},
    )
    grant_points(world.session, grants=[grant], actor="test", device="test", occurred_at=at, now=at)


@pytest.mark.parametrize(
    ("balance", "spent", "days_apart", "found"),
    [
        (20_000, 16_000, 0, 1),
        (20_000, 15_900, 0, 0),
        (19_999, 19_000, 0, 0),
        (20_000, 16_000, 6, 1),
        (20_000, 16_000, 7, 0),
    ],
)
def test_idle_points_drained(world: World, balance: int, spent: int, days_apart: int, found: int) -> None:
    guest = world.guest()
    give(world, guest[0].id, balance)
    first, second = spent // 2, spent - spent // 2
    start = DAY - timedelta(days=10)
    world.sell(guest, on=start, price_fen=first, shares=(), points_fen=first)
    world.sell(
        guest, on=start + timedelta(days=days_apart), price_fen=second, shares=(), points_fen=second, at=time(12)
    )
    seen = world.check("R20")
    assert [(each.facts["had_fen"], each.facts["drained_fen"]) for each in seen] == [(balance, spent)] * found


@pytest.mark.parametrize(("rested", "found"), [(60, 0), (61, 1)])
def test_points_in_use_are_not_idle(world: World, rested: int, found: int) -> None:
    guest = world.guest()
    give(world, guest[0].id, 20_000)
    world.sell(guest, on=DAY - timedelta(days=rested), price_fen=10, shares=(), points_fen=10)
    world.sell(guest, on=DAY, price_fen=20_000, shares=(), points_fen=20_000)
    assert len(world.check("R20")) == found


def test_points_given_yesterday_were_never_idle(world: World) -> None:
    guest = world.guest()
    give(world, guest[0].id, 20_000, at=datetime.combine(DAY - timedelta(days=1), time(9), tzinfo=ZONE))
    world.sell(guest, price_fen=20_000, shares=(), points_fen=20_000)
    assert world.check("R20") == []


def test_without_settlements_nothing_was_undone_after_one(world: World) -> None:
    reverse_row(world.session, checkout=world.sell(), account_id=world.cashier)
    assert world.check("R12") == []


@pytest.mark.parametrize(
    ("between", "after_days", "found"),
    [(timedelta(minutes=1), 0, 1), (timedelta(), 0, 0), (timedelta(days=3), 3, 1), (timedelta(days=3), 4, 0)],
)
def test_undone_after_the_settlement(
    world: World, monkeypatch: pytest.MonkeyPatch, between: timedelta, after_days: int, found: int
) -> None:
    sold = world.sell()
    reverse_row(world.session, checkout=sold, account_id=world.cashier)
    # Between the days of the window, since the clock of the tests stands in the day after them.
    undone_at = datetime.combine(DAY, time(15), tzinfo=ZONE)
    named = {"at": undone_at, "id": sold.id}
    world.session.execute(text("UPDATE checkout SET reversed_at = :at WHERE id = :id"), named)
    monkeypatch.setattr(money, "find_settled", lambda _session, asked: {str(asked[0][1]): undone_at - between})
    seen = world.check("R12", after_days=after_days)
    assert [each.facts["days"] for each in seen] == [between.days] * found

"""Kept sums: what came after is always added, nothing is counted twice, and all of it agrees with the books."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from app.auth import Role
from app.clock import ZONE
from meals import queries
from meals.desk import folding
from meals.desk.comparing import compare_parts, sum_by_month
from meals.desk.reached import list_reached
from meals.models import Checkout
from meals.queries import SaleFilter, SaleState
from meals.tasks import fold_days, prove_sums
from subsidies.desk import folding as books
from subsidies.desk.reading import MovementFilter, sum_movements
from tests.conftest import FrozenClock
from tests.meals.factories import CITY, DISTRICT, STREET, reverse_row
from tests.meals.lunch import Lunch
from tests.meals.offices import OTHER_STREET, TODAY, Office

# After the sales of the tests, and before what they undo.
NOON = datetime.combine(TODAY, time(11, 40), tzinfo=ZONE)
MONTH = TODAY.replace(day=1)


def figures(office: Office, **asked: Any) -> tuple[Any, ...]:
    """Return everything the overview adds up."""
    whose = {"actor": office.actor(Role.AUDITOR, area_code=CITY), **asked}
    days = {**whose, "from_on": date(2026, 10, 1), "until_on": TODAY}
    return (
        queries.sum_by_day_and_canteen(office.session, **days),
        queries.sum_by_day_and_payer(office.session, **days),
        queries.sum_by_tier(office.session, **whose, month=MONTH),
        queries.count_reached(office.session, **whose, month=MONTH),
        sum_by_month(office.session, area=None, actor=whose["actor"], until_on=TODAY),
        list_reached(office.session, **whose, month=MONTH),
        queries.sum_checkouts(office.session, actor=whose["actor"], filters=SaleFilter(from_on=MONTH, until_on=TODAY)),
    )


def sell_some(office: Office) -> Checkout:
    """Sell on some days, undo one, and return another that is still to be undone."""
    regular = office.guest()
    for days_ago in range(5):
        office.sold(regular, meal_on=TODAY - timedelta(days=days_ago))
        office.sold(canteen=office.elsewhere, meal_on=TODAY - timedelta(days=days_ago))
    office.sold(shares=(("city", 100), ("concession", 60)), meal_on=TODAY - timedelta(days=25))
    office.sold(shares=(), window_name=None)
    reverse_row(office.session, checkout=office.sold(meal_on=TODAY - timedelta(days=2)), account_id=office.cashier_id)
    return office.sold(canteen=office.second, meal_on=TODAY - timedelta(days=3))


@pytest.mark.parametrize("kept_days_ago", [0, 1, 3, 30])
def test_figures_are_the_same_wherever_the_kept_part_ends(office: Office, kept_days_ago: int) -> None:
    undone_later = sell_some(office)
    live = figures(office)
    assert folding.fold(office.session, before=NOON - timedelta(days=kept_days_ago))
    assert figures(office) == live
    assert folding.is_right(office.session)
    reverse_row(office.session, checkout=undone_later, account_id=office.cashier_id)
    after_undoing = figures(office)
    assert after_undoing != live
    office.session.execute(text("DELETE FROM meal_fold"))
    for table in ("meal_day", "meal_guest", "meal_band"):
        office.session.execute(text(f"DELETE FROM {table}"))
    assert figures(office) == after_undoing


def test_keeping_step_by_step_gives_what_keeping_at_once_gives(office: Office, clock: FrozenClock) -> None:
    undone_later = sell_some(office)
    for days_ago in (30, 3, 3, 0):
        folding.fold(office.session, before=NOON - timedelta(days=days_ago))
    clock.advance(days=1)
    reverse_row(office.session, checkout=undone_later, account_id=office.cashier_id)
    expected = figures(office)
    fold_days()
    fold_days()
    assert figures(office) == expected
    assert folding.is_right(office.session)
    assert not folding.fold(office.session, before=NOON - timedelta(days=9))


def test_what_was_brought_in_late_is_noticed_and_made_right(office: Office, clock: FrozenClock) -> None:
    sell_some(office)
    clock.advance(hours=2)
    fold_days()
    office.sold(meal_on=TODAY - timedelta(days=8))
    assert not folding.is_right(office.session)
    prove_sums()
    assert folding.is_right(office.session)
    assert figures(office)[0].by_day[TODAY - timedelta(days=8)].meals == 1


def test_people_are_counted_once_however_many_canteens_they_eat_in(office: Office) -> None:
    guest = office.guest()
    for canteen in (office.first, office.second, office.elsewhere):
        office.sold(guest, canteen=canteen, window_name=f"w{canteen.id}")
    actor = office.actor(Role.AUDITOR, area_code=CITY)
    assert queries.count_reached(office.session, actor=actor, month=MONTH) == 1
    assert queries.count_reached(office.session, actor=actor, month=MONTH, area=OTHER_STREET) == 1
    assert queries.count_reached(office.session, actor=actor, month=MONTH - timedelta(days=1)) == 0
    assert [line.meals for line in list_reached(office.session, actor=actor, month=MONTH).items] == [3]


def test_places_are_compared_and_only_ones_own_are_seen(office: Office) -> None:
    office.sold()
    office.sold(canteen=office.elsewhere)
    city, street = office.actor(Role.AUDITOR, area_code=CITY), office.actor(Role.STREET_CLERK)
    for actor, area, seen in (
        (city, None, ["330105", "330106"]),
        (city, DISTRICT, [STREET]),
        (street, None, []),
        (office.actor(Role.AUDITOR, area_code=DISTRICT), None, [STREET]),
        (office.actor(Role.AUDITOR, area_code=DISTRICT), "330106", []),
    ):
        sums = queries.sum_by_day_and_canteen(
            office.session, actor=actor, from_on=MONTH, until_on=TODAY, area=area
        ).by_canteen
        parts, reached = compare_parts(office.session, actor=actor, area=area, sums=sums, before={}, month=MONTH)
        assert [part.code for part in parts] == seen
        assert all(part.now.meals == 1 and part.reached == 1 for part in parts)
        assert reached == sum(totals.meals for totals in sums.values())


def test_sums_of_sales_by_filter_are_those_of_their_rows(office: Office) -> None:
    sell_some(office)
    folding.fold(office.session, before=NOON - timedelta(days=2))
    actor = office.actor(Role.AUDITOR, area_code=CITY)
    for narrowed in (
        {},
        {"canteen_id": office.first.id},
        {"area": DISTRICT},
        {"window": "lunch"},
        {"state": SaleState.SUBSIDISED},
        {"state": SaleState.FULL_PRICE},
        {"state": SaleState.REVERSED},
    ):
        filters = SaleFilter(from_on=MONTH, until_on=TODAY, **narrowed)
        lines = queries.list_checkouts(office.session, actor=actor, filters=filters, limit=200).items
        kept = [line for line in lines if line.state is not SaleState.REVERSED]
        sums = queries.sum_checkouts(office.session, actor=actor, filters=filters)
        assert (sums.count, sums.reversed) == (len(kept), len(lines) - len(kept))
        assert sums.public_fen == sum(line.public_fen for line in kept)
        assert sums.cash_fen == sum(line.cash_fen for line in kept)


def test_meals_agree_with_the_books_to_the_fen(lunch: Lunch) -> None:
    for _guest in range(3):
        lunch.sell(lunch.guest(points_fen=600))
    lunch.undo(lunch.sell(lunch.guest(points_fen=50)).get_json()["id"])
    for kept in (False, True):
        if kept:
            later = NOON + timedelta(days=1)
            assert folding.fold(lunch.session, before=later)
            assert books.fold(lunch.session, before=later)
            assert books.is_right(lunch.session)
        actor = Office(lunch.session, *[lunch.canteen] * 3, lunch.till, 0).actor(Role.AUDITOR, area_code=CITY)
        sold = sum(
            queries.sum_by_day_and_canteen(lunch.session, actor=actor, from_on=MONTH, until_on=TODAY).by_day.values(),
            queries.Totals(),
        )
        moved = sum_movements(lunch.session, filters=MovementFilter(from_on=MONTH, until_on=TODAY), area_codes=[CITY])
        assert sold.meals == 3
        assert sold.points_fen == sum(each.out_fen for each in moved) - sum(
            each.in_fen for each in moved if each.kind == "reversal"
        )
        assert sold.public_fen == sum(each.public_fen - each.public_back_fen for each in moved)

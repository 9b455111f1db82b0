"""What can be read of canteens, menus, tills, sales and failed scans, and by whom."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from app import clock
from app.auth import Role
from app.clock import ZONE
from meals import queries
from meals.queries import Opening, Papers
from meals.scope import CanteenNotFound
from tests.conftest import FrozenClock
from tests.meals.factories import (
    CITY,
    DISTRICT,
    make_canteen,
    make_closure,
    make_dish,
    make_policy,
)
from tests.meals.offices import OTHER_STREET, TODAY, Office

SINCE = date(2026, 11, 1)


def names(lines: Any) -> list[str]:
    """Return the names of canteens."""
    return [line.name for line in lines]


@pytest.mark.parametrize(
    ("role", "area_code", "seen"),
    [
        (Role.STREET_CLERK, "330105011", ["文晖一食堂", "文晖二食堂"]),
        (Role.DISTRICT_APPROVER, DISTRICT, ["文晖一食堂", "文晖二食堂"]),
        (Role.AUDITOR, CITY, ["文晖一食堂", "文晖二食堂", "北山食堂"]),
        (Role.STREET_CLERK, OTHER_STREET, ["北山食堂"]),
    ],
)
def test_everyone_sees_the_canteens_of_their_areas(office: Office, role: Role, area_code: str, seen: list[str]) -> None:
    actor = office.actor(role, area_code=area_code)
    assert names(queries.list_canteens(office.session, actor=actor, on=TODAY).items) == seen
    assert names(queries.list_canteen_names(office.session, actor=actor)) == seen


def test_a_manager_and_a_cashier_see_their_own_canteen_only(office: Office) -> None:
    for role in (Role.CANTEEN_MANAGER, Role.CASHIER):
        actor = office.actor(role, canteen=office.second)
        assert names(queries.list_canteens(office.session, actor=actor, on=TODAY).items) == ["文晖二食堂"]
        with pytest.raises(CanteenNotFound):
            queries.get_canteen(office.session, canteen_id=office.first.id, actor=actor, on=TODAY)


def test_canteens_page_by_cursor_without_losing_any(office: Office) -> None:
    actor, after, seen = office.actor(Role.AUDITOR, area_code=CITY), None, []
    for _ in range(3):
        page = queries.list_canteens(office.session, actor=actor, on=TODAY, after=after, limit=1)
        seen += names(page.items)
        after = page.next
    assert (seen, after) == (["文晖一食堂", "文晖二食堂", "北山食堂"], None)


@pytest.mark.parametrize(
    ("query", "seen"),
    [("二", ["文晖二食堂"]), ("wenhui f", ["文晖一食堂"]), ("A-02", ["文晖二食堂"]), ("%", []), ("_", [])],
)
def test_canteens_are_found_by_name_or_code(office: Office, query: str, seen: list[str]) -> None:
    actor = office.actor(Role.AUDITOR, area_code=CITY)
    assert names(queries.list_canteens(office.session, actor=actor, on=TODAY, query=query).items) == seen


def test_papers_hold_to_their_last_good_day(office: Office) -> None:
    actor = office.actor(Role.STREET_CLERK)
    for expires_on, standing in (
        (TODAY - timedelta(days=1), Papers.LAPSED),
        (TODAY, Papers.ENDING),
        (TODAY + timedelta(days=29), Papers.ENDING),
        (TODAY + timedelta(days=30), Papers.VALID),
    ):
        office.first.licence_expires_on = expires_on
        office.session.flush()
        line = queries.get_canteen(office.session, canteen_id=office.first.id, actor=actor, on=TODAY)
        assert line.licence is standing
        found = queries.list_canteens(office.session, actor=actor, on=TODAY, papers=standing)
        assert office.first.id in [each.id for each in found.items]
        counts = queries.count_canteens(office.session, actor=actor, on=TODAY)
        assert (counts.lapsed, counts.ending) == (standing is Papers.LAPSED, standing is Papers.ENDING)


def test_whether_a_canteen_opens_and_why_not(office: Office) -> None:
    actor = office.actor(Role.STREET_CLERK)

    def opening(on: date = TODAY) -> Opening:
        return queries.get_canteen(office.session, canteen_id=office.first.id, actor=actor, on=on).opening

    assert opening() is Opening.OPEN
    office.first.weekdays = [1, 2, 3, 4]
    assert opening() is Opening.WEEKDAY
    make_closure(office.session, canteen=office.first, closed_on=TODAY)
    assert opening() is Opening.CLOSURE
    office.first.closed_from = TODAY
    assert opening() is Opening.GIVEN_UP


def test_one_canteen_shows_its_kitchen_tills_and_the_closed_days_to_come(office: Office) -> None:
    kitchen = make_canteen(office.session, kind="central_kitchen", name="中央厨房")
    office.first.kitchen_id = kitchen.id
    for day in (TODAY - timedelta(days=1), TODAY + timedelta(days=1)):
        make_closure(office.session, canteen=office.first, closed_on=day)
    page = queries.get_canteen_page(
        office.session, canteen_id=office.first.id, actor=office.actor(Role.STREET_CLERK), on=TODAY
    )
    assert page.kitchen == "中央厨房"
    assert [till.number for till in page.tills] == [1]
    assert [closure.closed_on for closure in page.closures] == [TODAY + timedelta(days=1)]
    assert names(queries.list_kitchens(office.session, actor=office.actor(Role.STREET_CLERK))) == ["中央厨房"]


def test_workplaces_are_named_by_area_or_by_id(office: Office) -> None:
    near = queries.list_workplaces(office.session, area_codes=[DISTRICT], ids=None)
    assert names(near) == ["文晖一食堂", "文晖二食堂"]
    assert names(queries.list_workplaces(office.session, area_codes=None, ids=[office.elsewhere.id])) == ["北山食堂"]


def test_the_menu_has_what_is_priced_and_served_on_the_day_the_default_first(office: Office) -> None:
    make_policy(office.session)
    make_dish(office.session, canteen=office.first, name="B 套餐", position=0)
    make_dish(office.session, canteen=office.first, name="A 套餐", position=1, is_default=True)
    make_dish(office.session, canteen=office.first, name="周末饺子", weekdays=[6, 7])
    make_dish(office.session, canteen=office.first, name="没定价", price_fen=None)
    make_dish(office.session, canteen=office.first, name="旧菜", withdrawn_on=TODAY)
    make_dish(office.session, canteen=office.first, name="去年的", valid_from=date(2025, 1, 1), valid_until=TODAY)
    make_dish(office.session, canteen=office.second, name="别家的")
    cashier = office.actor(Role.CASHIER, canteen=office.first)
    asked = {"canteen_id": office.first.id, "actor": cashier, "now": clock.now()}
    menu = queries.get_menu(office.session, **asked)
    assert [(item.name, item.default) for item in menu.items] == [("A 套餐", True), ("B 套餐", False)]
    assert menu.window is not None
    assert menu.window["name"] == "lunch"
    assert menu.window["until"] == datetime(2026, 11, 20, 13, 30, tzinfo=ZONE)
    assert menu.window["label"] == {"zh": "午餐", "en": "Lunch"}
    saturday = queries.get_menu(office.session, on=TODAY + timedelta(days=1), **asked)
    assert "周末饺子" in [item.name for item in saturday.items]
    assert saturday.window is None


def test_the_menu_has_no_window_between_meals_or_without_a_policy(office: Office, clock: FrozenClock) -> None:
    asked = {"canteen_id": office.first.id, "actor": office.actor(Role.CASHIER, canteen=office.first)}
    assert queries.get_menu(office.session, now=clock.now(), **asked).window is None
    make_policy(office.session)
    clock.set(datetime(2026, 11, 20, 14, 0, tzinfo=ZONE))
    assert queries.get_menu(office.session, now=clock.now(), **asked).window is None


def test_dishes_are_listed_with_the_price_of_the_day_and_all_others(office: Office) -> None:
    dish = make_dish(office.session, canteen=office.first, price_fen=1500)
    make_dish(office.session, canteen=office.first, name="旧菜", withdrawn_on=TODAY)
    lines = queries.list_dishes(office.session, canteen_id=office.first.id, on=TODAY)
    assert [(line.dish.id, line.price_fen, len(line.prices)) for line in lines] == [(dish.id, 1500, 1)]
    everything = queries.list_dishes(office.session, canteen_id=office.first.id, on=TODAY, withdrawn=True)
    assert [line.dish.name for line in everything] == ["A 套餐", "旧菜"]
    assert (
        queries.get_dish(office.session, canteen_id=office.first.id, dish_id=dish.id, on=date(2025, 1, 1)).price_fen
        is None
    )

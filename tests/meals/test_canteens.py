"""Opening and changing canteens, closed days, tills, dishes and their prices."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.audit.models import AuditEntry
from app.auth import Role
from app.errors import Invalid
from meals import canteens, dishes
from meals.models import Canteen, CanteenClosure, DishPrice
from meals.scope import CanteenNotFound, DishNotFound, TillNotFound
from tests.meals.factories import FAR_OFF, STREET, make_canteen, make_dish, make_till
from tests.meals.offices import OTHER_STREET, TODAY, Office

FACTS: dict[str, Any] = {
    "kind": "canteen",
    "name": "新食堂",
    "area_code": STREET,
    "licence_expires_on": FAR_OFF,
    "agreement_expires_on": FAR_OFF,
}


def last_entry(session: Session) -> AuditEntry:
    """Return what was written down last."""
    return session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()


def open_one(office: Office, **changed: Any) -> Canteen:
    """Open a canteen as the clerk of the street."""
    facts = {**FACTS, "code": "NEW-1", **changed}
    return canteens.open_canteen(office.session, **facts, by=office.actor(Role.STREET_CLERK), now=clock.now())


def test_a_canteen_opens_with_an_account_of_its_own_and_is_written_down(office: Office) -> None:
    opened = open_one(office, weekdays=[5, 1, 1])
    assert opened.weekdays == [1, 5]
    assert opened.merchant_account not in {office.first.merchant_account, office.second.merchant_account}
    entry = last_entry(office.session)
    assert (entry.action, entry.subject_kind, entry.subject_id, entry.area_code) == (
        "canteen.opened",
        "canteen",
        str(opened.id),
        STREET,
    )
    assert entry.new is not None
    assert entry.new["code"] == "NEW-1"


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"code": "A-01"}, "code"),
        ({"area_code": OTHER_STREET}, "area"),
        ({"area_code": "330105011099"}, "area"),
        ({"kitchen_id": 999_999}, "kitchen_id"),
    ],
    ids=["code taken", "outside the area", "no such place", "no such kitchen"],
)
def test_a_canteen_that_does_not_fit_is_refused_by_field(office: Office, changed: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        open_one(office, **changed)
    assert list(refused.value.errors) == [field]


def test_meals_come_from_a_central_kitchen_only(office: Office) -> None:
    kitchen = make_canteen(office.session, kind="central_kitchen", name="中央厨房")
    assert open_one(office, kitchen_id=kitchen.id).kitchen_id == kitchen.id
    for changed in ({"kitchen_id": office.first.id}, {"kind": "central_kitchen", "kitchen_id": kitchen.id}):
        with pytest.raises(Invalid) as refused:
            open_one(office, code="NEW-2", **changed)
        assert list(refused.value.errors) == ["kitchen_id"]


def test_a_change_is_written_down_with_old_and_new(office: Office) -> None:
    clerk = office.actor(Role.STREET_CLERK)
    later = date(2028, 1, 1)
    canteens.change_canteen(
        office.session,
        canteen_id=office.first.id,
        changes={"licence_expires_on": later, "seats": office.first.seats},
        by=clerk,
        now=clock.now(),
    )
    entry = last_entry(office.session)
    assert (entry.action, entry.old, entry.new) == (
        "canteen.changed",
        {"licence_expires_on": "2027-12-31"},
        {"licence_expires_on": "2028-01-01"},
    )


def test_a_change_that_changes_nothing_is_not_written_down(office: Office) -> None:
    clerk = office.actor(Role.STREET_CLERK)
    before = last_entry(office.session).id if office.session.scalar(select(AuditEntry.id).limit(1)) else None
    canteens.change_canteen(
        office.session, canteen_id=office.first.id, changes={"name": office.first.name}, by=clerk, now=clock.now()
    )
    assert office.session.scalar(select(AuditEntry.id).order_by(AuditEntry.id.desc()).limit(1)) == before


def test_a_clerk_cannot_move_a_canteen_out_of_the_area(office: Office) -> None:
    with pytest.raises(Invalid):
        canteens.change_canteen(
            office.session,
            canteen_id=office.first.id,
            changes={"area_code": OTHER_STREET},
            by=office.actor(Role.STREET_CLERK),
            now=clock.now(),
        )


def test_what_lies_elsewhere_does_not_exist_for_a_clerk_or_a_manager(office: Office) -> None:
    clerk = office.actor(Role.STREET_CLERK)
    manager = office.actor(Role.CANTEEN_MANAGER, canteen=office.first)
    for actor, canteen in ((clerk, office.elsewhere), (manager, office.second)):
        with pytest.raises(CanteenNotFound):
            canteens.change_canteen(
                office.session, canteen_id=canteen.id, changes={"seats": 1}, by=actor, now=clock.now()
            )


def test_a_canteen_stays_closed_on_a_day_and_opens_after_all(office: Office) -> None:
    manager = office.actor(Role.CANTEEN_MANAGER, canteen=office.first)
    day = TODAY + timedelta(days=3)
    asked = {"canteen_id": office.first.id, "closed_on": day, "by": manager, "now": clock.now()}
    canteens.close_canteen_on(office.session, reason="停水", **asked)
    canteens.close_canteen_on(office.session, reason="停电", **asked)
    assert office.session.scalars(select(CanteenClosure.reason)).all() == ["停电"]
    canteens.reopen_canteen_on(office.session, **asked)
    assert last_entry(office.session).action == "canteen.reopened_on"
    canteens.reopen_canteen_on(office.session, **asked)
    assert office.session.scalars(select(CanteenClosure)).all() == []


def test_a_day_that_is_over_can_neither_be_closed_nor_opened(office: Office) -> None:
    manager = office.actor(Role.CANTEEN_MANAGER, canteen=office.first)
    asked = {
        "canteen_id": office.first.id,
        "closed_on": TODAY - timedelta(days=1),
        "by": manager,
        "now": clock.now(),
    }
    with pytest.raises(Invalid):
        canteens.close_canteen_on(office.session, reason="停水", **asked)
    with pytest.raises(Invalid):
        canteens.reopen_canteen_on(office.session, **asked)


def test_tills_are_numbered_withdrawn_and_brought_back(office: Office) -> None:
    asked = {"canteen_id": office.first.id, "by": office.actor(Role.STREET_CLERK), "now": clock.now()}
    second = canteens.open_till(office.session, **asked)
    assert second.number == 2
    canteens.withdraw_till(office.session, till_id=second.id, **asked)
    assert second.withdrawn_on == TODAY
    canteens.withdraw_till(office.session, till_id=second.id, **asked)
    assert canteens.open_till(office.session, number=2, **asked).id == second.id
    assert second.withdrawn_on is None


def test_till_numbers_in_use_or_beyond_the_last_are_refused(office: Office) -> None:
    asked = {"canteen_id": office.first.id, "by": office.actor(Role.STREET_CLERK), "now": clock.now()}
    make_till(office.session, canteen=office.first, number=99)
    for number in (1, None):
        with pytest.raises(Invalid) as refused:
            canteens.open_till(office.session, number=number, **asked)
        assert list(refused.value.errors) == ["number"]


def test_a_till_of_another_canteen_is_not_found(office: Office) -> None:
    with pytest.raises(TillNotFound):
        canteens.withdraw_till(
            office.session,
            canteen_id=office.second.id,
            till_id=office.till.id,
            by=office.actor(Role.STREET_CLERK),
            now=clock.now(),
        )


def add(office: Office, **changed: Any) -> Any:
    """Add a dish to the first canteen as its manager."""
    manager = office.actor(Role.CANTEEN_MANAGER, canteen=office.first)
    facts = {"kind": "set_meal", "name": "A 套餐", "price_fen": 1600, **changed}
    return dishes.add_dish(office.session, canteen_id=office.first.id, **facts, by=manager, now=clock.now())


def prices_of(session: Session, dish_id: int) -> list[tuple[int, date, date | None]]:
    """Return all prices of a dish in order."""
    rows = session.scalars(select(DishPrice).where(DishPrice.dish_id == dish_id).order_by(DishPrice.valid_from))
    return [(row.price_fen, row.valid_from, row.valid_until) for row in rows]


def test_a_new_default_takes_over_from_the_old_one(office: Office) -> None:
    first, second = add(office, is_default=True), add(office, name="B 套餐", is_default=True)
    office.session.refresh(first)
    assert (first.is_default, second.is_default) == (False, True)
    manager = office.actor(Role.CANTEEN_MANAGER, canteen=office.first)
    asked = {"canteen_id": office.first.id, "by": manager, "now": clock.now()}
    dishes.change_dish(office.session, dish_id=first.id, changes={"is_default": True}, **asked)
    office.session.refresh(second)
    assert (first.is_default, second.is_default) == (True, False)


def test_a_dish_is_on_the_menu_from_its_first_price_on(office: Office) -> None:
    dish = add(office, valid_from=TODAY + timedelta(days=2))
    assert prices_of(office.session, dish.id) == [(1600, TODAY + timedelta(days=2), None)]
    with pytest.raises(Invalid) as refused:
        add(office, valid_from=TODAY - timedelta(days=1))
    assert list(refused.value.errors) == ["valid_from"]


def test_prices_follow_each_other_without_hole_or_overlap(office: Office) -> None:
    dish = make_dish(office.session, canteen=office.first, price_fen=1500, valid_from=date(2026, 1, 1))
    manager = office.actor(Role.CANTEEN_MANAGER, canteen=office.first)
    asked = {"canteen_id": office.first.id, "dish_id": dish.id, "by": manager, "now": clock.now()}
    december, christmas = date(2026, 12, 1), date(2026, 12, 25)
    dishes.set_dish_price(office.session, price_fen=1800, valid_from=christmas, **asked)
    dishes.set_dish_price(office.session, price_fen=1700, valid_from=december, **asked)
    dishes.set_dish_price(office.session, price_fen=1750, valid_from=december, **asked)
    assert prices_of(office.session, dish.id) == [
        (1500, date(2026, 1, 1), december),
        (1750, december, christmas),
        (1800, christmas, None),
    ]
    entry = last_entry(office.session)
    assert entry.old is not None
    assert (entry.action, entry.old["price_fen"]) == ("dish.priced", 1700)


def test_a_price_of_a_day_that_is_over_does_not_change(office: Office) -> None:
    dish = make_dish(office.session, canteen=office.first)
    with pytest.raises(Invalid):
        dishes.set_dish_price(
            office.session,
            canteen_id=office.first.id,
            dish_id=dish.id,
            price_fen=1,
            valid_from=TODAY - timedelta(days=1),
            by=office.actor(Role.STREET_CLERK),
            now=clock.now(),
        )


def test_a_price_after_a_gap_fills_it(office: Office) -> None:
    dish = make_dish(office.session, canteen=office.first, price_fen=None)
    asked = {
        "canteen_id": office.first.id,
        "dish_id": dish.id,
        "by": office.actor(Role.STREET_CLERK),
        "now": clock.now(),
    }
    dishes.set_dish_price(office.session, price_fen=900, valid_from=TODAY, **asked)
    assert prices_of(office.session, dish.id) == [(900, TODAY, None)]


def test_a_withdrawn_dish_is_no_default_any_more(office: Office) -> None:
    dish = add(office, is_default=True)
    asked = {
        "canteen_id": office.first.id,
        "dish_id": dish.id,
        "by": office.actor(Role.STREET_CLERK),
        "now": clock.now(),
    }
    dishes.withdraw_dish(office.session, **asked)
    dishes.withdraw_dish(office.session, **asked)
    assert (dish.withdrawn_on, dish.is_default) == (TODAY, False)
    assert last_entry(office.session).action == "dish.withdrawn"


def test_a_dish_of_another_canteen_is_not_found(office: Office) -> None:
    dish = make_dish(office.session, canteen=office.second)
    with pytest.raises(DishNotFound):
        dishes.change_dish(
            office.session,
            canteen_id=office.first.id,
            dish_id=dish.id,
            changes={"name": "x"},
            by=office.actor(Role.STREET_CLERK),
            now=clock.now(),
        )

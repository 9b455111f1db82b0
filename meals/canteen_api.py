"""Canteens, their menus and tills, and the sales that were made, over HTTP."""

from dataclasses import asdict
from datetime import date
from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from app import clock
from app.auth import allow, current_actor
from app.clock import business_day
from app.db import transaction
from meals import canteens, dishes, queries
from meals.canteen_schemas import (
    CanteenChangesIn,
    CanteenIdOut,
    CanteenIn,
    CanteenPageOut,
    CanteensIn,
    CanteensOut,
    ClosedOnIn,
    ClosureIn,
    ClosureOut,
    DishChangesIn,
    DishIn,
    DishOut,
    FoundGuestsOut,
    GuestsIn,
    MenuOut,
    OnIn,
    PriceIn,
    PriceOut,
    TillIn,
    TillOut,
    TillTodayOut,
)
from meals.roles import COOKS, KEEPERS, READERS, SELLERS, STAFF
from meals.rules import reason_from_json
from meals.sold_schemas import (
    CheckoutOut,
    CheckoutsIn,
    CheckoutsOut,
    FailedScansIn,
    FailedScansOut,
)
from meals.wording import explain

blueprint = Blueprint("meals_canteens", __name__, url_prefix="/api/v1/meals", description="Canteens, menus, sales")


@blueprint.get("/canteens")
@allow(*STAFF)
@blueprint.arguments(CanteensIn, location="query")
@blueprint.response(200, CanteensOut)
def list_canteens(asked: dict[str, Any]) -> Any:
    """List the canteens that the caller may see."""
    with transaction() as session:
        return queries.list_canteens(session, actor=current_actor(), on=business_day(clock.now()), **asked)


@blueprint.post("/canteens")
@allow(*KEEPERS)
@blueprint.arguments(CanteenIn)
@blueprint.response(201, CanteenIdOut)
def open_canteen(body: dict[str, Any]) -> Any:
    """Open a canteen."""
    with transaction() as session:
        return canteens.open_canteen(session, **body, by=current_actor(), now=clock.now())


@blueprint.get("/canteens/<int:canteen_id>")
@allow(*STAFF)
@blueprint.response(200, CanteenPageOut)
def get_canteen(canteen_id: int) -> Any:
    """Return a canteen with its closed days to come and its tills."""
    with transaction() as session:
        today = business_day(clock.now())
        return queries.get_canteen_page(session, canteen_id=canteen_id, actor=current_actor(), on=today)


@blueprint.patch("/canteens/<int:canteen_id>")
@allow(*KEEPERS)
@blueprint.arguments(CanteenChangesIn)
@blueprint.response(200, CanteenIdOut)
def change_canteen(changes: dict[str, Any], canteen_id: int) -> Any:
    """Change facts of a canteen."""
    with transaction() as session:
        return canteens.change_canteen(
            session, canteen_id=canteen_id, changes=changes, by=current_actor(), now=clock.now()
        )


@blueprint.post("/canteens/<int:canteen_id>/closures")
@allow(*COOKS)
@blueprint.arguments(ClosureIn)
@blueprint.response(201, ClosureOut)
def close_canteen_on(body: dict[str, Any], canteen_id: int) -> Any:
    """Keep a canteen closed on a day."""
    with transaction() as session:
        return canteens.close_canteen_on(session, canteen_id=canteen_id, **body, by=current_actor(), now=clock.now())


@blueprint.delete("/canteens/<int:canteen_id>/closures")
@allow(*COOKS)
@blueprint.arguments(ClosedOnIn, location="query")
@blueprint.response(204)
def reopen_canteen_on(asked: dict[str, Any], canteen_id: int) -> None:
    """Let a canteen open after all on a day."""
    with transaction() as session:
        canteens.reopen_canteen_on(session, canteen_id=canteen_id, **asked, by=current_actor(), now=clock.now())


@blueprint.post("/canteens/<int:canteen_id>/dishes")
@allow(*COOKS)
@blueprint.arguments(DishIn)
@blueprint.response(201, DishOut)
def add_dish(body: dict[str, Any], canteen_id: int) -> Any:
    """Add a dish or set meal."""
    with transaction() as session:
        return dishes.add_dish(session, canteen_id=canteen_id, **body, by=current_actor(), now=clock.now())


@blueprint.patch("/canteens/<int:canteen_id>/dishes/<int:dish_id>")
@allow(*COOKS)
@blueprint.arguments(DishChangesIn)
@blueprint.response(200, DishOut)
def change_dish(changes: dict[str, Any], canteen_id: int, dish_id: int) -> Any:
    """Change a dish, but not its price."""
    with transaction() as session:
        return dishes.change_dish(
            session, canteen_id=canteen_id, dish_id=dish_id, changes=changes, by=current_actor(), now=clock.now()
        )


@blueprint.delete("/canteens/<int:canteen_id>/dishes/<int:dish_id>")
@allow(*COOKS)
@blueprint.response(204)
def withdraw_dish(canteen_id: int, dish_id: int) -> None:
    """Take a dish off the menu."""
    with transaction() as session:
        dishes.withdraw_dish(session, canteen_id=canteen_id, dish_id=dish_id, by=current_actor(), now=clock.now())


@blueprint.post("/canteens/<int:canteen_id>/dishes/<int:dish_id>/prices")
@allow(*COOKS)
@blueprint.arguments(PriceIn)
@blueprint.response(201, PriceOut)
def set_dish_price(body: dict[str, Any], canteen_id: int, dish_id: int) -> Any:
    """Set what a dish costs from a day on."""
    with transaction() as session:
        return dishes.set_dish_price(
            session, canteen_id=canteen_id, dish_id=dish_id, **body, by=current_actor(), now=clock.now()
        )


@blueprint.post("/canteens/<int:canteen_id>/tills")
@allow(*KEEPERS)
@blueprint.arguments(TillIn)
@blueprint.response(201, TillOut)
def open_till(body: dict[str, Any], canteen_id: int) -> Any:
    """Set up a till."""
    with transaction() as session:
        return canteens.open_till(session, canteen_id=canteen_id, **body, by=current_actor(), now=clock.now())


@blueprint.delete("/canteens/<int:canteen_id>/tills/<int:till_id>")
@allow(*KEEPERS)
@blueprint.response(204)
def withdraw_till(canteen_id: int, till_id: int) -> None:
    """Take a till out of use."""
    with transaction() as session:
        canteens.withdraw_till(session, canteen_id=canteen_id, till_id=till_id, by=current_actor(), now=clock.now())


@blueprint.get("/canteens/<int:canteen_id>/menu")
@allow(*STAFF)
@blueprint.arguments(OnIn, location="query")
@blueprint.response(200, MenuOut)
def get_menu(asked: dict[str, Any], canteen_id: int) -> Any:
    """Return what a canteen sells on a day, and the meal window of the moment."""
    with transaction() as session:
        return queries.get_menu(session, canteen_id=canteen_id, actor=current_actor(), now=clock.now(), **asked)


@blueprint.get("/tills/<int:till_id>/today")
@allow(*SELLERS)
@blueprint.response(200, TillTodayOut)
def get_till_today(till_id: int) -> Any:
    """Return what a till sold today."""
    with transaction() as session:
        today = business_day(clock.now())
        return queries.get_till_today(session, till_id=till_id, actor=current_actor(), on=today)


@blueprint.get("/tills/<int:till_id>/guests")
@allow(*SELLERS)
@blueprint.arguments(GuestsIn, location="query")
@blueprint.response(200, FoundGuestsOut)
def list_guests(asked: dict[str, Any], till_id: int) -> Any:
    """Find guests by a part of the name or the last digits of the card."""
    with transaction() as session:
        today = business_day(clock.now())
        return {"items": queries.list_guests(session, till_id=till_id, actor=current_actor(), on=today, **asked)}


@blueprint.get("/checkouts")
@allow(*READERS)
@blueprint.arguments(CheckoutsIn, location="query")
@blueprint.response(200, CheckoutsOut)
def list_checkouts(asked: dict[str, Any]) -> Any:
    """List sales, the latest first."""
    page = {name: asked.pop(name) for name in ("after", "limit")}
    with transaction() as session:
        filters = queries.SaleFilter(**_with_days(asked))
        return queries.list_checkouts(session, actor=current_actor(), filters=filters, **page)


@blueprint.get("/checkouts/<uuid:checkout_id>")
@allow(*STAFF)
@blueprint.response(200, CheckoutOut)
def get_checkout(checkout_id: UUID) -> Any:
    """Return one sale, explained."""
    with transaction() as session:
        sale = queries.get_checkout(session, checkout_id=checkout_id, actor=current_actor())
    return {**asdict(sale), "explanation": explain([reason_from_json(reason) for reason in sale.reasons])}


@blueprint.get("/failed-scans")
@allow(*READERS)
@blueprint.arguments(FailedScansIn, location="query")
@blueprint.response(200, FailedScansOut)
def list_failed_scans(asked: dict[str, Any]) -> Any:
    """List scans that sold nothing, the latest first."""
    page = {name: asked.pop(name) for name in ("after", "limit")}
    with transaction() as session:
        filters = queries.ScanFilter(**_with_days(asked))
        return queries.list_failed_scans(session, actor=current_actor(), filters=filters, **page)


def _with_days(asked: dict[str, Any]) -> dict[str, Any]:
    """Fill in today where days were left out."""
    until_on = asked["until_on"] or max(business_day(clock.now()), asked["from_on"] or date.min)
    return {**asked, "from_on": asked["from_on"] or until_on, "until_on": until_on}

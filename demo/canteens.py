"""Opens the demonstration's canteens with their tills and menus, as their managers would have done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from app.auth import Actor
from app.clock import business_day
from demo.files import read_yaml
from demo.staff import SHOW_CANTEEN, hire_cashier, hire_posts
from meals import canteens, dishes
from subsidies import queries as ledger_queries

TOLD_BEFORE = timedelta(days=6)  # a new price is entered so long before it holds
EVERY_DAY = (1, 2, 3, 4, 5, 6, 7)
LUNCH_FROM = 600  # minutes since midnight; nobody comes before the doors open


@dataclass(frozen=True, slots=True, kw_only=True)
class Meal:
    """A dish or set meal, with what it costs from which day on."""

    id: int
    kind: str
    name: str
    name_en: str
    is_default: bool
    prices: tuple[tuple[date, int], ...]

    def price_on(self, day: date) -> int:
        """Return the price of a day."""
        return next(price_fen for from_on, price_fen in reversed(self.prices) if from_on <= day)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A canteen at work: where it is, who sells at which tills, and what."""

    id: int
    code: str
    kind: str
    name: str
    name_en: str
    area_code: str
    merchant_account: int
    funders: Mapping[str, int]
    seats: int
    weekdays: tuple[int, ...]
    closed_on: frozenset[date]
    lunch_from: int
    licence_expires_on: date
    agreement_expires_on: date
    tills: tuple[tuple[int, int], ...]
    cashier: Actor
    manager: Actor | None
    menu: tuple[Meal, ...]


def open_canteens(session: Session, *, admin: Actor, opened_at: datetime, today: date) -> list[Place]:
    """Open all canteens; kitchens come before those they cook for."""
    told = read_yaml("canteens")
    places: dict[str, Place] = {}
    for each in told["canteens"]:
        kitchen = places[each["kitchen"]].id if "kitchen" in each else None
        places[each["code"]] = _open(
            session, each, told["menus"][each["menu"]], kitchen, admin=admin, opened_at=opened_at, today=today
        )
    return list(places.values())


def _open(
    session: Session,
    told: Mapping[str, Any],
    menu: Sequence[Mapping[str, Any]],
    kitchen_id: int | None,
    *,
    admin: Actor,
    opened_at: datetime,
    today: date,
) -> Place:
    canteen = canteens.open_canteen(
        session,
        code=told["code"],
        kind=told["kind"],
        name=told["name"],
        name_en=told["en"],
        area_code=told["area"],
        kitchen_id=kitchen_id,
        seats=told["seats"],
        weekdays=told.get("weekdays", EVERY_DAY),
        licence_expires_on=today + timedelta(days=told["licence"]),
        agreement_expires_on=today + timedelta(days=told["agreement"]),
        by=admin,
        now=opened_at,
    )
    tills = [canteens.open_till(session, canteen_id=canteen.id, by=admin, now=opened_at) for _ in range(told["tills"])]
    cashier, manager = _staff(session, told, canteen.id, opened_at)
    return Place(
        id=canteen.id,
        code=canteen.code,
        kind=canteen.kind,
        name=canteen.name,
        name_en=canteen.name_en,
        area_code=canteen.area_code,
        merchant_account=canteen.merchant_account,
        funders=ledger_queries.funder_accounts(session, area_code=canteen.area_code),
        seats=canteen.seats,
        weekdays=tuple(canteen.weekdays),
        closed_on=_close(session, told, canteen.id, admin=admin, opened_at=opened_at, today=today),
        lunch_from=told.get("lunch_from", LUNCH_FROM),
        licence_expires_on=canteen.licence_expires_on,
        agreement_expires_on=canteen.agreement_expires_on,
        tills=tuple((till.id, till.number) for till in tills),
        cashier=cashier,
        manager=manager,
        menu=tuple(
            _add_meal(session, canteen.id, position, each, admin=admin, opened_at=opened_at, today=today)
            for position, each in enumerate(menu)
        ),
    )


def _close(
    session: Session, told: Mapping[str, Any], canteen_id: int, *, admin: Actor, opened_at: datetime, today: date
) -> frozenset[date]:
    """Keep a canteen closed on the days that its data name."""
    closed = {today + timedelta(days=days): reason for days, reason in told.get("closed", {}).items()}
    for day, reason in closed.items():
        canteens.close_canteen_on(session, canteen_id=canteen_id, closed_on=day, reason=reason, by=admin, now=opened_at)
    return frozenset(closed)


def _staff(session: Session, told: Mapping[str, Any], canteen_id: int, now: datetime) -> tuple[Actor, Actor | None]:
    if told["code"] == SHOW_CANTEEN:
        hired = hire_posts(session, canteen_id=canteen_id, now=now)
        return hired["cashier"], hired["manager"]
    return hire_cashier(session, code=told["code"], area_code=told["area"], canteen_id=canteen_id, now=now), None


def _add_meal(
    session: Session,
    canteen_id: int,
    position: int,
    told: Mapping[str, Any],
    *,
    admin: Actor,
    opened_at: datetime,
    today: date,
) -> Meal:
    dish = dishes.add_dish(
        session,
        canteen_id=canteen_id,
        kind=told["kind"],
        name=told["name"],
        name_en=told["en"],
        contents=told.get("contents", ""),
        price_fen=told["price"],
        position=position,
        is_default=told.get("default", False),
        by=admin,
        now=opened_at,
    )
    prices = [(business_day(opened_at), int(told["price"]))]
    if "then" in told:
        days, price_fen = told["then"]
        from_on = today + timedelta(days=days)
        entered_at = opened_at + (from_on - prices[0][0] - TOLD_BEFORE)
        dishes.set_dish_price(
            session,
            canteen_id=canteen_id,
            dish_id=dish.id,
            price_fen=price_fen,
            valid_from=from_on,
            by=admin,
            now=entered_at,
        )
        prices.append((from_on, price_fen))
    return Meal(
        id=dish.id,
        kind=dish.kind,
        name=dish.name,
        name_en=dish.name_en,
        is_default=dish.is_default,
        prices=tuple(prices),
    )


def at_till(actor: Actor, till_id: int) -> Actor:
    """Return a cashier at a till, as the ledger names the device."""
    return replace(actor, device=f"till:{till_id}")

"""Canteens, dishes, tills, policies and sales for tests, each with as little said as the test needs."""

from collections.abc import Sequence
from datetime import date, datetime, time
from itertools import count
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from app import clock
from app.clock import ZONE
from app.tokens import digest, new_id
from meals.models import EVERY_DAY, Canteen, CanteenClosure, Checkout, Dish, DishPrice, FailedScan, Till
from subsidies.services import open_account
from tests.app.areas.factories import make_place

CITY, DISTRICT, STREET = "330100", "330105", "330105011"
LONG_AGO, FAR_OFF = date(2026, 1, 1), date(2027, 12, 31)

_numbers = count(1)

# 5/7/9 by age, half of the discount from the city, the rest from district and street.
DISCOUNT: dict[str, Any] = {
    "windows": [
        {"name": "lunch", "from": "10:00", "until": "13:30"},
        {"name": "dinner", "from": "16:00", "until": "19:00"},
    ],
    "limits": [{"per": "window", "subsidised": 1}, {"per": "day", "subsidised": 2}],
    "bands": [
        {"when": {"age": {"from": 80}}, "guest_pays_percent": 50, "off_at_most_fen": 800},
        {"when": {"age": {"from": 70}}, "guest_pays_percent": 70},
        {"when": {"age": {"from": 60}}, "guest_pays_percent": 90},
        {},
    ],
    "payers": [
        {"payer": "city", "percent": 40},
        {"payer": "district", "percent": 40},
        {"payer": "street", "percent": 20, "remainder": True},
    ],
    "points": {"may_pay_percent": 100},
}
TILL_RULES: dict[str, Any] = {
    "sale_at_most_fen": 3000,
    "pending_sales": 300,
    "pending_fen": 600_000,
    "warn_after_minutes": 60,
    "roster_hours": 24,
    "unknown_percent": 50,
    "clock_jump_seconds": 120,
}
# Assessed needs, then the very old; district and street share it.
DELIVERY_RULES: dict[str, Any] = {
    "bands": [
        {"when": {"ability": [2, 3, 4]}, "public_fen": 301},
        {"when": {"age": {"from": 80}}, "public_fen": 200},
    ],
    "payers": [
        {"payer": "district", "percent": 50},
        {"payer": "street", "percent": 50, "remainder": True},
    ],
    "limits": [{"per": "day", "subsidised": 2}, {"per": "month", "public_fen": 3000}],
    "order_days_ahead": 7,
    "order_until_minutes": 60,
    "hand_over_minutes": 90,
}
BODIES = {"meal_discount": DISCOUNT, "delivery_rules": DELIVERY_RULES, "till_rules": TILL_RULES}
SALE_RULES: dict[str, Any] = {"upload_within_hours": 24, "manager_reversal_days": 30, "refund_grace_days": 7}


def make_canteen(
    session: Session,
    *,
    area_code: str = STREET,
    code: str | None = None,
    name: str = "文晖一食堂",
    name_en: str = "Wenhui First Canteen",
    kind: str = "canteen",
    kitchen_id: int | None = None,
    seats: int = 80,
    weekdays: Sequence[int] = EVERY_DAY,
    licence_expires_on: date = FAR_OFF,
    agreement_expires_on: date = FAR_OFF,
    closed_from: date | None = None,
) -> Canteen:
    """Make a canteen with its merchant account."""
    code = code or f"T{next(_numbers):05d}"
    make_place(session, area_code)
    account = open_account(session, kind="merchant", area_code=area_code, owner_ref=f"canteen:{code}", name=name)
    canteen = Canteen(
        code=code,
        kind=kind,
        name=name,
        name_en=name_en,
        area_code=area_code,
        kitchen_id=kitchen_id,
        merchant_account=account,
        seats=seats,
        weekdays=list(weekdays),
        licence_expires_on=licence_expires_on,
        agreement_expires_on=agreement_expires_on,
        closed_from=closed_from,
        created_at=clock.now(),
    )
    session.add(canteen)
    session.flush()
    return canteen


def make_closure(session: Session, *, canteen: Canteen, closed_on: date, reason: str = "停水") -> CanteenClosure:
    """Close a canteen for a day."""
    closure = CanteenClosure(canteen_id=canteen.id, closed_on=closed_on, reason=reason)
    session.add(closure)
    session.flush()
    return closure


def make_dish(
    session: Session,
    *,
    canteen: Canteen,
    name: str = "A 套餐",
    name_en: str = "Set meal A",
    price_fen: int | None = 1600,
    kind: str = "set_meal",
    contents: str = "米饭、红烧肉、青菜、汤",
    position: int = 0,
    is_default: bool = False,
    weekdays: Sequence[int] = EVERY_DAY,
    withdrawn_on: date | None = None,
    valid_from: date = LONG_AGO,
    valid_until: date | None = None,
) -> Dish:
    """Make a dish with a price from a day on; ``price_fen=None`` leaves it without one."""
    dish = Dish(
        canteen_id=canteen.id,
        kind=kind,
        name=name,
        name_en=name_en,
        contents=contents,
        position=position,
        is_default=is_default,
        weekdays=list(weekdays),
        withdrawn_on=withdrawn_on,
    )
    session.add(dish)
    session.flush()
    if price_fen is not None:
        session.add(DishPrice(dish_id=dish.id, price_fen=price_fen, valid_from=valid_from, valid_until=valid_until))
        session.flush()
    return dish


def make_till(session: Session, *, canteen: Canteen, number: int = 1, withdrawn_on: date | None = None) -> Till:
    """Make a till."""
    till = Till(canteen_id=canteen.id, number=number, withdrawn_on=withdrawn_on)
    session.add(till)
    session.flush()
    return till


def make_staff(session: Session, name: str = "周敏") -> int:
    """Make an account that nobody logs in to, and return its id."""
    found: int = session.execute(
        text(
            "INSERT INTO account (username, password_hash, name, password_changed_at, created_at)"
            " VALUES (:username, 'none', :name, :now, :now) RETURNING id"
        ),
        {"username": f"staff{next(_numbers)}", "name": name, "now": clock.now()},
    ).scalar_one()
    return found


def make_policy(
    session: Session,
    *,
    area_code: str = CITY,
    kind: str = "meal_discount",
    body: dict[str, Any] | None = None,
    valid_from: date = LONG_AGO,
    valid_until: date | None = None,
    title: dict[str, str] | None = None,
) -> int:
    """Make a published policy document, and return its id."""
    from app.policies.models import PolicyDocument

    make_place(session, area_code)
    document = PolicyDocument(
        kind=kind,
        area_code=area_code,
        valid_from=valid_from,
        valid_until=valid_until,
        title=title or {"zh": "助餐补贴办法", "en": "Canteen discount"},
        source={"mark": "FOUND", "text": "test"},
        body=body if body is not None else {**BODIES, "sale_rules": SALE_RULES}[kind],
        state="published",
        maker_id=make_staff(session, "起草人"),
        checker_id=make_staff(session, "审核人"),
        submitted_at=clock.now(),
        decided_at=clock.now(),
        created_at=clock.now(),
    )
    session.add(document)
    session.flush()
    return document.id


def make_checkout(
    session: Session,
    *,
    senior_id: int,
    card: str,
    canteen: Canteen,
    account_id: int,
    till: Till | None = None,
    meal_on: date = date(2026, 11, 20),
    at: time = time(11, 30),
    window_name: str | None = "lunch",
    price_fen: int = 1600,
    shares: Sequence[tuple[str, int]] = (("city", 320), ("district", 320), ("street", 160)),
    points_fen: int = 600,
    number: str | None = None,
    policy_ids: Sequence[int] = (),
    facts: dict[str, Any] | None = None,
    reasons: Sequence[dict[str, Any]] = (),
    booked_at: datetime | None = None,
    slot: int = 1,
    items: list[Any] | None = None,
) -> Checkout:
    """Make the row of a sale as such, without its entries in the ledger: for lists and sums."""
    concession_fen = sum(amount for payer, amount in shares if payer == "concession")
    public_fen = sum(amount for _, amount in shares) - concession_fen
    moment = datetime.combine(meal_on, at, tzinfo=ZONE)
    checkout = Checkout(
        home=senior_id,
        id=new_id(),
        number=number or f"{till.number if till else 0}-{next(_numbers):04d}",
        canteen_id=canteen.id,
        till_id=till.id if till else None,
        account_id=account_id,
        card=card,
        meal_on=meal_on,
        window_name=window_name,
        slot=slot if shares else None,
        price_fen=price_fen,
        public_fen=public_fen,
        concession_fen=concession_fen,
        points_fen=points_fen,
        cash_fen=price_fen - public_fen - concession_fen - points_fen,
        shares=[{"payer": payer, "kind": payer, "amount_fen": amount} for payer, amount in shares],
        items=[{"name": "A 套餐", "name_en": "Set meal A", "kind": "set_meal", "count": 1, "price_fen": price_fen}]
        if items is None
        else items,
        facts=facts or {"age": 82},
        reasons=list(reasons),
        policy_ids=list(policy_ids),
        posted=public_fen + points_fen > 0,
        occurred_at=moment,
        booked_at=booked_at or moment,
    )
    session.add(checkout)
    session.flush()
    return checkout


def reverse_row(session: Session, *, checkout: Checkout, account_id: int, reason: str = "拿错了") -> UUID:
    """Mark a sale as undone, without its entries in the ledger."""
    checkout.reversal_id = new_id()
    checkout.reversed_at = clock.now()
    checkout.reversed_by = account_id
    checkout.reversal_reason = reason
    session.flush()
    return checkout.reversal_id


def make_failed_scan(
    session: Session,
    *,
    canteen: Canteen,
    account_id: int,
    reason: str = "card_unknown",
    at: datetime | None = None,
    till: Till | None = None,
    senior_id: int | None = None,
    code: str = "9156000000000000018",
) -> FailedScan:
    """Make a scan that sold nothing."""
    scan = FailedScan(
        at=at or datetime(2026, 11, 20, 11, 40, tzinfo=ZONE),
        canteen_id=canteen.id,
        till_id=till.id if till else None,
        account_id=account_id,
        reason=reason,
        code_tail=code[-4:],
        code_digest=digest(code),
        senior_id=senior_id,
    )
    session.add(scan)
    session.flush()
    return scan

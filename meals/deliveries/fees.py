"""What the public pays a canteen for bringing a meal: decided and booked when somebody has taken it.

A movement of its own in the guest's book, without points: it is settled with the canteen like a meal, as a line of
its own, and found again by what it was for.
"""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import extract, func, select
from sqlalchemy.orm import Session

from app.auth import Actor
from app.idempotency import fingerprint
from app.tokens import new_id
from meals.booking import PURPOSE, funder_account
from meals.deciding import find_bar
from meals.deliveries.models import Delivery
from meals.deliveries.policy import find_delivery_rules
from meals.deliveries.rules import Fee, State, decide_fee
from meals.errors import REFUSED_STATUSES
from meals.models import Checkout
from meals.opening import Opening, open_sale
from meals.pricing.facts import Diner, Reason, Taken, Used
from meals.receipts import share_document
from meals.rules import ItemKind, Per, reason_from_json
from subsidies import services as ledger

FEE = "delivery"


def book_fee(session: Session, delivery: Delivery, sold: Checkout, *, by: Actor, now: datetime) -> Fee:
    """Decide what is paid for the way of a meal that was just taken, and pay it. Called under the book's lock."""
    opening = _open(session, delivery, sold)
    assert opening.canteen is not None
    rules = find_delivery_rules(session, area_code=opening.canteen["area_code"], on=delivery.meal_on)
    asked: dict[str, Any] = {
        "diner": opening.diner(delivery.meal_on),
        "taken": count_paid(session, delivery),
        "is_meal_subsidised": sold.slot is not None,
        "delivery_fen": delivery_line_fen(sold),
        "barred": find_bar(opening, delivery.meal_on.isoformat()),
        "is_gone": opening.senior is not None and opening.senior["status"] in REFUSED_STATUSES,
    }
    fee = decide_fee(rules=rules, window=delivery.window_name, **asked)
    delivery.fee_why, delivery.fee_facts = fee.why_document(), _facts(asked)
    delivery.fee_policy_id = rules.document_id if rules else None
    if fee.public_fen:
        _pay(session, delivery, fee, opening, by=by, now=now)
    return fee


def count_paid(session: Session, delivery: Delivery) -> Taken:
    """Return the ways that were paid for a guest before: for this meal, on this day, in this month."""
    day = delivery.meal_on
    query = select(
        *(
            part
            for where in (
                (Delivery.meal_on == day) & (Delivery.window_name == delivery.window_name),
                Delivery.meal_on == day,
                Delivery.meal_on.is_not(None),
            )
            for part in (func.count().filter(where), func.coalesce(func.sum(Delivery.fee_fen).filter(where), 0))
        )
    ).where(
        Delivery.senior_id == delivery.senior_id,
        Delivery.state == State.HANDED,
        Delivery.fee_fen > 0,
        Delivery.id != delivery.id,
        extract("year", Delivery.meal_on) == day.year,
        extract("month", Delivery.meal_on) == day.month,
    )
    found = [int(value) for value in session.execute(query).one()]
    window, of_day, month = (Used(subsidised=found[n], public_fen=found[n + 1]) for n in (0, 2, 4))
    return Taken(window=window, day=of_day, month=month)


def delivery_line_fen(sold: Checkout) -> int:
    """Return what the guest's bill has for the way."""
    lines = (line for line in sold.items if line["kind"] == ItemKind.DELIVERY)
    return sum(line["price_fen"] * line["count"] for line in lines)


def facts_of(kept: Mapping[str, Any]) -> dict[str, Any]:
    """Read back the facts that decided what was paid for a way."""
    used = kept["taken"]
    return {
        "diner": Diner(**kept["diner"]),
        "taken": Taken(window=Used(**used["window"]), day=Used(**used["day"]), month=Used(**used["month"])),
        "is_meal_subsidised": kept["is_meal_subsidised"],
        "delivery_fen": kept["delivery_fen"],
        "barred": reason_from_json(kept["barred"]) if kept["barred"] else None,
        "is_gone": kept.get("is_gone", False),
    }


def _facts(asked: Mapping[str, Any]) -> dict[str, Any]:
    taken: Taken = asked["taken"]
    barred: Reason | None = asked["barred"]
    return {
        **asked,
        "diner": asdict(asked["diner"]),
        "taken": {str(per): asdict(taken.per(per)) for per in Per},
        "barred": barred.as_json() if barred else None,
    }


def _open(session: Session, delivery: Delivery, sold: Checkout) -> Opening:
    return open_sale(
        session,
        card=sold.card,
        canteen_id=delivery.canteen_id,
        till_id=None,
        on=delivery.meal_on,
        dish_ids=[],
        key="",
        lock=False,
    )


def _pay(session: Session, delivery: Delivery, fee: Fee, opening: Opening, *, by: Actor, now: datetime) -> None:
    assert opening.canteen is not None
    delivery.fee_txn_id, delivery.fee_fen = new_id(), fee.public_fen
    delivery.fee_shares = [share_document(share) for share in fee.shares]
    told = {"delivery": delivery.id, "sale": str(delivery.checkout_id), "policies": [delivery.fee_policy_id]}
    ledger.spend(
        session,
        home=delivery.senior_id,
        key=f"delivery:{delivery.id}",
        fingerprint=fingerprint(FEE, delivery.id),
        txn_id=delivery.fee_txn_id,
        merchant_account=opening.canteen["merchant_account"],
        points_fen=0,
        purpose=PURPOSE,
        legs=[(funder_account(session, opening, share.payer), share.amount_fen) for share in fee.shares],
        cause={"what": FEE, "canteen": delivery.canteen_id, **told, "why": fee.why_document()},
        response={"id": str(delivery.fee_txn_id), "public_fen": fee.public_fen, **told},
        actor=str(by.account_id),
        device=by.device,
        occurred_at=now,
        occurred_on=delivery.meal_on,
        now=now,
    )

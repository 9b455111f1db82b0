"""From a bill and what the database knows to a price, or to a refusal. Writes nothing."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from app.auth import Actor
from app.clock import business_day, local
from app.errors import Declined
from app.people.payment_codes.queries import CodeRead
from app.people.payment_codes.rules import is_good
from app.policies.queries import get_policy
from app.vault import mask_name
from meals.errors import (
    REFUSED_CARD_STATES,
    REFUSED_CODES,
    REFUSED_STATUSES,
    BillRefused,
    CanteenClosed,
    CardUnknown,
    CodeExpired,
    CodeUsed,
    CodeWithoutCard,
    OutsideOwnCanteen,
    SaleRulesMissing,
)
from meals.opening import Opening, open_sale
from meals.policy import find_known, meal_discount, sale_rules
from meals.rules import Item, ItemKind, MealDiscount, Reason, SaleRules, Why, price_meal, window_at
from meals.sale import Bill, Priced

CLOCK_SKEW = timedelta(minutes=2)  # a till whose clock is a little fast is not from the future
BILL_FEN_AT_MOST = 100_000  # a slip of the pen, not a rule: no guest eats for more than 1 000 yuan
BARRING_STATUSES = {"in_hospital": Why.IN_HOSPITAL, "moved_away": Why.MOVED_AWAY}


def open_bill(session: Session, bill: Bill, *, by: Actor, now: datetime, key: str, lock: bool) -> Opening:
    """Read what a bill is decided by.

    :raises OutsideOwnCanteen: if the caller does not work in its canteen
    :raises BillRefused: if it is said to be from the future, or from a till of another canteen
    """
    if bill.canteen_id not in by.canteen_ids:
        raise OutsideOwnCanteen
    occurred_at = bill.occurred_at or now
    if occurred_at > now + CLOCK_SKEW:
        raise BillRefused(errors={"occurred_at": [_l("This moment has not come yet. Check the till's clock.")]})
    opening = open_sale(
        session,
        card=bill.card,
        canteen_id=bill.canteen_id,
        till_id=bill.till_id,
        on=business_day(occurred_at),
        dish_ids=[dish_id for dish_id, _count in bill.items],
        key=key,
        lock=lock,
    )
    if opening.canteen is None:
        raise OutsideOwnCanteen
    if bill.till_id is not None and opening.canteen["till_number"] is None:
        raise BillRefused(errors={"till_id": [_l("This till does not stand in this canteen.")]})
    return opening


def moment_of_code(bill: Bill, now: datetime) -> datetime:
    """Return the moment at which a code must be good: that of the sale, which no program may put far back."""
    return max(bill.occurred_at or now, now - CLOCK_SKEW)


def find_refusal(opening: Opening, *, at: datetime) -> Declined | None:
    """Find the reason for which nothing may be sold on this card or code here at this moment."""
    senior, canteen, shown = opening.senior, opening.canteen, opening.shown
    if senior is None:
        return REFUSED_CODES[shown]() if shown in REFUSED_CODES else CardUnknown()
    who = {"guest": guest(opening)}
    if senior["card_state"] in REFUSED_CARD_STATES:
        return (CodeWithoutCard if shown else REFUSED_CARD_STATES[senior["card_state"]])(extra=who)
    if senior["status"] in REFUSED_STATUSES:
        return REFUSED_STATUSES[senior["status"]](extra=who)
    if canteen and not canteen["open"]:
        return CanteenClosed(extra=who)
    return refuse_code(shown, who, at=at) if isinstance(shown, CodeRead) else None


def refuse_code(code: CodeRead, who: Mapping[str, Any], *, at: datetime) -> Declined | None:
    """Find why one of our codes does not pay at a moment, for a guest who could be served otherwise."""
    if code.used_at is not None:
        return CodeUsed(extra={**who, **_moment(code.used_at, at=at)})
    if not is_good(issued_at=code.issued_at, expires_at=code.expires_at, at=at):
        return CodeExpired(extra={**who, **_moment(code.issued_at, at=at)})
    return None


def _moment(moment: datetime, *, at: datetime) -> dict[str, str]:
    """Keep when something happened, also as it is said at a till: the day only where it was another."""
    form = "%H:%M" if business_day(moment) == business_day(at) else "%m-%d %H:%M"
    return {"when": moment.isoformat(), "clock": local(moment).strftime(form)}


def guest(opening: Opening) -> dict[str, Any]:
    """Say who stands at the till, as much as a cashier may see."""
    assert opening.senior is not None
    return {"name": mask_name(opening.senior["name"]), "card_tail": opening.senior["card"][-8:]}


def price_bill(session: Session, bill: Bill, opening: Opening, *, now: datetime) -> Priced:
    """Decide who pays what.

    :raises BillRefused: if a dish is not sold here, the amount makes no sense, or the sale comes too late
    """
    occurred_at = bill.occurred_at or now
    on = business_day(occurred_at)
    if "sale_rules" not in opening.policies and on != business_day(now):
        raise BillRefused(errors={"occurred_at": [_l("No rules for sales were in force on that day.")]})
    policy, rules = _documents(session, opening)
    if now - occurred_at > timedelta(hours=rules.upload_within_hours):
        text = _l(
            "This sale is older than %(hours)s hours. Ask the street office to enter it.",
            hours=rules.upload_within_hours,
        )
        raise BillRefused(errors={"occurred_at": [text]})
    lines = bill_lines(bill, opening)
    at = local(occurred_at).time()
    window = window_at(policy, at) if policy else None
    name = window.name if window else None
    diner = opening.diner(on)
    quote = price_meal(
        price_fen=bill.amount_fen
        if bill.amount_fen is not None
        else sum(line["price_fen"] * line["count"] for line in lines),
        diner=diner,
        policy=policy,
        window=name,
        taken=opening.taken(name, bill.canteen_id),
        points_available_fen=opening.points_fen,
        items=[Item(ItemKind(line["kind"]), line["price_fen"], line["count"]) for line in lines],
        barred=find_bar(opening, on.isoformat()),
    )
    if not 1 <= quote.price_fen <= BILL_FEN_AT_MOST:
        raise BillRefused(errors={"items": [_l("A bill is at most %(yuan)s yuan.", yuan=BILL_FEN_AT_MOST // 100)]})
    return Priced(
        bill=bill,
        opening=opening,
        diner=diner,
        quote=quote,
        lines=lines,
        policy=policy,
        rules=rules,
        occurred_at=occurred_at,
    )


def terms_of(session: Session, document_id: int) -> MealDiscount | SaleRules:
    """Return a policy document as the rules use it; published documents never change, so each is read once."""
    known = find_known(document_id)
    if known:
        return known
    document = get_policy(session, document_id)
    return sale_rules(document) if document.kind == "sale_rules" else meal_discount(document)


def rules_of(session: Session, document_ids: Sequence[int]) -> SaleRules:
    """Return the sale rules among the documents that decided a sale."""
    terms = (terms_of(session, document_id) for document_id in reversed(document_ids))
    return next(found for found in terms if isinstance(found, SaleRules))


def _documents(session: Session, opening: Opening) -> tuple[MealDiscount | None, SaleRules]:
    if "sale_rules" not in opening.policies:
        raise SaleRulesMissing
    discount_id = opening.policies.get("meal_discount")
    discount = None if discount_id is None else terms_of(session, discount_id)
    assert discount is None or isinstance(discount, MealDiscount)
    return discount, rules_of(session, [opening.policies["sale_rules"]])


def bill_lines(bill: Bill, opening: Opening) -> tuple[Mapping[str, Any], ...]:
    """Return the dishes of a bill with their prices of the day.

    :raises BillRefused: if one of them is not sold here on this day
    """
    dishes = {dish["id"]: dish for dish in opening.dishes}
    missing = {
        str(place): {"dish_id": [_l("This dish is not sold here on this day.")]}
        for place, (dish_id, _count) in enumerate(bill.items)
        if dish_id not in dishes
    }
    if missing:
        raise BillRefused(errors={"items": missing})
    return tuple({**dishes[dish_id], "count": count} for dish_id, count in bill.items)


def find_bar(opening: Opening, on: str) -> Reason | None:
    """Find what bars a subsidy whatever the policy says; the meal is sold all the same."""
    senior, canteen = opening.senior, opening.canteen
    assert senior is not None
    assert canteen is not None
    for column, why in (("licence_expires_on", Why.LICENCE_LAPSED), ("agreement_expires_on", Why.AGREEMENT_LAPSED)):
        if canteen[column] < on:
            return Reason(why, {"expired_on": canteen[column]})
    status = BARRING_STATUSES.get(senior["status"])
    return Reason(status) if status else None

"""Ordering a meal to be brought home, at the counter and by the family; cancelling it; who brings it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app import vault
from app.audit.services import record
from app.auth import Actor, Role
from app.auth.queries import find_role_at
from app.clock import business_day, local
from app.errors import Invalid
from app.people.doors import find_card_in_use
from app.policies import queries as policies
from meals.deciding import BILL_FEN_AT_MOST, bill_lines, find_refusal
from meals.deliveries.errors import (
    ORDER_FAULTS,
    DeliveryExists,
    DeliveryMoved,
    DeliveryNotFound,
    NoCardInUse,
    NoDelivery,
    NotNow,
    NotYours,
    OrderClosed,
)
from meals.deliveries.models import Delivery
from meals.deliveries.policy import find_delivery_rules
from meals.deliveries.rules import Source, State, find_order_fault, may_move
from meals.errors import BillRefused, OutsideOwnCanteen
from meals.models import Canteen
from meals.nearby import list_near_ids
from meals.opening import Opening, open_sale
from meals.policy import meal_discount
from meals.rules import Window
from meals.sale import Bill
from subsidies import services as ledger

LINE_PARTS = ("id", "name", "name_en", "kind", "price_fen", "count")


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is wanted: for which meal, from where, what, and where to bring it if not to the registered address."""

    canteen_id: int
    meal_on: date
    window: str
    items: tuple[tuple[int, int], ...]
    address: str = ""
    note: str = ""


def order_at_counter(session: Session, *, card: str, order: Order, by: Actor, now: datetime) -> Delivery:
    """Order a meal for whoever a card belongs to.

    :raises OutsideOwnCanteen: if the caller does not work there
    :raises Declined: if the card, the guest or the day bars the sale
    :raises NoDelivery: if no meals are brought home from there
    :raises OrderClosed: if it is too late, or too far ahead
    :raises DeliveryExists: if this meal is ordered for the guest already
    :raises BillRefused: if a dish is not sold there on that day
    """
    if order.canteen_id not in by.canteen_ids:
        raise OutsideOwnCanteen
    return _order(session, card=card, order=order, source=Source.COUNTER, by=by, now=now)


def order_for_senior(session: Session, *, senior_id: int, order: Order, by: Actor, now: datetime) -> Delivery:
    """Order a meal for a senior whom the caller may pay for: the link and the consent were checked by the caller.

    :raises Invalid: if the canteen is none of those near the senior
    :raises NoCardInUse: if nothing pays for the senior
    :raises Declined: if the card, the guest or the day bars the sale
    :raises NoDelivery: if no meals are brought home from there
    :raises OrderClosed: if it is too late, or too far ahead
    :raises DeliveryExists: if this meal is ordered already
    :raises BillRefused: if a dish is not sold there on that day
    """
    card = find_card_in_use(session, senior_id=senior_id)
    if card is None:
        raise NoCardInUse
    if order.canteen_id not in list_near_ids(session, senior_id=senior_id, on=business_day(now)):
        raise Invalid(errors={"canteen_id": [_l("This canteen is too far. Choose one of those in the list.")]})
    return _order(session, card=card, order=order, source=Source.FAMILY, by=by, now=now)


def cancel_delivery(session: Session, *, delivery_id: int, reason: str, by: Actor, now: datetime) -> Delivery:
    """Cancel a meal that has not left yet.

    :raises DeliveryNotFound: if it is none of the caller's canteens'
    :raises DeliveryMoved: if it has left
    """
    delivery = lock_delivery(session, delivery_id=delivery_id, within=Delivery.canteen_id.in_(by.canteen_ids))
    return _cancel(session, delivery, reason=reason, by=by, now=now)


def cancel_for_senior(session: Session, *, senior_id: int, delivery_id: int, by: Actor, now: datetime) -> Delivery:
    """Cancel a senior's meal that has not left yet; the link and the consent were checked by the caller.

    :raises DeliveryNotFound: if the senior has no such delivery
    :raises DeliveryMoved: if it has left
    """
    delivery = lock_delivery(session, delivery_id=delivery_id, within=Delivery.senior_id == senior_id)
    return _cancel(session, delivery, reason="family", by=by, now=now)


def cancel_for_turn(session: Session, *, delivery_id: int, by: Actor, now: datetime) -> Delivery | None:
    """Cancel a meal for which nobody will open, unless it has left meanwhile; the caller checked the person's place."""
    delivery = lock_delivery(session, delivery_id=delivery_id, within=Delivery.id == delivery_id)
    if not may_move(State(delivery.state), State.CANCELLED):
        return None
    return _cancel(session, delivery, reason="away", by=by, now=now)


def assign_delivery(
    session: Session, *, delivery_id: int, deliverer_id: int | None, position: int, by: Actor, now: datetime
) -> Delivery:
    """Say who brings a meal, and as which one on the way; before it was handed over.

    :raises DeliveryNotFound: if it is none of the caller's canteens'
    :raises DeliveryMoved: if it is done
    :raises Invalid: if that account brings no meals for this canteen
    """
    delivery = lock_delivery(session, delivery_id=delivery_id, within=Delivery.canteen_id.in_(by.canteen_ids))
    if delivery.state not in (State.ORDERED, State.OUT):
        raise DeliveryMoved
    if deliverer_id is not None and not brings_for(
        session, account_id=deliverer_id, canteen_id=delivery.canteen_id, now=now
    ):
        raise Invalid(errors={"deliverer_id": [_l("This account brings no meals for this canteen.")]})
    return _assign(session, delivery, deliverer_id=deliverer_id, position=position, by=by, now=now)


def take_over(session: Session, *, delivery_id: int, by: Actor, now: datetime) -> Delivery:
    """Take a meal that nobody brings yet; a deliverer does it for oneself.

    :raises DeliveryNotFound: if it is none of the caller's canteens'
    :raises DeliveryMoved: if it is done
    :raises NotYours: if somebody else brings it
    :raises NotNow: if it is not brought today
    """
    delivery = lock_delivery(session, delivery_id=delivery_id, within=Delivery.canteen_id.in_(by.canteen_ids))
    if delivery.state not in (State.ORDERED, State.OUT):
        raise DeliveryMoved
    if delivery.deliverer_id not in (None, by.account_id):
        raise NotYours
    if delivery.meal_on != business_day(now):
        raise NotNow(_l("Today's meals can be taken over. The counter chooses who brings the others."))
    return _assign(session, delivery, deliverer_id=by.account_id, position=delivery.position, by=by, now=now)


def brings_for(session: Session, *, account_id: int, canteen_id: int, now: datetime) -> bool:
    """Say whether an account may bring meals for a canteen today: a deliverer, or whoever sells there."""
    roles = (Role.DELIVERER, Role.CASHIER, Role.CANTEEN_MANAGER)
    return find_role_at(session, account_id=account_id, canteen_id=canteen_id, roles=roles, now=now)


def lock_delivery(session: Session, *, delivery_id: int, within: ColumnElement[bool]) -> Delivery:
    """Load a delivery under the lock of its guest's book, then its own: everybody takes them in this order.

    :raises DeliveryNotFound: if there is none with this id among those the caller may change
    """
    home = session.scalar(select(Delivery.senior_id).where(Delivery.id == delivery_id, within))
    if home is None:
        raise DeliveryNotFound
    ledger.open_book(session, home=home)
    query = select(Delivery).where(Delivery.id == delivery_id).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).one()


def list_windows(session: Session, *, area_code: str, on: date) -> Sequence[Window]:
    """Return the meals of a day in a place; none where no document tells of them."""
    document = policies.find_policy(session, kind="meal_discount", area_code=area_code, on=on)
    return meal_discount(document).windows if document else ()


def note_step(
    session: Session,
    delivery: Delivery,
    *,
    action: str,
    new: dict[str, Any],
    by: Actor,
    now: datetime,
    reason: str = "",
) -> None:
    """Write a step of a delivery down, in the place of its canteen."""
    area = session.scalar(select(Canteen.area_code).where(Canteen.id == delivery.canteen_id))
    subject = f"delivery:{delivery.id}"
    record(session, actor=by, action=action, subject=subject, area_code=area, now=now, new=new, reason=reason)


def _order(session: Session, *, card: str, order: Order, source: Source, by: Actor, now: datetime) -> Delivery:
    opening = _open(session, card=card, order=order)
    assert opening.canteen is not None
    refusal = find_refusal(opening, at=now)
    if refusal:
        raise refusal
    _check_time(session, order, area_code=opening.canteen["area_code"], now=now)
    lines = bill_lines(Bill(card=card, canteen_id=order.canteen_id, items=order.items), opening)
    price_fen = sum(line["price_fen"] * line["count"] for line in lines)
    if not 1 <= price_fen <= BILL_FEN_AT_MOST:
        raise BillRefused(errors={"items": [_l("A bill is at most %(yuan)s yuan.", yuan=BILL_FEN_AT_MOST // 100)]})
    row = {
        "senior_id": opening.home,
        "canteen_id": order.canteen_id,
        "meal_on": order.meal_on,
        "window_name": order.window,
        "items": [{name: line[name] for name in LINE_PARTS} for line in lines],
        "price_fen": price_fen,
        "address_sealed": vault.seal(order.address) if order.address else None,
        "note_sealed": vault.seal(order.note) if order.note else None,
        "source": str(source),
        "ordered_at": now,
        "ordered_by": by.account_id,
    }
    found = session.scalar(insert(Delivery).values(row).on_conflict_do_nothing().returning(Delivery.id))
    if found is None:
        raise DeliveryExists
    delivery = session.get_one(Delivery, found)
    told = {"meal_on": order.meal_on.isoformat(), "window": order.window, "price_fen": price_fen}
    note_step(session, delivery, action="delivery.ordered", new=told, by=by, now=now)
    return delivery


def _open(session: Session, *, card: str, order: Order) -> Opening:
    opening = open_sale(
        session,
        card=card,
        canteen_id=order.canteen_id,
        till_id=None,
        on=order.meal_on,
        dish_ids=[dish_id for dish_id, _count in order.items],
        key="",
        lock=False,
    )
    if opening.canteen is None:
        raise OutsideOwnCanteen
    return opening


def _check_time(session: Session, order: Order, *, area_code: str, now: datetime) -> None:
    rules = find_delivery_rules(session, area_code=area_code, on=order.meal_on)
    if rules is None:
        raise NoDelivery
    windows = list_windows(session, area_code=area_code, on=order.meal_on)
    fault = find_order_fault(rules=rules, windows=windows, window=order.window, meal_on=order.meal_on, at=local(now))
    if fault:
        raise OrderClosed(ORDER_FAULTS[fault], extra={"reason": str(fault)})


def _cancel(session: Session, delivery: Delivery, *, reason: str, by: Actor, now: datetime) -> Delivery:
    if not may_move(State(delivery.state), State.CANCELLED):
        raise DeliveryMoved
    delivery.state, delivery.cancelled_at, delivery.cancelled_by = State.CANCELLED, now, by.account_id
    delivery.cancel_reason = reason
    session.flush()
    note_step(session, delivery, action="delivery.cancelled", new={}, by=by, now=now, reason=reason)
    return delivery


def _assign(
    session: Session, delivery: Delivery, *, deliverer_id: int | None, position: int, by: Actor, now: datetime
) -> Delivery:
    if delivery.deliverer_id != deliverer_id:
        # Another pair of eyes: the address is shown anew, and that is written down anew.
        delivery.seen_at = None
    delivery.deliverer_id, delivery.position = deliverer_id, position
    session.flush()
    note_step(session, delivery, action="delivery.assigned", new={"deliverer": deliverer_id}, by=by, now=now)
    return delivery

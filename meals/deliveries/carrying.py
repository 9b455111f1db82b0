"""A meal on its way: sold when it leaves, handed over to somebody somewhere, or brought back."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import vault
from app.auth import Actor, Role
from app.clock import business_day, local
from app.errors import Invalid
from app.idempotency import Key, fingerprint
from app.people.doors import find_card_in_use
from app.tokens import new_id
from meals import services as meals
from meals.deliveries import telling
from meals.deliveries.errors import DeliveryMoved, NoCardInUse, NotNow, NotYours, WithoutSubsidy
from meals.deliveries.fees import book_fee
from meals.deliveries.models import Delivery, DeliveryTry
from meals.deliveries.ordering import list_windows, lock_delivery, note_step
from meals.deliveries.rules import ALARMING, Outcome, Place, Receiver, State, Trouble, may_move
from meals.models import Canteen, Checkout
from meals.page_words import pick
from meals.rules import clock_text
from meals.sale import Bill

BROUGHT_BACK = "delivery_returned"
# Nobody goes away and knocks anew within a minute; a page that hangs is sent again.
SAME_PRESS = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOver:
    """Who took a meal, where, and what was paid at the door."""

    place: Place
    received_by: Receiver
    receiver: str = ""
    cash_fen: int | None = None


def send_out(
    session: Session,
    *,
    delivery_id: int,
    by: Actor,
    now: datetime,
    full_price_too: bool = False,
    sale_id: UUID | None = None,
) -> Delivery:
    """Sell a meal at the moment it leaves the kitchen: it is the guest's meal of this time, by the till's own path.

    :param full_price_too: the guest was asked, and wants the meal without subsidy
    :param sale_id: the id of the sale; a new one if left out
    :raises DeliveryNotFound: if it is none of the caller's canteens'
    :raises DeliveryMoved: if it left before, or was cancelled
    :raises NotNow: if it is not the time of this meal
    :raises NoCardInUse: if nothing pays for the guest
    :raises WithoutSubsidy: if it would be sold at full price and nobody was asked
    :raises Declined: if the guest or the day bars the sale; that is kept like a scan that sold nothing
    """
    delivery = lock_delivery(session, delivery_id=delivery_id, within=Delivery.canteen_id.in_(by.canteen_ids))
    _check_move(delivery, State.OUT)
    _check_time(session, delivery, now=now)
    card = find_card_in_use(session, senior_id=delivery.senior_id)
    if card is None:
        raise NoCardInUse
    items = tuple((item["id"], item["count"]) for item in delivery.items)
    bill = Bill(card=card, canteen_id=delivery.canteen_id, items=items)
    if not full_price_too:
        quoted = meals.quote(session, bill=bill, by=by, now=now)
        if not quoted["subsidised"]:
            raise WithoutSubsidy(" ".join(pick(quoted["explanation"])[:1]), extra={"guest": quoted["guest"]})
    # The row's lock makes it happen once; a refusal is not remembered for the next try.
    key = Key(f"delivery:{delivery.id}:{new_id()}", fingerprint("delivery", delivery.id))
    sold = meals.check_out(session, bill=bill, key=key, by=by, now=now, sale_id=sale_id).body
    delivery.state, delivery.checkout_id = State.OUT, sold["id"]
    delivery.out_at, delivery.out_by = now, by.account_id
    session.flush()
    told = {"sale": sold["number"], "cash_fen": sold["cash_fen"]}
    note_step(session, delivery, action="delivery.out", new=told, by=by, now=now)
    return delivery


def hand_over(session: Session, *, delivery_id: int, handed: HandOver, by: Actor, now: datetime) -> Delivery:
    """Write down who took a meal, where and when; what the public pays for the way is booked with it.

    :raises DeliveryNotFound: if it is none of the caller's canteens'
    :raises NotYours: if somebody else brings it; the manager may write it down for anybody
    :raises DeliveryMoved: if it is not on its way
    :raises NotNow: if its day is over; then the manager writes it down
    :raises Invalid: if somebody else took it and has no name, or the cash is more than was due
    """
    delivery = lock_delivery(session, delivery_id=delivery_id, within=Delivery.canteen_id.in_(by.canteen_ids))
    _check_hands(delivery, by=by, now=now)
    _check_move(delivery, State.HANDED)
    sold = session.get_one(Checkout, (delivery.senior_id, delivery.checkout_id))
    cash_fen = sold.cash_fen if handed.cash_fen is None else handed.cash_fen
    _check_handed(handed, cash_fen=cash_fen, due_fen=sold.cash_fen)
    book_fee(session, delivery, sold, by=by, now=now)
    delivery.state, delivery.handed_at, delivery.handed_by = State.HANDED, now, by.account_id
    delivery.hand_place, delivery.received_by, delivery.cash_fen = handed.place, handed.received_by, cash_fen
    if handed.received_by is not Receiver.SELF:
        delivery.receiver_sealed = vault.seal(handed.receiver)
    session.flush()
    told = {"place": handed.place, "received_by": handed.received_by, "fee_fen": delivery.fee_fen}
    note_step(session, delivery, action="delivery.handed", new=told, by=by, now=now)
    telling.tell_handed(session, delivery, now=now)
    return delivery


def note_try(
    session: Session,
    *,
    delivery_id: int,
    trouble: Trouble,
    outcome: Outcome,
    words: str,
    by: Actor,
    now: datetime,
) -> Delivery:
    """Write down that a meal could not be handed over, and what becomes of it.

    Brought back, its sale is undone: the points are back, the meal of this time is free again. Those who follow the
    guest are told at once, because somebody who does not open may need help.

    :raises DeliveryNotFound: if it is none of the caller's canteens'
    :raises NotYours: if somebody else brings it; the manager may write it down for anybody
    :raises DeliveryMoved: if it is not on its way
    :raises NotNow: if its day is over; then the manager writes it down
    :raises ReversalTooLate: if its sale may no longer be undone by this role
    :raises Invalid: if another reason is given without words
    """
    delivery = lock_delivery(session, delivery_id=delivery_id, within=Delivery.canteen_id.in_(by.canteen_ids))
    _check_hands(delivery, by=by, now=now)
    _check_move(delivery, State.RETURNED)
    if trouble is Trouble.OTHER and len(words) < 2:
        raise Invalid(errors={"words": [_l("Say in a few words what happened.")]})
    if _was_just_said(session, delivery, trouble=trouble, outcome=outcome, by=by, now=now):
        return delivery
    session.add(
        DeliveryTry(
            delivery_id=delivery.id, at=now, account_id=by.account_id, trouble=trouble, outcome=outcome, words=words
        )
    )
    if outcome is Outcome.RETURNED:
        _bring_back(session, delivery, by=by, now=now)
    session.flush()
    told = {"trouble": trouble, "outcome": outcome}
    note_step(session, delivery, action="delivery.not_handed", new=told, by=by, now=now, reason=words)
    telling.tell_missed(session, delivery, trouble=trouble, is_urgent=trouble in ALARMING, now=now)
    return delivery


def may_carry(delivery: Delivery, by: Actor) -> bool:
    """Say whether somebody may write down what became of a meal: who brings it, and the manager for anybody."""
    return by.is_at(Role.CANTEEN_MANAGER, delivery.canteen_id) or delivery.deliverer_id == by.account_id


def _was_just_said(
    session: Session, delivery: Delivery, *, trouble: Trouble, outcome: Outcome, by: Actor, now: datetime
) -> bool:
    """Say whether this is a second press of the same button: the family need not be told twice."""
    said = select(DeliveryTry.id).where(
        DeliveryTry.delivery_id == delivery.id,
        DeliveryTry.account_id == by.account_id,
        DeliveryTry.trouble == trouble,
        DeliveryTry.outcome == outcome,
        DeliveryTry.at > now - SAME_PRESS,
    )
    return session.scalar(said.limit(1)) is not None


def _bring_back(session: Session, delivery: Delivery, *, by: Actor, now: datetime) -> None:
    # Set first: what follows an undone sale leaves a meal alone that was brought back.
    delivery.state = State.RETURNED
    session.flush()
    assert delivery.checkout_id is not None
    key = Key(f"delivery:{delivery.id}:{new_id()}", fingerprint(BROUGHT_BACK, delivery.id))
    meals.reverse_checkout(session, checkout_id=delivery.checkout_id, reason=BROUGHT_BACK, key=key, by=by, now=now)


def _check_move(delivery: Delivery, after: State) -> None:
    if not may_move(State(delivery.state), after):
        raise DeliveryMoved(extra={"state": delivery.state})


def _check_hands(delivery: Delivery, *, by: Actor, now: datetime) -> None:
    if not may_carry(delivery, by):
        raise NotYours
    if delivery.meal_on != business_day(now) and not by.is_at(Role.CANTEEN_MANAGER, delivery.canteen_id):
        raise NotNow(_l("This meal's day is over. The manager writes down what became of it."))


def _check_handed(handed: HandOver, *, cash_fen: int, due_fen: int) -> None:
    errors = {}
    if handed.received_by is not Receiver.SELF and not handed.receiver:
        errors["receiver"] = [_l("Write the name of whoever took the meal.")]
    if not 0 <= cash_fen <= due_fen:
        errors["cash_fen"] = [_l("The cash is at most what is to be paid.")]
    if errors:
        raise Invalid(errors=errors)


def _check_time(session: Session, delivery: Delivery, *, now: datetime) -> None:
    """Refuse to sell a meal outside its own hours: it would count as another one, or get no subsidy."""
    canteen = session.get_one(Canteen, delivery.canteen_id)
    windows = list_windows(session, area_code=canteen.area_code, on=delivery.meal_on)
    window = next((each for each in windows if each.name == delivery.window_name), None)
    at = local(now)
    minute = at.hour * 60 + at.minute
    is_time = window is not None and window.from_minute <= minute < window.until_minute
    if delivery.meal_on != at.date() or not is_time:
        hours = f"{clock_text(window.from_minute)}-{clock_text(window.until_minute)}" if window else "–"
        text = _l("A meal leaves on its day, %(day)s %(hours)s.", day=delivery.meal_on.isoformat(), hours=hours)
        raise NotNow(text)

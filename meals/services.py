"""The use cases of the till: quote, sell, undo."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from app.audit.services import record
from app.auth import Actor, Role
from app.clock import business_day
from app.idempotency import Key
from app.tokens import new_id
from meals import booking, receipts, telling
from meals.deciding import find_refusal, moment_of_code, open_bill, price_bill, rules_of
from meals.errors import AlreadyReversed, ReversalTooLate
from meals.models import Checkout
from meals.sale import Answered, Bill
from subsidies.errors import ClaimedBack


def quote(session: Session, *, bill: Bill, by: Actor, now: datetime) -> Mapping[str, Any]:
    """Say who would pay what for a bill, and why; writes nothing.

    :raises OutsideOwnCanteen: if the caller does not work there
    :raises Declined: if the card, the guest or the day bars the sale
    :raises BillRefused: if the bill has a fault
    """
    opening = open_bill(session, bill, by=by, now=now, key="", lock=False)
    refusal = find_refusal(opening, at=moment_of_code(bill, now))
    if refusal:
        raise refusal
    return receipts.quote_document(price_bill(session, bill, opening, now=now))


def check_out(
    session: Session, *, bill: Bill, key: Key, by: Actor, now: datetime, sale_id: UUID | None = None
) -> Answered:
    """Sell a meal to a senior, once for each key.

    :param sale_id: the id of the sale; a new one if left out
    :raises OutsideOwnCanteen: if the caller does not work there
    :raises KeyReused: if the key came before with another bill
    :raises InFlight: if the guest is being served elsewhere at this moment
    :raises Declined: if the card or code, the guest or the day bars the sale; the failed scan is kept
    :raises BillRefused: if the bill has a fault
    """
    opening = open_bill(session, bill, by=by, now=now, key=key.text, lock=True)
    told = booking.find_told(session, opening, key)
    if told:
        return told
    refusal = find_refusal(opening, at=moment_of_code(bill, now))
    if refusal is None:
        priced = price_bill(session, bill, opening, now=now)
        sale = booking.Sale(priced=priced, id=sale_id or new_id(), key=key, by=by, now=now)
        refusal = booking.use_code(session, sale)
        if refusal is None:
            answered = booking.book(session, sale)
            if opening.is_followed:
                telling.tell_sale(session, sale)
            return answered
    booking.keep_refusal(session, refusal, bill=bill, opening=opening, key=key, by=by, now=now)
    raise refusal


def reverse_checkout(
    session: Session, *, checkout_id: UUID, reason: str, key: Key, by: Actor, now: datetime
) -> Answered:
    """Undo a meal sale, giving points back to the lots they came from.

    The cashier may on the same business day, the manager for as long as the sale rules say.

    :raises CheckoutNotFound: if there is no such sale in the caller's canteens
    :raises AlreadyReversed: if it was undone before
    :raises ClaimedBack: if its money went back after a turn of life
    :raises ReversalTooLate: if this role may no longer undo it
    :raises KeyReused: if the key came before with something else
    """
    checkout, told = booking.open_undo(session, checkout_id=checkout_id, key=key, by=by)
    if told:
        return told
    if checkout.reversed_at is not None:
        raise AlreadyReversed(
            extra={"reversal_id": str(checkout.reversal_id), "reversed_at": checkout.reversed_at.isoformat()}
        )
    if booking.find_claim(session, checkout) is not None:
        raise ClaimedBack
    rules = rules_of(session, checkout.policy_ids)
    _check_in_time(checkout, days=rules.manager_reversal_days, by=by, now=now)
    answered = booking.undo(
        session, checkout, reason=reason, grace_days=rules.refund_grace_days, key=key, by=by, now=now
    )
    record(
        session,
        actor=by,
        action="checkout.reversed",
        subject=f"checkout:{checkout.id}",
        area_code=booking.area_of(session, checkout),
        new={"price_fen": checkout.price_fen, "public_fen": checkout.public_fen, "points_fen": checkout.points_fen},
        reason=reason,
        now=now,
    )
    telling.tell_undone(session, checkout, now=now)
    return answered


def _check_in_time(checkout: Checkout, *, days: int, by: Actor, now: datetime) -> None:
    """Refuse to undo what this role may no longer undo."""
    age_days = (business_day(now) - checkout.meal_on).days
    if by.is_at(Role.CANTEEN_MANAGER, checkout.canteen_id):
        if age_days > days:
            raise ReversalTooLate(_l("A manager may undo a sale for %(days)s days.", days=days))
    elif age_days > 0:
        raise ReversalTooLate(_l("A cashier may undo a sale on the same day only. Ask the manager."))

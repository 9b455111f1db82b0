"""What an undone sale means for its delivery: it is undone too, and what was paid for the way goes back."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth import Actor
from app.clock import business_day
from app.idempotency import fingerprint
from app.tokens import new_id
from meals.deliveries.models import Delivery
from meals.deliveries.rules import State
from meals.models import Checkout
from subsidies import services as ledger

FEE_BACK = "delivery_undone"


def follow_undoing(session: Session, checkout: Checkout, *, grace_days: int, by: Actor, now: datetime) -> None:
    """Undo the delivery of a sale that was undone, and give back what was paid for the way.

    Called under the lock of the payer's book; a meal that was brought back is as it was left.
    """
    query = select(Delivery).where(Delivery.checkout_id == checkout.id, Delivery.state.in_((State.OUT, State.HANDED)))
    delivery = session.scalar(query.with_for_update())
    if delivery is None:
        return
    if delivery.fee_txn_id is not None:
        delivery.fee_reversal_id = _give_back(session, delivery, grace_days=grace_days, by=by, now=now)
    delivery.state = State.UNDONE
    session.flush()


def _give_back(session: Session, delivery: Delivery, *, grace_days: int, by: Actor, now: datetime) -> UUID:
    assert delivery.fee_txn_id is not None
    reversal_id = new_id()
    body = {"id": str(reversal_id), "delivery": delivery.id, "public_fen": delivery.fee_fen}
    ledger.reverse(
        session,
        home=delivery.senior_id,
        key=f"delivery:{delivery.id}:back",
        fingerprint=fingerprint(FEE_BACK, delivery.id),
        txn_id=reversal_id,
        reverses=delivery.fee_txn_id,
        grace_days=grace_days,
        cause={"what": FEE_BACK, "canteen": delivery.canteen_id, "delivery": delivery.id},
        response=body,
        actor=str(by.account_id),
        device=by.device,
        occurred_at=now,
        occurred_on=business_day(now),
        now=now,
    )
    return reversal_id

"""Sales that were undone at the till: the guest has the cash back, so the books follow."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.services import record
from app.auth import Actor
from app.clock import business_day
from app.idempotency import Key
from meals import booking, telling
from meals.deciding import terms_of
from meals.models import Checkout
from meals.rules import SaleRules
from meals.tills.conflicts import Conflict
from meals.tills.door import Device
from meals.tills.models import TillUpload
from meals.tills.sent import SentUndo, online_key
from subsidies import queries as ledger_queries
from subsidies import services as ledger


@dataclass(frozen=True, slots=True, kw_only=True)
class Undone:
    """What came of an undoing: whose it was, what went back, and what is odd about it."""

    home: int | None = None
    key: str | None = None
    receipt: Mapping[str, Any] | None = None
    conflicts: list[Conflict] = field(default_factory=list)


def take_undo(session: Session, sent: SentUndo, *, device: Device, by: Actor, now: datetime) -> Undone:
    """Undo the sale that an entry names; where the sale itself has not come yet, the entry waits for it.

    :raises InFlight: if the guest is being served elsewhere for too long
    """
    checkout = _find_sale(session, sent.undoes)
    if checkout is None:
        return Undone()
    if checkout.canteen_id != device.canteen_id:
        return Undone(conflicts=[{"code": "undone_elsewhere"}])
    ledger.open_book(session, home=checkout.home)
    session.refresh(checkout)
    first = ledger_queries.find_answer(session, home=checkout.home, key=online_key(sent))
    if first is not None and "checkout_id" in (first.response or {}):
        return Undone(home=checkout.home, key=online_key(sent), receipt=first.response)
    if checkout.reversed_at is not None:
        return Undone(home=checkout.home, conflicts=[{"code": "undone_twice", "cash_fen": checkout.cash_fen}])
    if booking.find_claim(session, checkout) is not None:
        return Undone(home=checkout.home, conflicts=[{"code": "undone_claimed", "cash_fen": checkout.cash_fen}])
    day = business_day(min(sent.occurred_at, now))
    late: list[Conflict] = [{"code": "undo_late", "on": day.isoformat()}] if day != checkout.meal_on else []
    key = Key(f"till:{sent.id}", sent.fingerprint)
    receipt = _reverse(session, checkout, key=key, reason=sent.reason, by=by, now=now)
    return Undone(home=checkout.home, receipt=receipt, conflicts=late)


def carry_waiting(session: Session, sale_id: UUID, *, device: Device, by: Actor, now: datetime) -> None:
    """Undo a sale at once whose undoing came before it."""
    query = select(TillUpload).where(
        TillUpload.undoes == sale_id, TillUpload.device_id == device.id, TillUpload.kind == "undo"
    )
    waiting = session.scalars(query.order_by(TillUpload.seq).limit(1)).first()
    if waiting is None:
        return
    checkout = session.scalars(select(Checkout).where(Checkout.id == sale_id)).one()
    key = Key(f"till:{waiting.id}", waiting.fingerprint)
    _reverse(session, checkout, key=key, reason=(waiting.body or {})["reason"], by=by, now=now)


def _find_sale(session: Session, sale_id: UUID) -> Checkout | None:
    found = session.scalar(select(Checkout).where(Checkout.id == sale_id))
    if found is not None:
        return found
    # Sold online under the till's id as key: its row has an id of the server's.
    upload = session.get(TillUpload, sale_id)
    if upload is None or upload.kind != "sale" or upload.outcome != "replayed" or upload.body is None:
        return None
    return session.scalar(select(Checkout).where(Checkout.id == UUID(upload.body["checkout"])))


def _reverse(
    session: Session, checkout: Checkout, *, key: Key, reason: str, by: Actor, now: datetime
) -> Mapping[str, Any]:
    grace_days = _grace_days(session, checkout)
    answered = booking.undo(session, checkout, reason=reason, grace_days=grace_days, key=key, by=by, now=now)
    amounts = {name: getattr(checkout, name) for name in ("price_fen", "public_fen", "points_fen")}
    record(
        session,
        actor=by,
        action="checkout.reversed",
        subject=f"checkout:{checkout.id}",
        area_code=booking.area_of(session, checkout),
        new=amounts,
        reason=reason,
        now=now,
    )
    telling.tell_undone(session, checkout, now=now)
    return answered.body


def _grace_days(session: Session, checkout: Checkout) -> int:
    """Return how long points live on whose lot has ended meanwhile; no rules, no grace."""
    terms = (terms_of(session, document_id) for document_id in checkout.policy_ids)
    return next((found.refund_grace_days for found in terms if isinstance(found, SaleRules)), 0)

"""Writes what was decided: the ledger's movement and the sale beside it, in one transaction."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.areas.rules import Level, ancestors, level_of
from app.auth import Actor
from app.clock import business_day
from app.db import ask
from app.errors import Declined
from app.idempotency import REPLAYED, Key, KeyReused
from app.people.payment_codes.queries import CodeRead, read_code
from app.people.payment_codes.services import claim_code
from app.tokens import digest, new_id
from meals import receipts
from meals.deciding import guest, refuse_code
from meals.deliveries.following import follow_undoing
from meals.errors import REFUSALS, CheckoutNotFound
from meals.models import Canteen, Checkout, FailedScan
from meals.opening import Opening
from meals.rules import Payer
from meals.sale import Answered, Bill, Priced
from subsidies import queries as ledger_queries
from subsidies import services as ledger

COLUMNS = [column.name for column in Checkout.__table__.columns if not column.name.startswith("revers")]
DOCUMENTS = frozenset({"shares", "items", "facts", "reasons"})
INSERT = f"INSERT INTO checkout ({', '.join(COLUMNS)}) VALUES ({', '.join(f'%({name})s' for name in COLUMNS)})"  # noqa: S608 - names of columns
PURPOSE = "meals"
PROGRAMME = "meal_discount"
SOLD_FOR_CASH = "sold_for_cash"
UNDONE_FOR_CASH = "undone_for_cash"
# The sale had come by the till's queue before its first try: the answer lies under that key.
CAME_BY_QUEUE = "came_by_queue"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sale:
    """A priced bill about to be booked."""

    priced: Priced
    id: UUID
    key: Key
    by: Actor
    now: datetime


def find_told(session: Session, opening: Opening, key: Key) -> Answered | None:
    """Return what was answered under this key before, or nothing.

    :raises KeyReused: if the key came before with other content
    :raises Declined: if it was refused then
    """
    if opening.fingerprint is None:
        return None
    if opening.outcome == CAME_BY_QUEUE:
        told = ledger_queries.find_answer(session, home=opening.home, key=(opening.answer or {})["key"])
        return Answered(told.response or {}, replayed=True) if told else None
    return _retell(opening.answer or {}, bytes(opening.fingerprint), key)


def book(session: Session, sale: Sale) -> Answered:
    """Post a sale to the ledger, write it down, and return its receipt."""
    priced, quote = sale.priced, sale.priced.quote
    receipt = receipts.receipt_document(priced, checkout_id=sale.id)
    posted = quote.public_fen + quote.points_fen > 0
    if posted:
        _spend(session, sale, receipt)
    else:
        ledger.answer(
            session,
            home=priced.opening.home,
            key=sale.key.text,
            fingerprint=sale.key.fingerprint,
            outcome=SOLD_FOR_CASH,
            response=receipt,
            now=sale.now,
        )
    row = row_of(sale, number=receipt["number"], posted=posted)
    ask(session, INSERT, {name: Jsonb(value) if name in DOCUMENTS else value for name, value in row.items()})
    return Answered(receipt)


def answer_first_try(session: Session, sale: Sale, *, key: str) -> None:
    """Let a first try that comes after its sale was booked get that sale's receipt, whatever it asked for.

    Under the lock of the payer's book: the try either came before, and is found, or will find this.
    """
    ledger.answer(
        session,
        home=sale.priced.opening.home,
        key=key,
        fingerprint=sale.key.fingerprint,
        outcome=CAME_BY_QUEUE,
        response={"key": sale.key.text},
        now=sale.now,
    )


def use_code(session: Session, sale: Sale) -> Declined | None:
    """Use up the payment code of a sale, where it has one; the answer says why that could not be.

    Under the lock of the payer's book and in the sale's own transaction: of many tills with one code one sells,
    and a sale that is not booked leaves the code as it was.
    """
    code = sale.priced.opening.shown
    if not isinstance(code, CodeRead) or claim_code(session, code_id=code.id, sale_id=sale.id, now=sale.now):
        return None
    now_used = read_code(session, text=sale.priced.bill.card)
    assert isinstance(now_used, CodeRead)
    return refuse_code(now_used, {"guest": guest(sale.priced.opening)}, at=sale.priced.occurred_at)


def keep_refusal(
    session: Session, refusal: Declined, *, bill: Bill, opening: Opening, key: Key, by: Actor, now: datetime
) -> None:
    """Write down a scan that sold nothing, and remember the answer for a retry."""
    session.add(
        FailedScan(
            at=now,
            canteen_id=bill.canteen_id,
            till_id=bill.till_id,
            account_id=by.account_id,
            reason=refusal.code,
            code_tail=bill.card[-4:],
            code_digest=digest(bill.card),
            senior_id=opening.home if opening.senior else None,
        )
    )
    if opening.senior:
        ledger.answer(
            session,
            home=opening.home,
            key=key.text,
            fingerprint=key.fingerprint,
            outcome=refusal.code,
            response={"refused": refusal.code, "extra": refusal.extra},
            now=now,
        )
    session.flush()


def open_undo(session: Session, *, checkout_id: UUID, key: Key, by: Actor) -> tuple[Checkout, Answered | None]:
    """Lock the payer's book and read the sale, and what was answered under this key before.

    :raises CheckoutNotFound: if there is no such sale in the caller's canteens
    """
    home = session.scalar(
        select(Checkout.home).where(Checkout.id == checkout_id, Checkout.canteen_id.in_(by.canteen_ids))
    )
    if home is None:
        raise CheckoutNotFound
    ledger.open_book(session, home=home)
    checkout = session.scalars(select(Checkout).where(Checkout.home == home, Checkout.id == checkout_id)).one()
    told = ledger_queries.find_answer(session, home=home, key=key.text)
    return checkout, _retell(told.response or {}, told.fingerprint, key) if told else None


def undo(
    session: Session, checkout: Checkout, *, reason: str, grace_days: int, key: Key, by: Actor, now: datetime
) -> Answered:
    """Reverse a sale's movement, mark the sale as undone, and say what goes back."""
    reversal_id = new_id()
    body = receipts.reversal_document(checkout, reversal_id=reversal_id, at=now, reason=reason)
    asked: dict[str, Any] = {"key": key.text, "fingerprint": key.fingerprint, "response": body}
    named = {"home": checkout.home, "now": now, **asked}
    if checkout.posted:
        ledger.reverse(
            session,
            **named,
            txn_id=reversal_id,
            reverses=checkout.id,
            cause={"what": "meal_undone", "canteen": checkout.canteen_id, "cash_fen": checkout.cash_fen},
            actor=str(by.account_id),
            device=by.device,
            occurred_at=now,
            occurred_on=business_day(now),
            grace_days=grace_days,
        )
    else:
        ledger.answer(session, **named, outcome=UNDONE_FOR_CASH)
    session.execute(
        update(Checkout)
        .where(Checkout.home == checkout.home, Checkout.id == checkout.id)
        .values(reversal_id=reversal_id, reversed_at=now, reversed_by=by.account_id, reversal_reason=reason)
    )
    follow_undoing(session, checkout, grace_days=grace_days, by=by, now=now)
    return Answered(body)


def find_claim(session: Session, checkout: Checkout) -> UUID | None:
    """Return the movement that gave a standing sale's money back, as after a death; nothing for any other sale.

    The ledger is asked, and no mark beside it: the meal was sold and eaten, its money alone went another way.
    """
    if not checkout.posted or checkout.reversed_at is not None:
        return None
    return next(iter(ledger_queries.list_reversals(session, home=checkout.home, txn_id=checkout.id)), None)


def area_of(session: Session, checkout: Checkout) -> str:
    """Return the area of the canteen that sold."""
    return session.scalars(select(Canteen.area_code).where(Canteen.id == checkout.canteen_id)).one()


def _retell(answer: Mapping[str, Any], fingerprint: bytes, key: Key) -> Answered:
    if fingerprint != key.fingerprint:
        raise KeyReused
    if "refused" in answer:
        raise REFUSALS[answer["refused"]](extra=answer["extra"], headers=REPLAYED)
    return Answered(answer, replayed=True)


def _spend(session: Session, sale: Sale, receipt: Mapping[str, Any]) -> None:
    priced, quote = sale.priced, sale.priced.quote
    canteen = priced.opening.canteen
    assert canteen is not None
    ledger.spend(
        session,
        home=priced.opening.home,
        key=sale.key.text,
        fingerprint=sale.key.fingerprint,
        txn_id=sale.id,
        merchant_account=canteen["merchant_account"],
        points_fen=quote.points_fen,
        purpose=PURPOSE,
        legs=[
            (funder_account(session, priced.opening, share.payer), share.amount_fen)
            for share in quote.shares
            if share.payer is not Payer.CONCESSION
        ],
        cause=receipts.cause_document(priced),
        response=receipt,
        actor=str(sale.by.account_id),
        device=sale.by.device,
        occurred_at=priced.occurred_at,
        occurred_on=priced.meal_on,
        now=sale.now,
    )


def funder_account(session: Session, opening: Opening, payer: Payer) -> int:
    """Return the account of who pays here; the first sale in a place opens it."""
    found = opening.funders.get(payer)
    if found is not None:
        return found
    assert opening.canteen is not None
    place = opening.canteen["area_code"]
    level = Level.CITY if payer is Payer.CHARITY else Level(payer)
    area_code = next(code for code in (place, *ancestors(place)) if level_of(code) is level)
    return ledger.open_account(session, kind=payer, area_code=area_code, name=f"{payer} {area_code}")


def row_of(sale: Sale, *, number: str, posted: bool) -> dict[str, Any]:
    """Return the row that stands beside a sale's movement in the ledger."""
    priced, quote = sale.priced, sale.priced.quote
    assert priced.opening.senior is not None
    return {
        "home": priced.opening.home,
        "id": sale.id,
        "number": number,
        "canteen_id": priced.bill.canteen_id,
        "till_id": priced.bill.till_id,
        "account_id": sale.by.account_id,
        "card": priced.opening.senior["card"],
        "programme": PROGRAMME,
        "meal_on": priced.meal_on,
        "window_name": quote.window,
        "slot": priced.opening.free_slot(quote.window) if quote.subsidised else None,
        "price_fen": quote.price_fen,
        "public_fen": quote.public_fen,
        "concession_fen": quote.concession_fen,
        "points_fen": quote.points_fen,
        "cash_fen": quote.cash_fen,
        "unpaid_fen": quote.unpaid_fen,
        "shares": [receipts.share_document(share) for share in quote.shares],
        "items": [dict(line) for line in priced.lines],
        "facts": receipts.facts_document(priced),
        "reasons": priced.reasons,
        "policy_ids": priced.policy_ids,
        "posted": posted,
        "occurred_at": priced.occurred_at,
        "booked_at": sale.now,
    }

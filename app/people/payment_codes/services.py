"""Showing a payment code, and using one up."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.auth.actor import Actor
from app.clock import business_day
from app.db import ask
from app.people.card_numbers import CardState
from app.people.models import Card, SeniorStatus
from app.people.payment_codes.errors import NoCardInUse, TooManyCodes
from app.people.payment_codes.keys import code_key, sign_code
from app.people.payment_codes.models import PaymentCode
from app.people.payment_codes.rules import (
    GOOD_SECONDS,
    NONCE_BYTES,
    RANDOM_DIGITS,
    Body,
    key_id_of,
    make_number,
)
from app.people.relatives.reach import Topic, get_reached
from app.people.rules import Status
from app.tokens import digest, digits, random_bytes

# One page shows one code a minute; a family with a few phones, each loading anew, stays far below.
GOOD_AT_ONCE = 20
UNUSED_KEPT = timedelta(days=2)  # long enough to tell a till that sends yesterday's sale what was wrong

CLAIM = (
    "UPDATE payment_code SET used_at = %(now)s, used_for = %(sale_id)s"
    " WHERE id = %(code_id)s AND used_at IS NULL RETURNING id"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownCode:
    """A code as a phone shows it."""

    text: str
    number: str
    issued_at: datetime
    expires_at: datetime


def issue_code(session: Session, *, senior_id: int, actor: Actor, now: datetime) -> ShownCode:
    """Make a payment code of somebody whom the actor reaches, good for 90 seconds and one sale.

    Who asked is kept with it: the table of codes is the record of who could pay, and when.

    :raises NotFound: if the actor is not linked to such a senior
    :raises ConsentMissing: if the senior has not agreed that the actor sees the points
    :raises NoCardInUse: if the senior has no card that pays, or has died
    :raises TooManyCodes: if far more codes are good at once than phones could show
    """
    get_reached(session, actor=actor, senior_id=senior_id, topic=Topic.BALANCE, today=business_day(now))
    _check_pays(session, senior_id)
    good = select(func.count()).where(PaymentCode.senior_id == senior_id, PaymentCode.expires_at > now)
    if session.scalars(good).one() >= GOOD_AT_ONCE:
        raise TooManyCodes
    issued_at = now.replace(microsecond=0)
    number, nonce = make_number(digits(RANDOM_DIGITS)), random_bytes(NONCE_BYTES)
    body = Body(
        key_id=key_id_of(code_key().public_key),
        senior_id=senior_id,
        issued_at=issued_at,
        expires_at=issued_at + timedelta(seconds=GOOD_SECONDS),
        nonce=nonce,
    )
    session.add(
        PaymentCode(
            senior_id=senior_id,
            account_id=actor.account_id,
            nonce=nonce,
            number_digest=digest(number),
            issued_at=issued_at,
            expires_at=body.expires_at,
        )
    )
    session.flush()
    return ShownCode(text=sign_code(body), number=number, issued_at=issued_at, expires_at=body.expires_at)


def claim_code(session: Session, *, code_id: int, sale_id: UUID, now: datetime) -> bool:
    """Use a code up for a sale, in the sale's own transaction; false where another sale was first."""
    return ask(session, CLAIM, {"code_id": code_id, "sale_id": sale_id, "now": now}) is not None


def forget_codes(session: Session, *, now: datetime) -> int:
    """Delete codes that were shown and never used; those that paid stay, as part of what is known of a sale."""
    old = delete(PaymentCode).where(PaymentCode.used_at.is_(None), PaymentCode.expires_at < now - UNUSED_KEPT)
    return len(session.execute(old.returning(PaymentCode.id)).all())


def _check_pays(session: Session, senior_id: int) -> None:
    pays = select(Card.number).where(Card.senior_id == senior_id, Card.state == CardState.ISSUED)
    died = select(SeniorStatus.id).where(SeniorStatus.senior_id == senior_id, SeniorStatus.status == Status.DECEASED)
    if session.scalar(pays) is None or session.scalar(died) is not None:
        raise NoCardInUse

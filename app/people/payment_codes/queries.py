"""Reading payment codes: whose one is, and what a sale was paid with."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db import ask
from app.people.payment_codes.keys import check_code, public_keys
from app.people.payment_codes.models import PaymentCode
from app.people.payment_codes.rules import Fault, is_number
from app.tokens import digest

# A person's card in use, else the latest: that it is lost is for the sale to say.
CARD = (
    "(SELECT c.number FROM card AS c WHERE c.senior_id = p.senior_id"
    " ORDER BY c.state = 'issued' DESC, c.issued_at DESC LIMIT 1)"
)
FIND = f"SELECT p.id, {CARD}, p.issued_at, p.expires_at, p.used_at FROM payment_code AS p WHERE "  # noqa: S608 - our own text
CARD_OF = (
    "SELECT c.number FROM card AS c WHERE c.senior_id = %(senior_id)s"
    " ORDER BY c.state = 'issued' DESC, c.issued_at DESC LIMIT 1"
)
BY_NONCE = FIND + "p.senior_id = %(senior_id)s AND p.nonce = %(nonce)s"
BY_NUMBER = FIND + "p.number_digest = %(digest)s"


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeRead:
    """A code that we issued: whose card it stands for, and how long."""

    id: int
    card: str
    issued_at: datetime
    expires_at: datetime
    used_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeUse:
    """What is known of the code a sale was paid with."""

    account_id: int
    issued_at: datetime


def read_code(session: Session, *, text: str) -> CodeRead | Fault:
    """Say which of our codes a scanned text or typed number is, or what is wrong with it; one question at most."""
    if is_number(text):
        row = ask(session, BY_NUMBER, {"digest": digest(text)})
    else:
        body = check_code(text)
        if isinstance(body, Fault):
            return body
        row = ask(session, BY_NONCE, {"senior_id": body.senior_id, "nonce": body.nonce})
    if row is None:
        return Fault.UNKNOWN
    code_id, card, issued_at, expires_at, used_at = row
    return CodeRead(id=code_id, card=card or "", issued_at=issued_at, expires_at=expires_at, used_at=used_at)


def list_keys() -> list[dict[str, str]]:
    """List the public keys whose codes are accepted, as tills are given them."""
    return [
        {"key_id": key_id.hex(), "algorithm": "Ed25519", "public_key": base64.b64encode(key).decode()}
        for key_id, key in public_keys().items()
    ]


def find_card_behind(session: Session, *, text: str) -> str | None:
    """Return the card of the person whom a code that we signed was made for, also when the code was forgotten.

    Codes that were shown and not used are deleted; what a till sold by one while the line was cut may come later.
    """
    body = check_code(text)
    if isinstance(body, Fault):
        return None
    row = ask(session, CARD_OF, {"senior_id": body.senior_id})
    return row[0] if row else None


def codes_used_for(session: Session, *, sale_ids: list[UUID]) -> Mapping[UUID, CodeUse]:
    """Return the codes that paid these sales; sales by a card are left out."""
    query = select(PaymentCode).where(PaymentCode.used_for.in_(sale_ids))
    return {
        code.used_for: CodeUse(account_id=code.account_id, issued_at=code.issued_at)
        for code in session.scalars(query)
        if code.used_for
    }

"""Where a merchant's money goes: sealed at rest, its last four digits for people, whole only in a bank file."""

from dataclasses import dataclass
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from app import vault
from app.areas.rules import is_within_any
from app.audit.services import record
from app.auth import Actor
from app.errors import Invalid, NotFound
from subsidies.models import Account
from subsidies.settlement.models import Payee

# What Chinese banks give to firms and persons.
SHORTEST, LONGEST = 8, 30


@dataclass(frozen=True, slots=True)
class PayeeView:
    """A payee as people see it."""

    holder: str
    bank: str
    masked: str
    changed_at: datetime


def set_payee(
    session: Session, *, merchant: int, holder: str, bank: str, number: str, by: Actor, now: datetime
) -> None:
    """Write down where a merchant's money goes from now on.

    :raises NotFound: if the merchant lies outside the caller's areas
    :raises Invalid: if the number cannot be one of an account
    """
    account = session.get(Account, merchant)
    if account is None or account.kind != "merchant" or not is_within_any(account.area_code or "", by.area_codes):
        raise NotFound
    digits = "".join(number.split())
    if not (digits.isascii() and digits.isdigit() and SHORTEST <= len(digits) <= LONGEST):
        raise Invalid(errors={"number": [_l("An account number has 8 to 30 digits.")]})
    payee = session.get(Payee, merchant, with_for_update=True) or Payee(merchant=merchant)
    old = {"holder": payee.holder, "bank": payee.bank, "tail": payee.tail} if payee.tail else None
    payee.holder, payee.bank, payee.number, payee.tail = holder, bank, vault.seal(digits), digits[-4:]
    payee.changed_by, payee.changed_at = by.account_id, now
    session.add(payee)
    session.flush()
    record(
        session,
        actor=by,
        action="settlement.payee",
        subject=f"merchant:{merchant}",
        area_code=account.area_code,
        now=now,
        old=old,
        new={"holder": holder, "bank": bank, "tail": payee.tail},
    )


def find_payee(session: Session, *, merchant: int) -> PayeeView | None:
    """Return where a merchant's money goes, masked."""
    payee = session.get(Payee, merchant)
    if payee is None:
        return None
    return PayeeView(payee.holder, payee.bank, f"**** {payee.tail}", payee.changed_at)

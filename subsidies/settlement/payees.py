"""Where a merchant's money goes: sealed at rest, its last four digits for people, whole only in a bank file."""

from dataclasses import dataclass
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import vault
from app.approvals import services as approvals
from app.approvals.rules import DRAFT, SUBMITTED
from app.areas.rules import is_within_any
from app.audit.services import record
from app.auth import Actor
from app.errors import Invalid, NotFound
from subsidies.models import Account
from subsidies.settlement.errors import PayeeAsked, PayeeNotAsked
from subsidies.settlement.models import ACCEPTED, Payee, PayeeChange
from subsidies.settlement.people import find_names

# What Chinese banks give to firms and persons.
SHORTEST, LONGEST = 8, 30


@dataclass(frozen=True, slots=True)
class PayeeView:
    """A payee as people see it."""

    holder: str
    bank: str
    masked: str
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class AskedPayee(PayeeView):
    """A payee that waits to be accepted, and who wrote it down."""

    asked_by: int
    asked_name: str


def ask_payee(
    session: Session, *, merchant: int, holder: str, bank: str, number: str, by: Actor, now: datetime
) -> PayeeChange:
    """Write down where a merchant's money shall go; somebody else accepts it.

    :raises NotFound: if the merchant lies outside the caller's areas
    :raises Invalid: if the number cannot be one of an account
    :raises PayeeAsked: if another account waits to be accepted
    """
    account = _load_merchant(session, merchant, by)
    digits = "".join(number.split())
    if not (digits.isascii() and digits.isdigit() and SHORTEST <= len(digits) <= LONGEST):
        raise Invalid(errors={"number": [_l("An account number has 8 to 30 digits.")]})
    if _find_asked(session, merchant) is not None:
        raise PayeeAsked
    asked = PayeeChange(
        merchant=merchant, holder=holder, bank=bank, number=vault.seal(digits), tail=digits[-4:], maker_id=by.account_id
    )
    asked.state = DRAFT
    approvals.submit(asked, by=by.account_id, now=now)
    session.add(asked)
    session.flush()
    _note(session, "settlement.payee_asked", account, asked, by=by, now=now)
    return asked


def accept_payee(session: Session, *, merchant: int, by: Actor, now: datetime) -> None:
    """Let a merchant's money go from now on where somebody else wrote down.

    :raises NotFound: if the merchant lies outside the caller's areas
    :raises PayeeNotAsked: if nothing waits to be accepted
    :raises SelfApproval: if the caller wrote it down
    """
    account, asked = _load_asked(session, merchant, by)
    approvals.approve(asked, state=ACCEPTED, by=by.account_id, now=now)
    payee = session.get(Payee, merchant, with_for_update=True) or Payee(merchant=merchant)
    old = {"holder": payee.holder, "bank": payee.bank, "tail": payee.tail} if payee.tail else None
    payee.holder, payee.bank, payee.number, payee.tail = asked.holder, asked.bank, asked.number, asked.tail
    # Whoever wrote an account down does not write the file for the bank.
    payee.changed_by, payee.changed_at = asked.maker_id, now
    session.add(payee)
    session.flush()
    _note(session, "settlement.payee", account, asked, by=by, now=now, old=old)


def refuse_payee(session: Session, *, merchant: int, reason: str, by: Actor, now: datetime) -> None:
    """Leave a merchant's money where it goes, and say why.

    :raises NotFound: if the merchant lies outside the caller's areas
    :raises PayeeNotAsked: if nothing waits to be accepted
    :raises SelfApproval: if the caller wrote it down
    """
    account, asked = _load_asked(session, merchant, by)
    approvals.reject(asked, reason=reason, by=by.account_id, now=now)
    session.flush()
    _note(session, "settlement.payee_refused", account, asked, by=by, now=now)


def find_asked_payee(session: Session, *, merchant: int) -> AskedPayee | None:
    """Return the account that waits to be accepted, masked."""
    asked = _find_asked(session, merchant)
    if asked is None or asked.submitted_at is None:
        return None
    name = find_names(session, [asked.maker_id]).get(asked.maker_id, "")
    return AskedPayee(asked.holder, asked.bank, f"**** {asked.tail}", asked.submitted_at, asked.maker_id, name)


def find_payee(session: Session, *, merchant: int) -> PayeeView | None:
    """Return where a merchant's money goes, masked."""
    payee = session.get(Payee, merchant)
    if payee is None:
        return None
    return PayeeView(payee.holder, payee.bank, f"**** {payee.tail}", payee.changed_at)


def _load_merchant(session: Session, merchant: int, by: Actor) -> Account:
    account = session.get(Account, merchant)
    if account is None or account.kind != "merchant" or not is_within_any(account.area_code or "", by.area_codes):
        raise NotFound
    return account


def _find_asked(session: Session, merchant: int, *, lock: bool = False) -> PayeeChange | None:
    query = select(PayeeChange).where(PayeeChange.merchant == merchant, PayeeChange.state == SUBMITTED)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    found: PayeeChange | None = session.scalar(query)
    return found


def _load_asked(session: Session, merchant: int, by: Actor) -> tuple[Account, PayeeChange]:
    account = _load_merchant(session, merchant, by)
    asked = _find_asked(session, merchant, lock=True)
    if asked is None:
        raise PayeeNotAsked
    return account, asked


def _note(
    session: Session,
    action: str,
    account: Account,
    asked: PayeeChange,
    *,
    by: Actor,
    now: datetime,
    old: dict[str, str] | None = None,
) -> None:
    record(
        session,
        actor=by,
        action=action,
        subject=f"merchant:{account.id}",
        area_code=account.area_code,
        now=now,
        old=old,
        new={"holder": asked.holder, "bank": asked.bank, "tail": asked.tail},
        reason=asked.reason,
    )

"""Coming in by phone: a code is sent, and whoever types it is let in. Unknown phones get the same answers."""

from collections.abc import Callable
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import vault
from app.auth.attempts import Visitor, begin_attempt, refuse_attempt
from app.auth.codes import count_sending, find_fault, make_code
from app.auth.errors import CodeWrong, NoCodeOpen, NoMobile
from app.auth.models import Account
from app.auth.rules import CODE_LIMIT, Purpose, fold_phone, is_mobile
from app.auth.services import Opened, TokenKind, let_in
from app.auth.throttle import forget_failures
from app.tokens import new_secret

Send = Callable[[str, str], None]


def read_mobile(typed: str) -> str:
    """Return a mobile number as it is kept.

    :raises NoMobile: if it is none
    """
    number = fold_phone(typed)
    if not is_mobile(number):
        raise NoMobile(errors={"phone": [_l("Type a mobile number of eleven digits, such as 13800138000.")]})
    return number


def find_by_phone(session: Session, phone: str) -> Account | None:
    """Return the account of a phone number, or nothing."""
    return session.scalar(select(Account).where(Account.phone_index.in_(vault.indexes_of(phone))))


def ask_for_code(session: Session, *, phone: str, purpose: Purpose, send: Send, visitor: Visitor, now: datetime) -> str:
    """Send a code to a phone, and return the ticket that the browser must show with it.

    The ticket binds the code to who asked: somebody else who knows the phone can neither guess at the code nor
    use up its tries. To log in, a message goes out only if the phone is an account's; nothing else tells.

    :raises NoMobile: if the number is no mobile phone's
    :raises SentTooOften: if codes were sent several times already
    """
    number = read_mobile(phone)
    count_sending(session, phone=number, visitor=visitor, now=now)
    ticket = new_secret()
    code = make_code(session, purpose=purpose, subject=_subject(number, ticket), now=now)
    account = find_by_phone(session, number)
    is_expected = purpose is not Purpose.PHONE or (account is not None and account.disabled_at is None)
    if is_expected:
        send(number, code)
    return ticket


def check_code(
    session: Session, *, phone: str, purpose: Purpose, ticket: str, code: str, visitor: Visitor, now: datetime
) -> str:
    """Use the code that was sent to a phone, and return the phone's number.

    :raises NoMobile: if the number is no mobile phone's
    :raises CodeWrong: if the code is wrong, used, or was sent to another browser
    :raises CodeTooOld: if its time is over
    :raises LogInLocked: if this phone or this address had too many wrong tries
    """
    number = read_mobile(phone)
    subject = f"phone:{number}"
    attempt = begin_attempt(session, visitor=visitor, subject=subject, limit=CODE_LIMIT, now=now)
    fault = find_fault(session, purpose=purpose, subject=_subject(number, ticket), code=code, now=now)
    if isinstance(fault, CodeWrong):
        raise refuse_attempt(session, attempt, is_guess=not isinstance(fault, NoCodeOpen), now=now) or fault
    if fault is not None:
        raise fault
    forget_failures(session, subject, now=now)
    forget_failures(session, f"send:{number}", now=now)
    return number


def log_in_by_phone(
    session: Session, *, phone: str, ticket: str, code: str, kind: TokenKind, visitor: Visitor, now: datetime
) -> Opened:
    """Let in whoever types the code that was sent to the phone of an account.

    :raises NoMobile: if the number is no mobile phone's
    :raises CodeWrong: if the code is wrong or used, or the account is closed
    :raises CodeTooOld: if its time is over
    :raises LogInLocked: if this phone or this address had too many wrong tries
    """
    number = check_code(session, phone=phone, purpose=Purpose.PHONE, ticket=ticket, code=code, visitor=visitor, now=now)
    account = find_by_phone(session, number)
    if account is None or account.disabled_at is not None:
        raise CodeWrong
    return let_in(session, account, kind=kind, visitor=visitor, now=now)


def _subject(phone: str, ticket: str) -> str:
    return f"{phone}:{ticket}"

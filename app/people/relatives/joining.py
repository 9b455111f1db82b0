"""Joining: whoever has shown to have a phone gets an account, and takes up what was offered on paper."""

from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from app.auth.actor import Actor
from app.auth.attempts import Visitor, begin_attempt, refuse_attempt
from app.auth.errors import CodeWrong, NoMessages
from app.auth.models import Account
from app.auth.personal import open_personal_account
from app.auth.phones import ask_for_code, check_code, find_by_phone
from app.auth.rules import CODE_SHAPES, Purpose
from app.auth.services import Opened, TokenKind, let_in
from app.errors import Invalid
from app.messages.services import can_send_codes, send_code
from app.people.relatives import services
from app.people.relatives.errors import OfferUnknown
from app.people.relatives.models import RelativeLink

LONGEST_NAME = 80


def send_phone_code(
    session: Session, *, phone: str, purpose: Purpose, visitor: Visitor, language: str, now: datetime
) -> str:
    """Send a code to a phone, and return the ticket of the browser that asked.

    :raises NoMobile: if the number is no mobile phone's
    :raises SentTooOften: if codes were sent several times already
    :raises NoMessages: if no channel leads to phones here
    """
    if not can_send_codes(session):
        raise NoMessages
    life: timedelta = CODE_SHAPES[purpose].life

    def send(number: str, code: str) -> None:
        send_code(session, phone=number, code=code, good_for=life, now=now, language=language)

    return ask_for_code(session, phone=phone, purpose=purpose, send=send, visitor=visitor, now=now)


def check_paper(session: Session, *, paper: str, visitor: Visitor, now: datetime) -> RelativeLink:
    """Return the offer that a code on paper is for; wrong codes are counted by the address they come from.

    :raises OfferUnknown: if no offer waits for the code
    :raises LogInLocked: if the address had too many wrong tries
    """
    attempt = begin_attempt(session, visitor=visitor, now=now)
    offer = services.find_offer(session, code=paper, now=now)
    if offer is None:
        raise refuse_attempt(session, attempt, now=now) or OfferUnknown()
    return offer


def join(
    session: Session,
    *,
    phone: str,
    ticket: str,
    code: str,
    paper: str,
    name: str,
    password: str | None,
    kind: TokenKind,
    visitor: Visitor,
    now: datetime,
) -> Opened:
    """Let in whoever has the phone, with a new account if it has none, and take up what the paper offers.

    :raises OfferUnknown: if no offer waits for the paper's code
    :raises CodeWrong: if the code that was sent is wrong or used, or the account is closed
    :raises CodeTooOld: if its time is over
    :raises LogInLocked: if this phone or this address had too many wrong tries
    :raises PasswordRefused: if the chosen password is too weak
    :raises LinkedAlready: if the account is linked to the person already
    """
    offer = check_paper(session, paper=paper, visitor=visitor, now=now) if paper else None
    called = offer.name if offer else _read_name(name)
    number = check_code(session, phone=phone, purpose=Purpose.JOIN, ticket=ticket, code=code, visitor=visitor, now=now)
    account = find_by_phone(session, number)
    if account is None:
        account = open_personal_account(session, name=called, phone=number, password=password, now=now)
    if account.disabled_at is not None:
        raise CodeWrong
    if offer is not None:
        actor = _actor(account)
        services.accept_offer(session, code=paper, actor=actor, now=now)
    return let_in(session, account, kind=kind, visitor=visitor, now=now)


def _actor(account: Account) -> Actor:
    return Actor(account_id=account.id, name=account.name)


def _read_name(typed: str) -> str:
    name = " ".join(typed.split())
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise Invalid(errors={"name": [_l("Type your name.")]})
    return name

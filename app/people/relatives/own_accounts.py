"""Seniors' own accounts: let in by a card number and a code that is read out at the counter."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit import services as audit
from app.auth.actor import Actor, Role
from app.auth.attempts import Visitor, begin_attempt, refuse_attempt
from app.auth.codes import find_fault, make_code
from app.auth.errors import CodeWrong, NoCodeOpen
from app.auth.models import Account
from app.auth.personal import hold_personal_role, open_personal_account
from app.auth.rules import CODE_LIMIT, Purpose, fold_digits
from app.auth.services import Opened, TokenKind, let_in
from app.auth.throttle import forget_failures
from app.people.models import Card, Senior
from app.people.relatives.access import has_died, lock_person, note, refuse_the_deceased, street_of
from app.people.relatives.models import RelativeLink
from app.people.relatives.rules import Relation, State
from app.people.services import lock_senior


def make_counter_code(session: Session, *, senior_id: int, actor: Actor, now: datetime) -> str:
    """Make the code that a clerk reads out to a senior; it is told once, and the one before is void.

    :raises NotFound: if there is no such senior within the clerk's areas
    :raises LinkTheDeceased: if the senior has died
    """
    senior = lock_senior(session, senior_id=senior_id, actor=actor)
    refuse_the_deceased(session, senior_id=senior_id)
    code = make_code(session, purpose=Purpose.COUNTER, subject=_subject(senior_id), now=now)
    audit.record(
        session,
        actor=actor,
        action="counter_code.made",
        subject=f"senior:{senior_id}",
        area_code=senior.residence_area_code,
        now=now,
    )
    return code


def log_in_by_card(
    session: Session, *, card_number: str, code: str, kind: TokenKind, visitor: Visitor, now: datetime
) -> Opened:
    """Let a senior in by card number and code; the first time makes the senior's account.

    :raises CodeWrong: if the card is none in use, or the code is not the one that was read out
    :raises CodeTooOld: if its time is over
    :raises LogInLocked: if this card or this address had too many wrong tries
    """
    number = fold_digits(card_number)
    subject = f"card:{number}"
    attempt = begin_attempt(session, visitor=visitor, subject=subject, limit=CODE_LIMIT, now=now)
    senior_id = session.scalar(select(Card.senior_id).where(Card.number == number, Card.state == "issued"))
    fault = find_fault(session, purpose=Purpose.COUNTER, subject=_subject(senior_id), code=code, now=now)
    if senior_id is None or isinstance(fault, CodeWrong) or has_died(session, senior_id=senior_id):
        raise refuse_attempt(session, attempt, is_guess=not isinstance(fault, NoCodeOpen), now=now) or CodeWrong()
    if fault is not None:
        raise fault
    forget_failures(session, subject, now=now)
    account = _own_account(session, senior_id, now)
    if account.disabled_at is not None:
        raise CodeWrong
    return let_in(session, account, kind=kind, visitor=visitor, now=now)


def _own_account(session: Session, senior_id: int, now: datetime) -> Account:
    """Return a senior's own account, made now if it is the first time."""
    senior = lock_person(session, senior_id)
    own = select(RelativeLink.account_id).where(
        RelativeLink.senior_id == senior_id,
        RelativeLink.relation == Relation.SELF,
        RelativeLink.state == State.ACTIVE,
    )
    account_id = session.scalar(own)
    if account_id is not None:
        return session.get_one(Account, account_id)
    account = open_personal_account(session, name=senior.name, phone=None, password=None, now=now)
    link_own_account(session, senior, account, now=now)
    return account


def make_own(session: Session, *, senior_id: int, account_id: int, now: datetime) -> None:
    """Make an account that is there already a senior's own; for filling an installation."""
    link_own_account(session, lock_person(session, senior_id), session.get_one(Account, account_id), now=now)


def link_own_account(session: Session, senior: Senior, account: Account, *, now: datetime) -> None:
    """Make an account a senior's own."""
    link = RelativeLink(
        senior_id=senior.id,
        account_id=account.id,
        name=account.name,
        relation=Relation.SELF,
        state=State.ACTIVE,
        asked_at=now,
        asked_by=account.id,
        decided_at=now,
        decided_by=account.id,
    )
    session.add(link)
    session.flush()
    hold_personal_role(session, account_id=account.id, role=Role.ELDER, area_code=street_of(senior), now=now)
    actor = Actor(account_id=account.id, name=account.name)
    note(session, "own_account.opened", link, actor=actor, now=now)


def _subject(senior_id: int | None) -> str:
    return f"senior:{senior_id}"

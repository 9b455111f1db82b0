"""Accounts of relatives and seniors: made when somebody joins, with a role of families and no post."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app import vault
from app.audit import services as audit
from app.auth import passwords
from app.auth.accounts import grant_role, refuse_weak
from app.auth.actor import PERSONAL_ROLES, Actor, Role
from app.auth.errors import LogInAgain, PhoneTaken
from app.auth.models import Account, RoleGrant
from app.auth.passwords import NO_PASSWORD
from app.auth.queries import current_roles, is_young
from app.auth.services import end_other_tokens
from app.clock import business_day
from app.tokens import digits

NAME_DIGITS = 10


def open_personal_account(
    session: Session, *, name: str, phone: str | None, password: str | None, now: datetime
) -> Account:
    """Make the account of a relative or a senior; without a password its owner comes in by codes only.

    :param phone: a number whose owner has just shown to have it
    :raises PasswordRefused: if the password is too weak
    """
    username = _new_username(session)
    if password is not None:
        refuse_weak(password, username=phone or username, name=name)
    account = Account(
        username=username,
        name=name.strip()[:80],
        phone_sealed=vault.seal(phone) if phone else None,
        phone_index=vault.index_of(phone) if phone else None,
        password_hash=passwords.hash_password(password) if password is not None else NO_PASSWORD,
        password_changed_at=now,
        created_at=now,
    )
    session.add(account)
    session.flush()
    _note(session, account, "account.created", now, new={"username": username})
    return account


def change_phone(session: Session, *, actor: Actor, phone: str, now: datetime) -> None:
    """Keep a new phone number of one's own account, and end what else it is logged in with.

    :param phone: a number whose owner has just shown to have it
    :raises PhoneTaken: if another account has it
    :raises LogInAgain: if the session is not a young one
    """
    if not is_young(session, token_id=actor.token_id, now=now):
        raise LogInAgain
    indexes = vault.indexes_of(phone)
    taken = select(Account.id).where(Account.phone_index.in_(indexes), Account.id != actor.account_id)
    if session.scalar(taken) is not None:
        raise PhoneTaken
    try:
        with session.begin_nested():
            keep_phone(session, account_id=actor.account_id, phone=phone)
    except IntegrityError as error:  # somebody took it at the same moment
        raise PhoneTaken from error
    end_other_tokens(session, account_id=actor.account_id, keep=actor.token_id, now=now)
    # The number itself is nobody's business in the log.
    audit.record(session, actor=actor, action="phone.changed", subject=f"account:{actor.account_id}", now=now)


def keep_phone(session: Session, *, account_id: int, phone: str) -> None:
    """Keep the phone number of an account, sealed; its owner has shown to have it."""
    account = session.get_one(Account, account_id)
    account.phone_sealed, account.phone_index = vault.seal(phone), vault.index_of(phone)
    session.flush()


def hold_personal_role(session: Session, *, account_id: int, role: Role, area_code: str, now: datetime) -> None:
    """See to it that an account holds a role of families; the area is the street that answers for it."""
    if role not in PERSONAL_ROLES:
        raise ValueError(f"{role} is a post, not a role of families")
    if role not in current_roles(session, account_id=account_id, now=now):
        grant_role(session, account_id=account_id, role=role, area_code=area_code, by=None, now=now)


def end_personal_role(session: Session, *, account_id: int, role: Role, now: datetime) -> None:
    """Take a role of families away from today on, and end what the account is logged in with."""
    today = business_day(now)
    held = (RoleGrant.account_id == account_id, RoleGrant.role == role, RoleGrant.valid_until.is_(None))
    session.execute(update(RoleGrant).where(*held, RoleGrant.valid_from <= today).values(valid_until=today))
    end_other_tokens(session, account_id=account_id, keep=None, now=now)
    _note(session, session.get_one(Account, account_id), "role.ended", now, old={"role": role})


def _new_username(session: Session) -> str:
    while True:
        username = f"u{digits(NAME_DIGITS)}"
        if session.scalar(select(Account.id).where(Account.username == username)) is None:
            return username


def _note(
    session: Session,
    account: Account,
    action: str,
    now: datetime,
    *,
    old: dict[str, object] | None = None,
    new: dict[str, object] | None = None,
) -> None:
    subject = f"account:{account.id}"
    audit.record(session, actor=None, action=action, subject=subject, old=old, new=new, now=now)

"""Logging in and out, and the tokens that stand for it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app import vault
from app.audit import services as audit
from app.auth import passwords
from app.auth.actor import PERSONAL_ROLES, Actor, HeldRole, Role, holding
from app.auth.attempts import Visitor, begin_attempt, refuse_attempt
from app.auth.errors import LogInRefused
from app.auth.models import AccessToken, Account, LogInCode
from app.auth.queries import current_roles, find_home_area, list_grants
from app.auth.rules import ACCOUNT_LIMIT, fold_phone, is_mobile
from app.auth.throttle import forget_failures, sweep_throttles
from app.clock import business_day
from app.config import settings
from app.errors import NotFound
from app.tokens import digest, new_secret

LABEL_LENGTH = 120
KEPT_AFTER_END = timedelta(days=30)
CODES_KEPT = timedelta(days=1)


class TokenKind(StrEnum):
    """What a token stands for; how long it lives depends on it."""

    SESSION = "session"
    REMEMBERED = "remembered"
    BEARER = "bearer"
    TILL = "till"


@dataclass(frozen=True, kw_only=True)
class Opened:
    """A new token. The secret is told once and never kept."""

    secret: str
    expires_at: datetime
    account_id: int
    token_id: int
    kind: TokenKind = TokenKind.SESSION
    roles: tuple[Role, ...] = ()
    language: str | None = None
    text_size: str | None = None


def log_in(
    session: Session, *, username: str, password: str, kind: TokenKind, visitor: Visitor, now: datetime
) -> Opened:
    """Check a password and open a session or a program's token.

    :param username: the log-in name, or the account's phone number
    :raises LogInRefused: if the name or the password is wrong, or the account is closed
    :raises LogInLocked: if this account or this address had too many wrong tries
    """
    account = _prove(session, username=username, password=password, visitor=visitor, now=now)
    return let_in(session, account, kind=kind, visitor=visitor, now=now)


def confirm_person(session: Session, *, username: str, password: str, visitor: Visitor, now: datetime) -> Actor:
    """Return who typed their own name and password at somebody else's screen, with all roles; nothing is opened.

    :raises LogInRefused: if the name or the password is wrong, the account is closed, or somebody else has seen the
        password
    :raises LogInLocked: if this account or this address had too many wrong tries
    """
    account = _prove(session, username=username, password=password, visitor=visitor, now=now)
    if account.must_change_password:
        raise LogInRefused(
            _l("Somebody else set this password. Log in on your own screen and choose one of your own first.")
        )
    today = business_day(now)
    held = [
        HeldRole(Role(grant.role), grant.area_code, grant.canteen_id, grant.provider_id, grant.shop_id)
        for grant in list_grants(session, account_id=account.id)
        if grant.valid_from <= today and (grant.valid_until is None or grant.valid_until > today)
    ]
    return holding(Actor(account_id=account.id, name=account.name), held)


def let_in(session: Session, account: Account, *, kind: TokenKind, visitor: Visitor, now: datetime) -> Opened:
    """Open a session or a token for whoever has shown who they are, and write it down."""
    opened = _open_for(session, account, kind, visitor, now)
    actor = Actor(account_id=account.id, name=account.name, device=f"{kind}:{opened.token_id}")
    _note(session, actor, "log_in", now, new={"kind": opened.kind})
    return opened


def log_out(session: Session, *, actor: Actor, now: datetime) -> None:
    """End the session or token that the actor came with."""
    _end_tokens(session, AccessToken.id == actor.token_id, now=now)
    _note(session, actor, "log_out", now)


def replace_session(session: Session, *, secret: str, now: datetime) -> None:
    """End the session a browser had before it logged in anew."""
    _end_tokens(session, AccessToken.digest == digest(secret), now=now)


def open_token(
    session: Session, *, account_id: int, kind: TokenKind, visitor: Visitor, now: datetime, device: str = ""
) -> Opened:
    """Make a token for an account without asking for its password.

    :param device: what the token is bound to, as ``till:3``; it stands in the ledger and the audit log
    """
    idle_minutes, life = _lifetime(kind)
    secret = new_secret()
    token = AccessToken(
        account_id=account_id,
        kind=kind,
        digest=digest(secret),
        device=device,
        label=visitor.label[:LABEL_LENGTH],
        address=visitor.address,
        idle_minutes=idle_minutes,
        created_at=now,
        last_seen_at=now,
        expires_at=now + life,
    )
    session.add(token)
    session.flush()
    return Opened(secret=secret, expires_at=token.expires_at, account_id=account_id, token_id=token.id)


def bind_device(session: Session, *, actor: Actor, device: str) -> None:
    """Bind the actor's session to a device, as ``till:3`` when a cashier opens a till."""
    session.execute(update(AccessToken).where(AccessToken.id == actor.token_id).values(device=device))


def revoke_token(session: Session, *, token_id: int, actor: Actor, now: datetime) -> None:
    """End one of the actor's own sessions or tokens, at once.

    :raises NotFound: if it is not the actor's
    """
    token = session.get(AccessToken, token_id)
    if token is None or token.account_id != actor.account_id:
        raise NotFound
    _end_tokens(session, AccessToken.id == token_id, now=now)
    _note(session, actor, "token.revoked", now, new={"kind": token.kind})


def end_other_tokens(session: Session, *, account_id: int, keep: int | None, now: datetime) -> None:
    """End everything an account is logged in with, but for one token."""
    _end_tokens(session, AccessToken.account_id == account_id, AccessToken.id != (keep or 0), now=now)


def sweep(session: Session, *, now: datetime) -> None:
    """Delete tokens and codes that ended long ago, and wrong tries that no longer count."""
    session.execute(delete(AccessToken).where(AccessToken.expires_at < now - KEPT_AFTER_END))
    session.execute(delete(LogInCode).where(LogInCode.expires_at < now - CODES_KEPT))
    sweep_throttles(session, now=now)


def _prove(session: Session, *, username: str, password: str, visitor: Visitor, now: datetime) -> Account:
    subject = f"account:{fold_name(username)}"
    attempt = begin_attempt(session, visitor=visitor, subject=subject, limit=ACCOUNT_LIMIT, now=now)
    account = _find_account(session, username)
    right = passwords.is_password(password, account.password_hash if account else None)
    if account is None or not right or account.disabled_at is not None:
        raise refuse_attempt(session, attempt, account_id=account.id if account else None, now=now) or LogInRefused()
    forget_failures(session, subject, now=now)
    if passwords.is_outdated(account.password_hash):
        account.password_hash = passwords.hash_password(password)
    return account


def _find_account(session: Session, typed: str) -> Account | None:
    """Find an account by what was typed as its name; of a phone number the way it is written does not matter."""
    found = session.scalar(select(Account).where(Account.username == fold_username(typed)))
    if found is not None:
        return found
    return session.scalar(select(Account).where(Account.phone_index.in_(vault.indexes_of(fold_phone(typed)))))


def fold_username(username: str) -> str:
    """Return a log-in name as it is stored: case and outer blanks do not matter."""
    return username.strip().lower()


def fold_name(typed: str) -> str:
    """Return under what the tries of a log-in name count: of a phone number the way it is written does not matter."""
    number = fold_phone(typed)
    return number if is_mobile(number) else fold_username(typed)


def _open_for(session: Session, account: Account, kind: TokenKind, visitor: Visitor, now: datetime) -> Opened:
    roles = current_roles(session, account_id=account.id, now=now)
    if kind is TokenKind.SESSION and Role.CASHIER in roles:
        kind = TokenKind.TILL  # a quiet half hour at the till must not log the cashier out
    if kind is TokenKind.REMEMBERED and not roles <= PERSONAL_ROLES:
        kind = TokenKind.SESSION  # no desk of the office stays open for weeks
    opened = open_token(session, account_id=account.id, kind=kind, visitor=visitor, now=now)
    return Opened(
        secret=opened.secret,
        expires_at=opened.expires_at,
        account_id=account.id,
        token_id=opened.token_id,
        kind=kind,
        roles=tuple(sorted(roles)),
        language=account.language,
        text_size=account.text_size,
    )


def _lifetime(kind: TokenKind) -> tuple[int | None, timedelta]:
    """Return after how many idle minutes, and after how long in any case, a token ends."""
    chosen = settings()
    if kind is TokenKind.SESSION:
        return chosen.session_idle_minutes, timedelta(hours=chosen.session_hours)
    if kind is TokenKind.REMEMBERED:
        return None, timedelta(days=chosen.remembered_days)
    return None, timedelta(hours=chosen.token_hours if kind is TokenKind.BEARER else chosen.till_session_hours)


def _end_tokens(session: Session, *conditions: object, now: datetime) -> None:
    ending = update(AccessToken).where(*conditions, AccessToken.revoked_at.is_(None))  # type: ignore[arg-type]
    session.execute(ending.values(revoked_at=now), execution_options={"synchronize_session": False})


def _note(session: Session, actor: Actor, action: str, now: datetime, *, new: dict[str, object] | None = None) -> None:
    audit.record(
        session,
        actor=actor,
        action=action,
        subject=f"account:{actor.account_id}",
        area_code=find_home_area(session, account_id=actor.account_id),
        new=new,
        now=now,
    )

"""Ending log-ins from the command line, and who it is that speaks there."""

from datetime import date, datetime

from sqlalchemy import column, table, update
from sqlalchemy.orm import Session

from app.audit import services as audit
from app.auth import queries as accounts
from app.auth.actor import Actor, Role
from app.clock import business_day
from app.ops.errors import UnknownAccount

TOKEN = table("access_token", column("account_id"), column("kind"), column("revoked_at"), column("id"))


def end_tokens(session: Session, *, kind: str, username: str, now: datetime) -> int:
    """End tokens of a kind, or of all, of one account or of everybody, and return how many.

    :raises UnknownAccount: if there is no such account
    """
    ending = update(TOKEN).where(TOKEN.c.revoked_at.is_(None)).values(revoked_at=now)
    subject = "account:"
    if kind != "all":
        ending = ending.where(TOKEN.c.kind == kind)
    if username:
        account_id = accounts.find_account_id(session, username=username)
        if account_id is None:
            raise UnknownAccount
        ending, subject = ending.where(TOKEN.c.account_id == account_id), f"account:{account_id}"
    count = len(session.execute(ending.returning(TOKEN.c.id)).all())
    audit.record(
        session, actor=None, action="tokens.ended", subject=subject, new={"kind": kind, "count": count}, now=now
    )
    return count


def find_administrator(session: Session, *, username: str, now: datetime) -> Actor:
    """Return the administrator who speaks at the command line.

    :raises UnknownAccount: if there is no such account, or it is no administrator's
    """
    account_id = accounts.find_account_id(session, username=username)
    roles = accounts.current_roles(session, account_id=account_id, now=now) if account_id else frozenset()
    if account_id is None or Role.ADMINISTRATOR not in roles:
        raise UnknownAccount
    name = accounts.list_names(session, account_ids=[account_id])[account_id]
    today = business_day(now)
    held = [each for each in accounts.list_grants(session, account_id=account_id) if each.role == Role.ADMINISTRATOR]
    areas = {each.area_code for each in held if each.valid_from <= today < (each.valid_until or date.max)}
    return Actor(account_id=account_id, name=name, roles=roles, area_codes=tuple(sorted(areas)), device="command line")

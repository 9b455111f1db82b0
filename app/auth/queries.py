"""Reading accounts, their roles and their tokens."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Interval, and_, exists, literal_column, or_, select
from sqlalchemy.orm import Session

from app.areas import queries as areas
from app.areas.rules import ancestors
from app.auth.actor import PERSONAL_ROLES, Role
from app.auth.models import AccessToken, Account, RoleGrant
from app.auth.passwords import NO_PASSWORD
from app.clock import business_day
from app.errors import NotFound

YOUNG = timedelta(minutes=15)


@dataclass(frozen=True, kw_only=True)
class AccountPage:
    """A page of accounts, by log-in name, and the cursor of the next."""

    items: Sequence[Account]
    roles: dict[int, list[RoleGrant]]
    next: str | None


def get_account(session: Session, *, account_id: int, area_codes: Collection[str] | None = None) -> Account:
    """Return an account.

    :param area_codes: only if one of its roles is held here, or it never had one
    :raises NotFound: if there is none, or it lies outside
    """
    query = select(Account).where(Account.id == account_id)
    if area_codes is not None:
        query = query.where(_reachable(area_codes))
    account = session.scalar(query)
    if account is None:
        raise NotFound
    return account


def find_account_id(session: Session, *, username: str) -> int | None:
    """Return the id of the account with a log-in name, or nothing."""
    return session.scalar(select(Account.id).where(Account.username == username.strip().lower()))


def list_usernames(session: Session, *, account_ids: Collection[int]) -> dict[int, str]:
    """Return the log-in names of some accounts."""
    query = select(Account.id, Account.username).where(Account.id.in_(account_ids))
    return {row.id: row.username for row in session.execute(query)}


def list_names(session: Session, *, account_ids: Collection[int]) -> dict[int, str]:
    """Return what the people of some accounts are called."""
    query = select(Account.id, Account.name).where(Account.id.in_(account_ids))
    return {row.id: row.name for row in session.execute(query)}


def list_accounts(
    session: Session, *, area_codes: Collection[str], words: str = "", role: str = "", after: str = "", limit: int = 50
) -> AccountPage:
    """List the accounts with a role in these areas, by log-in name."""
    query = select(Account).where(_reachable(area_codes))
    if words:
        needle = f"%{_escape(words.strip())}%"
        query = query.where(or_(Account.username.ilike(needle), Account.name.ilike(needle)))
    if role:
        query = query.where(exists().where(RoleGrant.account_id == Account.id, RoleGrant.role == role))
    rows = session.scalars(query.where(Account.username > after).order_by(Account.username).limit(limit + 1)).all()
    shown = rows[:limit]
    return AccountPage(
        items=shown,
        roles=_grants_of(session, [account.id for account in shown]),
        next=shown[-1].username if len(rows) > limit else None,
    )


def list_grants(session: Session, *, account_id: int) -> Sequence[RoleGrant]:
    """Return all roles an account has or had, the present ones first."""
    query = select(RoleGrant).where(RoleGrant.account_id == account_id)
    return session.scalars(query.order_by(RoleGrant.valid_until.desc().nulls_first(), RoleGrant.id.desc())).all()


def list_tokens(session: Session, *, account_id: int, now: datetime) -> Sequence[AccessToken]:
    """Return what an account is logged in with now, last used first."""
    idle = AccessToken.idle_minutes * literal_column("interval '1 minute'", Interval())
    alive = and_(
        AccessToken.revoked_at.is_(None),
        AccessToken.expires_at > now,
        or_(AccessToken.idle_minutes.is_(None), AccessToken.last_seen_at + idle > now),
    )
    query = select(AccessToken).where(AccessToken.account_id == account_id, alive)
    return session.scalars(query.order_by(AccessToken.last_seen_at.desc(), AccessToken.id.desc())).all()


def current_roles(session: Session, *, account_id: int, now: datetime) -> frozenset[Role]:
    """Return the roles an account holds today."""
    query = select(RoleGrant.role).where(RoleGrant.account_id == account_id, _valid_on(business_day(now)))
    return frozenset(Role(role) for role in session.scalars(query))


def find_home_area(session: Session, *, account_id: int) -> str | None:
    """Return the area of an account's newest role: where entries about the account belong.

    Who works for the office belongs there, whomever they care for at home.
    """
    query = select(RoleGrant.area_code).where(RoleGrant.account_id == account_id)
    return session.scalar(query.order_by(RoleGrant.role.in_(PERSONAL_ROLES), RoleGrant.id.desc()).limit(1))


def list_home_areas(session: Session, *, account_ids: Collection[int]) -> dict[int, str]:
    """Return the area of the newest role of each account that has one."""
    query = select(RoleGrant.account_id, RoleGrant.area_code).where(RoleGrant.account_id.in_(sorted(account_ids)))
    return {row.account_id: row.area_code for row in session.execute(query.order_by(RoleGrant.id))}


def lies_within(session: Session, *, account_id: int, area_codes: Collection[str]) -> bool:
    """Say whether all present and coming posts of an account lie here; whose relative it is does not count."""
    outside = select(RoleGrant.id).where(
        RoleGrant.account_id == account_id,
        RoleGrant.valid_until.is_(None),
        RoleGrant.role.not_in(PERSONAL_ROLES),
    )
    return session.scalar(outside.where(~areas.within(RoleGrant.area_code, area_codes)).limit(1)) is None


def has_password(account: Account) -> bool:
    """Say whether an account has a password; its owner may come in by codes alone."""
    return account.password_hash != NO_PASSWORD


def is_young(session: Session, *, token_id: int, now: datetime) -> bool:
    """Say whether somebody came in a short while ago, so that it is still the same person who holds the phone."""
    opened = select(AccessToken.id).where(AccessToken.id == token_id, AccessToken.created_at > now - YOUNG)
    return session.scalar(opened) is not None


def is_personal(account: Account, grants: Sequence[RoleGrant]) -> bool:
    """Say whether an account is a relative's or a senior's, and never had a post."""
    roles = {grant.role for grant in grants}
    return bool(roles or account.phone_sealed) and roles <= PERSONAL_ROLES


def find_worked_at(session: Session, *, account_id: int, canteen_id: int, roles: Collection[Role]) -> bool | None:
    """Say whether an account ever held one of these roles in a canteen; nothing where there is no such account."""
    grants = exists().where(
        RoleGrant.account_id == Account.id, RoleGrant.canteen_id == canteen_id, RoleGrant.role.in_(roles)
    )
    return session.scalar(select(grants).where(Account.id == account_id))


def find_role_at(session: Session, *, account_id: int, canteen_id: int, roles: Collection[Role], now: datetime) -> bool:
    """Say whether an account that can log in holds one of these roles in a canteen today."""
    return any(each.id == account_id for each in list_held_at(session, canteen_id=canteen_id, roles=roles, now=now))


def list_held_at(session: Session, *, canteen_id: int, roles: Collection[Role], now: datetime) -> Sequence[Account]:
    """List the accounts that can log in and hold one of these roles in a canteen today, by name."""
    held = exists().where(
        RoleGrant.account_id == Account.id,
        RoleGrant.canteen_id == canteen_id,
        RoleGrant.role.in_(roles),
        _valid_on(business_day(now)),
    )
    query = select(Account).where(held, Account.disabled_at.is_(None))
    return session.scalars(query.order_by(Account.name, Account.id)).all()


def list_held_over(session: Session, *, area_code: str, roles: Collection[Role], now: datetime) -> Sequence[int]:
    """List the accounts that can log in and hold one of these roles today over a place, from anywhere above it."""
    query = select(RoleGrant.account_id).join(Account, Account.id == RoleGrant.account_id)
    held = query.where(
        RoleGrant.area_code.in_([area_code, *ancestors(area_code)]),
        RoleGrant.role.in_(roles),
        _valid_on(business_day(now)),
        Account.disabled_at.is_(None),
    )
    return session.scalars(held.distinct().order_by(RoleGrant.account_id)).all()


def list_held_for(session: Session, *, provider_id: int, roles: Collection[Role], now: datetime) -> Sequence[int]:
    """List the accounts that can log in and hold one of these roles today for a provider of care."""
    query = select(RoleGrant.account_id).join(Account, Account.id == RoleGrant.account_id)
    held = query.where(
        RoleGrant.provider_id == provider_id,
        RoleGrant.role.in_(roles),
        _valid_on(business_day(now)),
        Account.disabled_at.is_(None),
    )
    return session.scalars(held.distinct().order_by(RoleGrant.account_id)).all()


def _valid_on(day: date) -> ColumnElement[bool]:
    return and_(RoleGrant.valid_from <= day, or_(RoleGrant.valid_until.is_(None), RoleGrant.valid_until > day))


def _reachable(area_codes: Collection[str]) -> ColumnElement[bool]:
    held = exists().where(RoleGrant.account_id == Account.id)
    return or_(held.where(areas.within(RoleGrant.area_code, area_codes)), ~held)


def _grants_of(session: Session, account_ids: Sequence[int]) -> dict[int, list[RoleGrant]]:
    found: dict[int, list[RoleGrant]] = {account_id: [] for account_id in account_ids}
    for grant in session.scalars(select(RoleGrant).where(RoleGrant.account_id.in_(account_ids)).order_by(RoleGrant.id)):
        found[grant.account_id].append(grant)
    return found


def _escape(words: str) -> str:
    """Take away what LIKE would read as a pattern."""
    return words.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")

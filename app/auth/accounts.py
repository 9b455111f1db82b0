"""Making and changing accounts: name, password, roles, wishes. What ``services`` is to sessions."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import or_, select, text, update
from sqlalchemy.orm import Session

from app.areas import rules as area_rules
from app.audit import services as audit
from app.auth import passwords
from app.auth.actor import CANTEEN_ROLES, PROVIDER_ROLES, SHOP_ROLES, Actor, Role
from app.auth.errors import (
    LogInAgain,
    OutsideOwnArea,
    OwnAccount,
    PasswordRefused,
    PersonalAccount,
    UsernameTaken,
    WrongOwnPassword,
)
from app.auth.models import Account, RoleGrant
from app.auth.queries import find_home_area, get_account, has_password, is_personal, is_young, lies_within, list_grants
from app.auth.rules import ACCOUNT_LIMIT, PASSWORD_LENGTH, PASSWORD_LONGEST, find_password_faults, seconds_to_wait
from app.auth.services import end_other_tokens, fold_username
from app.auth.throttle import count_failure, forget_failures, lock_throttle
from app.clock import business_day
from app.errors import Invalid, NotFound
from app.tokens import digits

FAULTS: Mapping[str, Any] = {
    "short": _l("At least %(count)s characters.", count=PASSWORD_LENGTH),
    "long": _l("At most %(count)s characters.", count=PASSWORD_LONGEST),
    "plain": _l("Too easy to guess. Three words that do not belong together make a good one."),
    "personal": _l("Do not use the user name or your own name."),
}


def create_account(
    session: Session,
    *,
    username: str,
    name: str,
    password: str | None,
    by: Actor | None,
    now: datetime,
    must_change_password: bool = True,
) -> tuple[Account, str]:
    """Make an account without roles; without a password, make one too. Returns both.

    :raises UsernameTaken: if another account has this log-in name
    :raises PasswordRefused: if the password is too weak
    """
    folded = fold_username(username)
    if session.scalar(select(Account.id).where(Account.username == folded)):
        raise UsernameTaken(errors={"username": [_l("This user name is taken. Choose another.")]})
    if password is not None:
        refuse_weak(password, username=folded, name=name)
    chosen = password if password is not None else _make_password()
    account = Account(
        username=folded,
        name=name.strip(),
        password_hash=passwords.hash_password(chosen),
        must_change_password=must_change_password,
        password_changed_at=now,
        created_at=now,
    )
    session.add(account)
    session.flush()
    _note(session, by, "account.created", account, now, new={"username": folded})
    return account, chosen


def grant_role(
    session: Session,
    *,
    account_id: int,
    role: Role,
    area_code: str,
    by: Actor | None,
    now: datetime,
    canteen_id: int | None = None,
    provider_id: int | None = None,
    shop_id: int | None = None,
    valid_from: date | None = None,
    valid_until: date | None = None,
) -> RoleGrant:
    """Give an account a role in an area, in one canteen or shop of it or for one provider, from a day on.

    :raises OwnAccount: if it is the giver's own account
    :raises OutsideOwnArea: if the area lies outside the giver's
    :raises Invalid: if the place is missing, unknown, or the period ends before it begins
    """
    account = _changeable(session, account_id, by)
    _check_workplace(role, canteen_id=canteen_id, provider_id=provider_id, shop_id=shop_id)
    _check_area(session, area_code, by)
    start = valid_from or business_day(now)
    if valid_until is not None and valid_until <= start:
        raise Invalid(errors={"valid_until": [_l("The last day must come after the first.")]})
    grant = RoleGrant(
        account_id=account.id,
        role=role,
        area_code=area_code,
        canteen_id=canteen_id,
        provider_id=provider_id,
        shop_id=shop_id,
        valid_from=start,
        valid_until=valid_until,
        granted_by=by.account_id if by else None,
        granted_at=now,
    )
    session.add(grant)
    session.flush()
    _note(session, by, "role.granted", account, now, new={**_told(grant), "valid_until": valid_until})
    return grant


def end_role(session: Session, *, grant_id: int, by: Actor, now: datetime) -> None:
    """Take a role away from today on.

    :raises NotFound: if there is no such role in the caller's areas
    :raises OwnAccount: if it is the caller's own
    """
    grant = session.get(RoleGrant, grant_id)
    if grant is None or not area_rules.is_within_any(grant.area_code, by.area_codes):
        raise NotFound
    account = _changeable(session, grant.account_id, by)
    grant.valid_until = max(business_day(now), grant.valid_from)
    session.flush()
    _note(session, by, "role.ended", account, now, old=_told(grant))


def end_roles_at(
    session: Session, *, account_id: int, provider_id: int, roles: Collection[Role], by: Actor, now: datetime
) -> int:
    """Take roles for one provider of care away from today on, and return how many; asks nobody's leave.

    Whoever lets a carer go looks after that provider, whatever else the account does and wherever.

    :raises OwnAccount: if it is the caller's own
    """
    account = get_account(session, account_id=account_id)
    if account.id == by.account_id:
        raise OwnAccount
    today = business_day(now)
    query = select(RoleGrant).where(
        RoleGrant.account_id == account_id, RoleGrant.provider_id == provider_id, RoleGrant.role.in_(roles)
    )
    held = session.scalars(query.where(or_(RoleGrant.valid_until.is_(None), RoleGrant.valid_until > today))).all()
    for grant in held:
        grant.valid_until = max(today, grant.valid_from)
        session.flush()
        _note(session, by, "role.ended", account, now, old=_told(grant))
    return len(held)


def open_again(session: Session, *, account_id: int, by: Actor, now: datetime) -> str:
    """Let somebody who comes back to work use their old account; asks nobody's leave.

    Where the account holds nothing else, its owner gets a new first password, which is returned. Where it does, its
    owner knows the password, nobody else shall, and nothing is returned.
    """
    account = get_account(session, account_id=account_id)
    today = business_day(now)
    if any(
        grant.valid_until is None or grant.valid_until > today for grant in list_grants(session, account_id=account_id)
    ):
        return ""
    if account.disabled_at is not None:
        account.disabled_at = None
        _note(session, by, "account.enabled", account, now)
    return _renew_password(session, account, _make_password(), by=by, now=now)


def give_role_at(
    session: Session, *, account_id: int, role: Role, area_code: str, provider_id: int, by: Actor, now: datetime
) -> RoleGrant:
    """Give an account a role for one provider of care from today on; asks nobody's leave.

    Whoever takes a carer on looks after that provider, whatever else the account does and wherever.
    """
    account = get_account(session, account_id=account_id)
    grant = RoleGrant(
        account_id=account.id,
        role=role,
        area_code=area_code,
        provider_id=provider_id,
        valid_from=business_day(now),
        granted_by=by.account_id,
        granted_at=now,
    )
    session.add(grant)
    session.flush()
    _note(session, by, "role.granted", account, now, new={**_told(grant), "valid_until": None})
    return grant


def move_roles_at(session: Session, *, provider_id: int, area_code: str, by: Actor, now: datetime) -> int:
    """Let the roles for a provider that moved lie in its new place from today on; asks nobody's leave.

    What was held in the old place ends and stays written down.
    """
    today = business_day(now)
    query = select(RoleGrant).where(RoleGrant.provider_id == provider_id, RoleGrant.area_code != area_code)
    held = session.scalars(query.where(or_(RoleGrant.valid_until.is_(None), RoleGrant.valid_until > today))).all()
    for old in held:
        account = get_account(session, account_id=old.account_id)
        moved = RoleGrant(
            account_id=old.account_id,
            role=old.role,
            area_code=area_code,
            provider_id=provider_id,
            valid_from=max(today, old.valid_from),
            valid_until=old.valid_until,
            granted_by=by.account_id,
            granted_at=now,
        )
        old.valid_until = max(today, old.valid_from)
        session.add(moved)
        session.flush()
        _note(session, by, "role.moved", account, now, old=_told(old), new=_told(moved))
    return len(held)


def disable_account(session: Session, *, account_id: int, by: Actor, now: datetime) -> None:
    """Close an account and end everything it is logged in with.

    :raises OwnAccount: if it is the caller's own
    """
    account = _changeable(session, account_id, by)
    account.disabled_at = account.disabled_at or now
    end_other_tokens(session, account_id=account.id, keep=None, now=now)
    _note(session, by, "account.disabled", account, now)


def enable_account(session: Session, *, account_id: int, by: Actor, now: datetime) -> None:
    """Open a closed account again."""
    account = _changeable(session, account_id, by)
    account.disabled_at = None
    _note(session, by, "account.enabled", account, now)


def reset_password(
    session: Session, *, account_id: int, by: Actor | None, now: datetime, password: str | None = None
) -> str:
    """Give an account a new password that its owner must replace, and lift a lock-out. Returns it once.

    :raises PersonalAccount: if it is a relative's or a senior's alone
    """
    account = _changeable(session, account_id, by)
    if by is not None and is_personal(account, list_grants(session, account_id=account.id)):
        raise PersonalAccount
    if password is not None:
        refuse_weak(password, username=account.username, name=account.name)
    return _renew_password(session, account, password if password is not None else _make_password(), by=by, now=now)


def _renew_password(session: Session, account: Account, chosen: str, *, by: Actor | None, now: datetime) -> str:
    account.password_hash = passwords.hash_password(chosen)
    account.password_changed_at = now
    account.must_change_password = True
    forget_failures(session, f"account:{account.username}", now=now)
    end_other_tokens(session, account_id=account.id, keep=None, now=now)
    _note(session, by, "password.reset", account, now)
    return chosen


def change_password(session: Session, *, actor: Actor, old: str, new: str, now: datetime) -> None:
    """Replace one's own password, and end all other sessions.

    :param old: the present one; nothing for an account that has none
    :raises WrongOwnPassword: if the old one is wrong; wrong tries count as at the log-in
    :raises LogInAgain: if there is no old one, and the session is not a young one
    :raises PasswordRefused: if the new one is too weak or the same
    """
    account = session.get_one(Account, actor.account_id)
    if has_password(account):
        _check_old(session, account, old, now=now)
    elif not is_young(session, token_id=actor.token_id, now=now):
        raise LogInAgain
    if old == new:
        raise PasswordRefused(errors={"new_password": [_l("This is the old password. Choose another.")]})
    refuse_weak(new, username=account.username, name=account.name, field="new_password")
    account.password_hash = passwords.hash_password(new)
    account.password_changed_at = now
    account.must_change_password = False
    end_other_tokens(session, account_id=account.id, keep=actor.token_id, now=now)
    _note(session, actor, "password.changed", account, now)


def _check_old(session: Session, account: Account, old: str, *, now: datetime) -> None:
    subject = f"account:{account.username}"
    throttle = lock_throttle(session, subject, now=now)
    if seconds_to_wait(throttle, now) or not passwords.is_password(old, account.password_hash):
        count_failure(session, subject, throttle, ACCOUNT_LIMIT, now=now)
        raise WrongOwnPassword(errors={"old_password": [_l("This is not your present password.")]})


def keep_wishes(
    session: Session, *, account_id: int, language: str | None = None, text_size: str | None = None
) -> None:
    """Remember the language and the text size someone chose."""
    wishes = {"language": language, "text_size": text_size}
    chosen = {name: value for name, value in wishes.items() if value}
    session.execute(update(Account).where(Account.id == account_id).values(**chosen))


def refuse_weak(password: str, *, username: str, name: str, field: str = "password") -> None:
    """Refuse a password that is easy to guess.

    :raises PasswordRefused: with each reason
    """
    faults = find_password_faults(password, personal=(username, name))
    if faults:
        raise PasswordRefused(errors={field: [FAULTS[fault] for fault in faults]})


def _make_password() -> str:
    """Make a password that can be read out on the telephone; it must be replaced at the first log-in."""
    return "-".join(digits(4) for _ in range(3))


def _changeable(session: Session, account_id: int, by: Actor | None) -> Account:
    if by is None:
        return get_account(session, account_id=account_id)
    account = get_account(session, account_id=account_id, area_codes=by.area_codes)
    if account.id == by.account_id:
        raise OwnAccount
    if not lies_within(session, account_id=account.id, area_codes=by.area_codes):
        raise OutsideOwnArea
    return account


def _told(grant: RoleGrant) -> dict[str, Any]:
    told = {"role": grant.role, "area_code": grant.area_code, "canteen_id": grant.canteen_id}
    placed = {"provider_id": grant.provider_id, "shop_id": grant.shop_id}
    return told | {name: place for name, place in placed.items() if place is not None}


def _check_workplace(role: Role, *, canteen_id: int | None, provider_id: int | None, shop_id: int | None) -> None:
    if (role in CANTEEN_ROLES) != (canteen_id is not None):
        raise Invalid(
            errors={"canteen_id": [_l("Cashiers, canteen managers and deliverers need a canteen, others an area.")]}
        )
    if (role in PROVIDER_ROLES) != (provider_id is not None):
        raise Invalid(errors={"provider_id": [_l("Carers and provider managers need a provider, others an area.")]})
    if (role in SHOP_ROLES) != (shop_id is not None):
        raise Invalid(errors={"shop_id": [_l("Shopkeepers and shop managers need a shop, others an area.")]})


def _check_area(session: Session, area_code: str, by: Actor | None) -> None:
    if not session.scalar(text("SELECT 1 FROM area WHERE code = :code"), {"code": area_code}):
        raise Invalid(errors={"area_code": [_l("There is no place with this code.")]})
    if by is not None and not area_rules.is_within_any(area_code, by.area_codes):
        raise OutsideOwnArea


def _note(
    session: Session,
    by: Actor | None,
    action: str,
    account: Account,
    now: datetime,
    *,
    old: Mapping[str, Any] | None = None,
    new: Mapping[str, Any] | None = None,
) -> None:
    audit.record(
        session,
        actor=by,
        action=action,
        subject=f"account:{account.id}",
        area_code=find_home_area(session, account_id=account.id),
        old=old,
        new=new,
        now=now,
    )

"""The people who work in the demonstration: those a visitor may log in as, and those whose names stand in its books."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from app.auth import Actor, Role, accounts
from app.auth.actor import HeldRole, holding
from app.auth.queries import find_account_id
from demo.persons import SHOW_COMMUNITY
from demo.places import CITY

PASSWORD = "demo-2026"  # noqa: S105 - the contract names it; it opens invented data only
SHOW_CANTEEN = "DL-01"


@dataclass(frozen=True, slots=True)
class Post:
    """An account that a visitor may use: its role, and where it reaches."""

    name: str
    role: Role
    area_code: str
    in_canteen: bool = False


POSTS: Mapping[str, Post] = {
    "cashier": Post("周敏", Role.CASHIER, SHOW_COMMUNITY, in_canteen=True),
    "manager": Post("沈国良", Role.CANTEEN_MANAGER, SHOW_COMMUNITY, in_canteen=True),
    "deliverer": Post("葛小军", Role.DELIVERER, SHOW_COMMUNITY, in_canteen=True),
    "clerk": Post("吴晓燕", Role.STREET_CLERK, SHOW_COMMUNITY[:9]),
    "approver": Post("徐建平", Role.DISTRICT_APPROVER, SHOW_COMMUNITY[:6]),
    "operator": Post("蒋文娟", Role.OPERATOR, SHOW_COMMUNITY[:6]),
    "installer": Post("毛建强", Role.INSTALLER, SHOW_COMMUNITY[:9]),
    "grid": Post("沈阿根", Role.GRID_WORKER, SHOW_COMMUNITY),
    "auditor": Post("陈静", Role.AUDITOR, CITY),
    "admin": Post("俞伟", Role.ADMINISTRATOR, CITY),
}


KEEPER, KEEPER_POST = "manager-before", Post("高建英", Role.CANTEEN_MANAGER, SHOW_COMMUNITY, in_canteen=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """Those who set the demonstration up: an administrator, and the two pairs of eyes behind each policy."""

    admin: Actor
    drafter: Actor
    checker: Actor


def hire_office(session: Session, *, now: datetime) -> Office:
    """Make the accounts of the city's office."""
    admin = _hire(session, "admin", POSTS["admin"], now=now)
    drafter = _hire(session, "city-drafter", Post("章丽华", Role.STREET_CLERK, CITY), now=now, known=False)
    checker = _hire(session, "city-checker", Post("何志强", Role.DISTRICT_APPROVER, CITY), now=now, known=False)
    return Office(admin=admin, drafter=drafter, checker=checker)


def hire_posts(session: Session, *, canteen_id: int, now: datetime) -> dict[str, Actor]:
    """Make the other accounts that a visitor may use; the canteen is where the cashier sells."""
    return {
        username: _hire(session, username, post, now=now, canteen_id=canteen_id if post.in_canteen else None)
        for username, post in POSTS.items()
        if username != "admin"
    }


def hire_cashier(session: Session, *, code: str, area_code: str, canteen_id: int, now: datetime) -> Actor:
    """Make the cashier of another canteen; nobody knows the password."""
    post = Post(f"{code} 收银员", Role.CASHIER, area_code, in_canteen=True)
    return _hire(session, f"cashier-{code.lower()}", post, now=now, canteen_id=canteen_id, known=False)


def hire_keeper(session: Session, *, area_code: str, canteen_id: int, now: datetime) -> Actor:
    """Make the one who signed the statements of past months; nobody knows the password."""
    post = replace(KEEPER_POST, area_code=area_code)
    return _hire(session, KEEPER, post, now=now, canteen_id=canteen_id, known=False)


def find_keeper(session: Session) -> Actor:
    """Return the one who signed the statements of past months."""
    account_id = find_account_id(session, username=KEEPER)
    assert account_id is not None
    return Actor(account_id=account_id, name=KEEPER_POST.name, roles=frozenset({KEEPER_POST.role}))


def find_post(session: Session, username: str) -> Actor:
    """Return whoever holds a post for an area, with what the post reaches."""
    post, account_id = POSTS[username], find_account_id(session, username=username)
    assert account_id is not None
    return holding(Actor(account_id=account_id, name=post.name), [HeldRole(post.role, post.area_code)])


def _hire(
    session: Session, username: str, post: Post, *, now: datetime, canteen_id: int | None = None, known: bool = True
) -> Actor:
    account, _ = accounts.create_account(
        session,
        username=username,
        name=post.name,
        password=PASSWORD if known else None,
        by=None,
        now=now,
        must_change_password=False,
    )
    accounts.grant_role(
        session,
        account_id=account.id,
        role=post.role,
        area_code=post.area_code,
        canteen_id=canteen_id,
        by=None,
        now=now,
    )
    return Actor(
        account_id=account.id,
        name=account.name,
        roles=frozenset({post.role}),
        area_codes=() if post.in_canteen else (post.area_code,),
        canteen_ids=() if canteen_id is None else (canteen_id,),
    )

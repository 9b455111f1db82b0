"""Accounts, sessions and tokens for tests, each with as little said as the test needs."""

from datetime import date
from itertools import count

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app import clock
from app.auth.accounts import grant_role
from app.auth.actor import CANTEEN_ROLES, PROVIDER_ROLES, SHOP_ROLES, Actor, HeldRole, Role, holding
from app.auth.attempts import Visitor
from app.auth.guard import COOKIE
from app.auth.models import Account
from app.auth.passwords import hash_password
from app.auth.services import Opened, TokenKind, open_token
from tests.app.areas.factories import make_place
from tests.meals.factories import make_canteen

CITY, DISTRICT, OTHER_DISTRICT, STREET = "330100", "330105", "330106", "330105011"
PASSWORD = "three-quiet-boats"

_numbers = count(1)


def make_account(
    session: Session,
    *roles: Role,
    username: str | None = None,
    name: str = "何立",
    area_code: str = DISTRICT,
    canteen_id: int | None = None,
    provider_id: int | None = None,
    shop_id: int | None = None,
    password: str = PASSWORD,
    valid_from: date | None = None,
    valid_until: date | None = None,
    must_change_password: bool = False,
) -> Account:
    """Make an account with roles in one area, canteen or provider."""
    now = clock.now()
    account = Account(
        username=username or f"person{next(_numbers)}",
        name=name,
        password_hash=hash_password(password),
        password_changed_at=now,
        must_change_password=must_change_password,
        created_at=now,
    )
    session.add(account)
    session.flush()
    make_place(session, area_code)
    for role in roles:
        if role in CANTEEN_ROLES and canteen_id is None:
            canteen_id = make_canteen(session, area_code=make_place(session, STREET)).id
        if role in PROVIDER_ROLES and provider_id is None:
            provider_id = _make_provider(session)
        if role in SHOP_ROLES and shop_id is None:
            shop_id = _make_shop(session)
        grant_role(
            session,
            account_id=account.id,
            role=role,
            area_code=area_code,
            canteen_id=canteen_id if role in CANTEEN_ROLES else None,
            provider_id=provider_id if role in PROVIDER_ROLES else None,
            shop_id=shop_id if role in SHOP_ROLES else None,
            valid_from=valid_from,
            valid_until=valid_until,
            by=None,
            now=now,
        )
    return account


def _make_provider(session: Session) -> int:
    from tests.care_beds.factories import make_provider

    return make_provider(session).id


def _make_shop(session: Session) -> int:
    from tests.shops.factories import make_shop

    return make_shop(session).id


def make_token(session: Session, account: Account, kind: TokenKind = TokenKind.BEARER) -> Opened:
    """Log an account in without asking for its password."""
    visitor = Visitor(address="127.0.0.1", label="Mozilla/5.0 (X11; Linux x86_64) Chrome/156.0")
    return open_token(session, account_id=account.id, kind=kind, visitor=visitor, now=clock.now())


def bearer(opened: Opened) -> dict[str, str]:
    """Return the headers of a program that holds this token."""
    return {"Authorization": f"Bearer {opened.secret}"}


def sign_in(client: FlaskClient, session: Session, account: Account) -> Opened:
    """Put an account's session into a browser."""
    opened = make_token(session, account, TokenKind.SESSION)
    client.set_cookie(COOKIE, opened.secret)
    return opened


def make_actor(account: Account, *held: HeldRole) -> Actor:
    """Make who stands behind a call of a service."""
    return holding(Actor(account_id=account.id, name=account.name, device="test"), held)


def form_token(client: FlaskClient, page: str = "/login") -> str:
    """Return the token that the forms of this browser's pages carry."""
    text_of_page = client.get(page).get_data(as_text=True)
    return text_of_page.split('name="csrf_token" value="', 1)[1].split('"', 1)[0]

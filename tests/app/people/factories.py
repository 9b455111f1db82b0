"""Seniors, their status and cards, and staff, for tests: each with as little said as the test needs."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import count

from sqlalchemy import select
from sqlalchemy.orm import Session
from stdnum.cn.ric import calc_check_digit

from app import clock, vault
from app.auth.actor import Actor, HeldRole, Role, holding
from app.auth.attempts import Visitor
from app.auth.models import Account, RoleGrant
from app.auth.services import TokenKind, open_token
from app.people.card_numbers import make_number
from app.people.models import Card, Senior, SeniorStatus
from app.people.rules import Sex, Status
from tests.app.areas.factories import make_place

CITY, WEST_LAKE, STREET, COMMUNITY = "330100", "330106", "330106003", "330106003012"
OTHER_DISTRICT, OTHER_STREET = "330105", "330105011"
BORN = date(1941, 3, 5)

_numbers = count(1)


def make_id_number(birth_on: date = BORN, *, serial: int = 11, region: str = WEST_LAKE) -> str:
    """Make an ID number with a right check digit; an odd serial is a man's."""
    body = f"{region}{birth_on:%Y%m%d}{serial:03d}"
    return body + calc_check_digit(body + "0")


def new_id_number(birth_on: date = BORN, *, sex: Sex = Sex.MALE) -> str:
    """Make an ID number that no other test person has."""
    number = next(_numbers)
    serial = number % 500 * 2 + (sex is Sex.MALE)
    regions = ("330106", "330105", "330102", "330108", "330109", "330110", "330113", "330114", "330125", "330104")
    return make_id_number(birth_on, serial=serial, region=regions[number // 500 % len(regions)])


def sex_of(serial: int) -> Sex:
    """Return the sex that a serial number stands for."""
    return Sex.MALE if serial % 2 else Sex.FEMALE


def make_senior(
    session: Session,
    *,
    name: str = "王秀英",
    birth_on: date = BORN,
    sex: Sex = Sex.FEMALE,
    id_number: str | None = None,
    phone: str | None = "13800138000",
    address: str | None = "北山路 1 号",
    hukou_area: str = STREET,
    residence_area: str | None = None,
    living_situation: str | None = "with_family",
    income_class: str = "none",
    ability_level: int | None = None,
    status: Status = Status.ACTIVE,
    status_from: date = date(2026, 1, 1),
) -> Senior:
    """Make a senior with one status since long ago."""
    number = id_number or new_id_number(birth_on, sex=sex)
    for code in (hukou_area, residence_area or hukou_area):
        make_place(session, code)
    now = clock.now()
    senior = Senior(
        name=name,
        birth_on=birth_on,
        sex=sex,
        id_number_sealed=vault.seal(number),
        id_number_index=vault.index_of(number),
        phone_sealed=vault.seal(phone) if phone else None,
        phone_index=vault.index_of(phone) if phone else None,
        address_sealed=vault.seal(address) if address else None,
        hukou_area_code=hukou_area,
        residence_area_code=residence_area or hukou_area,
        living_situation=living_situation,
        income_class=income_class,
        ability_level=ability_level,
        registered_at=now,
        updated_at=now,
    )
    session.add(senior)
    session.flush()
    make_status(session, senior, status=status, from_on=status_from)
    return senior


def make_status(
    session: Session,
    senior: Senior,
    *,
    status: Status = Status.ACTIVE,
    from_on: date = date(2026, 1, 1),
    until_on: date | None = None,
) -> SeniorStatus:
    """Make one period of a senior's status."""
    row = SeniorStatus(senior_id=senior.id, status=status, from_on=from_on, until_on=until_on, recorded_at=clock.now())
    session.add(row)
    session.flush()
    return row


def make_card(session: Session, senior: Senior, *, state: str = "issued", number: str | None = None) -> Card:
    """Make a card."""
    now = clock.now()
    card = Card(
        number=number or make_number(f"{next(_numbers):014d}"),
        senior_id=senior.id,
        state=state,
        issued_at=now,
        changed_at=now,
    )
    session.add(card)
    session.flush()
    return card


def make_actor(
    session: Session | None = None,
    *,
    roles: Sequence[Role] = (Role.STREET_CLERK,),
    area_code: str = STREET,
    name: str = "周敏",
) -> Actor:
    """Return somebody who may act in an area; with a session, somebody with an account."""
    account_id = make_account(session, name=name).id if session else 1
    actor = Actor(account_id=account_id, name=name, device="session:1")
    return holding(actor, [HeldRole(role, area_code) for role in roles])


def moved(actor: Actor, area_code: str) -> Actor:
    """Return the same person, responsible for another area."""
    return holding(replace(actor), [HeldRole(role, area_code) for role in actor.roles])


def make_account(session: Session, *, name: str = "周敏") -> Account:
    """Make an account that nobody logs in to."""
    username = f"people{next(_numbers)}"
    found = session.scalar(select(Account).where(Account.username == username))
    if found:
        return found
    now = clock.now()
    account = Account(username=username, password_hash="none", name=name, password_changed_at=now, created_at=now)
    session.add(account)
    session.flush()
    return account


def make_staff(
    session: Session,
    *,
    role: Role = Role.STREET_CLERK,
    area_code: str = STREET,
    canteen_id: int | None = None,
    provider_id: int | None = None,
    shop_id: int | None = None,
) -> Account:
    """Make an account that holds a role in an area, a canteen, for a provider or a shop."""
    make_place(session, area_code)
    account = make_account(session)
    session.add(
        RoleGrant(
            account_id=account.id,
            role=role,
            area_code=area_code,
            canteen_id=canteen_id,
            provider_id=provider_id,
            shop_id=shop_id,
            valid_from=date(2026, 1, 1),
            granted_at=clock.now(),
        )
    )
    session.flush()
    return account


def token_of(session: Session, account: Account, kind: TokenKind = TokenKind.BEARER) -> str:
    """Log an account in and return its secret."""
    visitor = Visitor(address="127.0.0.1")
    return open_token(session, account_id=account.id, kind=kind, visitor=visitor, now=clock.now()).secret


def bearer(session: Session, account: Account) -> dict[str, str]:
    """Log an account in and return the header a program sends."""
    return {"Authorization": f"Bearer {token_of(session, account)}"}

"""Accounts, grants, spends and reversals for tests, each with as little said as the test needs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import count
from typing import Any
from uuid import UUID

import psycopg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.clock import ZONE, business_day
from app.tokens import digest, new_id
from subsidies import services
from subsidies.services import Answer, Grant, GrantResult

# What the database itself refuses, by SQLAlchemy or straight from the driver.
REFUSED = (DBAPIError, psycopg.DataError)
NOON = datetime(2026, 11, 20, 11, 48, tzinfo=ZONE)
SOON = date(2026, 11, 25)
LAST_GOOD_DAY = date(2026, 12, 31)
CITY, DISTRICT, STREET = "330100", "330105", "330105011"

_homes = count(1_000_001)
_keys = count(1)


@dataclass(frozen=True)
class Accounts:
    """Who pays and who is paid."""

    city: int
    district: int
    street: int
    canteen: int

    @property
    def legs(self) -> list[tuple[int, int]]:
        """Return 6.40 yuan of public money: 3.20 of the city, 3.20 of the district."""
        return [(self.city, 320), (self.district, 320)]


def open_accounts(session: Session) -> Accounts:
    """Open the accounts of a city, a district, a street and a canteen."""
    return Accounts(
        city=services.open_account(session, kind="city", area_code=CITY, name="杭州市"),
        district=services.open_account(session, kind="district", area_code=DISTRICT, name="拱墅区"),
        street=services.open_account(session, kind="street", area_code=STREET, name="文晖街道"),
        canteen=services.open_account(
            session, kind="merchant", area_code=STREET, owner_ref="canteen:wenhui-2", name="文晖二食堂"
        ),
    )


def new_home() -> int:
    """Return a payer nobody used before."""
    return next(_homes)


def new_key(prefix: str = "7") -> str:
    """Return a key nobody used before."""
    return f"{prefix}:{next(_keys)}-{new_id()}"


def grant(
    session: Session,
    home: int,
    amount_fen: int,
    *,
    funder: int,
    expires_on: date = LAST_GOOD_DAY,
    key: str | None = None,
    programme: str = "elder-points",
    purpose: str = "any",
    now: datetime = NOON,
) -> GrantResult:
    """Give one payer points."""
    given = Grant(
        home=home,
        key=key or new_key(),
        funder_account=funder,
        programme=programme,
        amount_fen=amount_fen,
        expires_on=expires_on,
        purpose=purpose,
        cause={"policies": [7]},
    )
    return services.grant_points(session, grants=[given], actor="1", device="", occurred_at=now, now=now)


def spend(
    session: Session,
    home: int,
    points_fen: int,
    *,
    merchant: int,
    legs: Sequence[tuple[int, int]] = (),
    key: str | None = None,
    fingerprint: bytes | None = None,
    txn_id: UUID | None = None,
    purpose: str = "meals",
    cause: Mapping[str, Any] | None = None,
    response: Any = None,
    now: datetime = NOON,
    on: date | None = None,
) -> Answer:
    """Pay a canteen."""
    return services.spend(
        session,
        home=home,
        key=key or new_key(),
        fingerprint=fingerprint or digest(f"{points_fen}"),
        txn_id=txn_id or new_id(),
        merchant_account=merchant,
        points_fen=points_fen,
        purpose=purpose,
        legs=legs,
        cause={"what": "test", "policies": [7]} if cause is None else cause,
        response={"price_fen": 1600} if response is None else response,
        actor="12",
        device="till:3",
        occurred_at=now,
        occurred_on=on or business_day(now),
        now=now,
    )


def reverse(
    session: Session,
    home: int,
    reverses: UUID,
    *,
    lines: Sequence[tuple[int, int]] | None = None,
    key: str | None = None,
    fingerprint: bytes = b"back",
    grace_days: int = 7,
    now: datetime = NOON,
) -> Answer:
    """Give back what a spend took, or take back what a grant gave."""
    return services.reverse(
        session,
        home=home,
        key=key or new_key(),
        fingerprint=fingerprint,
        txn_id=new_id(),
        reverses=reverses,
        lines=lines,
        grace_days=grace_days,
        cause={"what": "test_undone"},
        response={"undone": True},
        actor="12",
        device="till:3",
        occurred_at=now,
        occurred_on=business_day(now),
        now=now,
    )


def claw_back(
    session: Session,
    home: int,
    granted: UUID,
    amount_fen: int,
    *,
    key: str | None = None,
    fingerprint: bytes | None = None,
    now: datetime = NOON,
) -> Answer:
    """Claim back what a grant gave."""
    return services.claw_back(
        session,
        home=home,
        key=key or new_key(),
        fingerprint=fingerprint or digest(f"{granted} {amount_fen}"),
        txn_id=new_id(),
        grant=granted,
        amount_fen=amount_fen,
        cause={"what": "test", "policies": [7]},
        response=None,
        actor="7",
        device="",
        occurred_at=now,
        now=now,
    )

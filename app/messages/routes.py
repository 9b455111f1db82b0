"""Which ways lead to an account: its phone, its e-mail, and which channels are open here at all."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, DateTime, LargeBinary, Text, column, func, select, table, text
from sqlalchemy.orm import Session

from app.config import settings
from app.messages.kinds import Kind
from app.messages.models import DEMO, EMAIL, SMS, Wish

# Accounts are another package's table: what a message needs of them is read by name.
ACCOUNT = table(
    "account",
    column("id", BigInteger),
    column("name", Text),
    column("language", Text),
    column("phone_sealed", LargeBinary),
    column("disabled_at", DateTime(timezone=True)),
)
# The audit log says so, and nobody can write that into it by hand.
HAS_DEMO = text("SELECT EXISTS (SELECT FROM audit_entry WHERE action = 'demo.loaded')")


@dataclass(frozen=True, slots=True)
class Route:
    """One way to one account, or to a phone that belongs to none yet."""

    account_id: int | None
    channel: str
    address_sealed: bytes
    language: str


def open_for(session: Session) -> dict[str, str]:
    """Return the channels that are open here, by what they reach: a phone or a mailbox.

    The demonstration shows on a page what would go to phones; with a real gateway, or without its data, it does not.
    """
    found = {}
    if settings().sms_url:
        found[SMS] = SMS
    elif has_demo(session):
        found[SMS] = DEMO
    if settings().smtp_host:
        found[EMAIL] = EMAIL
    return found


def has_demo(session: Session) -> bool:
    """Say whether this database holds the demonstration."""
    return bool(session.scalar(HAS_DEMO))


def list_routes(session: Session, *, account_ids: Collection[int], kind: Kind, urgent: bool) -> list[Route]:
    """Return the ways by which accounts want to be told of something; constant in statements."""
    channels = open_for(session)
    if not channels:
        return []
    query = (
        select(
            ACCOUNT.c.id,
            func.coalesce(ACCOUNT.c.language, "zh").label("language"),
            ACCOUNT.c.phone_sealed,
            func.coalesce(Wish.sms, True).label("sms"),
            Wish.email,
            Wish.email_sealed,
            Wish.email_confirmed_at,
            func.coalesce(Wish.silent.op("?")(kind.name), False).label("is_silent"),
        )
        .select_from(ACCOUNT)
        .outerjoin(Wish, Wish.account_id == ACCOUNT.c.id)
        .where(ACCOUNT.c.id.in_(sorted(account_ids)))
        .order_by(ACCOUNT.c.id)
    )
    rows = session.execute(query).all()
    must = urgent or not kind.optional
    return [route for row in rows if must or not row.is_silent for route in _ways(row, channels, must)]


def _ways(row: Any, channels: dict[str, str], must: bool) -> Iterator[Route]:
    """Yield the ways to one account; what it must be told goes to its phone whatever it wishes."""
    if SMS in channels and row.phone_sealed and (row.sms or must):
        yield Route(row.id, channels[SMS], row.phone_sealed, row.language)
    if EMAIL in channels and row.email and row.email_confirmed_at:
        yield Route(row.id, channels[EMAIL], row.email_sealed, row.language)

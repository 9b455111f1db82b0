"""Reading notices and messages: the centre of one account, and what is stuck for those who look after it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import structlog
from sqlalchemy import BigInteger, ColumnElement, Text, column, exists, func, or_, select, table
from sqlalchemy.orm import Session

from app.areas import queries as areas
from app.messages import asking
from app.messages.kinds import find_kind
from app.messages.models import GIVEN_UP, WAITING, ChannelState, Delivery, DemoMessage, Notice
from app.messages.packing import follows

PAGE_LENGTH = 30
MOST_UNREAD = 50
MOST_DEMO = 50
# A message that waits so long though its channel works, or was tried in vain, is worth a look.
STUCK_AFTER = timedelta(minutes=30)

ROLE_GRANT = table("role_grant", column("account_id", BigInteger), column("area_code", Text))

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A notice as it is read. Without ``text`` it is not open to this account any more."""

    id: int
    title: str
    text: str
    address: str
    at: datetime
    is_read: bool
    is_urgent: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Centre:
    """What one account was told: what it has not read, then the rest, newest first."""

    unread: Sequence[Told]
    read: Sequence[Told]
    next: int | None


def unread_count(session: Session, *, account_id: int) -> int:
    """Return how many notices of an account it has not read, up to a hundred."""
    unread = select(Notice.id).where(Notice.account_id == account_id, Notice.read_at.is_(None)).limit(100)
    return session.scalar(select(func.count()).select_from(unread.subquery())) or 0


def get_centre(session: Session, *, account_id: int, today: date, before: int | None = None) -> Centre:
    """Return the notice centre of an account, in the language that is being spoken; constant in statements.

    :param before: the cursor of the next page, which shows what was read alone
    """
    query = select(Notice).where(Notice.account_id == account_id).order_by(Notice.id.desc())
    unread = query.where(Notice.read_at.is_(None)).limit(MOST_UNREAD)
    read = query.where(Notice.read_at.is_not(None)).limit(PAGE_LENGTH + 1)
    first = [] if before else list(session.scalars(unread))
    rest = list(session.scalars(read.where(Notice.id < before) if before else read))
    asked = [each for notice in (*first, *rest) if (each := follows(notice))]
    followed = frozenset(asking.list_followed(session, asked=asked, today=today))
    told = {notice.id: _tell(notice, followed) for notice in (*first, *rest)}
    return Centre(
        unread=[told[notice.id] for notice in first],
        read=[told[notice.id] for notice in rest[:PAGE_LENGTH]],
        next=rest[PAGE_LENGTH - 1].id if len(rest) > PAGE_LENGTH else None,
    )


def list_stuck(
    session: Session, *, area_codes: Collection[str], now: datetime, before: int | None = None
) -> Sequence[Delivery]:
    """List messages that were given up or do not get out, of accounts in these areas, newest first; one too many."""
    query = select(Delivery).where(_is_stuck(now), belongs_to(area_codes))
    if before is not None:
        query = query.where(Delivery.id < before)
    return session.scalars(query.order_by(Delivery.id.desc()).limit(PAGE_LENGTH + 1)).all()


def list_channels(session: Session) -> Sequence[ChannelState]:
    """Return how the channels fare."""
    return session.scalars(select(ChannelState).order_by(ChannelState.name)).all()


def count_waiting(session: Session) -> int:
    """Return how many messages wait to leave."""
    return session.scalar(select(func.count()).select_from(Delivery).where(Delivery.state == WAITING)) or 0


def list_demo(session: Session) -> Sequence[DemoMessage]:
    """Return the latest messages of the demonstration."""
    return session.scalars(select(DemoMessage).order_by(DemoMessage.id.desc()).limit(MOST_DEMO)).all()


def _is_stuck(now: datetime) -> ColumnElement[bool]:
    """Find what was given up, keeps failing, or is due and taken by nobody because its channel is off."""
    waiting, long_ago = Delivery.state == WAITING, now - STUCK_AFTER
    failing = waiting & (Delivery.tries > 0) & (Delivery.created_at < long_ago)
    return or_(Delivery.state == GIVEN_UP, failing, waiting & (Delivery.due_at < long_ago))


def belongs_to(area_codes: Collection[str]) -> ColumnElement[bool]:
    """Return the condition that a message is of an account in these areas, or of nobody yet."""
    held = exists().where(ROLE_GRANT.c.account_id == Delivery.account_id)
    return or_(Delivery.account_id.is_(None), held.where(areas.within(ROLE_GRANT.c.area_code, area_codes)))


def _tell(notice: Notice, followed: Collection[asking.Followed]) -> Told:
    """Put a notice into words; one whose consent has ended, or whose words are gone, says nothing."""
    kind, asked = find_kind(notice.kind), follows(notice)
    title = text = address = ""
    if kind and (asked is None or asked in followed):
        try:
            title, text = str(kind.title), kind.text(notice.params)
            address = kind.address({**notice.params, "senior_id": notice.senior_id}) if kind.address else ""
        except Exception:
            log.exception("messages.no_words", kind=notice.kind)
            text = ""
    return Told(
        id=notice.id,
        title=title,
        text=text,
        address=address,
        at=notice.created_at,
        is_read=notice.read_at is not None,
        is_urgent=notice.urgent,
    )

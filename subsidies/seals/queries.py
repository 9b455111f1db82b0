"""Reading seals: the last one, which rounds there are, and what each covers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.errors import NotFound
from subsidies.seals.models import Block, Seal, SealDelivery, SealKey

PATIENCE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class SealView:
    """A seal as shown and printed."""

    height: int
    root: str
    previous: str
    blocks: int
    leaves: int
    sealed_at: datetime
    key_id: str
    public_key: str
    signature: str


@dataclass(frozen=True, slots=True)
class Seals:
    """Some seals, newest first, and the cursor of the next page."""

    items: Sequence[SealView]
    next: int | None


def last_seal(session: Session) -> SealView | None:
    """Return the newest seal, for whoever prints or compares it; nothing before the first."""
    page = list_seals(session, limit=1)
    return page.items[0] if page.items else None


def last_block(session: Session) -> int | None:
    """Return the height up to which books are sealed; what lies at or below it never changes."""
    return session.scalar(select(Seal.height).order_by(Seal.height.desc()).limit(1))


def get_seal(session: Session, *, height: int) -> SealView:
    """Return one seal.

    :raises NotFound: if there is none of this height
    """
    page = list_seals(session, after=height + 1, limit=1)
    if not page.items or page.items[0].height != height:
        raise NotFound
    return page.items[0]


def list_seals(session: Session, *, after: int | None = None, limit: int = 50) -> Seals:
    """Return seals, newest first.

    :param after: the last height of the page before
    """
    query = select(Seal, SealKey.public_key).join(SealKey, SealKey.key_id == Seal.key_id)
    if after is not None:
        query = query.where(Seal.height < after)
    rows = session.execute(query.order_by(Seal.height.desc()).limit(limit + 1)).all()
    items = [_view(seal, public_key) for seal, public_key in rows[:limit]]
    return Seals(items, items[-1].height if len(rows) > limit else None)


def list_blocks(session: Session, *, height: int) -> Sequence[Block]:
    """Return the blocks of a seal, in the order in which they are hashed."""
    return session.scalars(select(Block).where(Block.height == height).order_by(Block.bucket)).all()


def list_deliveries(session: Session, *, height: int) -> Sequence[SealDelivery]:
    """Return where a seal was published, or will be."""
    return session.scalars(
        select(SealDelivery).where(SealDelivery.height == height).order_by(SealDelivery.channel)
    ).all()


def count_late(session: Session, *, now: datetime) -> int:
    """Return how many seals did not get where they should be by now."""
    is_late = or_(SealDelivery.fault.is_not(None), SealDelivery.due_at < now - PATIENCE)
    query = select(func.count()).select_from(SealDelivery).where(SealDelivery.done_at.is_(None), is_late)
    return session.scalar(query) or 0


def _view(seal: Seal, public_key: bytes) -> SealView:
    return SealView(
        height=seal.height,
        root=seal.root.hex(),
        previous=seal.prev.hex(),
        blocks=seal.blocks,
        leaves=seal.leaves,
        sealed_at=seal.sealed_at,
        key_id=seal.key_id,
        public_key=public_key.hex(),
        signature=seal.signature.hex(),
    )

"""Sealing: one round takes what changed, computes its roots, signs them, and writes all of it or nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.config import settings
from subsidies.seals import leaves
from subsidies.seals.keys import SealingKey
from subsidies.seals.leaves import Rooted
from subsidies.seals.merkle import leaf_hash, root_of
from subsidies.seals.models import Seal, SealDelivery
from subsidies.seals.texts import NOTHING, block_text, seal_hash, seal_text

LOCK_TIMEOUT = "55P03"
CUT = text("SELECT ledger.cut_round()")
CLOSE = text(
    "SELECT ledger.close_round(:height, CAST(:buckets AS smallint[]), CAST(:prevs AS bytea[]),"
    " CAST(:roots AS bytea[]), CAST(:leaves AS integer[]), :prev, :root, :sealed_at, :key_id, :public_key, :signature)"
)
LAST_BLOCKS = text(
    "SELECT l.bucket, l.height, l.prev, l.root, l.leaves FROM generate_series(0, 65) AS n CROSS JOIN LATERAL"
    " (SELECT * FROM ledger.block AS b WHERE b.bucket = n ORDER BY b.height DESC LIMIT 1) AS l"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """What a round came to."""

    height: int
    root: bytes
    blocks: int
    leaves: int


class NewBlock(NamedTuple):
    """A block of the round that is being sealed."""

    bucket: int
    prev: bytes
    root: bytes
    leaves: int


def seal_books(session: Session, *, key: SealingKey, now: datetime) -> Sealed | None:
    """Seal everything that changed since the last round; return nothing when nothing did, or another is at it.

    The transaction around it is one of those that read what is committed meanwhile, as all of ours.
    """
    try:
        with session.begin_nested():
            height = session.scalar(CUT)
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) == LOCK_TIMEOUT:
            return None
        raise
    if height is None:
        return None
    blocks = _blocks(session, list(leaves.roots(session, first=height, last=height)))
    sealed = _close(session, height, blocks, key=key, now=now)
    _hand_out(session, height, now)
    return sealed


def _blocks(session: Session, rooted: Sequence[Rooted]) -> list[NewBlock]:
    before = {row.bucket: leaf_hash(block_text(*row)) for row in session.execute(LAST_BLOCKS)}
    return [NewBlock(each.bucket, before.get(each.bucket, NOTHING), each.root, each.leaves) for each in rooted]


def _close(session: Session, height: int, blocks: Sequence[NewBlock], *, key: SealingKey, now: datetime) -> Sealed:
    root = root_of(leaf_hash(block_text(b.bucket, height, b.prev, b.root, b.leaves)) for b in blocks)
    prev, count = previous_of(session, height), sum(block.leaves for block in blocks)
    signed = seal_text(
        height=height, previous=prev, root=root, blocks=len(blocks), leaves=count, sealed_at=now, key_id=key.key_id
    )
    asked = {
        "height": height,
        "buckets": [block.bucket for block in blocks],
        "prevs": [block.prev for block in blocks],
        "roots": [block.root for block in blocks],
        "leaves": [block.leaves for block in blocks],
        "prev": prev,
        "root": root,
        "sealed_at": now,
        "key_id": key.key_id,
        "public_key": key.public_key,
        "signature": key.sign(signed),
    }
    session.execute(CLOSE, asked)
    return Sealed(height=height, root=root, blocks=len(blocks), leaves=count)


def previous_of(session: Session, height: int) -> bytes:
    """Return the hash of the seal before a height, zeros for the first."""
    before = session.scalar(select(Seal).where(Seal.height == height - 1))
    return seal_hash(text_of(before)) if before else NOTHING


def text_of(seal: Seal) -> str:
    """Write what a stored seal's signature covers."""
    return seal_text(
        height=seal.height,
        previous=seal.prev,
        root=seal.root,
        blocks=seal.blocks,
        leaves=seal.leaves,
        sealed_at=seal.sealed_at,
        key_id=seal.key_id,
    )


def _hand_out(session: Session, height: int, now: datetime) -> None:
    channels = ["directory", *(["webhook"] if settings().seal_webhook else [])]
    session.add_all(SealDelivery(height=height, channel=channel, attempts=0, due_at=now) for channel in channels)
    session.flush()

"""Proof that one transaction lies in the books as they were sealed: small enough to hand over with a receipt."""

from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import NotFound, Refused
from subsidies.ledger.verify_export import PROOF_FORMAT
from subsidies.models import Txn
from subsidies.reading.wallets import list_canonical_texts
from subsidies.seals.leaves import leaves_of
from subsidies.seals.merkle import leaf_hash, path_to
from subsidies.seals.models import Block, BlockLeaf, Seal, SealKey
from subsidies.seals.publishing import document_of
from subsidies.seals.texts import block_text, book_text


class NotSealedYet(Refused):
    """The transaction is younger than the last seal."""

    code = "not_sealed_yet"
    title = _l("Not sealed yet")
    detail = _l("The books are sealed every minute. Come back in a minute.")


def prove(session: Session, *, home: int, txn_id: UUID) -> dict[str, Any]:
    """Return what leads from a transaction to a signature; ``verify_export.py --proof`` checks it.

    The texts are those of the transaction and of all that follow it in the book up to the leaf: without them no
    hash leads there. They are of one payer, and name nobody.

    :raises NotFound: if the book has no such transaction
    :raises NotSealedYet: if no seal covers it
    """
    txn = session.scalar(select(Txn).where(Txn.home == home, Txn.id == txn_id))
    if txn is None:
        raise NotFound
    leaf = _find_leaf(session, home, txn.seq)
    if leaf is None:
        raise NotSealedYet
    before = session.scalar(select(Txn.hash).where(Txn.home == home, Txn.seq == txn.seq - 1))
    return {
        "format": PROOF_FORMAT,
        "head_before": (before or b"").hex(),
        "transactions": list_canonical_texts(session, home=home, first=txn.seq, last=leaf.to_seq),
        "leaf": {"home": home, "seq": leaf.to_seq, "head": leaf.head.hex(), "balance_fen": leaf.balance_fen},
        **_above(session, leaf),
    }


def _find_leaf(session: Session, home: int, seq: int) -> BlockLeaf | None:
    query = select(BlockLeaf).where(BlockLeaf.home == home, BlockLeaf.to_seq >= seq)
    return session.scalar(query.order_by(BlockLeaf.height).limit(1))


def _above(session: Session, leaf: BlockLeaf) -> dict[str, Any]:
    """Return the paths from a leaf to its block and from the block to its seal."""
    texts = leaves_of(session, height=leaf.height, bucket=leaf.bucket)
    place = texts.index(book_text(leaf.home, leaf.to_seq, leaf.head, leaf.balance_fen))
    blocks = session.scalars(select(Block).where(Block.height == leaf.height).order_by(Block.bucket)).all()
    block = next(each for each in blocks if each.bucket == leaf.bucket)
    hashes = [leaf_hash(block_text(b.bucket, b.height, b.prev, b.root, b.leaves)) for b in blocks]
    seal = session.get_one(Seal, leaf.height)
    return {
        "path": _written(path_to([leaf_hash(text) for text in texts], place)),
        "block": {
            "bucket": block.bucket,
            "height": block.height,
            "previous": block.prev.hex(),
            "root": block.root.hex(),
            "leaves": block.leaves,
        },
        "block_path": _written(path_to(hashes, blocks.index(block))),
        "seal": document_of(seal, session.get_one(SealKey, seal.key_id).public_key),
    }


def _written(path: list[tuple[str, bytes]]) -> list[list[str]]:
    return [[side, other.hex()] for side, other in path]

"""The books against their seals: leaves, trees, chain, signatures, and what was published outside the database."""

import json
from collections.abc import Callable, Iterable, Iterator
from heapq import merge
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from subsidies.ledger.verify import Fault, run_checks
from subsidies.seals.faults import CHECKS
from subsidies.seals.keys import is_signed
from subsidies.seals.leaves import Rooted, roots
from subsidies.seals.merkle import Tree, leaf_hash
from subsidies.seals.models import Block, Seal, SealDelivery, SealKey
from subsidies.seals.publishing import document_of, file_of
from subsidies.seals.sealing import text_of
from subsidies.seals.texts import NOTHING, block_text, key_id_of, seal_hash

STREAM = {"yield_per": 5000}
HIGHEST = 2**62


def verify_seals(
    session: Session,
    *,
    folder: Path,
    tell: Callable[[str], None] = lambda _name: None,
    is_of_today: bool = True,
) -> Iterator[Fault]:
    """Yield every fault between the books and what was sealed of them.

    :param folder: where seals are published
    :param is_of_today: that the books are those in use; restored ones may be older than the last published seal
    :param tell: called with the name of each check before it runs
    """
    yield from run_checks(session, CHECKS, tell)
    tell("blocks and seals")
    yield from _check_seals(session)
    tell("published seals")
    yield from _check_files(session, folder, is_of_today)


class Top(NamedTuple):
    """The root over the blocks of a round, and what was wrong on the way to it."""

    height: int
    root: bytes
    blocks: int
    faults: list[Fault]


def _tops(session: Session) -> Iterator[Top]:
    """Yield each round's root, computed from its leaves up, in order; memory stays flat."""
    columns = (Block.height, Block.bucket, Block.prev, Block.root, Block.leaves)
    blocks = session.execute(select(*columns).order_by(Block.height, Block.bucket), execution_options=STREAM)
    from_blocks = ((row[0], row[1], row, None) for row in blocks)
    from_leaves = ((each.height, each.bucket, None, each) for each in roots(session, first=1, last=HIGHEST))
    before: dict[int, bytes] = {}
    places = groupby(merge(from_blocks, from_leaves, key=_place), key=_place)
    for height, group in groupby(places, key=lambda place: place[0][0]):
        tree = Tree()
        faults: list[Fault] = []
        for (_height, bucket), rows in group:
            block, rooted = _both(rows)
            faults += _check_block(height, bucket, block, rooted, before.get(bucket, NOTHING))
            if block is not None:
                before[bucket] = leaf_hash(block_text(bucket, height, block.prev, block.root, block.leaves))
                tree.add(before[bucket])
        yield Top(height, tree.root(), tree.size, faults)


def _place(row: Any) -> tuple[int, int]:
    return (row[0], row[1])


def _both(rows: Iterable[Any]) -> tuple[Any, Rooted | None]:
    block: Any = None
    rooted: Rooted | None = None
    for row in rows:
        block, rooted = row[2] or block, row[3] or rooted
    return block, rooted


def _check_block(height: int, bucket: int, block: Any, rooted: Rooted | None, before: bytes) -> Iterator[Fault]:
    where = f"block of bucket {bucket} at height {height}"
    if block is None:
        yield Fault("blocks", where, "is missing, and has leaves")
        return
    if rooted is None or (rooted.root, rooted.leaves) != (block.root, block.leaves):
        yield Fault("blocks", where, "its leaves do not make its root")
    if block.prev != before:
        yield Fault("blocks", where, "does not follow from the bucket's block before it")


def _check_seals(session: Session) -> Iterator[Fault]:
    keys = {key.key_id: key.public_key for key in session.scalars(select(SealKey))}
    for name, key in keys.items():
        if key_id_of(key) != name:
            yield Fault("seals", f"key {name}", "is not the key of this name")
    tops, top = _tops(session), None
    prev, height = NOTHING, 0
    for seal in session.scalars(select(Seal).order_by(Seal.height), execution_options=STREAM):
        while (top := next(tops, None)) is not None and top.height < seal.height:
            yield Fault("seals", f"seal {top.height}", "is missing, and has blocks")
        yield from top.faults if top else ()
        for what in _judge(seal, top, prev, height, keys.get(seal.key_id, b"")):
            yield Fault("seals", f"seal {seal.height}", what)
        height, prev = seal.height, seal_hash(text_of(seal))
    for left in tops:
        yield Fault("seals", f"seal {left.height}", "is missing, and has blocks or leaves")


def _judge(seal: Seal, top: Top | None, prev: bytes, height: int, public_key: bytes) -> Iterator[str]:
    if seal.height != height + 1:
        yield f"should be number {height + 1}: one before it is missing"
    if top is None or (top.height, top.root, top.blocks) != (seal.height, seal.root, seal.blocks):
        yield "its blocks do not make its root"
    if seal.prev != prev:
        yield "does not follow from the seal before it"
    if not is_signed(public_key, text_of(seal), seal.signature):
        yield "its signature is not right"


def _check_files(session: Session, folder: Path, is_of_today: bool) -> Iterator[Fault]:
    """Compare what lies in the directory, where the owner of the database cannot reach, with the stored seals."""
    published = {path.name: path for path in sorted(folder.glob("*/seal-*.json"))}
    query = (
        select(Seal, SealKey.public_key, SealDelivery.done_at)
        .outerjoin(SealKey, SealKey.key_id == Seal.key_id)
        .outerjoin(SealDelivery, (SealDelivery.height == Seal.height) & (SealDelivery.channel == "directory"))
        .order_by(Seal.height)
    )
    height = 0
    for seal, public_key, done_at in session.execute(query, execution_options=STREAM):
        height, path = seal.height, published.pop(file_of(folder, seal).name, None)
        if path is None and done_at is not None:
            yield Fault("published seals", f"seal {seal.height}", f"its file is gone from {folder}")
        elif path is not None and _read(path) != document_of(seal, public_key or b""):
            yield Fault("published seals", f"seal {seal.height}", f"is not the one published in {path}")
    for path in published.values():
        if is_of_today or _height_of(path) <= height:
            yield Fault("published seals", path.stem, f"was published in {path}, and is missing")


def _height_of(path: Path) -> int:
    number = path.stem.removeprefix("seal-")
    return int(number) if number.isdecimal() else 0


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        return None

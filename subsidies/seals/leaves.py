"""The leaves of rounds, streamed in the order in which they are hashed."""

from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple

from sqlalchemy import text
from sqlalchemy.orm import Session

from subsidies.seals.merkle import Tree, leaf_hash

ROWS_AT_ONCE = 5000

# As subsidies.seals.texts writes them; bucket 64 holds accounts, 65 answers that moved nothing.
LEAVES = """
SELECT height, bucket, text FROM (
    SELECT height, bucket, home AS place, '' AS word,
           concat_ws('|', home, to_seq, encode(head, 'hex'), balance_fen) AS text FROM ledger.block_leaf
    UNION ALL
    SELECT height, 64, account_id, '', concat_ws('|', 'account', account_id, encode(digest, 'hex'))
      FROM ledger.account_leaf
    UNION ALL
    SELECT height, 65, 0, encode(digest, 'hex') COLLATE "C", concat_ws('|', 'answer', encode(digest, 'hex'))
      FROM ledger.answer_leaf
) AS l WHERE height BETWEEN :first AND :last ORDER BY height, bucket, place, word
"""


class Rooted(NamedTuple):
    """A bucket of a round: how many leaves, and their root."""

    height: int
    bucket: int
    leaves: int
    root: bytes


def roots(session: Session, *, first: int, last: int) -> Iterator[Rooted]:
    """Yield the root of each bucket of some rounds, in order; memory stays flat."""
    options = {"yield_per": ROWS_AT_ONCE}
    rows = session.execute(text(LEAVES), {"first": first, "last": last}, execution_options=options)
    for (height, bucket), group in groupby(rows, key=lambda row: (row[0], row[1])):
        tree = Tree()
        for row in group:
            tree.add(leaf_hash(row[2]))
        yield Rooted(height, bucket, tree.size, tree.root())


def leaves_of(session: Session, *, height: int, bucket: int) -> list[str]:
    """Return the texts of one bucket of one round, in order."""
    rows = session.execute(
        text(LEAVES.replace("ORDER BY", "AND bucket = :bucket ORDER BY")),
        {"first": height, "last": height, "bucket": bucket},
    )
    return [row[2] for row in rows]

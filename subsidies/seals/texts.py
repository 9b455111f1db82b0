"""The texts that seals are made of, version 1. What stands here is what an auditor computes again.

``node(left, right) = SHA-256(0x01 || left || right)`` and ``leaf(text) = SHA-256(0x00 || UTF-8 of the text)``, put
together as RFC 6962 says. Hashes are written in lower-case hex.

==============  ========================================================================================
book leaf       ``home|seq|head|balance_fen``: number and hash of the book's last transaction
account leaf    ``account|id|digest``
answer leaf     ``answer|digest``: an answer that moved nothing
block           ``block|bucket|height|previous|root|leaves``: its leaves in the order of home, id or digest;
                ``previous`` is the leaf hash of this text of the bucket's block before, zeros for the first
seal            the lines of ``seal_text``; its root is over the round's blocks in the order of buckets;
                ``previous`` is SHA-256 of that text of the seal before, zeros for the first; signed with Ed25519
==============  ========================================================================================

Bucket = home modulo 64 for books; 64 holds accounts, 65 answers that moved nothing.
"""

import hashlib
from datetime import UTC, datetime

VERSION = 1
BUCKETS = 64
ACCOUNTS, ANSWERS = 64, 65
NOTHING = bytes(32)


def book_text(home: int, seq: int, head: bytes, balance_fen: int) -> str:
    """Write a book as it stood."""
    return f"{home}|{seq}|{head.hex()}|{balance_fen}"


def account_text(account_id: int, digest: bytes) -> str:
    """Write an account."""
    return f"account|{account_id}|{digest.hex()}"


def answer_text(digest: bytes) -> str:
    """Write an answer that moved nothing."""
    return f"answer|{digest.hex()}"


def block_text(bucket: int, height: int, previous: bytes, root: bytes, leaves: int) -> str:
    """Write a block."""
    return f"block|{bucket}|{height}|{previous.hex()}|{root.hex()}|{leaves}"


def seal_text(
    *, height: int, previous: bytes, root: bytes, blocks: int, leaves: int, sealed_at: datetime, key_id: str
) -> str:
    """Write what is signed."""
    lines = (
        f"chongyang seal {VERSION}",
        f"height {height}",
        f"previous {previous.hex()}",
        f"root {root.hex()}",
        f"blocks {blocks}",
        f"leaves {leaves}",
        f"sealed_at {written(sealed_at)}",
        f"key {key_id}",
    )
    return "".join(f"{line}\n" for line in lines)


def seal_hash(text: str) -> bytes:
    """Return what the next seal names as the one before it."""
    return hashlib.sha256(text.encode()).digest()


def key_id_of(public_key: bytes) -> str:
    """Return the short name of a key: it cannot be another key's."""
    return hashlib.sha256(public_key).hexdigest()[:16]


def written(moment: datetime) -> str:
    """Write a moment: UTC, always six decimals."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")

"""The only source of randomness: ids, secrets and codes."""

import hashlib
import secrets
from uuid import UUID

import uuid6


def new_id() -> UUID:
    """Make an id that sorts roughly by time and needs no coordinator (UUID version 7, RFC 9562)."""
    return UUID(bytes=uuid6.uuid7().bytes)


def new_secret() -> str:
    """Make a secret of 256 bits, safe in headers and cookies."""
    return secrets.token_urlsafe(32)


def random_bytes(count: int) -> bytes:
    """Make bytes for keys and nonces."""
    return secrets.token_bytes(count)


def digits(count: int) -> str:
    """Make a decimal number of ``count`` digits, leading zeros kept, that nobody can guess."""
    return str(secrets.randbelow(10**count)).zfill(count)


def digest(text: str) -> bytes:
    """Return the SHA-256 of a secret: what the database keeps instead of it."""
    return hashlib.sha256(text.encode()).digest()

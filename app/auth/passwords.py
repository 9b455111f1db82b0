"""Password hashes: argon2id, with what it may cost by setting."""

from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from app.config import settings

# OWASP Password Storage Cheat Sheet, argon2id: 19 MiB, two passes, one lane.
PASSES = 2
LANES = 1
# Stored in place of a hash: the account's owner comes in by codes only.
NO_PASSWORD = "none"  # noqa: S105 - it says that there is none


@lru_cache(maxsize=4)
def _hasher(memory_kib: int) -> PasswordHasher:
    return PasswordHasher(time_cost=PASSES, memory_cost=memory_kib, parallelism=LANES)


@lru_cache(maxsize=4)
def _decoy(memory_kib: int) -> str:
    return _hasher(memory_kib).hash("no account has this password")


def hash_password(password: str) -> str:
    """Make the hash that is stored."""
    return _hasher(settings().argon2_memory_kib).hash(password)


def is_password(password: str, stored: str | None) -> bool:
    """Compare a password with a stored hash; without one, take the same time and say no."""
    memory_kib = settings().argon2_memory_kib
    known = None if stored == NO_PASSWORD else stored
    try:
        _hasher(memory_kib).verify(known or _decoy(memory_kib), password)
    except (VerificationError, InvalidHashError):
        return False
    return known is not None


def is_outdated(stored: str) -> bool:
    """Say whether a hash was made with other parameters than today's."""
    return _hasher(settings().argon2_memory_kib).check_needs_rehash(stored)

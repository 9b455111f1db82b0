"""Keys that make a request safe to repeat: read from the header, bound to the caller and to the content."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from flask import Request
from flask_babel import lazy_gettext as _l

from app.errors import Conflict, DomainError

HEADER = "Idempotency-Key"
REPLAYED = {"Idempotency-Replayed": "true"}
LONGEST = 200


class KeyRequired(DomainError):
    """A request that moves money came without a usable key."""

    code = "idempotency_key_required"
    title = _l("A key is missing")
    detail = _l(
        "Send a header Idempotency-Key of 1 to 200 visible characters, made new for each sale, the same for each retry."
    )


class KeyReused(Conflict):
    """The key belongs to another request."""

    code = "key_reused"
    title = _l("This key was used for something else")
    detail = _l("The same Idempotency-Key came before with other content. Make a new key for a new request.")


class InFlight(Conflict):
    """The same payer is being served at this moment."""

    code = "in_flight"
    title = _l("Still working on it")
    detail = _l("The first request is still running. Try again in a second with the same key.")

    def __init__(self) -> None:
        super().__init__(headers={"Retry-After": "1"})


@dataclass(frozen=True, slots=True)
class Key:
    """A caller's key, and the fingerprint of what was asked under it."""

    text: str
    fingerprint: bytes


def read_key(request: Request, *, account_id: int) -> Key:
    """Read the key of a request; two callers' equal keys are different keys.

    :raises KeyRequired: if there is none, or it is too long or not plain text
    """
    given = request.headers.get(HEADER, "")
    if not 1 <= len(given) <= LONGEST or not (given.isascii() and given.isprintable()):
        raise KeyRequired
    return Key(f"{account_id}:{given}", fingerprint(request.method, request.path, request.get_json(silent=True)))


def fingerprint(*content: Any) -> bytes:
    """Return the SHA-256 of what was asked, written in one canonical way."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).digest()

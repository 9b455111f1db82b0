"""Personal data at rest: sealed with AES-256-GCM, found by an HMAC, masked when shown."""

import contextlib
import hashlib
import hmac
import os
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app

from app.tokens import new_id, random_bytes

NONCE_BYTES = 12  # what NIST SP 800-38D asks of GCM
VERSION = b"\x01"  # the key's generation, so that keys can be rotated later


class Vault:
    """Seals and finds texts with two keys derived from one master key."""

    def __init__(self, master: bytes) -> None:
        self._cipher = AESGCM(_derive(master, b"seal"))
        self._index_key = _derive(master, b"index")

    def seal(self, text: str) -> bytes:
        """Encrypt a text; the same text gives another result each time."""
        nonce = random_bytes(NONCE_BYTES)
        return VERSION + nonce + self._cipher.encrypt(nonce, text.encode(), VERSION)

    def unseal(self, sealed: bytes) -> str:
        """Decrypt what ``seal`` made.

        :raises cryptography.exceptions.InvalidTag: if it was changed or sealed with another key
        """
        nonce, body = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
        return self._cipher.decrypt(nonce, body, sealed[:1]).decode()

    def index_of(self, text: str) -> bytes:
        """Return the blind index by which an exact text is found without being readable."""
        return hmac.new(self._index_key, text.encode(), hashlib.sha256).digest()


def _derive(master: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=b"chongyang " + purpose).derive(master)


@lru_cache(maxsize=4)
def vault_of(master: bytes) -> Vault:
    """Return the vault of a master key of 32 bytes."""
    return Vault(master)


def _vault() -> Vault:
    return vault_of(current_app.config["VAULT_KEY"])


def seal(text: str) -> bytes:
    """Encrypt a text with the application's key."""
    return _vault().seal(text)


def unseal(sealed: bytes) -> str:
    """Decrypt a text with the application's key."""
    return _vault().unseal(sealed)


def index_of(text: str) -> bytes:
    """Return the application's blind index of a text."""
    return _vault().index_of(text)


def load_or_make_key(path: Path) -> bytes:
    """Read the key file of a home directory; the first start makes it, readable by its owner alone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        fresh = path.with_name(f"{path.name}.{new_id().hex}")
        fresh.touch(0o600)
        fresh.write_text(random_bytes(32).hex())
        # A link is made whole or not at all, and the first of two processes wins.
        with contextlib.suppress(FileExistsError):
            os.link(fresh, path)
        fresh.unlink()
    return bytes.fromhex(path.read_text().strip())


def mask_id_number(number: str) -> str:
    """Keep the first six (the place) and the last four: ``330106********0123``."""
    return f"{number[:6]}{'*' * max(0, len(number) - 10)}{number[-4:]}"


def mask_phone(number: str) -> str:
    """Keep the first three and the last four: ``138****8000``."""
    return f"{number[:3]}{'*' * max(0, len(number) - 7)}{number[-4:]}"


def mask_name(name: str) -> str:
    """Keep the first and, from three characters on, the last: 王玉兰 is 王*兰, 张敏 is 张*."""
    if len(name) <= 1:
        return "*"
    return name[0] + "*" * (len(name) - 1) if len(name) == 2 else name[0] + "*" * (len(name) - 2) + name[-1]

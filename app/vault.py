"""Personal data at rest: sealed with AES-256-GCM, found by an HMAC, masked when shown."""

import contextlib
import hashlib
import hmac
import os
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app

from app.tokens import new_id, random_bytes

NONCE_BYTES = 12  # what NIST SP 800-38D asks of GCM
KEY_ID_BYTES = 4
# The form of a seal: the first one did not say which key it was made with.
NAMELESS, NAMED = b"\x01", b"\x02"


class Vault:
    """Seals and finds texts with two keys derived from one master key."""

    def __init__(self, master: bytes) -> None:
        self._cipher = AESGCM(_derive(master, b"seal"))
        self._index_key = _derive(master, b"index")
        # How every seal of this key begins.
        self.mark = NAMED + _derive(master, b"name")[:KEY_ID_BYTES]

    def seal(self, text: str) -> bytes:
        """Encrypt a text; the same text gives another result each time."""
        nonce = random_bytes(NONCE_BYTES)
        return self.mark + nonce + self._cipher.encrypt(nonce, text.encode(), self.mark)

    def unseal(self, sealed: bytes) -> str:
        """Decrypt what ``seal`` made.

        :raises cryptography.exceptions.InvalidTag: if it was changed or sealed with another key
        """
        head = sealed[: len(self.mark)] if sealed[:1] == NAMED else sealed[:1]
        nonce, body = sealed[len(head) : len(head) + NONCE_BYTES], sealed[len(head) + NONCE_BYTES :]
        return self._cipher.decrypt(nonce, body, head).decode()

    def index_of(self, text: str) -> bytes:
        """Return the blind index by which an exact text is found without being readable."""
        return hmac.new(self._index_key, text.encode(), hashlib.sha256).digest()


class Keyring:
    """The vault that seals now, and those before it, which still open what they sealed."""

    def __init__(self, masters: Sequence[bytes]) -> None:
        self.vaults = [vault_of(master) for master in masters]
        self._named = {vault.mark: vault for vault in self.vaults}

    @property
    def current(self) -> Vault:
        """Return the one that seals."""
        return self.vaults[0]

    def unseal(self, sealed: bytes) -> str:
        """Decrypt what any of them sealed.

        :raises cryptography.exceptions.InvalidTag: if it was changed, or none of them sealed it
        """
        named = self._named.get(sealed[: 1 + KEY_ID_BYTES]) if sealed[:1] == NAMED else None
        for vault in [named] if named else self.vaults:
            with contextlib.suppress(InvalidTag):
                return vault.unseal(sealed)
        raise InvalidTag


def _derive(master: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=b"chongyang " + purpose).derive(master)


@lru_cache(maxsize=4)
def vault_of(master: bytes) -> Vault:
    """Return the vault of a master key of 32 bytes."""
    return Vault(master)


@lru_cache(maxsize=4)
def keyring_of(masters: tuple[bytes, ...]) -> Keyring:
    """Return the vaults of master keys, the one that seals first."""
    return Keyring(masters)


def keyring() -> Keyring:
    """Return the application's vaults."""
    return keyring_of((current_app.config["VAULT_KEY"], *current_app.config["VAULT_OLD_KEYS"]))


def seal(text: str) -> bytes:
    """Encrypt a text with the application's key."""
    return keyring().current.seal(text)


def unseal(sealed: bytes) -> str:
    """Decrypt a text with the application's keys."""
    return keyring().unseal(sealed)


def index_of(text: str) -> bytes:
    """Return the blind index under which a text is stored."""
    return keyring().current.index_of(text)


def indexes_of(text: str) -> list[bytes]:
    """Return the blind indexes under which a text may be stored: one for each key that is still in use."""
    return [vault.index_of(text) for vault in keyring().vaults]


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

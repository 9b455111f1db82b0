"""The key that signs seals: Ed25519, made once under the home directory or given by the operator."""

from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from flask import current_app

from app.config import settings
from app.vault import load_or_make_key
from subsidies.seals.texts import key_id_of


@dataclass(frozen=True, slots=True)
class SealingKey:
    """A key that can sign."""

    seed: bytes

    @property
    def public_key(self) -> bytes:
        """Return the half that is published."""
        return self._private().public_key().public_bytes_raw()

    @property
    def key_id(self) -> str:
        """Return the key's short name."""
        return key_id_of(self.public_key)

    def sign(self, text: str) -> bytes:
        """Sign a text."""
        return self._private().sign(text.encode())

    def _private(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)


def sealing_key() -> SealingKey:
    """Return the application's key."""
    return SealingKey(current_app.config["SEAL_KEY"])


def export_salt() -> bytes:
    """Return the secret behind the references to persons in exports: the same for all of an installation's."""
    return load_or_make_key(settings().home / "keys" / "export.salt")


def is_signed(public_key: bytes, text: str, signature: bytes) -> bool:
    """Say whether a signature over a text is this key's."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, text.encode())
    except (InvalidSignature, ValueError):
        return False
    return True

"""The key that signs seals: made once under the home directory or given by the operator."""

from dataclasses import dataclass

from flask import current_app

from app.config import settings
from app.signing import SigningKey, is_signed_by
from app.vault import load_or_make_key
from subsidies.seals.texts import key_id_of


@dataclass(frozen=True, slots=True)
class SealingKey(SigningKey):
    """A key that signs seals."""

    @property
    def key_id(self) -> str:
        """Return the key's short name."""
        return key_id_of(self.public_key)

    def sign(self, text: str) -> bytes:
        """Sign a text."""
        return self.sign_bytes(text.encode())


def sealing_key() -> SealingKey:
    """Return the application's key."""
    return SealingKey(current_app.config["SEAL_KEY"])


def export_salt() -> bytes:
    """Return the secret behind the references to persons in exports: the same for all of an installation's."""
    return load_or_make_key(settings().home / "keys" / "export.salt")


def is_signed(public_key: bytes, text: str, signature: bytes) -> bool:
    """Say whether a signature over a text is this key's."""
    return is_signed_by(public_key, text.encode(), signature)

"""Signatures that anybody can check with the public half of a key: Ed25519 (RFC 8032)."""

from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

SIGNATURE_BYTES = 64


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A key that can sign: 32 bytes, from which both halves follow."""

    seed: bytes

    @property
    def public_key(self) -> bytes:
        """Return the half that is published."""
        return self._private().public_key().public_bytes_raw()

    def sign_bytes(self, message: bytes) -> bytes:
        """Sign a message."""
        return self._private().sign(message)

    def _private(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)


def is_signed_by(public_key: bytes, message: bytes, signature: bytes) -> bool:
    """Say whether a signature over a message is this key's."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True

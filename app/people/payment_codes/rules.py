"""What a payment code is made of, and what a text that was scanned may be. Pure.

``CY1`` and 130 signs of base32: 133 signs that fit a QR code of version 6 in its alphanumeric mode. Under the
base32 lie 17 bytes and their Ed25519 signature over ``CY1`` and those bytes:

=======  =====================================================
2 bytes  the key: the first two of SHA-256 of its public half
5 bytes  the senior
4 bytes  issued, in seconds since 1970
1 byte   how many seconds it is good from then
5 bytes  a random part, so that no two codes are one
=======  =====================================================
"""

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Self

from stdnum import luhn

from app.signing import SIGNATURE_BYTES

VERSION = "CY1"
NONCE_BYTES = 5
BODY_BYTES = 17
ALL_BYTES = BODY_BYTES + SIGNATURE_BYTES
TEXT = re.compile(r"\ACY1[A-Z2-7]{130}\Z")
BASE32_UNIT = 8  # base32 comes in groups of eight signs; what is missing is filled up before reading

# As long as WeChat's and Alipay's, but those begin with 10 to 15 and 25 to 30, and no place's ID numbers with 88.
NUMBER_PREFIX = "88"
NUMBER_LENGTH = 18
RANDOM_DIGITS = NUMBER_LENGTH - len(NUMBER_PREFIX) - 1

GOOD_SECONDS = 90  # a page makes a new one each minute, so half a minute is left to hold it under a scanner
CLOCK_SKEW = timedelta(minutes=2)  # a till's clock may be a little slow


class Fault(StrEnum):
    """Why a text that looks like a payment code is none."""

    UNREADABLE = "unreadable"
    FOREIGN = "foreign"
    FORGED = "forged"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """What a code says, before anybody has checked who signed it."""

    key_id: bytes
    senior_id: int
    issued_at: datetime
    expires_at: datetime
    nonce: bytes

    def to_bytes(self) -> bytes:
        """Write it as it is signed."""
        issued = int(self.issued_at.timestamp())
        seconds = int(self.expires_at.timestamp()) - issued
        parts = ((self.senior_id, 5), (issued, 4), (seconds, 1))
        return self.key_id + b"".join(value.to_bytes(size, "big") for value, size in parts) + self.nonce

    @classmethod
    def from_bytes(cls, raw: bytes) -> Self:
        """Read it as it was signed."""
        issued = int.from_bytes(raw[7:11], "big")
        return cls(
            key_id=raw[:2],
            senior_id=int.from_bytes(raw[2:7], "big"),
            issued_at=datetime.fromtimestamp(issued, UTC),
            expires_at=datetime.fromtimestamp(issued + raw[11], UTC),
            nonce=raw[12:BODY_BYTES],
        )


def key_id_of(public_key: bytes) -> bytes:
    """Return a key's short name inside a code."""
    return hashlib.sha256(public_key).digest()[:2]


def signed_part(body: bytes) -> bytes:
    """Return what the signature of a code covers."""
    return VERSION.encode() + body


def write_text(body: bytes, signature: bytes) -> str:
    """Write a code as it is scanned."""
    return VERSION + base64.b32encode(body + signature).decode().rstrip("=")


def read_text(text: str) -> tuple[bytes, bytes] | None:
    """Return the body and the signature of a code as it was scanned, or nothing where it was not read whole."""
    if not TEXT.match(text):
        return None
    letters = text.removeprefix(VERSION)
    try:
        raw = base64.b32decode(letters + "=" * (-len(letters) % BASE32_UNIT))
    except binascii.Error:
        return None
    return raw[:BODY_BYTES], raw[BODY_BYTES:ALL_BYTES]


def make_number(random_digits: str) -> str:
    """Make the 18 digits below a code from 15 random ones: our prefix before them, a Luhn digit after."""
    body = NUMBER_PREFIX + random_digits
    return body + luhn.calc_check_digit(body)


def is_number(text: str) -> bool:
    """Tell whether a text is the number below a code, by its shape and check digit."""
    shaped = len(text) == NUMBER_LENGTH and text.isascii() and text.isdigit() and text.startswith(NUMBER_PREFIX)
    return shaped and luhn.is_valid(text)


def is_code(text: str) -> bool:
    """Tell whether a text is meant as a payment code rather than as a card."""
    return text.startswith("CY") or is_number(text)


def is_good(*, issued_at: datetime, expires_at: datetime, at: datetime) -> bool:
    """Tell whether a code pays for what happens at a moment."""
    return issued_at - CLOCK_SKEW <= at <= expires_at


def grouped(number: str) -> str:
    """Write the number below a code as people read it aloud: 88, and then by fours."""
    rest = number.removeprefix(NUMBER_PREFIX)
    return " ".join([NUMBER_PREFIX, *(rest[start : start + 4] for start in range(0, len(rest), 4))])

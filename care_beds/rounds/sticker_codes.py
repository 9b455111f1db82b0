"""What the sticker at a bed is made of, and what a text that was scanned or typed may be. Pure.

``CYB1`` and 122 signs of base32, for a QR code of version 6 in its alphanumeric mode. Under the base32 lie 12 bytes
and their Ed25519 signature over ``CYB1`` and those bytes: two bytes of the key's name (the first two of SHA-256 of its
public half), five of the bed, five of the serial number. The number itself stands below the code, for phones whose
camera sees nothing: 86, nine random digits and a Luhn digit.
"""

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass
from typing import Self

import qrcode
from qrcode.constants import ERROR_CORRECT_M
from qrcode.util import QRData
from stdnum import luhn

from app.people.card_numbers import qr_path
from app.signing import SIGNATURE_BYTES

VERSION = "CYB1"
KEY_BYTES, PART_BYTES = 2, 5
BODY_BYTES = KEY_BYTES + 2 * PART_BYTES
ALL_BYTES = BODY_BYTES + SIGNATURE_BYTES
TEXT = re.compile(r"\ACYB1[A-Z2-7]{122}\Z")
BASE32_UNIT = 8
# Neither a card (6021), nor a payment code (88), nor a code of WeChat or Alipay.
SERIAL_PREFIX = "86"
SERIAL_LENGTH = 12
RANDOM_DIGITS = SERIAL_LENGTH - len(SERIAL_PREFIX) - 1
QR_VERSION, MODULES, MARGIN = 6, 41, 4  # ISO/IEC 18004: a quiet zone of four modules


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """What a sticker says, before anybody has checked who signed it."""

    key_id: bytes
    bed_id: int
    serial: str

    def to_bytes(self) -> bytes:
        """Write it as it is signed."""
        parts = (self.bed_id, int(self.serial))
        return self.key_id + b"".join(part.to_bytes(PART_BYTES, "big") for part in parts)

    @classmethod
    def from_bytes(cls, raw: bytes) -> Self:
        """Read it as it was signed."""
        bed, serial = raw[KEY_BYTES : KEY_BYTES + PART_BYTES], raw[KEY_BYTES + PART_BYTES : BODY_BYTES]
        text = str(int.from_bytes(serial, "big")).zfill(SERIAL_LENGTH)
        return cls(key_id=raw[:KEY_BYTES], bed_id=int.from_bytes(bed, "big"), serial=text)


def key_id_of(public_key: bytes) -> bytes:
    """Return a key's short name inside a sticker."""
    return hashlib.sha256(public_key).digest()[:KEY_BYTES]


def signed_part(body: bytes) -> bytes:
    """Return what the signature of a sticker covers."""
    return VERSION.encode() + body


def write_text(body: bytes, signature: bytes) -> str:
    """Write a sticker as it is scanned."""
    return VERSION + base64.b32encode(body + signature).decode().rstrip("=")


def read_text(text: str) -> tuple[bytes, bytes] | None:
    """Return the body and the signature of a sticker as it was scanned, or nothing where it was not read whole."""
    if not TEXT.match(text):
        return None
    letters = text.removeprefix(VERSION)
    try:
        raw = base64.b32decode(letters + "=" * (-len(letters) % BASE32_UNIT))
    except binascii.Error:
        return None
    return raw[:BODY_BYTES], raw[BODY_BYTES:ALL_BYTES]


def make_serial(random_digits: str) -> str:
    """Make a sticker's number from nine random digits: our prefix before them, a Luhn digit after."""
    body = SERIAL_PREFIX + random_digits
    return body + luhn.calc_check_digit(body)


def is_serial(text: str) -> bool:
    """Tell whether a text is a sticker's number, by its shape and check digit."""
    shaped = len(text) == SERIAL_LENGTH and text.isascii() and text.isdigit() and text.startswith(SERIAL_PREFIX)
    return shaped and luhn.is_valid(text)


def grouped(serial: str) -> str:
    """Write a sticker's number by fours, as people read it aloud."""
    return " ".join(serial[start : start + 4] for start in range(0, len(serial), 4))


def plain(text: str) -> str:
    """Bring what a camera read or somebody typed to the signs that count."""
    return "".join(sign for sign in text.upper() if sign.isascii() and sign.isalnum())


def draw(text: str) -> str:
    """Return an SVG path that draws a sticker's dark modules, one unit each."""
    code = qrcode.QRCode(version=QR_VERSION, error_correction=ERROR_CORRECT_M, border=0)
    code.add_data(QRData(text))  # capitals and digits alone, so it takes the alphanumeric mode
    code.make(fit=False)
    return qr_path(code.get_matrix())

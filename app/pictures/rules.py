"""What a picture is by its bytes, what its metadata say, and how alike two pictures are: pure."""

import math
import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from uuid import UUID

from app.clock import ZONE

JPEG, PNG, WEBP = "image/jpeg", "image/png", "image/webp"
# A photo of a phone has 3 to 6 MB and 12 megapixels; a phone that makes 50 is told to make smaller ones.
MOST_BYTES, MOST_PIXELS = 8_000_000, 40_000_000
# Enough to read a serial number on a device; more would be kept for nobody.
LONGEST_SIDE, SMALL_SIDE = 2000, 320
HASH_SIDE = 8
ALL_BITS = (1 << HASH_SIDE * HASH_SIDE) - 1

EXIF_MOMENT = re.compile(r"(\d{4}):(\d\d):(\d\d) (\d\d):(\d\d):(\d\d)", re.ASCII)
EXIF_OFFSET = re.compile(r"([+-])(\d\d):(\d\d)", re.ASCII)


def sniff_type(data: bytes) -> str | None:
    """Tell by its first bytes what a file is, whatever it is called; nothing if it is no picture we take."""
    if data.startswith(b"\xff\xd8\xff"):
        return JPEG
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    return WEBP if data[:4] == b"RIFF" and data[8:12] == b"WEBP" else None


def read_webp_canvas(data: bytes) -> tuple[int, int] | None:
    """Return width and height that the header of an extended WebP claims; its decoder takes the memory at once."""
    if data[12:16] != b"VP8X" or len(data) < 30:
        return None
    return int.from_bytes(data[24:27], "little") + 1, int.from_bytes(data[27:30], "little") + 1


def is_too_many(width: int, height: int) -> bool:
    """Say whether a picture of this size is more than a server should unpack."""
    return width * height > MOST_PIXELS


def hash_brightness(rows: Sequence[int]) -> int:
    """Return the difference hash of a picture drawn 9 points wide and 8 high, told row by row.

    Each bit says whether a point is brighter than the one to its right; the database keeps a number with sign.
    A picture of one colour has the hash 0.
    """
    bits = 0
    for y in range(HASH_SIDE):
        for x in range(HASH_SIDE):
            left = y * (HASH_SIDE + 1) + x
            bits = bits << 1 | (rows[left] > rows[left + 1])
    return bits - (1 << 64) if bits >> 63 else bits


def hamming(one: int, other: int) -> int:
    """Return in how many of 64 bits two hashes differ: a copy made smaller or paler differs in a few."""
    return ((one ^ other) & ALL_BITS).bit_count()


def read_taken_at(told: str, offset: str = "") -> datetime | None:
    """Return when a photo was taken by its metadata; without an offset the phone's clock is taken as ours."""
    moment = EXIF_MOMENT.fullmatch(told.strip("\0 "))
    if not moment:
        return None
    shift = EXIF_OFFSET.fullmatch(offset.strip("\0 "))
    try:
        wall = datetime(*(int(part) for part in moment.groups()))  # type: ignore[arg-type]  # noqa: DTZ001
        zone = timezone(_read_offset(*shift.groups())) if shift else ZONE
        return wall.replace(tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def read_degrees(parts: Sequence[float], side: str, *, most: int) -> float | None:
    """Return degrees from degrees, minutes and seconds and N, S, E or W; nothing if that is no place on earth."""
    if len(parts) != 3 or side not in ("N", "S", "E", "W"):
        return None
    degrees = float(parts[0]) + float(parts[1]) / 60 + float(parts[2]) / 3600
    if not math.isfinite(degrees) or not 0 <= degrees <= most:
        return None
    return round(-degrees if side in ("S", "W") else degrees, 6)


def day_of(picture_id: UUID) -> date:
    """Return the day on which an id was made (UUID version 7 begins with milliseconds since 1970)."""
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    return (epoch + timedelta(milliseconds=int.from_bytes(picture_id.bytes[:6]))).date()


def _read_offset(sign: str, hours: str, minutes: str) -> timedelta:
    shift = timedelta(hours=int(hours), minutes=int(minutes))
    return -shift if sign == "-" else shift

"""What bytes, metadata and hashes say."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from app.pictures import rules


@pytest.mark.parametrize(
    ("data", "media_type"),
    [
        (b"\xff\xd8\xff\xe0....JFIF", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n....", "image/png"),
        (b"RIFF....WEBPVP8 ", "image/webp"),
        (b"RIFF....WAVEfmt ", None),
        (b"<html>", None),
        (b"GIF89a", None),
        (b"", None),
    ],
)
def test_a_file_is_what_its_bytes_say(data: bytes, media_type: str | None) -> None:
    assert rules.sniff_type(data) == media_type


@pytest.mark.parametrize(
    ("told", "offset", "at"),
    [
        ("2026:11:20 10:03:12", "", datetime(2026, 11, 20, 2, 3, 12, tzinfo=UTC)),
        ("2026:11:20 10:03:12\0", "+09:00", datetime(2026, 11, 20, 1, 3, 12, tzinfo=UTC)),
        ("2026:11:20 10:03:12", "-03:30", datetime(2026, 11, 20, 13, 33, 12, tzinfo=UTC)),
        ("2026:11:20 10:03:12", "+99:00", None),
        ("0000:00:00 00:00:00", "", None),
        ("0001:01:01 00:00:00", "+08:00", None),
        ("2026-11-20 10:03:12", "", None),
        ("", "", None),
    ],
)
def test_a_moment_is_read_as_the_phone_wrote_it(told: str, offset: str, at: datetime | None) -> None:
    assert rules.read_taken_at(told, offset) == at


@pytest.mark.parametrize(
    ("parts", "side", "degrees"),
    [
        ((30.0, 16.0, 12.5), "N", 30.270139),
        ((30.0, 16.0, 12.5), "S", -30.270139),
        ((91.0, 0.0, 0.0), "N", None),
        ((float("nan"), 0.0, 0.0), "N", None),
        ((-1.0, 0.0, 0.0), "N", None),
        ((30.0, 16.0), "N", None),
        ((30.0, 16.0, 12.5), "", None),
    ],
)
def test_degrees_lie_on_the_earth_or_are_none(parts: tuple[float, ...], side: str, degrees: float | None) -> None:
    assert rules.read_degrees(parts, side, most=90) == degrees


def test_hashes_differ_in_as_many_bits_as_they_do() -> None:
    flat, rising = [7] * 72, list(range(72))
    falling = rising[::-1]
    assert rules.hash_brightness(flat) == rules.hash_brightness(rising) == 0
    assert rules.hash_brightness(falling) == -1
    assert rules.hamming(-1, 0) == 64
    assert rules.hamming(-1, -1) == rules.hamming(5, 5) == 0
    assert rules.hamming(-(2**63), 2**63 - 1) == 64
    assert rules.hamming(0b1011, 0b0010) == 2


def test_an_id_says_on_which_day_it_was_made() -> None:
    assert rules.day_of(UUID("01938000-0000-7000-8000-000000000000")) == date(2024, 12, 1)

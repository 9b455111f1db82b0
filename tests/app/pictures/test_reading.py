"""What becomes of a photo: the sight stays, everything else goes; what is no photo is refused."""

import io
from datetime import UTC, datetime

import pytest
from PIL import Image

from app.pictures import errors
from app.pictures.reading import clean
from app.pictures.rules import MOST_BYTES, hamming
from tests.app.pictures.photos import (
    LATITUDE,
    LONGITUDE,
    draw,
    encode,
    make_bomb,
    make_exif,
    make_photo,
    make_webp_bomb,
)


def test_moment_and_place_are_read_and_nothing_of_the_metadata_stays() -> None:
    photo = make_photo()
    assert b"13800138000" in photo
    cleaned = clean(photo)
    assert cleaned.taken.at == datetime(2026, 11, 20, 2, 3, 12, tzinfo=UTC)
    assert (cleaned.taken.lat, cleaned.taken.lon) == (LATITUDE, LONGITUDE)
    for copy in (cleaned.full, cleaned.small):
        assert b"13800138000" not in copy
        assert b"Exif" not in copy
        with Image.open(io.BytesIO(copy)) as image:
            assert dict(image.getexif()) == {}
            assert image.info.keys() <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


@pytest.mark.parametrize(("kind", "more"), [("PNG", {}), ("WEBP", {"lossless": True}), ("WEBP", {"quality": 80})])
def test_other_formats_come_in_with_their_metadata_and_stay_as_jpeg(kind: str, more: dict[str, object]) -> None:
    cleaned = clean(encode(draw(), kind, exif=make_exif(), **more))
    assert cleaned.media_type == f"image/{kind.lower()}"
    assert cleaned.taken.lat == LATITUDE
    assert cleaned.full.startswith(b"\xff\xd8\xff")
    assert hamming(cleaned.phash, clean(make_photo()).phash) <= 2


def test_a_photo_held_upright_stands_upright() -> None:
    cleaned = clean(make_photo(turn=6))
    assert (cleaned.width, cleaned.height) == (480, 640)
    with Image.open(io.BytesIO(cleaned.full)) as image:
        turned = draw().rotate(-90, expand=True)
        assert all(abs(a - b) < 24 for a, b in zip(image.getpixel((40, 40)), turned.getpixel((40, 40)), strict=True))


def test_a_large_photo_is_kept_no_larger_than_needed_and_small_for_lists() -> None:
    cleaned = clean(make_photo(width=4000, height=3000))
    assert (cleaned.width, cleaned.height) == (2000, 1500)
    with Image.open(io.BytesIO(cleaned.small)) as image:
        assert image.size == (320, 240)


def test_a_copy_is_known_again_and_another_photo_is_not() -> None:
    first = clean(make_photo()).phash
    smaller = clean(encode(draw().resize((400, 300)), quality=40)).phash
    paler = clean(encode(draw().point([min(255, n + 20) for n in range(256)] * 3))).phash
    assert hamming(first, smaller) <= 5
    assert hamming(first, paler) <= 8
    assert min(hamming(first, clean(make_photo(number)).phash) for number in range(2, 12)) > 10


def test_what_one_can_look_through_lies_on_white() -> None:
    clear = Image.new("RGBA", (40, 30), (0, 0, 0, 0))
    with Image.open(io.BytesIO(clean(encode(clear, "PNG")).full)) as image:
        assert image.getpixel((20, 15)) == (255, 255, 255)
    palette = Image.new("P", (40, 30), 0)
    with Image.open(io.BytesIO(clean(encode(palette, "PNG", transparency=0)).full)) as image:
        assert image.getpixel((20, 15)) == (255, 255, 255)


@pytest.mark.parametrize("place", [None, ((0.0, 0.0, 0.0), (0.0, 0.0, 0.0)), ((95.0, 0.0, 0.0), (120.0, 0.0, 0.0))])
def test_a_photo_without_a_place_on_earth_has_none(place: object) -> None:
    taken = clean(make_photo(place=place)).taken
    assert (taken.lat, taken.lon) == (None, None)
    assert taken.at is not None


def test_what_follows_a_photo_in_its_file_is_not_kept() -> None:
    assert b"<script>" not in clean(make_photo() + b"<script>alert(1)</script>").full


def broken_png() -> bytes:
    whole = encode(draw(), "PNG")
    return whole[: len(whole) // 2]


@pytest.mark.parametrize(
    ("data", "refusal"),
    [
        (b"<!doctype html><script>alert(1)</script>", errors.PictureOfUnknownType),
        (b"GIF89a" + bytes(40), errors.PictureOfUnknownType),
        (b"", errors.PictureOfUnknownType),
        (b"\xff\xd8\xff" + b"<html>" * 40, errors.PictureBroken),
        (make_photo()[:4000], errors.PictureBroken),
        (broken_png(), errors.PictureBroken),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", errors.PictureBroken),
        (make_bomb(60_000, 60_000), errors.PictureOfTooManyPixels),
        (make_bomb(8000, 5001), errors.PictureOfTooManyPixels),
        (make_webp_bomb(16_000, 16_000), errors.PictureOfTooManyPixels),
        (make_photo() + bytes(MOST_BYTES), errors.PictureTooLarge),
        (make_photo().ljust(9_000_000, b"\0"), errors.PictureTooLarge),
    ],
    ids=[
        "html",
        "gif",
        "empty",
        "html-named-jpeg",
        "half-jpeg",
        "half-png",
        "webp-head",
        "bomb",
        "just-too-many",
        "webp-bomb",
        "one-too-large",
        "9-mb",
    ],
)
def test_what_is_no_usable_photo_is_refused_by_its_own_name(data: bytes, refusal: type[errors.PictureRefused]) -> None:
    with pytest.raises(refusal) as refused:
        clean(data)
    assert list(refused.value.errors) == ["picture"]

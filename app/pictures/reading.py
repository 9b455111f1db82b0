"""Taking a picture in with Pillow: what it is, what its metadata say, and a clean copy that says nothing."""

import io
import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from threading import BoundedSemaphore
from typing import Any

from PIL import Image, ImageOps
from PIL.ExifTags import GPS, IFD, Base

from app.pictures import rules
from app.pictures.errors import PictureBroken, PictureOfTooManyPixels, PictureOfUnknownType, PictureTooLarge

FORMATS = {rules.JPEG: "JPEG", rules.PNG: "PNG", rules.WEBP: "WEBP"}
QUALITY = 85
# What Pillow raises on files that are damaged, on purpose or not.
DAMAGED = (OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, OverflowError, struct.error, zlib.error)
# One picture unpacks to 120 MB at most: a few at a time, however many phones send.
_room = BoundedSemaphore(2)

# Sizes are refused by our own number before anything is unpacked; Pillow's warning would only be printed.
Image.MAX_IMAGE_PIXELS = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """When and where a photo was taken, by its metadata."""

    at: datetime | None = None
    lat: float | None = None
    lon: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Clean:
    """A picture as it is kept: the copy and the small one, both without metadata, and what was read before."""

    media_type: str
    full: bytes
    small: bytes
    width: int
    height: int
    taken: Taken
    phash: int


def clean(data: bytes) -> Clean:
    """Read a picture and draw it anew: nothing of the file that came is kept but what can be seen.

    :raises PictureTooLarge: if it has more than 8 MB
    :raises PictureOfUnknownType: if its bytes are not those of a JPEG, PNG or WebP
    :raises PictureOfTooManyPixels: if it would unpack to more than 40 megapixels
    :raises PictureBroken: if it cannot be read to its end
    """
    if len(data) > rules.MOST_BYTES:
        raise PictureTooLarge
    media_type = rules.sniff_type(data)
    if media_type is None:
        raise PictureOfUnknownType
    canvas = rules.read_webp_canvas(data) if media_type == rules.WEBP else None
    if canvas and rules.is_too_many(*canvas):
        raise PictureOfTooManyPixels
    try:
        with _room, Image.open(io.BytesIO(data), formats=[FORMATS[media_type]]) as image:
            if rules.is_too_many(*image.size):
                raise PictureOfTooManyPixels
            return _draw(image, media_type)
    except DAMAGED as error:
        raise PictureBroken from error


def _draw(image: Image.Image, media_type: str) -> Clean:
    taken = read_taken(image)
    # A JPEG of twice the size or more is unpacked at a half or a quarter at once.
    image.draft("RGB", _size_within(image, rules.LONGEST_SIDE))
    ImageOps.exif_transpose(image, in_place=True)
    full = _within(_without_alpha(image), rules.LONGEST_SIDE)
    small = _within(full, rules.SMALL_SIDE)
    grey = small.convert("L").resize((rules.HASH_SIDE + 1, rules.HASH_SIDE), Image.Resampling.BOX)
    return Clean(
        media_type=media_type,
        full=_write(full),
        small=_write(small),
        width=full.width,
        height=full.height,
        taken=taken,
        phash=rules.hash_brightness(list(grey.tobytes())),
    )


def read_taken(image: Image.Image) -> Taken:
    """Read when and where a photo was taken; metadata that cannot be read say nothing."""
    try:
        exif = image.getexif()
        details, place = exif.get_ifd(IFD.Exif), exif.get_ifd(IFD.GPSInfo)
        told = str(details.get(Base.DateTimeOriginal) or exif.get(Base.DateTime) or "")
        at = rules.read_taken_at(told, str(details.get(Base.OffsetTimeOriginal, "")))
        lat = _degrees(place, GPS.GPSLatitude, GPS.GPSLatitudeRef, most=90)
        lon = _degrees(place, GPS.GPSLongitude, GPS.GPSLongitudeRef, most=180)
    except (*DAMAGED, TypeError, ZeroDivisionError):
        return Taken()
    # Nothing at all, and the point off Africa where phones lie that know no place.
    if lat is None or lon is None or (lat, lon) == (0, 0):
        return Taken(at=at)
    return Taken(at=at, lat=lat, lon=lon)


def _degrees(place: Mapping[int, Any], value: GPS, side: GPS, *, most: int) -> float | None:
    parts = place.get(value)
    return rules.read_degrees(parts, str(place.get(side, "")), most=most) if isinstance(parts, tuple) else None


def _within(image: Image.Image, side: int) -> Image.Image:
    """Return a picture no longer and no wider than this."""
    size = _size_within(image, side)
    return image if size == image.size else image.resize(size, Image.Resampling.BICUBIC, reducing_gap=2.0)


def _size_within(image: Image.Image, side: int) -> tuple[int, int]:
    shrink = min(1.0, side / max(image.size))
    return max(1, round(image.width * shrink)), max(1, round(image.height * shrink))


def _without_alpha(image: Image.Image) -> Image.Image:
    """Put a picture that one can look through on white, and make any other plain colours."""
    if "transparency" not in image.info and not image.mode.endswith(("A", "a")):
        return image if image.mode == "RGB" else image.convert("RGB")
    seen = image.convert("RGBA")
    paper = Image.new("RGB", seen.size, "white")
    paper.paste(seen, mask=seen.getchannel("A"))
    return paper


def _write(image: Image.Image) -> bytes:
    """Write a JPEG of what can be seen: Pillow writes no metadata that it is not given."""
    image.info.clear()
    written = io.BytesIO()
    image.save(written, "JPEG", quality=QUALITY)
    return written.getvalue()

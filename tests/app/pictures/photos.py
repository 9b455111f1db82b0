"""Photos for tests, made on the spot: a drawing that no other number draws, in any format, with metadata of a phone."""

import io
import struct
import zlib
from typing import Any

from PIL import Image, ImageDraw
from PIL.ExifTags import GPS, IFD, Base

# 30° 16' 12.5" N, 120° 9' 3.25" E lies in Hangzhou.
HANGZHOU = ((30.0, 16.0, 12.5), (120.0, 9.0, 3.25))
LATITUDE, LONGITUDE = 30.270139, 120.150903


def draw(number: int = 1, *, width: int = 640, height: int = 480) -> Image.Image:
    """Draw a picture of coloured blocks that depends on a number."""
    image = Image.new("RGB", (width, height), (240, 240, 235))
    pen = ImageDraw.Draw(image)
    state = number * 2_654_435_761 % 2**32
    for _ in range(40):
        state = (state * 1_103_515_245 + 12_345) % 2**31
        x, y, tone = state % width, state // 7 % height, state // 13
        side = width // 8 + tone % (width // 4)
        pen.rectangle((x, y, x + side, y + side), fill=(tone % 256, tone // 3 % 256, tone // 5 % 256))
    return image


def make_exif(
    *, taken: str = "2026:11:20 10:03:12", offset: str = "+08:00", place: Any = HANGZHOU, turn: int = 1
) -> Any:
    """Make the metadata that a phone writes."""
    exif = Image.Exif()
    exif[Base.Make], exif[Base.Orientation] = "Phone of 13800138000", turn
    exif.get_ifd(IFD.Exif).update({Base.DateTimeOriginal: taken, Base.OffsetTimeOriginal: offset})
    if place:
        exif.get_ifd(IFD.GPSInfo).update(
            {
                GPS.GPSLatitudeRef: "N",
                GPS.GPSLatitude: place[0],
                GPS.GPSLongitudeRef: "E",
                GPS.GPSLongitude: place[1],
            }
        )
    return exif


def encode(image: Image.Image, kind: str = "JPEG", **more: Any) -> bytes:
    """Write a picture as a file."""
    written = io.BytesIO()
    image.save(written, kind, **more)
    return written.getvalue()


def make_photo(number: int = 1, *, width: int = 640, height: int = 480, **exif: Any) -> bytes:
    """Make a JPEG as a phone takes it, with moment, place and maker inside."""
    return encode(draw(number, width=width, height=height), exif=make_exif(**exif))


def make_bomb(width: int, height: int) -> bytes:
    """Make a PNG of a few bytes that claims to be huge."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    body = zlib.compress(bytes(1000), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def make_webp_bomb(width: int, height: int) -> bytes:
    """Make the head of a WebP that claims to be huge."""
    canvas = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    body = b"VP8X" + (10).to_bytes(4, "little") + b"\x00\x00\x00\x00" + canvas
    return b"RIFF" + (4 + len(body)).to_bytes(4, "little") + b"WEBP" + body

"""Draws the photos of the demonstration's homes: out of focus, because nobody and nothing in them exists."""

from io import BytesIO

from PIL import Image

from demo.choices import Choices

# As many fields as a picture's fingerprint looks at, so that no two photos look alike to it.
FIELDS, SIZE = (9, 8), (288, 256)
QUALITY = 60


def draw_photo(*words: object) -> bytes:
    """Draw a photo; the same words give the same one."""
    drawn = Choices("photo", *words)
    image = Image.new("RGB", FIELDS)
    tint = drawn.between(150, 235), drawn.between(140, 220), drawn.between(120, 200)
    shades = [drawn.between(25, 100) for _ in range(FIELDS[0] * FIELDS[1])]
    image.putdata([tuple(part * shade // 100 for part in tint) for shade in shades])
    out = BytesIO()
    image.resize(SIZE, Image.Resampling.BICUBIC).save(out, "JPEG", quality=QUALITY)
    return out.getvalue()

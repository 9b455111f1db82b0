"""The bytes for a receipt printer (ESC/POS), Chinese in GB18030."""

from collections.abc import Iterable

from meals.printing.layout import Line, Look, set_line

# Commands by Epson's ESC/POS reference; FS & and FS . switch Chinese characters on and off.
START = b"\x1b@"
CHINESE, NO_CHINESE = b"\x1c&", b"\x1c."
BOLD, NOT_BOLD = b"\x1bE\x01", b"\x1bE\x00"
# Twice as high, and as wide as before, so that the columns stay. GS ! is for ASCII, FS ! for Chinese.
TALL, NOT_TALL = b"\x1d!\x01\x1c!\x08", b"\x1d!\x00\x1c!\x00"
FEED_AND_CUT = b"\x1bd\x04\x1dVB\x00"
CODING = "gb18030"

LOOKS = {
    Look.TITLE: (TALL + BOLD, NOT_BOLD + NOT_TALL),
    Look.TOTAL: (TALL + BOLD, NOT_BOLD + NOT_TALL),
    Look.MARK: (BOLD, NOT_BOLD),
}


def encode(lines: Iterable[Line], columns: int) -> bytes:
    """Write lines as a receipt printer takes them, and cut the paper."""
    parts = [START, CHINESE]
    for line in lines:
        before, after = LOOKS.get(line.look, (b"", b""))
        for text in set_line(line, columns):
            parts += [before, clean(text).encode(CODING), b"\n", after]
    return b"".join([*parts, NO_CHINESE, FEED_AND_CUT])


def clean(text: str) -> str:
    """Leave out control characters: a name must not be a command."""
    return "".join(sign for sign in text if sign.isprintable())

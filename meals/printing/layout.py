"""What stands on a slip of paper, line by line: the same for the browser and for a receipt printer. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from unicodedata import east_asian_width

# Characters of ordinary width in a line, font A, for the paper's printable 48 and 72 mm.
COLUMNS = {58: 32, 80: 48}


class Look(StrEnum):
    """How a line is set."""

    PLAIN = "plain"
    TITLE = "title"
    MARK = "mark"
    TOTAL = "total"
    RULE = "rule"


@dataclass(frozen=True, slots=True)
class Line:
    """A line: something at the left, an amount at the right, or a rule over the whole width."""

    left: str = ""
    right: str = ""
    look: Look = Look.PLAIN


RULE = Line(look=Look.RULE)


def width_of(text: str) -> int:
    """Return how many columns a text takes: Chinese characters take two."""
    return sum(2 if east_asian_width(sign) in "WF" else 1 for sign in text)


def set_line(line: Line, columns: int) -> Sequence[str]:
    """Set a line in so many columns; what is too long goes on in the next, the amount stands in the last."""
    if line.look is Look.RULE:
        return ["-" * columns]
    if line.look in (Look.TITLE, Look.MARK):
        return [_centred(part, columns) for part in _wrap(line.left, columns)]
    taken = width_of(line.right) + 1 if line.right else 0
    parts = _wrap(line.left, columns - taken)
    gap = columns - width_of(parts[-1]) - width_of(line.right)
    return [*parts[:-1], f"{parts[-1]}{' ' * gap}{line.right}".rstrip()]


def _centred(text: str, columns: int) -> str:
    return " " * ((columns - width_of(text)) // 2) + text


def _wrap(text: str, columns: int) -> list[str]:
    """Cut a text where a line is full; Chinese may break anywhere."""
    parts, room = [""], columns
    for sign in text:
        if width_of(sign) > room:
            parts.append("")
            room = columns
        parts[-1] += sign
        room -= width_of(sign)
    return parts

"""Official division codes: which level a code is of, what lies above it, what lies within it.

Codes are those of GB/T 2260 (province, city, district: six digits, trailing zeros for the wider ones) and of
GB/T 10114 and the bureau of statistics below them (street: nine digits, community: twelve).
"""

from collections.abc import Iterable
from enum import StrEnum


class Level(StrEnum):
    """The five levels of the tree, widest first."""

    PROVINCE = "province"
    CITY = "city"
    DISTRICT = "district"
    STREET = "street"
    COMMUNITY = "community"


LONG_LEVELS = {9: Level.STREET, 12: Level.COMMUNITY}


def is_code(text: str) -> bool:
    """Tell whether a text has the shape of a division code of any level."""
    if not (text.isascii() and text.isdigit()) or len(text) not in {6, 9, 12} or text[:2] == "00":
        return False
    return len(text) == 6 or not text.endswith("000")


def level_of(code: str) -> Level:
    """Return the level a code is of.

    :raises ValueError: if the text is not a division code
    """
    if not is_code(code):
        raise ValueError(f"{code!r} is not a division code")
    if len(code) > 6:
        return LONG_LEVELS[len(code)]
    if code.endswith("0000"):
        return Level.PROVINCE
    return Level.CITY if code.endswith("00") else Level.DISTRICT


def path_of(code: str) -> str:
    """Return the prefix that all codes within this place share: ``330100`` gives ``3301``."""
    return code[: {Level.PROVINCE: 2, Level.CITY: 4}.get(level_of(code), len(code))]


def code_of(path: str) -> str:
    """Return the code of the place that a path stands for: ``3301`` gives ``330100``; a code stays as it is."""
    return path.ljust(6, "0")


def ancestors(code: str) -> tuple[str, ...]:
    """Return the codes of the places around this one, nearest first.

    Not all of them need exist: Beijing's districts lie directly under the municipality, and Dongguan's
    streets directly under the city.
    """
    level_of(code)
    wider = (code[:9], code[:6], code[:4] + "00", code[:2] + "0000")
    found = dict.fromkeys(item for item in wider if len(item) <= len(code) and item != code)
    return tuple(found)


def is_within(code: str, ancestor: str) -> bool:
    """Tell whether a place is the other one or lies within it."""
    return code.startswith(path_of(ancestor))


def is_within_any(code: str, ancestors: Iterable[str]) -> bool:
    """Tell whether a place lies within one of several."""
    return any(is_within(code, ancestor) for ancestor in ancestors)

"""What somebody typed into a search box: a name, a card, or a number that must not stand in an address line. Pure."""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from app.people.card_numbers import LENGTH
from app.people.id_numbers import looks_like_id_number
from app.people.rules import LANDLINE, MOBILE

# Shorter numbers may be part of a name in a test or a nickname; longer ones identify somebody or nobody.
SHORTEST_NUMBER = 7
LONG_NUMBER = re.compile(rf"[0-9]{{{SHORTEST_NUMBER},}}")


class Kind(StrEnum):
    """What a search is for."""

    ALL = "all"
    NAME = "name"
    CARD = "card"
    ID_NUMBER = "id_number"
    PHONE = "phone"
    NUMBER = "number"


PERSONAL = frozenset({Kind.ID_NUMBER, Kind.PHONE, Kind.NUMBER})


@dataclass(frozen=True)
class Search:
    """A search, and its text in the form that is stored."""

    kind: Kind
    text: str

    @property
    def is_personal(self) -> bool:
        """Tell whether the text identifies a person to anyone who reads it."""
        return self.kind in PERSONAL


def read_search(typed: str) -> Search:
    """Tell what was typed; full-width digits and blanks within numbers do not matter."""
    name = typed.strip()
    number = "".join(unicodedata.normalize("NFKC", name).split()).replace("-", "")
    if not name:
        return Search(Kind.ALL, "")
    if looks_like_id_number(number):
        return Search(Kind.ID_NUMBER, number.upper())
    number = number.removeprefix("+86")
    if LONG_NUMBER.search(number) and not number.isdigit():
        return Search(Kind.NUMBER, number)
    if not (number.isascii() and number.isdigit()) or len(number) < SHORTEST_NUMBER:
        return Search(Kind.NAME, name)
    if len(number) == LENGTH:
        return Search(Kind.CARD, number)
    is_phone = MOBILE.fullmatch(number) or LANDLINE.fullmatch(number)
    return Search(Kind.PHONE if is_phone else Kind.NUMBER, number)

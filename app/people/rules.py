"""What may stand in a senior's fields, and the words of law for them. Pure.

The database keeps one stable English word per idea. Policy documents and spreadsheets use the Chinese words of
law; ``IncomeClass.word`` and the tables below lead from one to the other.
"""

import re
import unicodedata
from datetime import date
from enum import StrEnum

from app.people.faults import Misfit

OLDEST = 130
LONGEST_NAME = 50
LONGEST_ADDRESS = 200
SHORTEST_REASON = 4
LONGEST_REASON = 200

MOBILE = re.compile(r"1[3-9]\d{9}", re.ASCII)
# Three-digit area codes are Beijing's and the 02x cities', and lead to eight digits; the others to seven or eight.
LANDLINE = re.compile(r"(?:010|02\d)\d{8}|0[3-9]\d{2}\d{7,8}", re.ASCII)
FULL_WIDTH = re.compile("[\uff01-\uff5e\u3000]")
PHONE_MARKS = str.maketrans("", "", " -()")


class Sex(StrEnum):
    """As the ID number tells it."""

    MALE = "male"
    FEMALE = "female"


class LivingSituation(StrEnum):
    """Who lives with the senior: 独居, 空巢, 与家人同住."""

    ALONE = "alone"
    EMPTY_NEST = "empty_nest"
    WITH_FAMILY = "with_family"


class IncomeClass(StrEnum):
    """Social assistance classes, neediest first: 特困, 低保, 低边, 支出型困难, and none of them."""

    DESTITUTE = "destitute"
    LOW_INCOME = "low_income"
    LOW_MARGIN = "low_margin"
    HARDSHIP = "hardship"
    NONE = "none"


class Status(StrEnum):
    """What holds for a senior during a period of days."""

    ACTIVE = "active"
    IN_HOSPITAL = "in_hospital"
    IN_INSTITUTION = "in_institution"
    MOVED_AWAY = "moved_away"
    DECEASED = "deceased"


# The words policy documents use (``income: [特困, 低保, 低边]``); whoever reads one maps it through here.
INCOME_WORDS = {
    "特困": IncomeClass.DESTITUTE,
    "低保": IncomeClass.LOW_INCOME,
    "低边": IncomeClass.LOW_MARGIN,
    "支出型困难": IncomeClass.HARDSHIP,
    "无": IncomeClass.NONE,
}
LIVING_WORDS = {
    "独居": LivingSituation.ALONE,
    "空巢": LivingSituation.EMPTY_NEST,
    "与家人同住": LivingSituation.WITH_FAMILY,
}
SEX_WORDS = {"男": Sex.MALE, "女": Sex.FEMALE}


def age_on(birth_on: date, day: date) -> int:
    """Return the age in full years on a day; the birthday itself counts."""
    return day.year - birth_on.year - ((day.month, day.day) < (birth_on.month, birth_on.day))


def read_name(text: str) -> str:
    """Read a name in any script.

    :raises Misfit: if it is empty, too long, or holds control characters
    """
    return _read_line(text, longest=LONGEST_NAME)


def read_address(text: str) -> str:
    """Read an address.

    :raises Misfit: if it is empty, too long, or holds control characters
    """
    return _read_line(text, longest=LONGEST_ADDRESS)


def read_reason(text: str) -> str:
    """Read why somebody wants to see what is masked.

    :raises Misfit: if it says too little or too much
    """
    reason = _read_line(text, longest=LONGEST_REASON)
    if len(reason) < SHORTEST_REASON:
        raise Misfit("too_short", shortest=SHORTEST_REASON, count=len(reason))
    return reason


def read_phone(text: str) -> str:
    """Read a mobile or landline number and return its digits alone.

    :raises Misfit: if it is neither eleven digits from 13 to 19 nor a landline with its area code
    """
    if FULL_WIDTH.search(text):
        raise Misfit("phone_full_width")
    number = text.translate(PHONE_MARKS).strip()
    number = number.removeprefix("+86")
    if not (number.isascii() and number.isdigit()):
        raise Misfit("phone_characters")
    if MOBILE.fullmatch(number) or LANDLINE.fullmatch(number):
        return number
    if number.startswith("1"):
        raise Misfit("phone_mobile_start" if len(number) == 11 else "phone_mobile_length", count=len(number))
    raise Misfit("phone_landline")


def _read_line(text: str, *, longest: int) -> str:
    line = text.strip()
    if not line:
        raise Misfit("missing")
    if len(line) > longest:
        raise Misfit("too_long", longest=longest, count=len(line))
    if not line.isprintable() and any(_is_unprintable(character) for character in line):
        raise Misfit("control_characters")
    return line


def _is_unprintable(character: str) -> bool:
    """Tell control characters, lone surrogates, line breaks and marks that turn the writing around from text.

    Joiners stay: some scripts cannot write a name without them.
    """
    kind = unicodedata.category(character)
    turns = kind == "Cf" and character not in "\u200c\u200d"
    return turns or kind in {"Cc", "Cs", "Zl", "Zp"}

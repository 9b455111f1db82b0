"""From what somebody typed, or a row of a file says, to a senior's facts: field by field, every fault told. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from app.people import rules
from app.people.faults import Misfit
from app.people.id_numbers import IdNumber, disagreements, read_id_number
from app.people.rules import IncomeClass, LivingSituation, Sex

LONGEST_TOLD = 30
DAY_SIGNS = str.maketrans({"/": "-", ".": "-", "年": "-", "月": "-", "日": None})


@dataclass(frozen=True)
class Reading:
    """What could be read, and what is wrong with the rest, by field."""

    values: dict[str, Any] = field(default_factory=dict)
    faults: dict[str, Misfit] = field(default_factory=dict)

    @property
    def id_number(self) -> IdNumber:
        """Return the ID number of a reading without faults."""
        found: IdNumber = self.values["id_number"]
        return found


def read_day(text: str) -> date:
    """Read a day as 1941-03-05, 1941/3/5, 1941年3月5日 or 19410305.

    :raises Misfit: if it is none
    """
    parts = text.strip().translate(DAY_SIGNS).split("-")
    if len(parts) == 1 and len(parts[0]) == 8:
        parts = [parts[0][:4], parts[0][4:6], parts[0][6:]]
    try:
        if not all(part.isascii() and part.isdigit() for part in parts):
            raise ValueError(text)
        year, month, day = map(int, parts)
        return date(year, month, day)
    except ValueError as error:
        raise Misfit("not_a_day", text=text[:LONGEST_TOLD]) from error


def read_ability(text: str) -> int:
    """Read an ability level of GB/T 42195: 0 (able) to 4 (complete loss).

    :raises Misfit: if it is none
    """
    if text not in {"0", "1", "2", "3", "4"}:
        raise Misfit("not_a_choice", text=text[:LONGEST_TOLD], choices="0, 1, 2, 3, 4")
    return int(text)


def _choice(kind: type[StrEnum], words: Mapping[str, StrEnum]) -> Callable[[str], Any]:
    """Make a reader that takes a stable English word or the Chinese word of law."""

    def read(text: str) -> StrEnum:
        if text in words:
            return words[text]
        if text in set(kind):
            return kind(text)
        raise Misfit("not_a_choice", text=text[:LONGEST_TOLD], choices=", ".join([*words, *kind]))

    return read


def _place(text: str) -> str:
    return text.strip()


# The order is that of forms and of error lists.
READERS: Mapping[str, Callable[[str], Any]] = {
    "name": rules.read_name,
    "birth_date": read_day,
    "sex": _choice(Sex, rules.SEX_WORDS),
    "phone": rules.read_phone,
    "hukou_area": _place,
    "residence_area": _place,
    "address": rules.read_address,
    "living_situation": _choice(LivingSituation, rules.LIVING_WORDS),
    "income_class": _choice(IncomeClass, rules.INCOME_WORDS),
    "ability_level": read_ability,
}
REQUIRED = ("name", "hukou_area", "residence_area")
CHANGEABLE = tuple(name for name in READERS if name not in {"birth_date", "sex"})
NEVER_EMPTY = ("name", "hukou_area", "residence_area", "income_class")


def read_new(given: Mapping[str, str], *, today: date) -> Reading:
    """Read the fields of a new senior; what was left empty is ``None``, or no income class."""
    reading = Reading()
    for name, reader in READERS.items():
        _read_into(reading, name, reader, given.get(name, ""), needed=name in REQUIRED)
    reading.values["income_class"] = reading.values.get("income_class") or IncomeClass.NONE
    # A blank is read as an ID number too, and refused in its own words.
    typed = given.get("id_number") or " "
    _read_into(reading, "id_number", lambda text: read_id_number(text, today=today), typed)
    if "id_number" in reading.values:
        beside = {"birth_on": reading.values.get("birth_date"), "sex": reading.values.get("sex")}
        reading.faults.update(disagreements(reading.values["id_number"], **beside))
    return reading


def read_changes(given: Mapping[str, str]) -> Reading:
    """Read the fields of a senior that somebody wants to change; an empty text takes the value away."""
    reading = Reading()
    for name in CHANGEABLE:
        if name in given:
            _read_into(reading, name, READERS[name], given[name], needed=name in NEVER_EMPTY)
    return reading


def _read_into(reading: Reading, name: str, reader: Callable[[str], Any], text: str, *, needed: bool = False) -> None:
    try:
        if text == "":
            if needed:
                raise Misfit("missing")
            reading.values[name] = None
        else:
            reading.values[name] = reader(text)
    except Misfit as misfit:
        reading.faults[name] = misfit

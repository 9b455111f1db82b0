"""Daily lists as other offices send them: their columns, and what each row says. Pure."""

import csv
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from stdnum.cn.ric import calc_check_digit

from app.people.drafts import read_day
from app.people.faults import Misfit
from app.people.id_numbers import read_id_number
from app.people.rules import LONGEST_NAME, read_name
from app.people.turns import TurnKind
from app.spreadsheets import BadCell, Layout, Row
from portal.turns.rules import EARLIEST

LAYOUT = Layout(
    columns={
        "name": ("姓名",),
        "id_number": ("身份证号", "身份证号码", "公民身份号码", "证件号码", "身份证"),
        "event": ("事件", "类型", "事由"),
        "on": ("日期", "发生日期", "时间"),
        "source": ("来源", "来源部门", "报送单位"),
    },
    required=("name", "id_number", "event", "on"),
)
EVENTS: Mapping[str, TurnKind] = {
    "death": TurnKind.DEATH,
    # Whoever was cremated had died by then; when, another office may know better.
    "cremation": TurnKind.DEATH,
    "hospital": TurnKind.HOSPITAL,
    "discharge": TurnKind.DISCHARGE,
}
EVENT_WORDS = {
    "死亡": "death",
    "去世": "death",
    "火化": "cremation",
    "住院": "hospital",
    "入院": "hospital",
    "出院": "discharge",
}
EXAMPLE = ("王秀英", "330106194103050122", "death", "2026-11-18", "police")
LONGEST_SOURCE = 40


@dataclass(frozen=True, slots=True)
class Told:
    """What a row says. The number has 18 characters; ``is_right`` says whether its check digit fits."""

    name: str
    id_number: str
    is_right: bool
    event: str
    on: date
    source: str

    @property
    def kind(self) -> TurnKind:
        """Return which turn of life it is."""
        return EVENTS[self.event]

    @property
    def birth_on(self) -> date | None:
        """Return the day of birth that the number names, or nothing where it is no day."""
        try:
            return date.fromisoformat(self.id_number[6:14])
        except ValueError:
            return None


@dataclass(slots=True)
class RowReader:
    """Reads rows; a list names an event of a person once."""

    today: date
    seen: dict[tuple[str, str], int] = field(default_factory=dict)

    def read(self, row: Row) -> Told | dict[str, Misfit]:
        """Return what a row says, or everything that is wrong with it, by column."""
        faults: dict[str, Misfit] = {
            name: Misfit(cell.code, **cell.params) for name, cell in row.cells.items() if isinstance(cell, BadCell)
        }
        texts = {name: cell if isinstance(cell, str) else "" for name, cell in row.cells.items()}
        values: dict[str, Any] = {}
        for name, read in self._readers().items():
            try:
                values[name] = read(texts.get(name, ""))
            except Misfit as misfit:
                faults.setdefault(name, misfit)
        if not faults:
            self._check_twice(row.number, values, faults)
        if faults:
            return faults
        number, is_right = values.pop("id_number")
        return Told(id_number=number, is_right=is_right, **values)

    def _readers(self) -> Mapping[str, Callable[[str], Any]]:
        return {
            "name": read_name,
            "id_number": lambda text: _read_number(text, self.today),
            "event": _read_event,
            "on": lambda text: _read_past(text, self.today),
            "source": lambda text: text.strip()[:LONGEST_SOURCE],
        }

    def _check_twice(self, number: int, values: Mapping[str, Any], faults: dict[str, Misfit]) -> None:
        about = (values["id_number"][0], str(EVENTS[values["event"]]))
        first = self.seen.setdefault(about, number)
        if first != number:
            faults["id_number"] = Misfit("id_twice", row=first)


def template() -> str:
    """Return the header line and one good example row, as CSV."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([LAYOUT.columns, EXAMPLE])
    return text.getvalue()


def _read_number(text: str, today: date) -> tuple[str, bool]:
    """Read an ID number in any way it is written; one whose check digit is wrong is a slip, and is looked at."""
    try:
        return read_id_number(text, today=today).number, True
    except Misfit as misfit:
        if misfit.code == "id_check_digit":
            return text.strip().upper(), False
        raise


def _read_event(text: str) -> str:
    word = text.strip()
    event = EVENT_WORDS.get(word, word.casefold())
    if event not in EVENTS:
        raise Misfit("not_a_choice", text=text[:LONGEST_NAME], choices=", ".join([*EVENT_WORDS, *EVENTS]))
    return event


def _read_past(text: str, today: date) -> date:
    if not text.strip():
        raise Misfit("missing")
    day = read_day(text)
    if day < EARLIEST:
        raise Misfit("not_a_day", text=text[:LONGEST_NAME])
    if day > today:
        raise Misfit("day_ahead", day=day.isoformat())
    return day


def whole_number(body: str) -> str:
    """Return the ID number of 17 characters with its check digit."""
    return body + str(calc_check_digit(body + "0"))

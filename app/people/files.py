"""Files of seniors: their columns, the template, and what each row says. Pure but for the list of places."""

import csv
import io
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from app.areas.queries import Places
from app.areas.rules import is_within_any
from app.people.drafts import Reading, read_new
from app.people.faults import Misfit, Params
from app.spreadsheets import BadCell, Layout, Row

PLACE_COLUMNS = ("hukou_area", "residence_area")
LAYOUT = Layout(
    columns={
        "name": ("姓名", "老人姓名"),
        "id_number": ("身份证号", "身份证号码", "公民身份号码", "证件号码", "身份证"),
        "birth_date": ("出生日期", "出生年月日", "生日"),
        "sex": ("性别",),
        "phone": ("电话", "手机", "手机号", "手机号码", "联系电话"),
        "hukou_area": ("户籍地", "户籍地代码", "户籍区划", "户籍所在地"),
        "residence_area": ("居住地", "居住地代码", "居住区划", "现居住地"),
        "address": ("地址", "详细地址", "住址", "居住地址"),
        "living_situation": ("居住情况", "居住状况"),
        "income_class": ("收入类别", "困难类别", "救助类别"),
        "ability_level": ("能力等级", "评估等级"),
        "issue_card": ("发卡", "是否发卡"),
    },
    required=("name", "id_number", "hukou_area", "residence_area"),
)
EXAMPLE = {
    "name": "王秀英",
    "id_number": "330106194103050122",
    "birth_date": "1941-03-05",
    "sex": "female",
    "phone": "13800138000",
    "hukou_area": "330106",
    "residence_area": "330106",
    "address": "北山路 1 号 2 单元 301 室",
    "living_situation": "alone",
    "income_class": "none",
    "ability_level": "1",
    "issue_card": "yes",
}
YES_WORDS = {"yes": True, "true": True, "1": True, "是": True, "y": True}
NO_WORDS = {"no": False, "false": False, "0": False, "否": False, "n": False, "": False}


@dataclass(frozen=True)
class RowFault:
    """What is wrong with one cell, as it can be stored; ``wording`` puts it into words."""

    row: int
    column: str
    code: str
    params: Params


@dataclass(frozen=True)
class Candidate:
    """A row that reads well: what it says of a senior, and which of it was really written there."""

    row: int
    reading: Reading
    given: frozenset[str]
    wants_card: bool


@dataclass
class RowReader:
    """Reads rows; remembers the ID numbers it has seen, because a file may name a person once."""

    places: Places
    today: date
    area_codes: Collection[str] | None
    seen: dict[str, int] = field(default_factory=dict)

    def read(self, row: Row) -> Candidate | list[RowFault]:
        """Return what a row says, or everything that is wrong with it."""
        texts = {name: cell for name, cell in row.cells.items() if isinstance(cell, str)}
        reading = read_new(texts, today=self.today)
        faults: dict[str, Misfit] = {
            name: Misfit(cell.code, **cell.params) for name, cell in row.cells.items() if isinstance(cell, BadCell)
        }
        for name, misfit in reading.faults.items():
            faults.setdefault(name, misfit)
        self._place(reading.values, faults)
        wants_card = _read_wish(texts.get("issue_card", ""), faults)
        self._check_twice(row.number, reading.values, faults)
        if faults:
            return [RowFault(row.number, name, misfit.code, misfit.params) for name, misfit in faults.items()]
        given = frozenset(name for name, text in texts.items() if text)
        return Candidate(row.number, reading, given, wants_card)

    def _place(self, values: dict[str, Any], faults: dict[str, Misfit]) -> None:
        """Put codes where names of places stood, and refuse people of other areas."""
        for column in PLACE_COLUMNS:
            text = values.get(column)
            if not text:
                continue
            codes = self.places.find(text)
            if len(codes) == 1:
                values[column] = codes[0]
            elif codes:
                faults[column] = Misfit("area_ambiguous", text=text[:30], count=len(codes))
            else:
                faults[column] = Misfit("area_unknown", text=text[:30])
        if self.area_codes is None or any(column in faults for column in PLACE_COLUMNS):
            return
        if not any(is_within_any(values[column], self.area_codes) for column in PLACE_COLUMNS):
            faults["residence_area"] = Misfit("area_not_yours")

    def _check_twice(self, number: int, values: Mapping[str, Any], faults: dict[str, Misfit]) -> None:
        if "id_number" not in values:
            return
        first = self.seen.setdefault(values["id_number"].number, number)
        if first != number:
            faults.setdefault("id_number", Misfit("id_twice", row=first))


def template() -> str:
    """Return the header line and one good example row, as CSV."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([LAYOUT.columns, [EXAMPLE[name] for name in LAYOUT.columns]])
    return text.getvalue()


def _read_wish(text: str, faults: dict[str, Misfit]) -> bool:
    wish = YES_WORDS.get(text.casefold(), NO_WORDS.get(text.casefold()))
    if wish is None:
        faults.setdefault("issue_card", Misfit("not_a_choice", text=text[:30], choices="yes, no, 是, 否"))
    return bool(wish)

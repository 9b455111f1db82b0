"""Taking in a file of seniors: first as a preview, then for real, all of it or the good rows; safe to repeat."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum
from itertools import islice
from typing import Any

from sqlalchemy import ARRAY, LargeBinary, RowMapping, any_, exists, literal, select
from sqlalchemy.orm import Session

from app import vault
from app.areas.queries import load_places
from app.areas.rules import is_within_any
from app.audit import services as audit
from app.auth.actor import Actor
from app.clock import business_day
from app.people.bulk import register_many
from app.people.card_numbers import RANDOM_DIGITS, make_number
from app.people.drafts import CHANGEABLE
from app.people.files import LAYOUT, Candidate, RowFault, RowReader
from app.people.models import Senior, SeniorAbility, SeniorStatus
from app.people.rules import Status
from app.people.services import apply_changes, sealed_row
from app.spreadsheets import read_rows
from app.tokens import digits

SLICE_ROWS = 1000
MOST_FAULTS_TOLD = 1000


class Mode(StrEnum):
    """What to do when some rows are refused: nothing at all, or the others."""

    ALL = "all"
    GOOD_ROWS = "good_rows"


@dataclass
class Report:
    """What became, or would become, of the rows of a file."""

    rows: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: int = 0
    cards: int = 0
    written: bool = False
    faults: list[RowFault] = field(default_factory=list)

    def refuse(self, faults: Sequence[RowFault]) -> None:
        """Count a refused row; the first thousand faults are told one by one."""
        self.refused += 1
        self.faults += faults[: max(0, MOST_FAULTS_TOLD - len(self.faults))]

    def storable(self) -> dict[str, Any]:
        """Return the report as plain JSON."""
        return asdict(self) | {"faults": [asdict(fault) for fault in self.faults]}


def restore(stored: Mapping[str, Any]) -> Report:
    """Return a report that was stored as JSON."""
    return Report(**(dict(stored) | {"faults": [RowFault(**fault) for fault in stored["faults"]]}))


@dataclass(frozen=True)
class Importer:
    """One run over a file. Without a mode nothing is written."""

    session: Session
    actor: Actor | None
    area_codes: Collection[str] | None
    now: datetime
    mode: Mode | None
    report: Report = field(default_factory=Report)

    def run(self, data: bytes, *, most_rows: int, progress: Callable[[int], None]) -> Report:
        """Go through the file, a thousand rows at a time."""
        reader = RowReader(load_places(self.session), business_day(self.now), self.area_codes)
        rows = read_rows(data, LAYOUT, most_rows=most_rows)
        while part := list(islice(rows, SLICE_ROWS)):
            self.report.rows += len(part)
            self._take(list(self._good(reader, part)))
            progress(len(part))
        return self.report

    @property
    def writes(self) -> bool:
        """Tell whether rows are still being written: one bad row stops an all-or-nothing run."""
        return self.mode is Mode.GOOD_ROWS or (self.mode is Mode.ALL and not self.report.refused)

    def _good(self, reader: RowReader, part: Sequence[Any]) -> Iterator[tuple[list[bytes], Candidate]]:
        for row in part:
            read = reader.read(row)
            if isinstance(read, Candidate):
                yield vault.indexes_of(read.reading.id_number.number), read
            else:
                self.report.refuse(read)

    def _take(self, candidates: Sequence[tuple[list[bytes], Candidate]]) -> None:
        known = self._find_known([index for indexes, _ in candidates for index in indexes])
        new, changed = [], []
        for indexes, candidate in candidates:
            found = next((known[index] for index in indexes if index in known), None)
            if found is None:
                new.append((indexes[0], candidate))
            elif fault := self._refusal(found):
                self.report.refuse([RowFault(candidate.row, "id_number", fault, {})])
            elif (values := _differences(found, candidate)) and "ability_level" in values and found["assessed"]:
                self.report.refuse([RowFault(candidate.row, "ability_level", "level_assessed", {})])
            elif values:
                changed.append((found["id"], values))
            else:
                self.report.unchanged += 1
        self._register(new)
        self._change(changed)

    def _find_known(self, indexes: Sequence[bytes]) -> dict[bytes, RowMapping]:
        died = exists().where(SeniorStatus.senior_id == Senior.id, SeniorStatus.status == Status.DECEASED)
        assessed = exists().where(SeniorAbility.senior_id == Senior.id)
        query = select(Senior.__table__, died.label("died"), assessed.label("assessed")).where(
            Senior.id_number_index == any_(literal(list(indexes), ARRAY(LargeBinary)))
        )
        return {row["id_number_index"]: row for row in self.session.execute(query).mappings()}

    def _refusal(self, found: RowMapping) -> str | None:
        """Return why a person who is there already cannot be taken from this file."""
        if found["died"]:
            return "deceased_registered"
        places = (found["hukou_area_code"], found["residence_area_code"])
        if self.area_codes is not None and not any(is_within_any(place, self.area_codes) for place in places):
            return "registered_elsewhere"
        return None

    def _register(self, new: Sequence[tuple[bytes, Candidate]]) -> None:
        if not self.writes or not new:
            self.report.new += len(new)
            self.report.cards += sum(candidate.wants_card for _, candidate in new)
            return
        rows = [
            sealed_row(candidate.reading) | {"card": _new_card() if candidate.wants_card else None}
            for _, candidate in new
        ]
        made = register_many(self.session, rows, now=self.now, active_from=business_day(self.now))
        self.report.new += len(made)
        for index, candidate in new:
            if index not in made:
                self.report.refuse([RowFault(candidate.row, "id_number", "registered_meanwhile", {})])
            elif candidate.wants_card:
                self.report.cards += 1

    def _change(self, changed: Sequence[tuple[int, Mapping[str, Any]]]) -> None:
        self.report.changed += len(changed)
        if not self.writes or not changed:
            return
        query = select(Senior).where(Senior.id.in_([each for each, _ in changed])).order_by(Senior.id)
        locked = self.session.scalars(query.with_for_update().execution_options(populate_existing=True))
        seniors = {senior.id: senior for senior in locked}
        changes = [(seniors[senior_id], values) for senior_id, values in changed]
        apply_changes(self.session, changes=changes, actor=self.actor, now=self.now)
        for senior in seniors.values():
            self.session.expunge(senior)


def import_file(
    session: Session,
    *,
    data: bytes,
    name: str,
    mode: Mode | None,
    actor: Actor | None,
    now: datetime,
    most_rows: int,
    progress: Callable[[int], None] = lambda _rows: None,
) -> Report:
    """Take in a file of seniors, or only look at it when there is no mode.

    A row whose ID number is known changes that senior, where a cell says something else than what is stored;
    an empty cell says nothing. With the mode ``all``, one refused row leaves nothing written.

    :param actor: whose areas bound what may be taken; nobody, from the command line, may take all
    :raises SheetFault: if the file is not such a table
    """
    importer = Importer(session, actor, actor.area_codes if actor else None, now, mode)
    with session.begin_nested() as savepoint:
        report = importer.run(data, most_rows=most_rows, progress=progress)
        report.written = importer.writes and mode is not None
        if not report.written:
            savepoint.rollback()
    if report.written:
        _note(session, report, name=name, actor=actor, now=now)
    return report


def _new_card() -> str:
    return make_number(digits(RANDOM_DIGITS))


def _differences(found: RowMapping, candidate: Candidate) -> dict[str, Any]:
    """Return what a row says otherwise than what is stored."""
    values = candidate.reading.values
    given = [name for name in CHANGEABLE if name in candidate.given]
    return {name: values[name] for name in given if values[name] != _stored(found, name)}


def _stored(found: RowMapping, name: str) -> Any:
    if name in {"phone", "address"}:
        sealed = found[f"{name}_sealed"]
        return vault.unseal(sealed) if sealed else None
    return found[f"{name}_code"] if name.endswith("_area") else found[name]


def _note(session: Session, report: Report, *, name: str, actor: Actor | None, now: datetime) -> None:
    counts = {key: value for key, value in asdict(report).items() if isinstance(value, int)}
    audit.record(
        session,
        actor=actor,
        action="senior.imported",
        subject="file:",
        area_code=actor.area_codes[0] if actor and actor.area_codes else None,
        new={"file": name, **counts},
        now=now,
    )

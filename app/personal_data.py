"""What a feature keeps of a person, and what takes its place when it may no longer be kept. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

# Says to whoever reads the row that something stood here; long enough for every column that must not be empty.
BLACKED = "▇▇▇▇"
# What the audit log tells of a change, without names, words and numbers of papers.
WORDLESS = {column: f"{column} - '{{name,words,document_number}}'::text[]" for column in ("old", "new")}


class Data(StrEnum):
    """The kinds of data that are kept for different lengths of time."""

    IDENTITY = "identity"
    RELATIVES = "relatives"
    CARE = "care"
    SAFETY = "safety"
    MEALS = "meals"
    PAPERS = "papers"
    PHOTOS = "photos"


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalData:
    """A table, which of its rows are about a person, and what is done to them.

    ``of`` is a condition in SQL that names the person as ``:senior_id``. ``takes`` puts an SQL expression in the place
    of a column; it may name ``:nothing`` (an empty text, sealed), ``:random`` (32 bytes) and ``:secret`` (a text that
    nobody knows). Without ``takes`` the rows go. What carries amounts and the reasons for them always stays.
    """

    data: Data
    table: str
    of: str = "senior_id = :senior_id"
    takes: Mapping[str, str] = field(default_factory=dict)

    @property
    def statement(self) -> str:
        """Return the statement that destroys it."""
        if not self.takes:
            return f"DELETE FROM {self.table} WHERE {self.of}"  # noqa: S608 - all of it is ours
        sets = ", ".join(f"{column} = {taken}" for column, taken in self.takes.items())
        return f"UPDATE {self.table} SET {sets} WHERE {self.of}"  # noqa: S608

    @property
    def count(self) -> str:
        """Return the statement that counts its rows."""
        return f"SELECT count(*) FROM {self.table} WHERE {self.of}"  # noqa: S608


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """What is still open about people, and which of their data it needs: that is kept until it is closed.

    ``of`` selects the people's numbers, one column.
    """

    data: frozenset[Data]
    of: str


def audited(data: Data, kind: str, ids: str) -> PersonalData:
    """Name what the audit log repeats of a feature's own words: the reasons given for what was done to its records.

    :param kind: the kind of subject under which they stand there
    :param ids: a statement that selects the records' ids, one column
    """
    return PersonalData(
        data=data,
        table="audit_entry",
        of=f"subject_kind = '{kind}' AND subject_id IN (SELECT i.id::text FROM ({ids}) AS i (id))",  # noqa: S608
        takes={**blacked("reason"), **WORDLESS},
    )


def year_only(column: str, path: str) -> dict[str, str]:
    """Leave the year of a day that stands in a column of JSON."""
    day = f"{column} #>> '{{{path}}}'"
    kept = f"jsonb_set({column}, '{{{path}}}', to_jsonb(left({day}, 4) || '-01-01'))"
    return {column: f"CASE WHEN {day} IS NULL THEN {column} ELSE {kept} END"}


def blacked(*columns: str) -> dict[str, str]:
    """Black out texts; empty ones stay empty."""
    return {column: f"CASE WHEN {column} = '' THEN '' ELSE '{BLACKED}' END" for column in columns}


def emptied(*columns: str) -> dict[str, str]:
    """Take values away."""
    return dict.fromkeys(columns, "NULL")


def unsealed(*columns: str) -> dict[str, str]:
    """Put nothing under the seal of columns that must hold one."""
    return dict.fromkeys(columns, ":nothing")


def no_json(*columns: str, empty: str = "{}") -> dict[str, str]:
    """Empty columns of JSON."""
    return dict.fromkeys(columns, f"'{empty}'")

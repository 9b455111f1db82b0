"""What a feature keeps of a person, and what takes its place when it may no longer be kept. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

# Says to whoever reads the row that something stood here; long enough for every column that must not be empty.
BLACKED = "▇▇▇▇"


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

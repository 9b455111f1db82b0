"""What a number for /metrics is made of. Pure: the statement is sent by who shows it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Gauge:
    """A number that stands in the database, not in a process.

    ``sql`` answers with one number, or with rows of a word and a number where ``label`` names what the word is. It is
    sent at every look, so it has to be cheap: an index, never a table that grows with the people.
    """

    name: str
    doc: str
    sql: str
    label: str = ""

"""Comparing what the registry says of seniors with their ID numbers, for checks; the numbers never leave this room."""

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import islice

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import vault
from app.people.models import Senior

CHUNK = 5000


def find_misdated(session: Session, *, senior_ids: Iterable[int]) -> dict[int, date]:
    """Return the birth date in the ID number of those seniors whose birth date in the registry is another one."""
    found: dict[int, date] = {}
    rest = iter(senior_ids)
    while chunk := list(islice(rest, CHUNK)):
        found.update(_misdated(session, chunk))
    return found


def _misdated(session: Session, senior_ids: Sequence[int]) -> dict[int, date]:
    query = select(Senior.id, Senior.birth_on, Senior.id_number_sealed).where(Senior.id.in_(senior_ids))
    births = ((row.id, row.birth_on, _birth_in(row.id_number_sealed)) for row in session.execute(query))
    return {senior_id: told for senior_id, birth_on, told in births if told and told != birth_on}


def _birth_in(id_number_sealed: bytes) -> date | None:
    """Return the birth date in an ID number, or nothing where the number was destroyed."""
    number = vault.unseal(id_number_sealed)
    return date.fromisoformat(number[6:14]) if number else None

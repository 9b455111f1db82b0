"""Sealing personal data anew with today's key, in small parts, while everybody works; the old keys open meanwhile."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidTag
from sqlalchemy import (
    Column,
    LargeBinary,
    RowMapping,
    Table,
    and_,
    bindparam,
    func,
    literal,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.orm import Session

from app import vault
from app.db import SealedBytes, db

# Tables whose blind index is over the sealed text itself. Others are over more than that: they serve weeks, and end.
INDEXED = frozenset({"account", "carer", "senior"})


Key = Sequence[Any]


@dataclass(frozen=True, slots=True)
class Place:
    """A table and what the vault sealed in it; ``found_by`` names a sealed column's blind index, where it has one."""

    table: Table
    sealed: Sequence[Column[Any]]
    found_by: Mapping[str, str]

    @property
    def key(self) -> Sequence[Column[Any]]:
        """Return the columns of the primary key."""
        return list(self.table.primary_key.columns)


def list_places() -> list[Place]:
    """Return every table with sealed columns."""
    return [place for table in db.metadata.sorted_tables if (place := _place_of(table)).sealed]


def _place_of(table: Table) -> Place:
    sealed = [column for column in table.columns if isinstance(column.type, SealedBytes)]
    stems = {column.name: column.name.removesuffix("_sealed") + "_index" for column in sealed}
    found_by = {name: index for name, index in stems.items() if index in table.columns and table.name in INDEXED}
    return Place(table, sealed, found_by)


def count_old(session: Session, place: Place) -> int:
    """Count the rows that another key than today's sealed."""
    query = select(func.count()).select_from(place.table).where(_is_old(place))
    return session.scalars(query).one()


def reseal_part(session: Session, place: Place, *, after: Key | None, limit: int) -> tuple[int, Key | None]:
    """Seal the next rows anew; return how many, and the key of the last one that was looked at.

    A row that somebody is changing right now is left for another round, one that no key at hand opens stays as it is.
    Safe to run twice, and two at once.

    :param session: the owner's, opened by ``owner.rewriting``
    """
    query = select(*place.key, *place.sealed).where(_is_old(place)).order_by(*place.key).limit(limit)
    if after is not None:
        reached = (literal(part, column.type) for part, column in zip(after, place.key, strict=True))
        query = query.where(tuple_(*place.key) > tuple_(*reached))
    rows = session.execute(query.with_for_update(skip_locked=True)).mappings().all()
    if not rows:
        return 0, after
    changes = [change for row in rows if (change := _resealed(place, row)) is not None]
    if changes:
        names = [name for name in changes[0] if not name.startswith("key_")]
        statement = update(place.table).where(*(column == bindparam(f"key_{column.name}") for column in place.key))
        session.connection().execute(statement.values({name: bindparam(name) for name in names}), changes)
    return len(changes), [rows[-1][column.name] for column in place.key]


def _resealed(place: Place, row: RowMapping) -> dict[str, Any] | None:
    """Return a row's key, and its sealed columns and their indexes under today's key; nothing if no key opens it."""
    change: dict[str, Any] = {f"key_{column.name}": row[column.name] for column in place.key}
    for column in place.sealed:
        sealed = row[column.name]
        try:
            text = vault.unseal(bytes(sealed)) if sealed else None
        except InvalidTag:
            return None
        change[column.name] = vault.seal(text) if text is not None else sealed
        if column.name in place.found_by and text != "":
            change[place.found_by[column.name]] = vault.index_of(text) if text is not None else None
    return change


def _is_old(place: Place) -> Any:
    mark = vault.keyring().current.mark
    head = (func.substring(column, 1, len(mark), type_=LargeBinary) for column in place.sealed)
    return or_(
        *(and_(func.octet_length(column) > 0, start != mark) for column, start in zip(place.sealed, head, strict=True))
    )

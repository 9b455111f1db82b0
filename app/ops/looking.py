"""Looking through a restored database: is it the one that was dumped, and does it keep its promises."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from flask import current_app
from sqlalchemy import Connection, func, select, text
from sqlalchemy.orm import Session

from app import vault
from app.db import APP_ROLE
from app.features import loaded_features
from app.ops.resealing import Place, list_places
from app.pictures import files
from app.web.health import head_revision

Tell = Callable[[str], None]
TABLES = text("""
SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
 WHERE c.relkind = 'r' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' ORDER BY 1
""")
KEPT = ("ledger.txn", "ledger.posting", "ledger.seal", "public.audit_entry")
PICTURES = text("""
SELECT id FROM picture WHERE NOT EXISTS (
    SELECT FROM shredding_line AS l
     WHERE l.senior_id = picture.senior_id AND l.data = 'photos' AND l.done_at >= picture.kept_at)
""")
SMALL = 4096  # bytes: names, numbers, notes; all of them are opened
OPENED = 50  # of larger ones, which are documents: a wrong key opens none of them
STREAM: dict[str, Any] = {"execution_options": {"yield_per": 1000}}
TOLD = 20  # faults of one sort


@dataclass(slots=True)
class Report:
    """How a drill went."""

    started_at: datetime
    tables: int = 0
    rows: int = 0
    pictures: int = 0
    dump_bytes: int = 0
    seconds: dict[str, float] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """Return what is kept of it."""
        names = ("tables", "rows", "pictures", "dump_bytes", "seconds", "faults")
        return {name: getattr(self, name) for name in names}


def count_rows(connection: Connection) -> dict[str, int]:
    """Count the rows of every table, the months of events one by one."""
    names = connection.scalars(TABLES).all()
    return {name: connection.execute(text(f"SELECT count(*) FROM {name}")).scalar_one() for name in names}  # noqa: S608


def compare(before: Mapping[str, int], after: Mapping[str, int]) -> Iterator[str]:
    """Name each table that does not hold as many rows as it did."""
    for name in sorted({*before, *after}):
        if before.get(name) != after.get(name):
            yield f"counts: {name} had {before.get(name, 'no table')}, and has {after.get(name, 'no table')}"


def look_through(session: Session, *, tell: Tell) -> Iterator[str]:
    """Yield what is wrong with a restored database itself."""
    tell("migrations and privileges")
    found = session.execute(text("SELECT version_num FROM alembic_version")).scalar()
    if found != head_revision():
        yield f"migrations: the copy is at {found}, this version needs {head_revision()}"
    for name in KEPT:
        if session.scalar(select(func.has_table_privilege(APP_ROLE, name, "UPDATE, DELETE, TRUNCATE"))):
            yield f"privileges: the application may change {name}"
    tell("sealed data")
    for place in list_places():
        yield from _open_sealed(session, place)
    for feature in loaded_features(current_app):
        for prove in feature.proofs:
            yield from prove(session, tell=tell)


def look_for_pictures(session: Session, *, folder: Path | None) -> tuple[int, list[str]]:
    """Return how many pictures the database names, and which of their files are missing.

    :param folder: where the copied files lie; nothing: those in use
    """
    faults, count = [], 0
    for picture_id in session.scalars(PICTURES, execution_options={"yield_per": 1000}):
        count += 1
        path = files.path_of(picture_id)
        path = folder / path.relative_to(files.folder()) if folder else path
        if not path.is_file():
            faults.append(f"pictures: the file of {picture_id} is missing")
    return count, faults[:TOLD]


def _open_sealed(session: Session, place: Place) -> Iterator[str]:
    """Open what is sealed in a table, of documents some: keys that are not in the backup make it worthless."""
    for column in place.sealed:
        size = func.octet_length(column)
        small = select(column).where(size > 0, size <= SMALL)
        large = select(column).where(size > SMALL).order_by(*place.key).limit(OPENED)
        shut = sum(not _opens(bytes(sealed)) for query in (small, large) for sealed in session.scalars(query, **STREAM))
        if shut:
            yield f"keys: no key at hand opens {shut} values of {place.table.fullname}.{column.name}"


def _opens(sealed: bytes) -> bool:
    try:
        vault.unseal(sealed)
    except InvalidTag:
        return False
    return True

"""Writes many rows at once with PostgreSQL's COPY, within the session's transaction."""

from collections.abc import Iterable, Sequence
from typing import Any

from psycopg import sql
from sqlalchemy.orm import Session


def copy_rows(session: Session, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Append rows to a table; constraints hold as for any other row."""
    # Made before the first is sent: making one may itself ask the database, over the same connection.
    ready = list(rows)
    session.flush()
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    driver: Any = session.connection().connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(statement) as copy:
        for row in ready:
            copy.write_row(row)

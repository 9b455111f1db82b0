"""The database: model base, column types, and the one transaction of each edge."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

import psycopg
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import BigInteger, Date, DateTime, Identity, LargeBinary, MetaData, SmallInteger, Text, event
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import UUID as UUID_TYPE
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, OperationalError
from sqlalchemy.orm import DeclarativeBase, Session, mapped_column, registry

from app.errors import Declined

APP_ROLE = "chongyang_app"
NAMES = {
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
}

Identifier = Annotated[int, mapped_column(BigInteger, Identity(always=False), primary_key=True)]
Fen = Annotated[int, mapped_column(BigInteger)]
Small = Annotated[int, mapped_column(SmallInteger)]


class SealedBytes(LargeBinary):
    """What the vault sealed: known by its type, so that all of it can be sealed anew with another key."""

    cache_ok = True


Sealed = Annotated[bytes, mapped_column(SealedBytes)]


class Model(DeclarativeBase):
    """Base of all tables. Text, moments with time zone, json as jsonb."""

    registry = registry(
        metadata=MetaData(naming_convention=NAMES),
        # In the registry, not in the class: Flask-SQLAlchemy 3.1 breaks on the latter.
        type_annotation_map={
            str: Text(),
            int: BigInteger(),
            bytes: LargeBinary(),
            datetime: DateTime(timezone=True),
            date: Date(),
            UUID: UUID_TYPE(as_uuid=True),
            dict[str, Any]: JSONB(none_as_null=True),
            list[Any]: JSONB(none_as_null=True),
        },
    )


db = SQLAlchemy(model_class=Model)


@contextmanager
def transaction() -> Iterator[Session]:
    """Open the one transaction of a request, task or command.

    Commits at the end, and undoes everything when something is raised, except for ``Declined``:
    a refusal that is itself written down commits and is raised again.
    """
    session: Session = db.session()
    try:
        yield session
        session.commit()
    except Declined:
        session.commit()
        raise
    except BaseException:
        session.rollback()
        raise


def ask(session: Session, statement: str, parameters: Mapping[str, Any]) -> Any:
    """Send a statement by the driver itself, and return its one row as a tuple, or nothing.

    Same connection, same transaction, prepared by the server, and a fifth of the mapper's cost: for the
    few statements that each sale sends. Parameters are written ``%(name)s``.

    :raises sqlalchemy.exc.DBAPIError: what the session itself would raise: the database went away, a lock
        was not to be had, a constraint or a function forbids it
    """
    connection = session.connection()
    driver: Any = connection.connection.driver_connection
    try:
        with driver.cursor() as cursor:
            cursor.execute(statement, parameters, prepare=True)
            return cursor.fetchone() if cursor.pgresult.nfields else None
    except psycopg.Error as error:
        if driver.closed:
            # The database went away, and with it every connection that waits in the pool.
            connection.invalidate(error)
            connection.engine.dispose()
        raise _wrapped(error) from error


def _wrapped(error: psycopg.Error) -> DBAPIError:
    """Put a driver's error into the one of SQLAlchemy that callers know."""
    kinds = ((psycopg.OperationalError, OperationalError), (psycopg.IntegrityError, IntegrityError))
    kind = next((ours for theirs, ours in (*kinds, (psycopg.DataError, DataError)) if isinstance(error, theirs)), None)
    return (kind or DBAPIError)(None, None, error)


def engine_options(*, pool_size: int, switch_role: bool, prepares: bool = True) -> dict[str, Any]:
    """Return the options of the application's engine.

    With one log-in for everything (``switch_role``), each connection takes on the application's role,
    which cannot change ledger and audit rows. With two log-ins nothing is kept in the session, so that
    a pooler in transaction mode may sit between.
    """
    options: dict[str, Any] = {
        "pool_size": pool_size,
        "max_overflow": 4,
        "pool_timeout": 10,
        "pool_pre_ping": False,
        "pool_recycle": 1800,
        "pool_use_lifo": True,
        "connect_args": {
            "connect_timeout": 5,
            "application_name": "chongyang",
            # From the second time on; never where the next transaction may come to another connection.
            "prepare_threshold": 2 if prepares else None,
        },
    }
    if switch_role:
        options["connect_args"]["options"] = f"-c role={APP_ROLE}"
    return options


def use_psycopg(url: str) -> str:
    """Name the driver in a PostgreSQL address that leaves it open."""
    for scheme in ("postgresql://", "postgres://"):
        if url.startswith(scheme):
            return "postgresql+psycopg://" + url.removeprefix(scheme)
    return url


@event.listens_for(Engine, "connect")
def _prepare_statements(connection: Any, _record: Any) -> None:
    """Let the server keep the plans of statements that come a second time."""
    if getattr(connection, "prepare_threshold", None) is not None:
        connection.prepare_threshold = 2

"""Runs the migrations as the owner of the tables, one process at a time, never waiting long for a lock."""

from typing import Any

from alembic import context
from flask import current_app
from sqlalchemy import create_engine, pool, text

from app.db import db

ADVISORY_LOCK = 903_2026  # any number, the same for every migration run


def include_object(item: Any, _name: str | None, kind: str, _reflected: bool, _other: Any) -> bool:
    """Leave out alembic's own table, and the months of events, which come and go by themselves."""
    return not (kind == "table" and (item.name == "alembic_version" or item.name.startswith("safety_event_")))


def run() -> None:
    """Upgrade or downgrade within one transaction."""
    engine = create_engine(current_app.config["OWNER_DATABASE_URL"], poolclass=pool.NullPool)
    with engine.connect() as connection:
        connection.execute(text("SET lock_timeout = '5s'"))
        connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": ADVISORY_LOCK})
        connection.commit()  # without it, all that follows would be undone with this connection
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            include_schemas=True,
            include_object=include_object,
            compare_type=True,
            compare_server_default=False,
        )
        with context.begin_transaction():
            context.run_migrations()


run()

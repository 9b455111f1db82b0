"""Working as the owner of the tables: the command line may, the log-in of the web server may not."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import current_app
from sqlalchemy import Engine, create_engine, pool, text
from sqlalchemy.orm import Session

REWRITE = text("SELECT set_config('chongyang.rewriting', 'on', true), set_config('lock_timeout', '5s', true)")


def owner_engine() -> Engine:
    """Return the owner's connections: a new one for each piece of work, so that none waits idle."""
    engine: Engine | None = current_app.extensions.get("owner_engine")
    if engine is None:
        engine = create_engine(current_app.config["OWNER_DATABASE_URL"], poolclass=pool.NullPool)
        current_app.extensions["owner_engine"] = engine
    return engine


@contextmanager
def rewriting() -> Iterator[Session]:
    """Open a transaction in which the owner may change what nobody else may; it commits at the end."""
    with Session(owner_engine()) as session, session.begin():
        session.execute(REWRITE)
        yield session

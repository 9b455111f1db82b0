"""The tables are what the models say, and every migration goes up, down and up again."""

import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import Engine, create_engine, inspect, text

from app import MIGRATIONS, create_app
from app.db import db
from tests.conftest import Databases


@pytest.fixture(scope="module")
def empty_app(databases: Databases, worker_name: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    name = f"{worker_name}_migrations"
    databases.make(name)
    made = create_app(databases.settings(name, tmp_path_factory.mktemp("home")))
    with made.app_context():
        yield made
        db.session.remove()
        db.engine.dispose()
    databases.drop(name)


@pytest.fixture
def owner(empty_app: Flask) -> Iterator[Engine]:
    engine = create_engine(empty_app.config["OWNER_DATABASE_URL"])
    yield engine
    engine.dispose()


def leftovers(engine: Engine) -> list[str]:
    """Name what still stands in the database besides alembic's own table."""
    found = inspect(engine)
    tables = [
        f"{schema}.{name}"
        for schema in found.get_schema_names()
        if schema != "information_schema"
        for name in found.get_table_names(schema)
    ]
    with engine.connect() as connection:
        functions = connection.scalars(
            text(
                "SELECT proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace"
                " WHERE nspname IN ('public', 'ledger')"
            )
        )
        return [*(name for name in tables if name != "public.alembic_version"), *functions]


def test_migrations_are_one_numbered_line() -> None:
    script = ScriptDirectory(str(MIGRATIONS))
    revisions = [revision.revision for revision in script.walk_revisions()]
    assert revisions == [f"{number:04d}" for number in range(len(revisions), 0, -1)]


def test_migrations_import_nothing_of_the_application() -> None:
    for file in Path(MIGRATIONS, "versions").glob("*.py"):
        assert "import app" not in file.read_text()
        assert "from app" not in file.read_text()


def test_each_migration_goes_up_down_and_up(empty_app: Flask, owner: Engine) -> None:
    count = len(list(ScriptDirectory(str(MIGRATIONS)).walk_revisions()))
    for number in range(1, count + 1):
        upgrade(revision=f"{number:04d}")
        downgrade(revision=f"{number - 1:04d}" if number > 1 else "base")
        upgrade(revision=f"{number:04d}")
    downgrade(revision="base")
    assert leftovers(owner) == []
    upgrade()


def test_tables_are_what_the_models_say(empty_app: Flask, owner: Engine) -> None:
    upgrade()
    with owner.connect() as connection, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # alembic warns of expression indexes that it cannot compare
        context = MigrationContext.configure(
            connection, opts={"include_schemas": True, "compare_type": True, "include_object": _ours}
        )
        assert compare_metadata(context, db.metadata) == []


def _ours(_item: object, name: str | None, kind: str, _reflected: bool, _other: object) -> bool:
    is_month = (name or "").startswith("safety_event_")  # partitions come and go by themselves
    return not (kind == "table" and (name == "alembic_version" or is_month))

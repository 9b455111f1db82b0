"""The demonstration, loaded once for all its tests, small: sixty seniors and five days."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask_migrate import upgrade

from app import clock as clock_module
from app import create_app
from app.clock import ZONE
from app.db import db
from demo.first_start import ensure_demo
from meals.policy import forget_known
from tests.conftest import Databases, FrozenClock

LOADED_AT = datetime(2026, 11, 20, 11, 48, tzinfo=ZONE)
SENIORS, DAYS = 60, 5

MakeApp = Callable[[str], Flask]


@pytest.fixture(scope="session")
def make_empty(databases: Databases, worker_name: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[MakeApp]:
    """Return a maker of applications, each on a new database of its own."""
    made: list[tuple[Flask, str]] = []

    def make(name: str) -> Flask:
        database = f"{worker_name}_{name}"
        databases.make(database)
        app = create_app(databases.settings(database, tmp_path_factory.mktemp(name)), {"TESTING": True})
        made.append((app, database))
        with app.app_context():
            upgrade()
        return app

    yield make
    for app, database in made:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()
        databases.drop(database)


@pytest.fixture
def demo_clock() -> Iterator[FrozenClock]:
    """Freeze the clock a minute after the demonstration was loaded."""
    frozen = FrozenClock(LOADED_AT + timedelta(minutes=1))
    before = clock_module.set_source(frozen.now)
    yield frozen
    clock_module.set_source(before)


@pytest.fixture(scope="session")
def loaded_app(make_empty: MakeApp) -> Flask:
    """Return an application on which the first start has loaded the demonstration."""
    app = make_empty("demo")
    with at_loading(), app.app_context():
        ensure_demo(seniors=SENIORS, days=DAYS)
        db.session.remove()
    return app


@pytest.fixture
def demo(loaded_app: Flask, demo_clock: FrozenClock) -> Iterator[Flask]:
    """Enter the application with the demonstration; what others know of their policies is forgotten."""
    forget_known()
    with loaded_app.app_context():
        yield loaded_app
        db.session.remove()
    forget_known()


class at_loading:  # noqa: N801 - reads as a sentence in a with statement
    """Freeze the clock at the moment of loading, and forget the policies of other databases."""

    def __enter__(self) -> None:
        self._before = clock_module.set_source(FrozenClock(LOADED_AT).now)
        forget_known()

    def __exit__(self, *_error: Any) -> None:
        clock_module.set_source(self._before)
        forget_known()

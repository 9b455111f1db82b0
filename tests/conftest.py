"""What every test may ask for: the application on a real PostgreSQL, a session undone afterwards, a clock."""

import gc
import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import psutil
import pytest
from coverage import Coverage
from flask import Flask, g, has_app_context
from flask.testing import FlaskClient
from flask_migrate import upgrade
from hypothesis import is_hypothesis_test
from sqlalchemy import Engine, create_engine, make_url, text
from sqlalchemy.orm import Session
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

from app import clock as clock_module
from app import create_app
from app.clock import ZONE
from app.config import Settings
from app.db import APP_ROLE, db, use_psycopg
from app.embedded import EmbeddedDatabase

# Of what tests leave behind little is circular: looking for it a thousand times takes a tenth of their time.
gc.set_threshold(50_000, 50, 100)
ROOT = Path(__file__).resolve().parent.parent
HERE = Path(__file__).resolve().parent
# Files that take longest: begun late, they would keep one process busy when all others are done.
LONG = (
    "browser/offline/test_lunch.py",
    "demo/test_load.py",
    "meals/test_rules_properties.py",
    "test_api_fuzz.py",
    "app/test_jobs.py",
    "meals/tills/test_decide_twin.py",
    "subsidies/test_machine.py",
    "meals/test_web_server.py",
    "subsidies/allowance/test_crash.py",
)
UNFOLLOWED = pytest.StashKey[bool]()
# How many tests of a file, one after the other, reached nothing new. To follow the rest as well would double
# their time.
IN_VAIN: Counter[Path] = Counter()
PATIENCE = 4
FEW_CONNECTIONS = 4
NOON = datetime(2026, 11, 20, 11, 48, tzinfo=ZONE)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes long, and spare the tracer."""
    followed = set()
    for item in items:
        asked, name = getattr(item, "fixturenames", ()), item.nodeid.partition("[")[0]
        if "browser" in asked or name in followed or is_hypothesis_test(getattr(item, "obj", None)):
            # More of the same, at half the speed: what else it reaches is not counted.
            item.stash[UNFOLLOWED] = True
        if "app" in asked:
            followed.add(name)
    items.sort(key=_turn)


def _turn(item: pytest.Item) -> int:
    """Return when a test is begun: first what takes longest, then what opens a browser, then what fills the gaps."""
    file = str(item.path.relative_to(HERE))
    if file in LONG:
        return LONG.index(file)
    return len(LONG) + ("browser" not in getattr(item, "fixturenames", ()))


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[Any]:
    """Let the tracer rest from before what a test asks for is set up until after it."""
    tracer = Coverage.current()
    if not tracer:
        return (yield)
    if UNFOLLOWED in item.stash or IN_VAIN[item.path] >= PATIENCE:
        tracer.stop()
        try:
            return (yield)
        finally:
            tracer.start()
    before = _count_reached(tracer)
    try:
        return (yield)
    finally:
        IN_VAIN[item.path] = 0 if _count_reached(tracer) > before else IN_VAIN[item.path] + 1


def _count_reached(tracer: Coverage) -> int:
    """Return how many steps from line to line were seen so far."""
    assert tracer._collector
    return sum(len(steps) for steps in tracer._collector.data.values())


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadFileScheduling:
    """Keep the tests of the demonstration together: they load it once."""
    return DemonstrationOnce(config, log)


class DemonstrationOnce(LoadFileScheduling):
    """Keeps each file in one process, and the whole folder of the demonstration in one."""

    def _split_scope(self, nodeid: str) -> str:
        folder = "tests/demo/"
        return folder if nodeid.startswith(folder) else str(super()._split_scope(nodeid))


class Databases:
    """Makes and drops databases on the embedded server, or on the one of TEST_DATABASE_URL."""

    def __init__(self) -> None:
        named = os.environ.get("TEST_DATABASE_URL", "")
        self.server = None if named else EmbeddedDatabase(ROOT / "var" / "test")
        self.maintenance = use_psycopg(named) if named else self.server.address("postgres", "postgres")  # type: ignore[union-attr]
        if self.server:
            # What tests write need not outlive a power cut; killed servers and workers lose nothing by it.
            self._run("ALTER SYSTEM SET fsync = off")
            self._run("SELECT pg_reload_conf()")

    def make(self, name: str) -> None:
        """Create an empty database, dropping a left-over of the same name."""
        self.drop(name)
        self._run(f"CREATE DATABASE {name} TEMPLATE template0 LOCALE 'C' ENCODING 'UTF8'")

    def drop(self, name: str) -> None:
        """Drop a database and whoever is connected to it."""
        self._run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def drop_left_over(self) -> None:
        """Drop what runs left that did not come to their end; a name says which process made it."""
        engine = create_engine(self.maintenance)
        with engine.connect() as connection:
            names = connection.scalars(text("SELECT datname FROM pg_database WHERE datname ~ '^chongyang_test_'")).all()
        engine.dispose()
        for name in names:
            if not any(psutil.pid_exists(int(part)) for part in name.split("_") if part.isdigit()):
                self.drop(name)

    def owner(self, name: str) -> str:
        """Return the owner's address of a database."""
        return make_url(self.maintenance).set(database=name).render_as_string(hide_password=False)

    def application(self, name: str) -> str:
        """Return the application's address: its own log-in where the server is ours, else one that switches role."""
        return self.server.address(APP_ROLE, name) if self.server else self.owner(name)

    def settings(self, name: str, home: Path, **others: Any) -> Settings:
        """Return settings that run on a database."""
        # A cheap password check: tests log in hundreds of times. One hand: most hold everything in one transaction.
        values = {"argon2_memory_kib": 64, "log_level": "WARNING", "posting_hands": 1, **others}
        owner = self.owner(name) if self.server else ""
        return Settings(home=home, database_url=self.application(name), owner_database_url=owner, **values)

    def _run(self, statement: str) -> None:
        engine = create_engine(self.maintenance, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(statement))
        engine.dispose()


@pytest.fixture(scope="session")
def databases() -> Iterator[Databases]:
    """Return the maker of databases."""
    made = Databases()
    made.drop_left_over()
    yield made
    if made.server:
        made.server.stop()


@pytest.fixture(scope="session")
def worker_name(request: pytest.FixtureRequest) -> str:
    """Return this process's part in database names, so that parallel runs do not meet."""
    worker = getattr(request.config, "workerinput", {}).get("workerid", "main")
    return f"chongyang_test_{worker}_{os.getpid()}"


@pytest.fixture(scope="session")
def app(databases: Databases, worker_name: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """Return the application on a database built by the migrations."""
    databases.make(worker_name)
    made = create_app(databases.settings(worker_name, tmp_path_factory.mktemp("home")), {"TESTING": True})
    with made.app_context():
        upgrade()
        yield made
        db.session.remove()
        db.engine.dispose()
    databases.drop(worker_name)


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    """Return a session whose work is undone after the test; code under test may commit."""
    engines = db._app_engines[app]
    engine = engines[None]
    db.session.remove()
    with engine.connect() as connection:
        outer = connection.begin()
        engines[None] = connection  # type: ignore[assignment]
        db.session.session_factory.configure(join_transaction_mode="create_savepoint")
        try:
            yield db.session()
        finally:
            db.session.remove()
            db.session.session_factory.configure(join_transaction_mode="conditional_savepoint")
            engines[None] = engine
            outer.rollback()
            forget_seals(app)


@pytest.fixture
def committed_db(app: Flask) -> Iterator[Session]:
    """Return a session that really commits (races, crashes, browsers); all tables are emptied afterwards."""
    db.session.remove()
    yield db.session()
    db.session.remove()
    empty_tables(app)
    forget_seals(app)
    # The server has a hundred connections for all test processes; a race of fifty threads gives its own back.
    if db.engine.pool.checkedin() > FEW_CONNECTIONS:  # type: ignore[attr-defined]
        db.engine.dispose()


def forget_seals(app: Flask) -> None:
    """Take away what a test published outside the database: the next one's books do not know it."""
    shutil.rmtree(app.config["SETTINGS"].home / "seals", ignore_errors=True)


def empty_tables(app: Flask) -> None:
    """Empty every table that holds anything as the owner, past the append-only triggers and foreign keys.

    Row by row: cutting off dozens of tables and their indexes takes a second, and tests write little.
    """
    tables = [table.fullname for table in db.metadata.sorted_tables]
    filled = " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT FROM {name})" for name in tables)
    with _owner_engine(app.config["OWNER_DATABASE_URL"]).begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        for name in connection.scalars(text(filled)).all():
            connection.execute(text(f"DELETE FROM {name}"))


@lru_cache
def _owner_engine(address: str) -> Engine:
    """Return the owner's connection, kept: a new one would plan the question to every table anew."""
    return create_engine(address, pool_size=1, pool_pre_ping=True)


def forget_request() -> None:
    """Forget what a request leaves behind (its language, its token): here one context serves them all."""
    if has_app_context():
        for name in list(g):
            g.pop(name)


@pytest.fixture(autouse=True)
def _start_afresh() -> Iterator[None]:
    forget_request()
    yield
    forget_request()


class SharingClient(FlaskClient):
    """A client that shares the test's session: what the test made is kept even if a request undoes its own work."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        """Send a request."""
        db.session.commit()
        forget_request()
        return super().open(*args, **kwargs)


@pytest.fixture
def client(app: Flask, session: Session) -> FlaskClient:
    """Return a client whose requests share the test's transaction."""
    return SharingClient(app, app.response_class)


@pytest.fixture
def runner(app: Flask) -> Any:
    """Return a runner of the product's commands."""
    return app.test_cli_runner()


class FrozenClock:
    """A clock that stands still until it is told otherwise."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def set(self, moment: datetime) -> None:
        """Jump to a moment."""
        self.moment = moment

    def advance(self, **parts: float) -> None:
        """Go forward by days, hours, minutes or seconds."""
        self.moment += timedelta(**parts)

    def now(self) -> datetime:
        """Return the present moment in UTC."""
        return self.moment.astimezone(UTC)


@pytest.fixture
def clock() -> Iterator[FrozenClock]:
    """Freeze the clock at Friday 2026-11-20 11:48 in Hangzhou, lunch time."""
    frozen = FrozenClock(NOON)
    before: Callable[[], datetime] = clock_module.set_source(frozen.now)
    yield frozen
    clock_module.set_source(before)

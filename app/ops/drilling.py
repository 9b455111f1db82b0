"""The drill: dump, restore into a fresh database, look through it, and keep what came of it."""

import fcntl
import json
import shutil
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import datetime
from pathlib import Path
from tempfile import mkdtemp

from sqlalchemy import Connection, create_engine, pool, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app.audit import services as audit
from app.config import settings
from app.db import transaction, use_psycopg
from app.ops import copying
from app.ops.errors import DrillRunning
from app.ops.looking import Report, Tell, compare, count_rows, look_for_pictures, look_through
from app.ops.models import Drill
from app.ops.owner import owner_engine

KEPT_FAULTS = 1000


def run_drill(*, into: str, pictures: Path | None, tell: Tell, clock: Callable[[], datetime]) -> Report:
    """Restore a copy of the database and prove it; the report is kept, whatever it says.

    :param into: the owner's address of an empty database; nothing: a cluster of our own, taken away afterwards
    :param pictures: where the copied pictures lie; nothing: those in use
    :raises DrillRunning: if another drill runs on this home
    """
    home = settings().home.resolve()
    home.mkdir(parents=True, exist_ok=True)
    report = Report(started_at=clock())
    with _alone(home), _ended_in_order():
        copying.take_away_left_overs(home)
        folder = Path(mkdtemp(prefix="dump-", dir=home))
        try:
            target = nullcontext(use_psycopg(into)) if into else copying.fresh_cluster(home)
            with _clocked(report, "all"), target as address:
                before = _copy(report, address, folder / "copy", tell)
                _look(report, address, before, pictures, tell)
        except copying.CopyFailed as failure:
            report.faults.append(str(failure.detail))
        except SQLAlchemyError as fault:
            # Without the statement's values: they may be somebody's name.
            report.faults.append(f"reading: {type(fault).__name__}: {str(getattr(fault, 'orig', fault))[:500]}")
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    _keep(report, home / "drills", clock)
    return report


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    """Let one drill run at a time on this home; the lock goes with the process.

    :raises DrillRunning: if another one runs
    """
    with (home / "drill.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise DrillRunning from error
        yield


@contextmanager
def _ended_in_order() -> Iterator[None]:
    """Let a polite kill end a drill as Ctrl-C does: server and data are taken away on the way out."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, lambda *_told: sys.exit(1))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _copy(report: Report, address: str, folder: Path, tell: Tell) -> dict[str, int]:
    """Dump and restore, and return how many rows each table had at the moment of the dump."""
    with _snapshot() as (connection, snapshot):
        tell("counting")
        before = count_rows(connection)
        there = copying.make_ready(address, roles=copying.list_roles(connection))
        least = max(there, copying.major_of_server(connection))
        tell("dumping")
        with _clocked(report, "dump"):
            source = str(owner_engine().url.render_as_string(hide_password=False))
            report.dump_bytes = copying.dump(source, snapshot=snapshot, into=folder, least=least)
    tell("restoring")
    with _clocked(report, "restore"):
        copying.restore(folder, address=address, least=least)
    return before


def _look(report: Report, address: str, before: dict[str, int], pictures: Path | None, tell: Tell) -> None:
    engine = create_engine(address, poolclass=pool.NullPool)
    with _clocked(report, "look"), Session(engine) as session:
        after = count_rows(session.connection())
        report.tables, report.rows = len(after), sum(after.values())
        report.faults += compare(before, after)
        report.faults += look_through(session, tell=tell)
        tell("pictures")
        report.pictures, missing = look_for_pictures(session, folder=pictures)
        report.faults += missing
        session.rollback()


@contextmanager
def _snapshot() -> Iterator[tuple[Connection, str]]:
    """Hold one moment of the database, for the dump and for the counts beside it."""
    with owner_engine().connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        yield connection, str(connection.scalar(text("SELECT pg_export_snapshot()")))


@contextmanager
def _clocked(report: Report, name: str) -> Iterator[None]:
    began = time.perf_counter()
    yield
    report.seconds[name] = round(time.perf_counter() - began, 2)


def _keep(report: Report, folder: Path, clock: Callable[[], datetime]) -> None:
    """Keep the report twice: in the database, and as a file beside it."""
    told = {**report.to_json(), "faults": report.faults[:KEPT_FAULTS]}
    done_at, is_good = clock(), not report.faults
    with transaction() as session:
        drill = Drill(started_at=report.started_at, finished_at=done_at, is_good=is_good, report=told)
        session.add(drill)
        session.flush()
        subject = f"restore_drill:{drill.id}"
        audit.record(session, actor=None, action="drill.done", subject=subject, new={"is_good": is_good}, now=done_at)
    folder.mkdir(exist_ok=True)
    document = {
        "started_at": report.started_at.isoformat(),
        "finished_at": done_at.isoformat(),
        "is_good": is_good,
        **told,
    }
    path = folder / f"drill-{report.started_at:%Y%m%dT%H%M%SZ}.json"
    path.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")

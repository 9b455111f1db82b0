"""The drill of restoring: a copy that is whole is proved, and what is missing is named."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import psutil
import pytest
from flask import Flask
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

from app.auth.actor import Role
from app.config import settings
from app.ops import copying, drilling, looking
from app.ops.errors import DrillRunning
from app.ops.looking import Report, compare, look_for_pictures
from app.ops.models import Drill
from app.ops.owner import rewriting
from app.ops.resealing import list_places
from app.pictures import files
from subsidies.seals.services import seal_now
from tests.app.areas.factories import make_place
from tests.app.people.factories import CITY, make_senior, make_staff
from tests.conftest import ROOT, Databases
from tests.subsidies.factories import grant, open_accounts

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)


@pytest.fixture
def place(databases: Databases, worker_name: str) -> Iterator[str]:
    """Return an empty database to restore into."""
    name = f"{worker_name}_drill"
    databases.make(name)
    yield databases.owner(name)
    databases.drop(name)


@pytest.fixture
def filled(committed_db: Session) -> Session:
    """Fill the database with a person, points, a seal and a picture that has a file."""
    # Other tests published seals of other books there.
    shutil.rmtree(settings().seal_folder, ignore_errors=True)
    make_place(committed_db, CITY)
    senior = make_senior(committed_db)
    clerk = make_staff(committed_db, role=Role.STREET_CLERK)
    grant(committed_db, senior.id, 5000, funder=open_accounts(committed_db).city)
    statement = text(
        "INSERT INTO picture (id, area_code, owner_kind, owner_ref, senior_id, purpose, media_type, size_bytes, width,"
        " height, phash, sha256, kept_by, kept_at) VALUES ('0190d6f0-0000-7000-8000-000000000001', :area, 'visit_mark',"
        " '1', :senior, 'check_in', 'image/jpeg', 1, 1, 1, 0, sha256('x'), :clerk, now())"
    )
    committed_db.execute(statement, {"area": senior.residence_area_code, "senior": senior.id, "clerk": clerk.id})
    committed_db.commit()
    seal_now(now=NOW)
    return committed_db


def drill(into: str = "") -> Report:
    return drilling.run_drill(into=into, pictures=None, tell=lambda _words: None, clock=lambda: NOW)


def test_a_whole_copy_is_proved_and_the_report_is_kept_twice(filled: Session, place: str, runner: Any) -> None:
    path = files.path_of(filled.scalar(text("SELECT id FROM picture")))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x")
    result = runner.invoke(args=["ops", "restore-drill", "--into", place])
    assert result.exit_code == 0, result.output
    assert "everything is there" in result.output
    kept = filled.query(Drill).one()
    assert kept.is_good
    assert kept.report["pictures"] == 1
    assert kept.report["rows"] > 10
    (file,) = (settings().home / "drills").glob("drill-*.json")
    assert json.loads(file.read_text())["is_good"] is True
    # What there was on the way is gone.
    assert list(settings().home.glob("dump-*")) == []
    # A database that holds something is never restored into.
    again = drill(place)
    assert again.faults
    assert "must be empty" in again.faults[0]
    path.unlink()


def test_what_is_missing_in_a_copy_is_named(filled: Session, place: str, app: Flask) -> None:
    before = drilling._copy(Report(started_at=NOW), place, settings().home / "dump-test", lambda _words: None)
    # What is sealed and published after the copy was made is no fault of the copy.
    grant(filled, 77, 100, funder=filled.scalar(text("SELECT id FROM ledger.account WHERE kind = 'city'")) or 0)
    filled.commit()
    seal_now(now=NOW)
    engine = create_engine(place)
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text("DELETE FROM ledger.posting"))
        connection.execute(text("UPDATE senior SET phone_sealed = '\\x02aaaaaaaabbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb'"))
        connection.execute(text("GRANT UPDATE ON ledger.txn TO chongyang_app"))
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    report = Report(started_at=NOW)
    drilling._look(report, place, before, None, lambda _words: None)
    engine.dispose()
    told = "\n".join(report.faults)
    for sign in ("counts: ledger.posting had 1", "migrations:", "privileges:", "keys: no key", "pictures: the file"):
        assert sign in told, told
    assert "published seals" not in told
    assert any("posting" in fault or "balance" in fault for fault in report.faults if not fault.startswith("counts"))


def test_counts_are_compared_both_ways() -> None:
    assert list(compare({"a": 1, "b": 2}, {"a": 1, "c": 3})) == [
        "counts: b had 2, and has no table",
        "counts: c had no table, and has 3",
    ]


def test_a_cluster_of_our_own_is_started_and_taken_away(app: Flask) -> None:
    folder = ROOT / "var" / "test"
    with copying.fresh_cluster(folder) as address:
        engine = create_engine(address)
        with engine.connect() as connection:
            assert connection.scalar(text("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")) == 0
        engine.dispose()
    assert list(folder.glob("drill-*")) == []


KILLED = """
import os, signal, sys
from pathlib import Path
from app.ops import copying
home = Path(sys.argv[1])
(home / "dump-left").mkdir()
with copying.fresh_cluster(home):
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_a_killed_drill_left_is_taken_away_by_the_next_server_and_data() -> None:
    home = Path(mkdtemp(prefix="home-", dir=ROOT / "var" / "test"))
    home.chmod(0o711)
    subprocess.run([sys.executable, "-c", KILLED, str(home)], cwd=ROOT, capture_output=True, check=False)
    (cluster,) = home.glob("drill-*")
    postmaster = int((cluster / "postgresql" / "postmaster.pid").read_text().split()[0])
    assert psutil.pid_exists(postmaster)
    copying.take_away_left_overs(home)
    assert list(home.iterdir()) == []
    psutil.wait_procs([process for process in psutil.process_iter() if process.pid == postmaster], timeout=10)
    assert not psutil.pid_exists(postmaster)
    home.rmdir()


def test_a_drill_that_is_asked_to_end_takes_its_data_away(app: Flask) -> None:
    with pytest.raises(SystemExit), drilling._ended_in_order():
        os.kill(os.getpid(), signal.SIGTERM)
    home = settings().home
    with drilling._alone(home), pytest.raises(DrillRunning):
        drill()


def test_one_value_among_hundreds_that_no_key_opens_is_named(filled: Session, app: Flask) -> None:
    seniors = [make_senior(filled) for _ in range(60)]
    filled.commit()
    with rewriting() as owner:
        shut = "UPDATE senior SET id_number_sealed = '\\x0261616161' || sha256('x') || sha256('y') WHERE id = :id"
        owner.execute(text(shut), {"id": seniors[-1].id})
    place = next(each for each in list_places() if each.table.name == "senior")
    assert list(looking._open_sealed(filled, place)) == [
        "keys: no key at hand opens 1 values of senior.id_number_sealed"
    ]


def test_copied_pictures_are_looked_for_where_they_were_copied_to(filled: Session, tmp_path: Path) -> None:
    count, missing = look_for_pictures(filled, folder=tmp_path)
    assert (count, len(missing)) == (1, 1)
    path = tmp_path / files.path_of(filled.scalar(text("SELECT id FROM picture"))).relative_to(files.folder())
    path.parent.mkdir(parents=True)
    path.write_bytes(b"x")
    assert look_for_pictures(filled, folder=tmp_path) == (1, [])


def test_metrics_say_how_long_ago_the_last_good_drill_was(client: Any, session: Session) -> None:
    session.execute(
        text(
            "INSERT INTO restore_drill (started_at, finished_at, is_good, report)"
            " VALUES (now() - interval '40 days', now() - interval '40 days', true, '{}'), (now(), now(), false, '{}')"
        )
    )
    told = client.get("/metrics").text
    assert "\nchongyang_restore_drill_age_days 40" in told.replace("39.99", "40")
    assert "\nchongyang_restore_drill_good 0.0" in told
    assert "chongyang_database_bytes " in told

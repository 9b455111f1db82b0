"""A worker is killed in the middle of a run: run again, all is as if it had not been."""

import os
import signal
import subprocess
import sys
from datetime import date
from time import monotonic, sleep

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app.clock import now
from app.config import Settings
from subsidies.allowance import runs
from subsidies.allowance.looking import look_through
from subsidies.allowance.models import GrantDecision, GrantRun
from subsidies.allowance.posting import post_run
from subsidies.ledger.verify import verify
from subsidies.models import Idem, Lot
from tests.conftest import ROOT
from tests.subsidies.allowance.factories import CODE, make_office, make_old, publish
from tests.subsidies.allowance.programmes import XIAOSHAN

PEOPLE = 80
WORK = """
import sys
from app import clock, create_app
from app.config import Settings
from pathlib import Path
from subsidies.allowance.looking import look_through
from subsidies.allowance.posting import post_run
home, database_url, owner_url, work, run_id = sys.argv[1:]
app = create_app(Settings(home=Path(home), database_url=database_url, owner_database_url=owner_url, log_level="ERROR"))
with app.app_context():
    if work == "look":
        look_through(int(run_id), clock=clock.now, at_once=1)
    else:
        post_run(int(run_id), clock=clock.now, at_once=1, hands=2)
"""
BEGUN = {
    "look": "SELECT looked_at FROM grant_run WHERE id = :id",
    "post": "SELECT coalesce(sum(posted), 0) FROM grant_part WHERE run_id = :id",
}


@pytest.fixture
def office(committed_db: Session) -> object:
    made = make_office(committed_db)
    publish(committed_db, made)
    for _number in range(PEOPLE):
        make_old(committed_db, 84, on=date(now().year, 1, 1))
    committed_db.commit()
    return made


def worker(app: Flask, work: str, run_id: int) -> "subprocess.Popen[bytes]":
    """Start a process of its own that works on a run, a few people at a time."""
    settings: Settings = app.config["SETTINGS"]
    arguments = [str(settings.home), settings.database_url, settings.owner_database_url, work, str(run_id)]
    return subprocess.Popen([sys.executable, "-c", WORK, *arguments], cwd=ROOT)


def kill_in_the_middle(app: Flask, session: Session, work: str, run_id: int) -> int:
    """Let a worker begin, kill it without a word, and return how far it was."""
    process, deadline = worker(app, work, run_id), monotonic() + 60
    try:
        while monotonic() < deadline and not done(session, work, run_id):
            sleep(0.03)
        os.kill(process.pid, signal.SIGKILL)
    finally:
        process.wait(timeout=20)
    assert process.returncode == -signal.SIGKILL
    return done(session, work, run_id)


def done(session: Session, work: str, run_id: int) -> int:
    session.rollback()
    return int(session.execute(text(BEGUN[work]), {"id": run_id}).scalar_one())


def test_a_killed_worker_leaves_nothing_half_done(app: Flask, committed_db: Session, office: object) -> None:
    month = now().date().replace(day=1)
    run = runs.start_run(
        committed_db,
        programme=CODE,
        month=month,
        area_code=XIAOSHAN,
        by=office.maker,
        now=now(),  # type: ignore[attr-defined]
    )
    run_id = run.id
    committed_db.commit()

    looked = kill_in_the_middle(app, committed_db, "look", run_id)
    assert 0 < looked < PEOPLE
    look_through(run_id, clock=now)
    committed_db.expire_all()
    assert committed_db.get_one(GrantRun, run_id).looked_at == PEOPLE
    assert committed_db.scalar(select(func.count()).where(GrantDecision.run_id == run_id)) == PEOPLE

    runs.hand_in(committed_db, run_id=run_id, by=office.maker, now=now())  # type: ignore[attr-defined]
    runs.approve(committed_db, run_id=run_id, by=office.checker, now=now())  # type: ignore[attr-defined]
    committed_db.commit()
    posted = kill_in_the_middle(app, committed_db, "post", run_id)
    assert 0 < posted < PEOPLE
    # Each part is whole: what the run says was granted is in the ledger.
    assert committed_db.scalar(select(func.count()).select_from(Lot)) == posted
    post_run(run_id, clock=now)
    committed_db.expire_all()
    after = committed_db.get_one(GrantRun, run_id)
    assert (after.posted, after.posted_fen) == (PEOPLE, PEOPLE * 7500)
    for table in (Lot, Idem):
        assert committed_db.scalar(select(func.count()).select_from(table)) == PEOPLE
    assert list(verify(committed_db)) == []

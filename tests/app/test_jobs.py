"""The queue and the schedule as they run: a real worker and a real scheduler, on each broker that is here."""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic, sleep

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.config import Settings
from app.jobs import QUEUE, SOON, make_celery
from subsidies.models import LedgerCheck
from tests.conftest import ROOT

# In a process of its own: a second queue in this one would take over the tasks of the tests that follow.
ENQUEUE = """
from app import create_app
from app.jobs import enqueue
app = create_app()
with app.app_context():
    enqueue("subsidies.verify_ledger")
"""


@pytest.fixture(params=["files", "redis"])
def broker(request: pytest.FixtureRequest) -> Iterator[str]:
    """Return a broker's address; the one without a server has none."""
    if request.param == "files":
        yield ""
        return
    if not shutil.which("redis-server"):
        pytest.skip("redis-server is not installed: apt-get install redis-server")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        ["redis-server", "--port", str(port), "--save", "", "--appendonly", "no"], stdout=subprocess.DEVNULL
    )
    yield f"redis://127.0.0.1:{port}/0"
    server.terminate()
    server.wait(10)


@pytest.fixture
def start(app: Flask, tmp_path: Path, broker: str) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Return a function that starts a part of the product, and end those parts afterwards."""
    settings: Settings = app.config["SETTINGS"]
    environment = {
        **os.environ,
        "DATABASE_URL": settings.database_url,
        "CHONGYANG_OWNER_DATABASE_URL": settings.owner_database_url,
        "CHONGYANG_HOME": str(tmp_path),
        "CELERY_BROKER_URL": broker,
    }
    started = []

    def start_part(*words: str) -> subprocess.Popen[bytes]:
        started.append(subprocess.Popen([sys.executable, *words], env=environment, cwd=ROOT))
        return started[-1]

    yield start_part
    for part in started:
        part.terminate()
    for part in started:
        part.wait(20)


def wait_for(what: Callable[[], object], *, seconds: float = 120) -> bool:
    end = monotonic() + seconds
    while not what() and monotonic() < end:
        sleep(0.1)
    return bool(what())


def test_a_job_put_into_the_queue_is_done_and_the_schedule_is_kept(
    committed_db: Session, start: Callable[..., subprocess.Popen[bytes]], tmp_path: Path
) -> None:
    def checks() -> int:
        committed_db.rollback()
        return committed_db.scalar(select(func.count()).select_from(LedgerCheck)) or 0

    celery = ("-m", "celery", "--app", "app.worker:celery", "--quiet")
    scheduler = start(*celery, "beat", "--loglevel", "WARNING")
    start(*celery, "worker", "--concurrency", "1", "--pool", "solo", "--loglevel", "WARNING")
    start("-c", ENQUEUE)
    assert wait_for(checks)
    assert wait_for(lambda: list((tmp_path / "celery").glob("beat*")))
    assert scheduler.poll() is None


def test_what_somebody_waits_for_stands_behind_no_long_job(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.extensions, "celery", None)
    router = make_celery(app).amqp.router
    assert router.route({}, "messages.send_due")["queue"].name == SOON
    assert router.route({}, "grants.post")["queue"].name == QUEUE

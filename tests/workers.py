"""A real worker with a queue of its own, held up where a test wants it, and killed there without a word."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from flask import Flask
from sqlalchemy import create_engine, text

from app.config import Settings
from tests.conftest import ROOT

WORKER = """
import json, sys
from app.worker import make_worker
celery = make_worker()
celery.send_task(sys.argv[1], kwargs=json.loads(sys.argv[2]))
celery.worker_main(["--quiet", "worker", "--pool", "solo", "--concurrency", "1", "--loglevel", "ERROR"])
"""
WAITING = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()")
PATIENCE = 60.0


def kill_worker_at(app: Flask, home: Path, task: str, *, lock: str, **arguments: Any) -> None:
    """Let a worker do a task until it waits for what the owner of the database holds, and kill it there.

    :param home: an empty directory for the worker's queue and keys
    :param lock: the statement that takes what the worker must wait for in the middle of its work
    """
    owner = create_engine(app.config["OWNER_DATABASE_URL"])
    with owner.connect() as holder, owner.connect() as watcher:
        holder.execute(text(lock))
        with _worker(app, home, task, arguments) as process:
            deadline = monotonic() + PATIENCE
            while watcher.execute(WAITING).scalar_one() == 0:
                assert process.poll() is None, "the worker ended by itself"
                assert monotonic() < deadline, "the worker never came so far"
                watcher.rollback()
                sleep(0.05)
            os.killpg(process.pid, signal.SIGKILL)
            assert process.wait(20) == -signal.SIGKILL
        holder.rollback()
        # The server notices that nobody waits for an answer any more, and undoes what was begun.
        while watcher.execute(WAITING).scalar_one():
            assert monotonic() < deadline + PATIENCE
            watcher.rollback()
            sleep(0.05)
    owner.dispose()


@contextmanager
def _worker(app: Flask, home: Path, task: str, arguments: dict[str, Any]) -> Iterator["subprocess.Popen[bytes]"]:
    settings: Settings = app.config["SETTINGS"]
    environment = {
        **os.environ,
        "DATABASE_URL": settings.database_url,
        "CHONGYANG_OWNER_DATABASE_URL": settings.owner_database_url,
        "CHONGYANG_HOME": str(home),
        "CELERY_BROKER_URL": "",
    }
    command = [sys.executable, "-c", WORKER, task, json.dumps(arguments)]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, start_new_session=True)
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(20)

"""How gunicorn serves the product: its settings, and the application it loads once and forks."""

import gc
import os
import shutil
from typing import Any

from flask import Flask

from app import create_app, serving
from app.config import read_settings
from app.db import db

GARBAGE_AFTER = 20_000  # new objects; Python's default is 700

_settings = read_settings()

bind = f"{_settings.bind}:{_settings.port}"
workers = _settings.web_workers
worker_class = "gthread"
# Each live desk holds a thread for good: those are beside the ones that answer, so that no desk keeps a till waiting.
threads = _settings.web_threads + _settings.desk_slots
preload_app = True
keepalive = 75  # tills and proxies hold their connection through the lunch rush
timeout = 60
graceful_timeout = 15
max_requests = 200_000
max_requests_jitter = 20_000
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: S108, PTH112 - gunicorn's heartbeat
control_socket_disable = True
accesslog = None
loglevel = "warning"

# Each worker's counters are files that /metrics adds up.
_metrics = _settings.home.resolve() / "metrics"
shutil.rmtree(_metrics, ignore_errors=True)
_metrics.mkdir(parents=True, exist_ok=True)
os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(_metrics)


def make_app() -> Flask:
    """Build the application in the master; what is loaded here is shared by the workers."""
    app = create_app(_settings)
    with app.app_context():
        db.engine.dispose()
    gc.collect()
    gc.freeze()
    return app


def post_fork(_server: Any, worker: Any) -> None:
    """Look for cyclic garbage less often, and let answers without an end know when the worker is asked to stop.

    A sale makes many objects and leaves next to none of it.
    """
    gc.set_threshold(GARBAGE_AFTER)
    serving.set_source(lambda: bool(worker.alive))


def child_exit(_server: Any, worker: Any) -> None:
    """Let the counters of a dead worker go."""
    from prometheus_client import multiprocess  # noqa: PLC0415 - reads the directory when it is imported

    multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]

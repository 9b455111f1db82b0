"""The process that works off the queue and keeps the schedule: Celery with every feature's tasks."""

import warnings
from functools import cache
from importlib import import_module
from typing import Any

from celery import Celery
from celery.exceptions import SecurityWarning

from app import create_app
from app.features import loaded_features
from app.jobs import make_celery
from app.schedule import beat_schedule


@cache
def make_worker() -> Celery:
    """Build the worker's application from the environment, once a process."""
    # Messages are JSON alone, so that running as root risks no more here than in the web server.
    warnings.filterwarnings("ignore", category=SecurityWarning)
    app = create_app()
    celery = make_celery(app)
    celery.set_current()
    celery.set_default()
    celery.conf.beat_schedule = beat_schedule(app)
    for feature in loaded_features(app):
        for module in feature.tasks:
            import_module(module)
    celery.finalize()
    return celery


def __getattr__(name: str) -> Any:
    """Make ``celery`` when it is asked for, so that importing this module starts nothing."""
    if name == "celery":
        return make_worker()
    raise AttributeError(name)

"""The queue: which broker carries jobs, and how the product puts one in."""

from pathlib import Path
from typing import Any

from celery import Celery, Task
from flask import Flask, current_app

from app.config import Settings

QUEUE = "chongyang"
# What somebody waits for with a phone in the hand: it stands behind no job that works for minutes.
SOON = "chongyang-soon"
ROUTES = {"messages.*": {"queue": SOON}, "safety.escalate": {"queue": SOON}}


def make_celery(app: Flask) -> Celery:
    """Build the Celery application of a Flask application; each task runs in the Flask context."""
    settings: Settings = app.config["SETTINGS"]

    class ContextTask(Task):
        """A task that opens the application's context around its work."""

        abstract = True

        def __call__(self, *args: Any, **kwargs: Any) -> Any:
            with app.app_context():
                return self.run(*args, **kwargs)

    folder = settings.home.resolve() / "celery"
    folder.mkdir(parents=True, exist_ok=True)
    # The worker makes its own the current one; elsewhere a task that is called runs in its caller's context.
    celery = Celery("chongyang", task_cls=ContextTask, set_as_current=False)
    celery.conf.update(
        broker_url=settings.celery_broker_url or "filesystem://localhost",
        broker_transport_options={} if settings.celery_broker_url else file_transport(folder),
        broker_connection_retry_on_startup=True,
        broker_connection_timeout=5,
        task_ignore_result=True,
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        task_default_queue=QUEUE,
        task_queues={name: {"exchange": name, "routing_key": name} for name in (QUEUE, SOON)},
        task_routes=ROUTES,
        task_serializer="json",
        accept_content=["json"],
        worker_prefetch_multiplier=1,
        worker_hijack_root_logger=False,
        worker_redirect_stdouts=False,
        timezone="Asia/Shanghai",
        enable_utc=True,
        beat_schedule_filename=str(folder / "beat"),
    )
    app.extensions["celery"] = celery
    return celery


def file_transport(folder: Path) -> dict[str, str]:
    """Return the settings of the broker without a server: messages are files under a directory."""
    folders = {name: folder / name for name in ("queue", "processed", "control")}
    for made in folders.values():
        made.mkdir(parents=True, exist_ok=True)
    return {
        "data_folder_in": str(folders["queue"]),
        "data_folder_out": str(folders["queue"]),
        "processed_folder": str(folders["processed"]),
        "control_folder": str(folders["control"]),
    }


def enqueue(task: str, **arguments: Any) -> None:
    """Queue a task by name, after the transaction that wrote the rows it works on."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    celery: Celery = app.extensions.get("celery") or make_celery(app)
    celery.send_task(task, kwargs=arguments)

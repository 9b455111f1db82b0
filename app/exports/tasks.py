"""What a worker does with exports: writes large ones, finds those that were lost, deletes old files."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from celery import shared_task
from sqlalchemy import text

from app import clock
from app.config import settings
from app.db import db, transaction
from app.exports import services
from app.jobs import enqueue

BUILD = "exports.build"
STUCK_AFTER = timedelta(minutes=5)
ADVANCE = text("UPDATE data_export SET rows_done = :rows WHERE id = :id AND rows_done < :rows")


def folder() -> Path:
    """Return where files wait to be fetched."""
    return settings().home / "exports"


def write_file(export_id: int) -> None:
    """Write the file of an export, in a transaction of its own."""
    with transaction() as session:
        services.build(session, export_id=export_id, folder=folder(), progress=_advance(export_id), now=clock.now())


@shared_task(name="exports.build")
def build(*, export_id: int) -> None:
    """Write the file of an export. Safe to run twice."""
    write_file(export_id)


@shared_task(name="exports.tend")
def tend() -> None:
    """Queue again what a worker lost, and delete files whose day is over. Safe to run twice."""
    with transaction() as session:
        services.forget_files(session, folder=folder(), now=clock.now())
        stuck = services.list_stuck(session, now=clock.now(), after=STUCK_AFTER)
    for export_id in stuck:
        enqueue(BUILD, export_id=export_id)


def _advance(export_id: int) -> Callable[[int], None]:
    """Make a function that writes progress beside the transaction, so that a page sees it at once."""

    def advance(rows: int) -> None:
        with db.engine.begin() as connection:
            connection.execute(ADVANCE, {"rows": rows, "id": export_id})

    return advance

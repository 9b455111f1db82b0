"""What a worker does for people: files of seniors on their way in, and levels whose first day has come."""

from collections.abc import Callable

from celery import shared_task
from sqlalchemy import text

from app import clock
from app.config import settings
from app.db import db, transaction
from app.jobs import enqueue
from app.people import abilities, imports

CHECK, TAKE_IN = "people.check_import", "people.take_in_import"
NEXT = {"uploaded": CHECK, "confirmed": TAKE_IN}
ADVANCE = text("UPDATE senior_import SET rows_done = rows_done + :rows, updated_at = :now WHERE id = :id")


@shared_task(name="people.check_import")
def check_import(*, import_id: int) -> None:
    """Look through an uploaded file. Safe to run twice."""
    with transaction() as session:
        most_rows, progress = settings().import_rows, _advance(import_id)
        imports.check(session, import_id=import_id, now=clock.now(), most_rows=most_rows, progress=progress)


@shared_task(name="people.take_in_import")
def take_in_import(*, import_id: int) -> None:
    """Take in a confirmed file. Safe to run twice."""
    with transaction() as session:
        most_rows, progress = settings().import_rows, _advance(import_id)
        imports.take_in(session, import_id=import_id, now=clock.now(), most_rows=most_rows, progress=progress)


@shared_task(name="people.tend_imports")
def tend_imports() -> None:
    """Queue again what a worker lost, and forget what nobody decided on. Safe to run twice."""
    with transaction() as session:
        imports.forget_old(session, now=clock.now())
        stuck = imports.list_stuck(session, now=clock.now())
    for import_id, state in stuck:
        enqueue(NEXT[state], import_id=import_id)


@shared_task(name="people.take_up_levels")
def take_up_levels() -> None:
    """Let the ability levels count whose first day has come. Safe to run twice."""
    while True:
        with transaction() as session:
            if not abilities.take_up_levels(session, now=clock.now()):
                return


def _advance(import_id: int) -> Callable[[int], None]:
    """Make a function that writes progress beside the transaction, so that a page sees it at once."""

    def advance(rows: int) -> None:
        with db.engine.begin() as connection:
            connection.execute(ADVANCE, {"rows": rows, "now": clock.now(), "id": import_id})

    return advance

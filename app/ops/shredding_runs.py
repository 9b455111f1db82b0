"""Carrying an approved list out, line by line, each in a transaction of its own."""

from collections.abc import Callable, Iterable
from datetime import datetime

from psycopg.errors import LockNotAvailable
from sqlalchemy.exc import OperationalError

from app.ops import shredding
from app.ops.owner import rewriting


def carry_out(shredding_id: int, lines: Iterable[tuple[int, str]], *, clock: Callable[[], datetime]) -> int:
    """Destroy what stands in lines of an approved list, and return how many were carried out."""
    done = 0
    for senior_id, data in lines:
        try:
            with rewriting() as session:
                done += shredding.carry_out_line(
                    session, shredding_id=shredding_id, senior_id=senior_id, data=data, now=clock()
                )
        except OperationalError as error:
            # Somebody is at this person's records: the line waits for the next round, the others do not.
            if not isinstance(error.orig, LockNotAvailable):
                raise
    with rewriting() as session:
        shredding.finish(session, shredding_id=shredding_id, now=clock())
    return done

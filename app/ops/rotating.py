"""Walking through all that is sealed, table by table and part by part, each in a transaction of its own."""

import time
from collections.abc import Callable
from datetime import datetime

from app.audit import services as audit
from app.db import transaction
from app.ops.owner import rewriting
from app.ops.resealing import Place, count_old, list_places, reseal_part


def count_waiting() -> dict[str, int]:
    """Return how many rows of which table another key than today's sealed."""
    with rewriting() as session:
        counts = {place.table.fullname: count_old(session, place) for place in list_places()}
    return {name: count for name, count in counts.items() if count}


def rotate(*, rows: int, pause: float, progress: Callable[[int], None], now: Callable[[], datetime]) -> int:
    """Seal anew what another key sealed, and return how many rows that were.

    :param rows: of one transaction: what somebody at a till may have to wait for
    :param pause: seconds between two transactions
    """
    done = {place.table.fullname: _rotate(place, rows, pause, progress) for place in list_places()}
    sealed = {name: count for name, count in done.items() if count}
    with transaction() as session:
        audit.record(session, actor=None, action="keys.rotated", subject="vault:", new={"sealed": sealed}, now=now())
    return sum(sealed.values())


def _rotate(place: Place, rows: int, pause: float, progress: Callable[[int], None]) -> int:
    done, after = 0, None
    while True:
        with rewriting() as session:
            part, reached = reseal_part(session, place, after=after, limit=rows)
        if reached == after:
            return done
        after = reached
        done += part
        progress(part)
        time.sleep(pause)

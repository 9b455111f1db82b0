"""How late the messages of gateways usually come: kept with the gateway, written over only where it changes."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from safety.intake.arrivals import Arrival
from safety.intake.rules import Lag, learn_lag

# Of a clock that is further off nothing is learned: it stands still, or counts from 1970.
MOST = timedelta(days=31)
READ = text(
    "SELECT id, lag_seconds, more_lag_seconds, more_lag_since FROM safety_gateway"
    " WHERE id = ANY(CAST(:gateways AS bigint[]))"
)
# Several batches of one gateway come at once: whoever is second learns from the next one.
WRITE = text(
    """
    UPDATE safety_gateway AS g
       SET lag_seconds = e.usual, more_lag_seconds = e.more, more_lag_since = e.since
      FROM unnest(CAST(:id AS bigint[]), CAST(:usual AS integer[]), CAST(:more AS integer[]),
                  CAST(:since AS timestamptz[])) AS e (id, usual, more, since)
     WHERE g.id = e.id AND g.id IN (
        SELECT id FROM safety_gateway WHERE id = ANY(CAST(:id AS bigint[])) ORDER BY id FOR NO KEY UPDATE SKIP LOCKED)
    """
)


def measure_lags(arrivals: Iterable[Arrival], *, now: datetime) -> dict[int, timedelta]:
    """Return by how much the messages of each gateway come later than they say they were sent; the least of each."""
    found: dict[int, timedelta] = {}
    for each in arrivals:
        lag = now - each.sent_at if each.sent_at is not None else None
        if lag is not None and abs(lag) <= MOST:
            found[each.source.id] = min(found.get(each.source.id, lag), lag)
    return found


def find_lags(session: Session, gateways: Iterable[int]) -> dict[int, Lag]:
    """Return what is known of the lags of gateways that say when they send."""
    wanted = sorted(set(gateways))
    if not wanted:
        return {}
    rows = session.execute(READ, {"gateways": wanted})
    return {row[0]: Lag(_span(row[1]), _span(row[2]), row[3]) for row in rows}


def learn_lags(session: Session, known: Mapping[int, Lag], measured: Mapping[int, timedelta], *, now: datetime) -> None:
    """Write down what was learned of lags."""
    learned = {each: learn_lag(lag, measured[each], now) for each, lag in known.items()}
    changed = sorted((each, _row(lag)) for each, lag in learned.items() if _row(lag) != _row(known[each]))
    if changed:
        usual, more, since = zip(*(row for _id, row in changed), strict=True)
        asked: dict[str, Any] = {"usual": list(usual), "more": list(more), "since": list(since)}
        session.execute(WRITE, {"id": [each for each, _row in changed], **asked})


def _row(lag: Lag) -> tuple[int | None, int | None, datetime | None]:
    return _seconds(lag.usual), _seconds(lag.more), lag.more_since


def _span(seconds: int | None) -> timedelta | None:
    return None if seconds is None else timedelta(seconds=seconds)


def _seconds(span: timedelta | None) -> int | None:
    return None if span is None else int(span.total_seconds())

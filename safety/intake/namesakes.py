"""Calls for help that bear the name of another event: gateways count anew after a restart, or for each device alone."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from safety.intake.arrivals import LIFE
from safety.intake.storing import Placed

KNOWN = text(
    """
    SELECT e.gateway_id, e.event_id, e.device_at, e.device_id, e.kind, e.state, e.clock_suspect, e.received_at
      FROM safety_event AS e
      JOIN unnest(CAST(:gateways AS bigint[]), CAST(:ids AS text[]), CAST(:moments AS timestamptz[]))
        AS a (gateway_id, event_id, device_at)
        ON a.gateway_id = e.gateway_id AND a.event_id = e.event_id AND a.device_at = e.device_at
    """
)
# A device whose clock stands still says the same each time it is pressed. Sent again are calls without an id within
# minutes, calls with one as long as a gateway may have been cut off.
SENT_AGAIN, KEPT_BACK = timedelta(minutes=10), timedelta(days=3)


def name_apart(session: Session, known: Sequence[Placed], *, now: datetime) -> list[Placed]:
    """Return those calls that are not what was stored under their name, each with a name of its own.

    The name is made of what is said, so that such a call is known again when it is sent again.
    """
    calls = [each for each in known if each.reading.event.kind in LIFE]
    if not calls:
        return []
    asked = {
        "gateways": [each.key[0] for each in calls],
        "ids": [each.key[1] for each in calls],
        "moments": [each.key[2] for each in calls],
    }
    stored = {(row[0], row[1], row[2]): row for row in session.execute(KNOWN, asked)}
    return [
        replace(each, reading=replace(each.reading, event_id=name))
        for each in calls
        if each.key in stored and (name := _own_name(each, stored[each.key], now=now))
    ]


def _own_name(call: Placed, stored: Row[Any], *, now: datetime) -> str:
    """Return a call's own name, or nothing where it is what is stored."""
    event, device_id = call.reading.event, call.device.id if call.device else None
    said = [str(device_id or event.device), event.kind, event.state]
    if (stored.device_id, stored.kind, stored.state) == (device_id, event.kind, event.state):
        span = KEPT_BACK if event.id else SENT_AGAIN
        if not (stored.clock_suspect and call.moment.is_suspect and now - stored.received_at > span):
            return ""
        said.append(str(int(now.timestamp() // span.total_seconds())))
    return f"{call.reading.event_id[:80]}~{sha256(chr(0).join(said).encode()).hexdigest()[:12]}"

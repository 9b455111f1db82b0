"""An alert in its plain form: what remains when something about a home cannot be worked out.

It asks nothing of what is kept about the home but where it is: no rules, no earlier alert, no contacts. Its ladder is
begun a second later by whoever keeps alerts, as for every alert whose ladder could not be begun at once.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from safety.alerts.batches import Signal
from safety.alerts.models import AlertNote, AlertRing, AlertSignal, Incident
from safety.alerts.opening import LONGEST_PLACE, plain_why
from safety.alerts.rules import Kind, Lane, Ring, lane_of

TRIES = 3
KNOWN = text(
    "SELECT FROM safety_signal WHERE home_id = :home AND gateway_id IS NULL AND rule = :rule AND place = :place"
    " AND kind = 'raise' AND occurred_at = :at"
)
AGAIN = text(
    "UPDATE safety_incident SET state = 'raised', priority = least(priority, :priority), sounding = CAST(:sounding AS"
    " jsonb), last_at = greatest(last_at, :at), repeats = repeats + 1, cleared_at = NULL, taken_by = NULL,"
    " taken_at = NULL, idle_at = NULL, shelved = '[]', shelved_by = NULL, shelved_until = NULL, shelved_reason = '',"
    " ringing_at = coalesce(ringing_at, :now), due_at = :now, round_at = :now, revision = revision + 1"
    " WHERE home_id = :home AND lane = 'life' AND state <> 'closed' RETURNING id"
)
OPEN = text(
    "INSERT INTO safety_incident (lane, home_id, senior_id, area_code, priority, rule, place, raised_at, opened_at,"
    " last_at, sounding, ringing_at, due_at, revision)"
    " SELECT 'life', id, senior_id, area_code, :priority, :rule, :place, :at, :now, :at, CAST(:sounding AS jsonb),"
    " :now, :now, 1 FROM safety_home WHERE id = :home ON CONFLICT DO NOTHING RETURNING id"
)


def raise_plain(
    session: Session, *, home_id: int, signals: Sequence[Signal], received_at: datetime, now: datetime
) -> list[Incident]:
    """Raise an alert of what is in danger at a home, or let the open one ring again; known signals count once."""
    fresh = [each for each in signals if _is_alarm(each) and not _is_known(session, home_id, each)]
    if not fresh:
        return []
    first = min(fresh, key=lambda each: (each.priority, each.at))
    incident_id = _find_or_open(session, home_id, first, fresh, now=now)
    if incident_id is None:
        return []
    rows = [_row(incident_id, home_id, each, received_at) for each in fresh]
    session.execute(insert(AlertSignal).on_conflict_do_nothing(), rows)
    ring = {"incident_id": incident_id, "kind": Ring.NEW, "priority": first.priority, "began_at": now}
    session.execute(insert(AlertRing).values(ring).on_conflict_do_nothing())
    session.add(AlertNote(incident_id=incident_id, at=now, by_account=None, kind="plain"))
    session.flush()
    query = select(Incident).where(Incident.id == incident_id).execution_options(populate_existing=True)
    return [session.scalars(query).one()]


def _is_alarm(signal: Signal) -> bool:
    return signal.kind == Kind.RAISE and lane_of(signal.priority) is Lane.LIFE


def _is_known(session: Session, home_id: int, signal: Signal) -> bool:
    asked = {"home": home_id, "rule": signal.rule, "place": signal.place, "at": signal.at}
    return session.execute(KNOWN, asked).first() is not None


def _find_or_open(
    session: Session, home_id: int, first: Signal, fresh: Sequence[Signal], *, now: datetime
) -> int | None:
    """Lock the open alert of a home, or open one; where somebody is closing it just now, it is waited for."""
    sounding = {f"{each.rule}@{each.place[:LONGEST_PLACE]}": [True, each.at.isoformat()] for each in fresh}
    asked = {
        "home": home_id,
        "priority": first.priority,
        "rule": first.rule,
        "place": first.place[:LONGEST_PLACE],
        "at": first.at,
        "now": now,
        "sounding": json.dumps(sounding),
    }
    for _try in range(TRIES):
        for statement in (AGAIN, OPEN):
            found: int | None = session.scalar(statement, asked)
            if found is not None:
                return found
    return None


def _row(incident_id: int, home_id: int, signal: Signal, received_at: datetime) -> dict[str, Any]:
    return {
        "incident_id": incident_id,
        "home_id": home_id,
        "gateway_id": None,
        "rule": signal.rule,
        "place": signal.place,
        "priority": signal.priority,
        "kind": str(signal.kind),
        "occurred_at": signal.at,
        "received_at": received_at,
        "why": plain_why(signal.why),
    }

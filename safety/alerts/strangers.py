"""Calls for help of which nobody knows where they come from: alerts of the gateway that heard them.

Whoever presses a key that was never written down, or that stands in no home any more, waits for somebody all the same.
The one clue is where that key stood last.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.clock import business_day
from safety.alerts.batches import Batch
from safety.alerts.climbing import set_due
from safety.alerts.models import AlertSignal, Incident
from safety.alerts.opening import LONGEST_PLACE, SIGNALS_KEPT
from safety.alerts.policy_reading import rules_of_places
from safety.alerts.rules import UNKNOWN_CALL, Heard, Kind, Lane, Ring, State, hear
from safety.alerts.standing import put_standing, standing_of
from safety.alerts.starting import start_ladders
from safety.kits.models import SafetyGateway

PRIORITY = 1
TRIES = 5
# A broken gateway can invent names without end: so many are told apart.
NAMES_KEPT = 50
# Where a device of this name, or with this number on it, stood last: first behind the same gateway.
LAST_HOME = text(
    "SELECT DISTINCT ON (a.ref) a.ref, s.home_id FROM unnest(CAST(:refs AS text[])) AS a (ref)"
    "  JOIN safety_device AS d ON d.ref = a.ref"
    "  JOIN safety_kit_step AS s ON s.device_id = d.id AND s.home_id IS NOT NULL"
    " ORDER BY a.ref, (d.gateway_id = :gateway) DESC NULLS LAST, s.id DESC"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownCall:
    """A call for help through a gateway of many homes, of a device that stands in none of them."""

    gateway_id: int
    ref: str
    kind: str
    at: datetime


def raise_unknown(session: Session, calls: Collection[UnknownCall], *, now: datetime) -> list[Incident]:
    """Make alerts of calls from nowhere, one of each gateway. Safe to repeat: a call counts once."""
    by_gateway: dict[int, list[UnknownCall]] = defaultdict(list)
    for each in sorted(calls, key=lambda call: (call.gateway_id, call.at)):
        by_gateway[each.gateway_id].append(each)
    found = [_raise_one(session, gateway_id, heard, now=now) for gateway_id, heard in by_gateway.items()]
    return [each for each in found if each is not None]


def _raise_one(session: Session, gateway_id: int, calls: Sequence[UnknownCall], *, now: datetime) -> Incident | None:
    """Let the open alert of a gateway hear calls, or open one."""
    gateway = session.get_one(SafetyGateway, gateway_id)
    fresh = _fresh(session, gateway_id, calls)
    if not fresh:
        return None
    incident, is_new = _lock_open(session, gateway, fresh[0], now=now)
    rules = rules_of_places(session, area_codes=[gateway.area_code], on=business_day(now))
    batch = Batch(homes={}, rules=rules, received_at=now, now=now)
    why = _hear(incident, fresh, batch, is_new=is_new)
    if incident.repeats <= SIGNALS_KEPT:
        _write(session, incident, gateway, fresh[:SIGNALS_KEPT], now=now)
    start_ladders(session, {incident.id: (incident, why)} if why else {}, batch)
    set_due(session, incident_ids=[incident.id])
    return incident


def _fresh(session: Session, gateway_id: int, calls: Sequence[UnknownCall]) -> list[UnknownCall]:
    """Return the calls that were not heard before, each once."""
    heard = select(AlertSignal.place, AlertSignal.occurred_at).where(
        AlertSignal.gateway_id == gateway_id,
        AlertSignal.rule == UNKNOWN_CALL,
        AlertSignal.occurred_at.in_({each.at for each in calls}),
    )
    known = {tuple(row) for row in session.execute(heard)}
    return list({key: each for each in calls if (key := (each.ref[:LONGEST_PLACE], each.at)) not in known}.values())


def _lock_open(session: Session, gateway: SafetyGateway, first: UnknownCall, *, now: datetime) -> tuple[Incident, bool]:
    """Lock the open alert of a gateway, opening it where there is none; one that is being closed is waited for."""
    query = select(Incident).where(
        Incident.gateway_id == gateway.id, Incident.lane == Lane.LIFE, Incident.state != State.CLOSED
    )
    locked = query.with_for_update().execution_options(populate_existing=True)
    for _try in range(TRIES):
        found = session.scalar(locked)
        if found is not None:
            return found, False
        made = insert(Incident).values(_row(gateway, first, now=now)).on_conflict_do_nothing().returning(Incident.id)
        if session.scalar(made) is not None:
            return session.scalars(locked).one(), True
    return session.scalars(locked).one(), False


def _hear(incident: Incident, calls: Sequence[UnknownCall], batch: Batch, *, is_new: bool) -> Ring | None:
    standing, why = standing_of(incident), Ring.NEW if is_new else None
    for each in calls[1:] if is_new else calls:
        place = each.ref[:LONGEST_PLACE]
        if f"{UNKNOWN_CALL}@{place}" not in standing.sounding and len(standing.sounding) >= NAMES_KEPT:
            place = ""
        heard = Heard(kind=Kind.RAISE, rule=UNKNOWN_CALL, place=place, priority=PRIORITY, at=each.at)
        standing, rang = hear(standing, heard, clears=batch.rules_of(incident).clears)
        why = why or rang
    put_standing(incident, standing, now=batch.now)
    return why if incident.state == State.RAISED else None


def _row(gateway: SafetyGateway, first: UnknownCall, *, now: datetime) -> dict[str, Any]:
    place = first.ref[:LONGEST_PLACE]
    return {
        "lane": Lane.LIFE,
        "gateway_id": gateway.id,
        "area_code": gateway.area_code,
        "priority": PRIORITY,
        "state": State.RAISED,
        "rule": UNKNOWN_CALL,
        "place": place,
        "raised_at": first.at,
        "last_at": first.at,
        "opened_at": now,
        "ringing_at": now,
        "due_at": now,
        "sounding": {f"{UNKNOWN_CALL}@{place}": [True, first.at.isoformat()]},
        "revision": 1,
    }


def _write(
    session: Session, incident: Incident, gateway: SafetyGateway, calls: Sequence[UnknownCall], *, now: datetime
) -> None:
    homes = _last_homes(session, gateway.id, {each.ref for each in calls})
    rows = [
        {
            "incident_id": incident.id,
            "home_id": None,
            "gateway_id": gateway.id,
            "rule": UNKNOWN_CALL,
            "place": each.ref[:LONGEST_PLACE],
            "priority": PRIORITY,
            "kind": "raise",
            "occurred_at": each.at,
            "received_at": now,
            "why": {
                "code": UNKNOWN_CALL,
                "values": {"device": each.ref, "kind": each.kind, "home": homes.get(each.ref)},
            },
        }
        for each in calls
    ]
    session.execute(insert(AlertSignal).on_conflict_do_nothing(), rows)


def _last_homes(session: Session, gateway_id: int, refs: Collection[str]) -> Mapping[str, int]:
    rows = session.execute(LAST_HOME, {"refs": sorted(refs), "gateway": gateway_id})
    return {row.ref: row.home_id for row in rows}

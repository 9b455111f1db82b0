"""From what was judged to alerts: opened, repeated, made worse, cleared; as few statements for a thousand as for one.

One open alert of a home and lane is a promise of the database: of two that hear the first signal at once, one opens
the alert and the other one waits, then adds to it.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ARRAY, BigInteger, DateTime, Text, bindparam, select, text, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.clock import business_day
from app.db import Model
from safety.alerts.batches import Batch, Key, Signal, Why
from safety.alerts.calls import drop_calls
from safety.alerts.climbing import leave_out, set_due
from safety.alerts.ladders import Skipped
from safety.alerts.models import AlertSignal, Incident
from safety.alerts.policy_reading import rules_of_places
from safety.alerts.requests import ask_for_service
from safety.alerts.ringing import end_ring
from safety.alerts.rules import GREEN_KEY, Heard, Kind, Lane, Ring, State, begin, hear, lane_of
from safety.alerts.standing import put_standing, sounding_json, standing_of
from safety.alerts.starting import start_ladders
from safety.kits.models import SafetyHome
from safety.kits.queries import homes_of

# Of a storm as many signals are kept as anybody reads; the others are counted.
SIGNALS_KEPT = 500
LONGEST_PLACE = 80
TRIES = 5
KNOWN = text(
    "SELECT s.home_id, s.rule, s.place, s.kind, s.occurred_at FROM safety_signal AS s"
    "  JOIN unnest(:homes, :rules, :places, :kinds, :moments) AS h (home_id, rule, place, kind, occurred_at)"
    "    ON h.home_id = s.home_id AND s.gateway_id IS NULL AND h.rule = s.rule AND h.place = s.place"
    "   AND h.kind = s.kind AND h.occurred_at = s.occurred_at"
).bindparams(
    bindparam("homes", type_=ARRAY(BigInteger)),
    bindparam("rules", type_=ARRAY(Text)),
    bindparam("places", type_=ARRAY(Text)),
    bindparam("kinds", type_=ARRAY(Text)),
    bindparam("moments", type_=ARRAY(DateTime(timezone=True))),
)
# What is known of a home's last closed alert, to say that the same trouble is back.
BEFORE = text(
    "SELECT DISTINCT ON (i.home_id, i.lane) i.home_id, i.lane, i.id, i.closed_at FROM safety_incident AS i"
    " WHERE i.home_id = ANY (:homes) AND i.state = 'closed' AND i.closed_at > :since"
    " ORDER BY i.home_id, i.lane, i.id DESC"
)


def open_alerts(
    session: Session, *, signals_by_home: Mapping[int, Sequence[Signal]], received_at: datetime, now: datetime
) -> list[Incident]:
    """Make alerts of the signals of many homes and start their ladders: all of them, or none."""
    homes = homes_of(session, home_ids=signals_by_home) if signals_by_home else {}
    known = {home_id: list(found) for home_id, found in signals_by_home.items() if home_id in homes and found}
    if not known:
        return []
    _ask_for_services(session, known, homes, now=now)
    fresh = _fresh(session, known)
    if not fresh:
        return []
    batch = _know(session, fresh, homes, received_at=received_at, now=now)
    incidents = _lock_open(session, fresh, batch)
    _mark_reopened(session, incidents, batch)
    rings = _hear_all(session, fresh, incidents, batch)
    _write_signals(session, fresh, incidents, batch)
    start_ladders(session, rings, batch)
    set_due(session, incident_ids=[each.id for each in incidents.values()])
    return list(incidents.values())


def _ask_for_services(
    session: Session, known: Mapping[int, Sequence[Signal]], homes: Mapping[int, SafetyHome], *, now: datetime
) -> None:
    """Make requests of green keys: a wish, no alarm."""
    for home_id, signals in sorted(known.items()):
        pressed = [each for each in signals if each.rule == GREEN_KEY and each.kind == Kind.RAISE]
        if pressed:
            ask_for_service(
                session, home=homes[home_id], at=max(each.at for each in pressed), count=len(pressed), now=now
            )


def _fresh(session: Session, known: Mapping[int, Sequence[Signal]]) -> dict[Key, list[Signal]]:
    """Return the signals that were not heard before, by home and lane, in the order of time."""
    asked = [
        (home_id, each.rule, each.place, str(each.kind), each.at)
        for home_id, signals in known.items()
        for each in signals
        if each.rule != GREEN_KEY
    ]
    if not asked:
        return {}
    columns = dict(
        zip(("homes", "rules", "places", "kinds", "moments"), map(list, zip(*asked, strict=True)), strict=True)
    )
    heard = {tuple(row) for row in session.execute(KNOWN, columns)}
    fresh: dict[Key, list[Signal]] = defaultdict(list)
    for home_id, signals in sorted(known.items()):
        for each in sorted(signals, key=lambda signal: (signal.at, signal.kind != Kind.CLEAR)):
            name = (home_id, each.rule, each.place, str(each.kind), each.at)
            if each.rule != GREEN_KEY and name not in heard:
                heard.add(name)
                fresh[home_id, lane_of(each.priority)].append(each)
    return dict(sorted(fresh.items()))


def _know(
    session: Session,
    fresh: Mapping[Key, Sequence[Signal]],
    homes: Mapping[int, SafetyHome],
    *,
    received_at: datetime,
    now: datetime,
) -> Batch:
    """Read what all homes of a batch need, in a constant number of statements."""
    places = {homes[home_id].area_code for home_id, _lane in fresh}
    rules = rules_of_places(session, area_codes=places, on=business_day(now))
    return Batch(homes=homes, rules=rules, received_at=received_at, now=now)


def _lock_open(session: Session, fresh: Mapping[Key, Sequence[Signal]], batch: Batch) -> dict[Key, Incident]:
    """Lock the open alert of each home and lane, opening those that are missing.

    An alert that somebody is closing is waited for: what is heard then becomes a new one, never lost in between.
    """
    found: dict[Key, Incident] = {}
    for _try in range(TRIES):
        missing = [key for key in fresh if key not in found]
        for row in _select_open(session, missing):
            found[row.home_id or 0, Lane(row.lane)] = row
        rows = [
            _row(key, first, batch)
            for key in missing
            if key not in found and (first := _first_raised(fresh[key])) is not None
        ]
        if not rows:
            break
        made = insert(Incident).values(rows).on_conflict_do_nothing().returning(Incident.id)
        batch.opened |= set(session.scalars(made))
    return found


def _select_open(session: Session, keys: Sequence[Key]) -> Iterable[Incident]:
    if not keys:
        return ()
    query = (
        select(Incident)
        .where(tuple_(Incident.home_id, Incident.lane).in_(keys), Incident.state != State.CLOSED)
        .order_by(Incident.home_id, Incident.lane)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return session.scalars(query).all()


def _first_raised(signals: Sequence[Signal]) -> Signal | None:
    return next((each for each in signals if each.kind == Kind.RAISE), None)


def _row(key: Key, first: Signal, batch: Batch) -> dict[str, Any]:
    """Return the row of a new alert; the ladder that follows gives it its next step."""
    home_id, lane = key
    home, standing = batch.homes[home_id], begin(_heard(first))
    return {
        "lane": lane,
        "home_id": home_id,
        "senior_id": home.senior_id,
        "area_code": home.area_code,
        "priority": standing.priority,
        "state": standing.state,
        "rule": standing.rule,
        "place": standing.place,
        "raised_at": standing.raised_at,
        "opened_at": batch.now,
        "last_at": standing.last_at,
        "sounding": sounding_json(standing),
        "ringing_at": batch.now,
        "due_at": batch.now if lane is Lane.LIFE else None,
        "policy_id": batch.rules[home.area_code].document_id,
        "revision": 1,
    }


def _mark_reopened(session: Session, incidents: Mapping[Key, Incident], batch: Batch) -> None:
    """Say of each new alert which one it goes on from; read only now: its closing may just have been waited for."""
    opened = {key: each for key, each in incidents.items() if each.id in batch.opened}
    if not opened:
        return
    since = batch.now - timedelta(hours=max(each.reopen_hours for each in batch.rules.values()))
    rows = session.execute(BEFORE, {"homes": sorted({home_id for home_id, _lane in opened}), "since": since})
    before = {(row.home_id, Lane(row.lane)): row for row in rows}
    for key, each in opened.items():
        hours = batch.rules_of(each).reopen_hours
        if key in before and before[key].closed_at > batch.now - timedelta(hours=hours):
            each.reopens_id = before[key].id


def _hear_all(
    session: Session, fresh: Mapping[Key, Sequence[Signal]], incidents: Mapping[Key, Incident], batch: Batch
) -> dict[int, tuple[Incident, Ring]]:
    """Let each alert hear its signals; return those that ring now and did not before, or worse, with why."""
    rings: dict[int, tuple[Incident, Ring]] = {}
    for key, incident in incidents.items():
        why = _hear_one(incident, fresh[key], batch)
        if incident.state == State.RAISED and why is not None:
            rings[incident.id] = (incident, why)
            if why is not Ring.AGAIN:
                batch.rested_since.pop(incident.id, None)
        elif incident.state == State.CLEARED_UNSEEN:
            _rest(session, incident, batch)
    return rings


def _rest(session: Session, incident: Incident, batch: Batch) -> None:
    """Let an alert rest that is over by itself: nobody is asked any more, but somebody should look; devices settle."""
    end_ring(session, incident, now=batch.now)
    leave_out(session, incident_ids=[incident.id], reason=Skipped.CLEARED)
    drop_calls(session, incident_id=incident.id, now=batch.now)
    settle = timedelta(minutes=batch.rules_of(incident).settle_minutes)
    if incident.lane == Lane.DEVICE:
        incident.round_at = batch.now + settle


def _hear_one(incident: Incident, signals: Sequence[Signal], batch: Batch) -> Ring | None:
    """Let one alert hear what is new; return why it rings, the weightiest reason of all."""
    standing, clears = standing_of(incident), batch.rules_of(incident).clears
    if standing.state is State.CLEARED_UNSEEN and standing.cleared_at is not None:
        batch.rested_since[incident.id] = standing.cleared_at
    why = Ring.NEW if incident.id in batch.opened else None
    # What began the alert is in it already, and what came before it is over.
    first = next(i for i, each in enumerate(signals, start=1) if each.kind == Kind.RAISE) if why is not None else 0
    batch.room[incident.id] = max(0, SIGNALS_KEPT - incident.repeats)
    for each in signals[first:]:
        standing, rang = hear(standing, _heard(each), clears=clears)
        why = why if rang is None or why in (Ring.NEW, Ring.WORSE) else rang
    # What was over and began again within one batch has rung all the time.
    rang_on = why is Ring.AGAIN and incident.state == State.RAISED
    put_standing(incident, standing, now=batch.now)
    if incident.idle_at is not None and any(each.kind == Kind.RAISE and each.priority == 1 for each in signals[first:]):
        # Pressed again while somebody is on the way: whoever has it in hand looks soon, or it rings for everybody.
        incident.idle_at = min(incident.idle_at, batch.now + batch.rules_of(incident).idle(1))
    return None if rang_on else why


def _write_signals(
    session: Session, fresh: Mapping[Key, Sequence[Signal]], incidents: Mapping[Key, Incident], batch: Batch
) -> None:
    rows = [
        {
            "incident_id": incident.id,
            "home_id": key[0],
            "gateway_id": None,
            "rule": each.rule,
            "place": each.place,
            "priority": each.priority,
            "kind": str(each.kind),
            "occurred_at": each.at,
            "received_at": batch.received_at,
            "why": plain_why(each.why),
        }
        for key, incident in incidents.items()
        for each in fresh[key][: batch.room[incident.id]]
    ]
    if rows:
        session.execute(insert(Model.metadata.tables[AlertSignal.__tablename__]).on_conflict_do_nothing(), rows)


def plain_why(why: Why) -> dict[str, Any]:
    """Write an explanation as JSON keeps it; what JSON does not know becomes text, and no alarm is lost over it."""
    found: dict[str, Any] = json.loads(json.dumps({"code": why.code, "values": dict(why.values)}, default=str))
    return found


def _heard(signal: Signal) -> Heard:
    place = signal.place[:LONGEST_PLACE]
    return Heard(kind=Kind(str(signal.kind)), rule=signal.rule, place=place, priority=signal.priority, at=signal.at)

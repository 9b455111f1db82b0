"""Watching the watch: the parts of the product that must live, and gateways with all their homes behind them."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import exists, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from safety.alerts.asked import on_duty
from safety.alerts.models import AlertSignal, Incident
from safety.alerts.parts import BATCH, await_parts, tell_of_parts
from safety.alerts.policy_reading import own_rules
from safety.alerts.rules import GATEWAY_SILENT, Lane, State
from safety.alerts.standing import touch
from safety.alerts.telling import tell_silent
from safety.kits.models import SafetyGateway

MISSED_BEATS = 3


def watch(session: Session, *, now: datetime) -> None:
    """Look at what must live: tell of parts that are silent, and make alerts of silent gateways. Safe to run twice."""
    await_parts(session, now=now)
    tell_of_parts(session, now=now)
    _raise_for_gateways(session, now=now)
    _clear_for_gateways(session, now=now)


def _raise_for_gateways(session: Session, *, now: datetime) -> None:
    """Make an alert of each gateway that has missed its beats; the homes behind it cannot call for help."""
    has_open = exists().where(
        Incident.gateway_id == SafetyGateway.id, Incident.lane == Lane.DEVICE, Incident.state != State.CLOSED
    )
    query = (
        select(SafetyGateway)
        .where(SafetyGateway.state == "active", SafetyGateway.last_seen_at < _late(now), ~has_open)
        .order_by(SafetyGateway.id)
        .limit(BATCH)
    )
    silent = session.scalars(query).all()
    if not silent:
        return
    rows = [_row(each, now=now) for each in silent]
    made = insert(Incident).values(rows).on_conflict_do_nothing().returning(Incident.id, Incident.gateway_id)
    known = {each.id: each for each in silent}
    new = [(row.id, known[row.gateway_id]) for row in session.execute(made)]
    if new:
        signals = [_signal(incident_id, gateway, now=now) for incident_id, gateway in new]
        session.execute(insert(AlertSignal).on_conflict_do_nothing(), signals)
    for _incident_id, gateway in new:
        _tell_of_gateway(session, gateway, now=now)


def _tell_of_gateway(session: Session, gateway: SafetyGateway, *, now: datetime) -> None:
    """Tell those on duty by their phones where one gateway speaks for many homes."""
    assert gateway.last_seen_at is not None
    accounts = on_duty(session, area_code=gateway.area_code, now=now)
    if gateway.home_id is None and accounts:
        tell_silent(session, name=gateway.name, since=gateway.last_seen_at, account_ids=accounts, now=now)


def _clear_for_gateways(session: Session, *, now: datetime) -> None:
    """Let alerts rest whose gateway has spoken again, and ring again those that fell silent while they rested."""
    query = (
        select(Incident, SafetyGateway.last_seen_at, SafetyGateway.last_seen_at >= _late(now))
        .join(SafetyGateway, SafetyGateway.id == Incident.gateway_id)
        .where(Incident.state != State.CLOSED, Incident.lane == Lane.DEVICE)
        .order_by(Incident.id)
        .limit(BATCH)
        .with_for_update(of=Incident, skip_locked=True)
        .execution_options(populate_existing=True)
    )
    settle = timedelta(minutes=own_rules().settle_minutes)
    for incident, seen_at, is_back in session.execute(query).all():
        if is_back and incident.cleared_at is None:
            _rest(incident, at=seen_at, until=now + settle)
        elif not is_back and incident.cleared_at is not None:
            _wake(incident, at=seen_at, now=now)


def _rest(incident: Incident, *, at: datetime, until: datetime) -> None:
    incident.cleared_at = max(at, incident.raised_at)
    if incident.state == State.RAISED:
        incident.state, incident.ringing_at = State.CLEARED_UNSEEN, None
        incident.due_at = incident.round_at = until
    touch(incident)


def _wake(incident: Incident, *, at: datetime, now: datetime) -> None:
    incident.cleared_at, incident.repeats = None, incident.repeats + 1
    incident.last_at = max(at, incident.last_at)
    if incident.state == State.CLEARED_UNSEEN:
        incident.state, incident.ringing_at = State.RAISED, now
        incident.due_at = incident.round_at = None
    touch(incident)


def _late(now: datetime) -> Any:
    return now - func.make_interval(0, 0, 0, 0, 0, 0, MISSED_BEATS * SafetyGateway.heartbeat_seconds)


def _row(gateway: SafetyGateway, *, now: datetime) -> dict[str, Any]:
    assert gateway.last_seen_at is not None
    return {
        "lane": Lane.DEVICE,
        "gateway_id": gateway.id,
        "area_code": gateway.area_code,
        "priority": 3,
        "state": State.RAISED,
        "rule": GATEWAY_SILENT,
        "place": "",
        "raised_at": gateway.last_seen_at,
        "last_at": gateway.last_seen_at,
        "opened_at": now,
        "ringing_at": now,
        "sounding": {f"{GATEWAY_SILENT}@": [True, gateway.last_seen_at.isoformat()]},
        "revision": 1,
    }


def _signal(incident_id: int, gateway: SafetyGateway, *, now: datetime) -> dict[str, Any]:
    return {
        "incident_id": incident_id,
        "home_id": None,
        "gateway_id": gateway.id,
        "rule": GATEWAY_SILENT,
        "place": "",
        "priority": 3,
        "kind": "raise",
        "occurred_at": gateway.last_seen_at,
        "received_at": now,
        "why": {"code": GATEWAY_SILENT, "values": {}},
    }

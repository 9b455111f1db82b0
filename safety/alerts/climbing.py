"""Climbing a ladder: who is asked when, written down before anybody is asked, so that a restart goes on from there."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

import structlog
from sqlalchemy import bindparam, text, update
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.orm import Session
from sqlalchemy.types import BigInteger

from app.audit.services import record
from app.db import Model
from safety.alerts.asked import Asked, find_asked
from safety.alerts.ladders import (
    SERVICES,
    Ladder,
    Planned,
    Rung,
    Skipped,
    is_in_vain,
    next_round_at,
    pause_after,
    plan,
    steps_of_round,
)
from safety.alerts.models import AlertNote, AlertStep, Incident
from safety.alerts.policy_reading import own_rules
from safety.alerts.telling import tell_nobody_asked, tell_unheard
from safety.alerts.terms import AlertRules, Unanswered

log = structlog.get_logger(__name__)
IS_OPEN = (AlertStep.started_at.is_(None), AlertStep.done_at.is_(None), AlertStep.skipped_reason == "")
# What the product does next with each alert: a moment in the row, so that no timer can be lost.
SET_DUE = text(
    "UPDATE safety_incident AS i SET due_at = CASE i.state"
    "   WHEN 'shelved' THEN i.shelved_until"
    "   WHEN 'acknowledged' THEN least(i.idle_at, s.always_at)"
    "   WHEN 'cleared_unseen' THEN CASE i.lane WHEN 'device' THEN i.round_at END"
    "   WHEN 'raised' THEN CASE i.lane WHEN 'life' THEN coalesce(least(i.round_at, s.next_at), i.ringing_at) END END"
    "  FROM unnest(CAST(:ids AS bigint[])) AS n (id)"
    "  LEFT JOIN LATERAL ("
    "       SELECT min(due_at) AS next_at, min(due_at) FILTER (WHERE tells = 'always') AS always_at FROM safety_step"
    "        WHERE incident_id = n.id AND started_at IS NULL AND done_at IS NULL AND skipped_reason = ''"
    "          AND tells <> 'never') AS s ON true"
    " WHERE i.id = n.id AND i.state <> 'closed'"
).bindparams(bindparam("ids", type_=ARRAY(BigInteger)))


def climb(session: Session, incidents: Collection[Incident], *, rules: Mapping[str, AlertRules], now: datetime) -> None:
    """Begin a ladder from its first step for each alert; what was open of another ladder is left out."""
    leave_out(session, incident_ids=[each.id for each in incidents], reason=Skipped.REPLACED)
    for each in incidents:
        each.climb, each.unanswered_at = 0, None
    climb_again(session, incidents, rules=rules, now=now)


def climb_again(
    session: Session, incidents: Collection[Incident], *, rules: Mapping[str, AlertRules], now: datetime
) -> None:
    """Begin another round of each alert's ladder; in a constant number of statements."""
    asked = find_asked(session, incidents, now=now)
    rows: list[dict[str, object]] = []
    lonely, unheard = [], []
    for each in incidents:
        ladder = find_ladder(rules[each.area_code], each)
        each.round, each.climb, each.ladder = each.round + 1, each.climb + 1, ladder.name
        planned = _plan_round(each, ladder, asked[each.id], rules[each.area_code].unanswered, now=now)
        rows.extend(_row(each, step) for step in planned)
        if _is_lonely(planned):
            lonely.append(each)
        if is_in_vain(ladder, number=each.climb) and each.unanswered_at is None:
            unheard.append(each)
    session.flush()
    if rows:
        # By the table, not by the class: rows with and without a target go in one statement.
        session.execute(insert(Model.metadata.tables[AlertStep.__tablename__]), rows)
    if lonely:
        log.warning("safety.nobody_on_the_ladder", incidents=[each.id for each in lonely])
        tell_nobody_asked(session, lonely, now=now)
    if unheard:
        _list_unanswered(session, unheard, now=now)


def _plan_round(
    incident: Incident, ladder: Ladder, asked: Asked, unanswered: Unanswered, *, now: datetime
) -> list[Planned]:
    """Put times to the steps of an alert's round, and to the round after it."""
    number = incident.climb
    part = steps_of_round(ladder, number=number, reachable=asked.targets)
    planned = plan(part, targets=asked.targets, absent=asked.absent, since=now)
    pause = pause_after(ladder, number=number, every_minutes=unanswered.every_minutes, most=unanswered.most)
    incident.round_at = next_round_at(planned, pause=pause, since=now)
    return planned


def _list_unanswered(session: Session, unheard: Sequence[Incident], *, now: datetime) -> None:
    """List alerts as unanswered whose ladder was climbed in vain, and tell the district: once each."""
    for each in unheard:
        each.unanswered_at = now
        session.add(AlertNote(incident_id=each.id, at=now, by_account=None, kind="unanswered"))
        subject = f"safety_incident:{each.id}"
        record(session, actor=None, action="alert.unanswered", subject=subject, area_code=each.area_code, now=now)
    log.warning("safety.unanswered", incidents=[each.id for each in unheard])
    tell_unheard(session, unheard, now=now)


def resume(session: Session, incident: Incident, *, rested: timedelta) -> None:
    """Go on with a ladder that rested because all seemed well: from where it was, not from its first step."""
    left = (AlertStep.incident_id == incident.id, AlertStep.round == incident.round)
    query = update(AlertStep).where(*left, AlertStep.skipped_reason == Skipped.CLEARED)
    session.execute(query.values(skipped_reason="", due_at=AlertStep.due_at + rested))
    if incident.round_at is not None:
        incident.round_at += rested


def find_ladder(rules: AlertRules, incident: Incident) -> Ladder:
    """Return the ladder of an alert; where a document forgot it, the product's own."""
    rule, priority = incident.rule, incident.priority
    found = rules.ladder_for(rule=rule, priority=priority) or own_rules().ladder_for(rule=rule, priority=priority)
    assert found is not None
    return found


def leave_out(
    session: Session, *, incident_ids: Sequence[int], reason: Skipped, kinds: Collection[Rung] = tuple(Rung)
) -> None:
    """Leave out every step of alerts that nobody has begun; of some kinds, or all."""
    asks = (AlertStep.incident_id.in_(incident_ids), AlertStep.kind.in_(sorted(kinds)))
    query = update(AlertStep).where(*asks, *IS_OPEN)
    session.execute(query.values(skipped_reason=reason))


def set_due(session: Session, *, incident_ids: Collection[int]) -> None:
    """Write down when the product has to do something about alerts next."""
    session.flush()
    session.execute(SET_DUE, {"ids": sorted(incident_ids)})
    for each in session.identity_map.values():
        if isinstance(each, Incident) and each.id in incident_ids:
            session.expire(each, ["due_at"])


def _is_lonely(planned: Sequence[Planned]) -> bool:
    """Say whether nobody at all would be asked: a call to the person in need is not help yet."""
    return all(each.skipped or each.step.rung in {Rung.CALLBACK, *SERVICES} for each in planned)


def _row(incident: Incident, planned: Planned) -> dict[str, object]:
    target = planned.target
    return {
        "incident_id": incident.id,
        "round": incident.round,
        "position": planned.position,
        "kind": planned.step.rung,
        "nth": planned.step.nth,
        "tells": planned.step.tells,
        "target": target.name if target else "",
        "contact_id": target.contact_id if target else None,
        "account_id": target.account_id if target else None,
        "due_at": planned.due_at,
        "skipped_reason": planned.skipped or "",
    }

"""Judging many homes at once: states are loaded and written set by set, in a fixed number of statements."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

import structlog
from sqlalchemy import Row, Select, select, text
from sqlalchemy.orm import Session

from app.clock import business_day
from meals.queries import list_days_eaten
from safety.judging.events import Event
from safety.judging.lunches import lunch_due, miss_lunch
from safety.judging.models import SafetyHomeState
from safety.judging.policy import rules_of
from safety.judging.rhythm import Rhythm
from safety.judging.rules import advance, due_of, pass_time
from safety.judging.signals import Signal
from safety.judging.state import HomeState
from safety.judging.terms import SafetyRules
from safety.judging.urgent import call_out
from safety.kits import queries as kits
from safety.kits.queries import among

log = structlog.get_logger(__name__)
Kept = TypeVar("Kept", HomeState, Rhythm)

# A home is looked at so often at least: somebody may have set it as away, or back, without any event.
LOOK_HOURS = 6
MAKE = text("INSERT INTO safety_home_state (home_id) SELECT unnest(CAST(:ids AS bigint[])) ON CONFLICT DO NOTHING")
# A state of which nothing was ever heard has nothing to be looked at.
LOOK_AGAIN = text("UPDATE safety_home_state SET due_at = :now WHERE home_id = :home_id AND due_at IS NOT NULL")
WRITE = text(
    """
    UPDATE safety_home_state s SET state = v.state, due_at = v.due_at, revision = s.revision + 1
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS v(home_id bigint, state jsonb, due_at timestamptz)
    WHERE s.home_id = v.home_id
    """
)


@dataclass(slots=True)
class Loaded:
    """A home's row as values, ready to be judged."""

    home_id: int
    state: HomeState
    rhythm: Rhythm
    rules: SafetyRules | None


def judge(session: Session, *, events_by_home: Mapping[int, Sequence[Event]], now: datetime) -> dict[int, list[Signal]]:
    """Judge new events of homes, and return what they signal, by home; homes without a signal are left out.

    The number of statements does not depend on the number of homes. Rows are locked in the order of their ids.
    """
    ids = sorted(home_id for home_id, events in events_by_home.items() if events)
    if not ids:
        return {}
    session.execute(MAKE, {"ids": ids})
    rows = session.execute(lock_homes().where(among(SafetyHomeState.home_id, ids)).order_by(SafetyHomeState.home_id))
    homes = _load(session, rows.all(), now=now)
    signals: dict[int, list[Signal]] = {}
    for home in homes:
        found = _take(home, events_by_home[home.home_id])
        if found:
            signals[home.home_id] = found
    _write(session, homes, now=now)
    return signals


def judge_due(session: Session, *, now: datetime, limit: int = 500) -> dict[int, list[Signal]]:
    """Let time pass for homes whose moment has come, the longest due first, and return all that were looked at.

    Safe to run twice at once: each takes other homes.
    """
    query = lock_homes(skip=True).where(SafetyHomeState.due_at <= now).order_by(SafetyHomeState.due_at).limit(limit)
    homes = _load(session, session.execute(query).all(), now=now)
    moment = int(now.timestamp())
    signals = {home.home_id: _pass_time(home, moment) for home in homes}
    for home_id, signal in _missed(session, homes, now=now):
        signals[home_id].append(signal)
    _write(session, homes, now=now)
    return signals


def _missed(session: Session, homes: Iterable[Loaded], *, now: datetime) -> Iterator[tuple[int, Signal]]:
    """Ask meals who of those that are expected at lunch, and are not seen at home either, did come."""
    waiting = {}
    for home in homes:
        due = lunch_due(home.state.lunch, home.state.presence, home.rules) if home.rules else None
        if due is not None and due <= now.timestamp() and not (home.rules and home.rules.is_away(now)):
            waiting[home.home_id] = home, due
    if not waiting:
        return
    today = business_day(now)
    seniors = {home_id: each.senior_id for home_id, each in kits.homes_of(session, home_ids=waiting).items()}
    eaten = list_days_eaten(session, senior_ids=seniors.values(), from_on=today, until_on=today)
    for home_id, (home, due) in waiting.items():
        if seniors[home_id] in eaten:
            home.state.lunch.over = None
        else:
            yield home_id, miss_lunch(home.state.lunch, home.state.presence, due)


def look_again(session: Session, home_id: int, now: datetime) -> None:
    """Let a home be looked at with the next sweep: what somebody said of it has changed."""
    session.execute(LOOK_AGAIN, {"home_id": home_id, "now": now})


def _take(home: Loaded, events: Iterable[Event]) -> list[Signal]:
    """Take in a home's events in the order of time; a home that has ended tells nothing any more."""
    found: list[Signal] = []
    if home.rules is not None:
        for event in sorted(events, key=lambda each: each.at):
            try:
                found += advance(home.state, event, home.rules, home.rhythm)
            # Whatever is wrong with what is kept of one home: its own call, and those of all others, are heard.
            except Exception:
                log.exception("safety.home_not_judged", home=home.home_id, kind=event.kind)
                found += call_out(event, int(event.at.timestamp()))
    return found


def _pass_time(home: Loaded, moment: int) -> list[Signal]:
    """Let time pass for a home; one that cannot be judged keeps no other from being looked at."""
    try:
        return pass_time(home.state, moment, home.rules, home.rhythm) if home.rules else []
    except Exception:
        log.exception("safety.home_not_judged", home=home.home_id)
        return []


def lock_homes(*, skip: bool = False) -> Select[tuple[int, dict[str, Any], dict[str, Any]]]:
    """Select homes as they are judged, each kept from others until the transaction ends."""
    columns = (SafetyHomeState.home_id, SafetyHomeState.state, SafetyHomeState.rhythm)
    return select(*columns).with_for_update(skip_locked=skip)


def _load(session: Session, rows: Sequence[Row[Any]], *, now: datetime) -> list[Loaded]:
    if not rows:
        return []
    rules = rules_of(session, home_ids=[row.home_id for row in rows], on=business_day(now))
    return [
        Loaded(
            row.home_id,
            _read(HomeState, row.state, row.home_id),
            _read(Rhythm, row.rhythm, row.home_id),
            rules.get(row.home_id),
        )
        for row in rows
    ]


def _read(kind: type[Kept], raw: Any, home_id: int) -> Kept:
    """Read what is kept of a home; what another edition wrote otherwise is begun anew, and costs no alarm."""
    try:
        return kind.from_json(raw)
    except Exception:
        log.exception("safety.home_unreadable", home=home_id, part=kind.__name__)
        return kind()


def _write(session: Session, homes: Iterable[Loaded], *, now: datetime) -> None:
    rows = [
        {
            "home_id": home.home_id,
            "state": home.state.to_json(),
            # A home that has ended is never looked at again.
            "due_at": _next_look(home, home.rules, now) if home.rules else None,
        }
        for home in homes
    ]
    if rows:
        session.execute(WRITE, {"rows": json.dumps(rows)})


def _next_look(home: Loaded, rules: SafetyRules, now: datetime) -> str | None:
    try:
        return next_look(home.state, rules, home.rhythm, now)
    except Exception:
        log.exception("safety.home_not_judged", home=home.home_id)
        return (now + timedelta(hours=LOOK_HOURS)).isoformat()


def next_look(state: HomeState, rules: SafetyRules, rhythm: Rhythm, now: datetime) -> str | None:
    """Return when a home is looked at again; one of which nothing was ever heard never is."""
    if not state.clock:
        return None
    latest = now + timedelta(hours=LOOK_HOURS)
    return min(due_of(state, rules, rhythm) or latest, latest).isoformat()

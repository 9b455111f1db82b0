"""Learning every home's rhythm, once a night, from the events that came since the night before."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import BigInteger, DateTime, Row, Text, column, or_, select, table, text
from sqlalchemy.orm import Session

from app.clock import ZONE, business_day
from meals.queries import list_days_eaten
from safety.judging.events import Event
from safety.judging.learning import History
from safety.judging.lunches import DAYS_BACK, OVER_AT, Lunch, expects_lunch
from safety.judging.models import SafetyHomeState
from safety.judging.policy import rules_of
from safety.judging.presence import SIGNS
from safety.judging.rhythm import Rhythm
from safety.judging.services import next_look
from safety.judging.state import HomeState
from safety.judging.terms import SafetyRules
from safety.kits import queries as kits

# Events are another part's table, higher up: they are read by name.
EVENT = table(
    "safety_event",
    column("home_id", BigInteger),
    column("kind", Text),
    column("place", Text),
    column("state", Text),
    column("device_at", DateTime(timezone=True)),
    column("occurred_at", DateTime(timezone=True)),
)
WRITE = text(
    """
    UPDATE safety_home_state s
    SET history = v.history, rhythm = v.rhythm, rhythm_on = :today, learned_until = :midnight,
        state = v.state, due_at = v.due_at
    FROM jsonb_to_recordset(CAST(:rows AS jsonb))
        AS v(home_id bigint, history jsonb, rhythm jsonb, state jsonb, due_at timestamptz)
    WHERE s.home_id = v.home_id
    """
)


@dataclass(frozen=True, slots=True)
class Learned:
    """How many homes were learned from, and the last of them; nothing when none is left."""

    count: int
    last: int | None


def learn_rhythms(session: Session, *, now: datetime, after: int = 0, limit: int = 200) -> Learned:
    """Learn the rhythm of some homes from what came up to last midnight; safe to repeat and to run twice at once.

    :param after: the last home of the call before
    """
    today = business_day(now)
    midnight = datetime.combine(today, time(), ZONE)
    columns = (
        SafetyHomeState.home_id,
        SafetyHomeState.history,
        SafetyHomeState.state,
        SafetyHomeState.learned_until,
    )
    query = select(*columns).where(
        SafetyHomeState.home_id > after,
        or_(SafetyHomeState.rhythm_on.is_(None), SafetyHomeState.rhythm_on < today),
    )
    query = query.order_by(SafetyHomeState.home_id).limit(limit).with_for_update(skip_locked=True)
    rows = session.execute(query).all()
    if not rows:
        return Learned(0, None)
    events = _read_events(session, rows, midnight)
    rules = rules_of(session, home_ids=[row.home_id for row in rows], on=today)
    lunches = _expect_lunches(session, rules, today)
    written = [
        _learn(row, events.get(row.home_id, ()), rules[row.home_id], lunches.get(row.home_id, 0), midnight)
        for row in rows
        if row.home_id in rules
    ]
    session.execute(WRITE, {"rows": json.dumps(written), "today": today, "midnight": midnight})
    return Learned(len(written), rows[-1].home_id)


def _read_events(session: Session, rows: Sequence[Row[Any]], midnight: datetime) -> Mapping[int, Sequence[Event]]:
    """Read signs of life that came since each home was learned from, in the order of time."""
    first = min((row.learned_until for row in rows if row.learned_until), default=midnight - timedelta(days=28))
    if any(row.learned_until is None for row in rows):
        first = min(first, midnight - timedelta(days=28))
    since = {row.home_id: row.learned_until for row in rows}
    query = (
        select(EVENT.c.home_id, EVENT.c.kind, EVENT.c.place, EVENT.c.state, EVENT.c.occurred_at)
        .where(
            EVENT.c.home_id.in_([row.home_id for row in rows]),
            EVENT.c.kind.in_(sorted(SIGNS)),
            # The device's own clock is the key of the partitions, and may be wrong by some days.
            EVENT.c.device_at.between(first - timedelta(days=2), midnight + timedelta(days=2)),
            EVENT.c.occurred_at >= first,
            EVENT.c.occurred_at < midnight,
        )
        .order_by(EVENT.c.home_id, EVENT.c.occurred_at)
    )
    found: dict[int, list[Event]] = {}
    for row in session.execute(query):
        learned = since[row.home_id]
        if learned is None or row.occurred_at >= learned:
            event = Event(row.occurred_at, "", row.kind, row.place, row.state)
            found.setdefault(row.home_id, []).append(event)
    return found


def _expect_lunches(session: Session, rules: Mapping[int, SafetyRules], today: date) -> Mapping[int, int]:
    """Ask meals who is expected at lunch today."""
    homes = kits.homes_of(session, home_ids=rules)
    eaten = list_days_eaten(
        session,
        senior_ids=[home.senior_id for home in homes.values()],
        from_on=today - timedelta(days=DAYS_BACK),
        until_on=today,
    )
    return {
        home_id: expects_lunch(eaten[home.senior_id], today, rules[home_id])
        for home_id, home in homes.items()
        if home.senior_id in eaten
    }


def _learn(
    row: Row[Any], events: Iterable[Event], rules: SafetyRules, lunch_days: int, midnight: datetime
) -> dict[str, Any]:
    history, state = History.from_json(row.history), HomeState.from_json(row.state)
    for event in events:
        history.observe(event)
    rhythm: Rhythm = history.learn(midnight.date().toordinal(), state.quiet.count, rules)
    if not state.lunch.raised:
        state.lunch = Lunch(int(midnight.timestamp()) + OVER_AT * 60, lunch_days) if lunch_days else Lunch()
    return {
        "home_id": row.home_id,
        "history": history.to_json(),
        "rhythm": rhythm.to_json(),
        "state": state.to_json(),
        "due_at": next_look(state, rules, rhythm, midnight),
    }

"""Between the row of an alert and the values that the rules know."""

from datetime import datetime
from typing import Any

from safety.alerts.models import Incident
from safety.alerts.rules import Lane, Sound, Standing, State


def standing_of(row: Incident) -> Standing:
    """Return how an alert stands."""
    return Standing(
        lane=Lane(row.lane),
        state=State(row.state),
        priority=row.priority,
        rule=row.rule,
        place=row.place,
        raised_at=row.raised_at,
        last_at=row.last_at,
        repeats=row.repeats,
        taken_by=row.taken_by,
        cleared_at=row.cleared_at,
        sounding={key: Sound(is_on, datetime.fromisoformat(at)) for key, (is_on, at) in row.sounding.items()},
        shelved=frozenset(row.shelved),
    )


def put_standing(row: Incident, standing: Standing, *, now: datetime) -> None:
    """Write how an alert stands into its row; what no longer fits the state goes with it."""
    row.state, row.priority, row.rule, row.place = standing.state, standing.priority, standing.rule, standing.place
    row.last_at, row.repeats, row.cleared_at = standing.last_at, standing.repeats, standing.cleared_at
    row.sounding, row.shelved = sounding_json(standing), sorted(standing.shelved)
    if standing.state is State.RAISED and standing.lane is Lane.LIFE:
        row.due_at = row.due_at or now
    row.ringing_at = (row.ringing_at or now) if standing.state is State.RAISED else None
    if standing.taken_by is None:
        row.taken_by = row.taken_at = None
    if standing.state is not State.ACKNOWLEDGED:
        row.idle_at = None
    if standing.state is not State.SHELVED:
        row.shelved_by = row.shelved_until = None
        row.shelved_reason = ""
    touch(row)


def sounding_json(standing: Standing) -> dict[str, Any]:
    """Write what was heard as the row keeps it."""
    return {key: [sound.is_on, sound.at.isoformat()] for key, sound in standing.sounding.items()}


def touch(row: Incident) -> None:
    """Let those who follow know that something about an alert changed."""
    row.revision = (row.revision or 0) + 1

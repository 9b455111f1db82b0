"""What follows a ring: a ladder from its first step or from where it rested, and families who hear of it."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

import structlog
from sqlalchemy.orm import Session

from safety.alerts.batches import Batch
from safety.alerts.climbing import climb, find_ladder, resume
from safety.alerts.models import Incident
from safety.alerts.ringing import ring
from safety.alerts.rules import Lane, Ring
from safety.alerts.telling import tell_raised

log = structlog.get_logger(__name__)


def start_ladders(session: Session, rings: Mapping[int, tuple[Incident, Ring]], batch: Batch) -> None:
    """Ring, and begin to climb for whoever is in need; families hear as the rules say.

    Whatever is wrong with a ladder or a message, the alert stands and rings: what failed is tried again as due.
    """
    for incident, why in rings.values():
        ring(session, incident, kind=why, now=batch.now)
    # Written before anything is asked of the database, so that what follows reads how each alert stands now.
    session.flush()
    in_need = [(each, why) for each, why in rings.values() if each.lane == Lane.LIFE]
    ids = [each.id for each, _why in in_need]
    for part in (_climb, _tell):
        try:
            with session.begin_nested():
                part(session, in_need, batch)
        except Exception:
            log.exception("safety.alert_goes_on_without", part=part.__name__, incidents=ids)


def _climb(session: Session, in_need: Sequence[tuple[Incident, Ring]], batch: Batch) -> None:
    """Begin each ladder, or go on with it where it rested for a moment."""
    afresh = []
    for each, _why in in_need:
        rested = _rested(each, batch)
        if rested is None:
            afresh.append(each)
        else:
            resume(session, each, rested=rested)
    if afresh:
        climb(session, afresh, rules=batch.rules, now=batch.now)


def _tell(session: Session, in_need: Sequence[tuple[Incident, Ring]], batch: Batch) -> None:
    """Tell families of what is new or worse."""
    new = [each for each, why in in_need if why in (Ring.NEW, Ring.WORSE)]
    tell_raised(session, new, rules=batch.rules, now=batch.now)


def _rested(incident: Incident, batch: Batch) -> timedelta | None:
    """Return how long an alert had rested that began again soon; nothing for one whose ladder begins afresh."""
    since = batch.rested_since.get(incident.id)
    if since is None:
        return None
    rested = max(timedelta(), batch.now - since)
    pause = find_ladder(batch.rules_of(incident), incident).repeat_minutes
    return rested if rested < timedelta(minutes=pause) else None

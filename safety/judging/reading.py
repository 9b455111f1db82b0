"""Reading a home's rhythm: what is usual and allowed through the day, and when it would call for what reason."""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit import services as audit
from app.auth import Actor
from app.clock import business_day
from safety.judging.models import SafetyHomeState
from safety.judging.policy import rules_of
from safety.judging.quiet import foresee_quiet, quiet_due
from safety.judging.rhythm import ANYWHERE, BIN, BINS, Rhythm
from safety.judging.signals import Why
from safety.judging.state import HomeState
from safety.judging.terms import SafetyRules
from safety.kits import queries as kits
from safety.kits.errors import HomeEnded


@dataclass(frozen=True, slots=True)
class HalfHour:
    """From which minute of the day on, how long quiet is on 95 of 100 days, and how long it may be."""

    from_minute: int
    usual_minutes: int | None
    allowed_minutes: int


@dataclass(frozen=True, slots=True)
class HomeRhythm:
    """A home as judgement knows it now; ``why`` is what would be said at ``due_at``, or is said of a standing alarm."""

    home_id: int
    days: int
    seen_at: datetime | None
    place: str
    is_out: bool
    due_at: datetime | None
    why: Why | None
    day: tuple[HalfHour, ...]


def read_rhythm(session: Session, *, home_id: int, actor: Actor, now: datetime) -> HomeRhythm:
    """Return a home's rhythm and when it would call; who looked is written down.

    :raises HomeNotFound: if there is no such home for the actor
    :raises HomeEnded: if it ended
    """
    home = kits.get_home(session, home_id=home_id, actor=actor)
    rules = rules_of(session, home_ids=[home_id], on=business_day(now)).get(home_id)
    if rules is None:
        raise HomeEnded
    query = select(SafetyHomeState.state, SafetyHomeState.rhythm).where(SafetyHomeState.home_id == home_id)
    row = session.execute(query).one_or_none()
    audit.record(
        session,
        actor=actor,
        action="reveal.home_rhythm",
        subject=f"safety_home:{home_id}",
        area_code=home.area_code,
        now=now,
    )
    state, rhythm = HomeState.from_json(row.state if row else None), Rhythm.from_json(row.rhythm if row else None)
    return _tell(home_id, state, rhythm, rules)


def _tell(home_id: int, state: HomeState, rhythm: Rhythm, rules: SafetyRules) -> HomeRhythm:
    due, seen = quiet_due(state, rules, rhythm), state.presence.seen
    return HomeRhythm(
        home_id=home_id,
        days=rhythm.days,
        seen_at=datetime.fromtimestamp(seen, UTC) if seen is not None else None,
        place="" if state.presence.away else state.presence.spot,
        is_out=state.presence.away,
        due_at=datetime.fromtimestamp(due, UTC) if due is not None else None,
        why=foresee_quiet(state, due, rules, rhythm).why if due is not None else None,
        day=tuple(
            HalfHour(
                position * BIN,
                rhythm.usual_minutes(ANYWHERE, position),
                rhythm.allowed_minutes(ANYWHERE, position, rules),
            )
            for position in range(BINS)
        ),
    )

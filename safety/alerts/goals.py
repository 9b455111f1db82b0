"""How soon alarms were answered and attended, and how soon they should have been. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """So many of a thousand within so long."""

    within: timedelta
    permille: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Goals:
    """The targets of a place: of answering, and of being there."""

    answer: tuple[Goal, ...]
    attend: tuple[Goal, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """How long somebody waited: until somebody came, or until nobody was needed any more; else they wait still."""

    since: datetime
    until: datetime | None
    spared_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """What became of a goal: of how many, how many in time, and whether that is enough."""

    goal: Goal
    counted: int
    met: int

    @property
    def permille(self) -> int | None:
        """Return how many of a thousand were in time, rounded down so that a miss is never rounded away."""
        return self.met * 1000 // self.counted if self.counted else None

    @property
    def is_met(self) -> bool:
        """Say whether it is enough; where nothing was to be done, nothing was missed."""
        return self.met * 1000 >= self.goal.permille * self.counted


def score(goal: Goal, waits: Sequence[Wait], *, now: datetime) -> Score:
    """Count waits against a goal; one that may still be in time does not count yet, nor one that was spared in time."""
    judged = [wait for wait in waits if is_met(goal, wait) or is_missed(goal, wait, now=now)]
    return Score(goal=goal, counted=len(judged), met=sum(1 for wait in judged if is_met(goal, wait)))


def is_met(goal: Goal, wait: Wait) -> bool:
    """Say whether somebody came in time."""
    return wait.until is not None and wait.until - wait.since <= goal.within


def is_missed(goal: Goal, wait: Wait, *, now: datetime) -> bool:
    """Say whether somebody waited longer than they should have."""
    return (wait.until or wait.spared_at or now) - wait.since > goal.within


def was_called_off(*, sent_at: datetime, closed_at: datetime | None, is_false_alarm: bool, within: timedelta) -> bool:
    """Say whether a visit was rightly spared: a false alarm found out before anybody had to be there."""
    return is_false_alarm and closed_at is not None and closed_at - sent_at <= within

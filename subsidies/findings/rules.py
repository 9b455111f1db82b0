"""How a finding moves on, and what share of a check's findings proved true. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class State(StrEnum):
    """How a finding stands."""

    OPEN = "open"
    ASKED = "asked"
    EXPLAINED = "explained"
    CONFIRMED = "confirmed"
    DISMISSED = "dismissed"
    RECOVERED = "recovered"


class Step(StrEnum):
    """What people do with a finding."""

    ASK = "ask"
    ANSWER = "answer"
    CONFIRM = "confirm"
    DISMISS = "dismiss"
    RECOVER = "recover"
    REOPEN = "reopen"


class Severity(StrEnum):
    """How much it would matter if it were true."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class AskedOf(StrEnum):
    """Who is asked: the canteen that sold, the provider whose carer came, or the street that looks after the person."""

    CANTEEN = "canteen"
    PROVIDER = "provider"
    STREET = "street"


class Objection(StrEnum):
    """Why a step cannot be taken."""

    OUT_OF_TURN = "out_of_turn"
    NOBODY_ASKED = "nobody_asked"
    TIME_TO_ANSWER = "time_to_answer"
    OWN_ANSWER = "own_answer"


UNDECIDED = frozenset({State.OPEN, State.ASKED, State.EXPLAINED})
TRUE = frozenset({State.CONFIRMED, State.RECOVERED})

FROM: Mapping[Step, frozenset[State]] = {
    Step.ASK: frozenset({State.OPEN, State.EXPLAINED}),
    Step.ANSWER: frozenset({State.ASKED}),
    Step.CONFIRM: frozenset({State.OPEN, State.ASKED, State.EXPLAINED}),
    Step.DISMISS: UNDECIDED,
    Step.RECOVER: frozenset({State.CONFIRMED}),
    Step.REOPEN: frozenset({State.CONFIRMED, State.DISMISSED}),
}
TO: Mapping[Step, State] = {
    Step.ASK: State.ASKED,
    Step.ANSWER: State.EXPLAINED,
    Step.CONFIRM: State.CONFIRMED,
    Step.DISMISS: State.DISMISSED,
    Step.RECOVER: State.RECOVERED,
    Step.REOPEN: State.OPEN,
}
DECISIONS = frozenset({Step.CONFIRM, Step.DISMISS})


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What the next step of a finding depends on."""

    state: State
    asked_at: datetime | None
    answered_by: int | None
    answer_within_days: int


def object_to(step: Step, standing: Standing, *, by: int, now: datetime) -> Objection | None:
    """Say why somebody may not take a step now.

    Nobody is held to anything unheard: what was never asked about cannot be confirmed, what was asked must be
    answered or overdue, and who gave the answer does not judge it.
    """
    if standing.state not in FROM[step]:
        return Objection.OUT_OF_TURN
    if step in DECISIONS and standing.answered_by == by:
        return Objection.OWN_ANSWER
    if step is not Step.CONFIRM or standing.state is State.EXPLAINED:
        return None
    if standing.state is State.OPEN or standing.asked_at is None:
        return Objection.NOBODY_ASKED
    return Objection.TIME_TO_ANSWER if now < answer_due(standing.asked_at, standing.answer_within_days) else None


def answer_due(asked_at: datetime, answer_within_days: int) -> datetime:
    """Return the moment from which a question counts as not answered."""
    return asked_at + timedelta(days=answer_within_days)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """What became of a check's findings."""

    undecided: int = 0
    confirmed: int = 0
    dismissed: int = 0

    @property
    def decided(self) -> int:
        """Return how many were judged."""
        return self.confirmed + self.dismissed

    @property
    def percent(self) -> int | None:
        """Return how many of those judged were true, in percent; nothing while none was judged."""
        return round(self.confirmed * 100 / self.decided) if self.decided else None


def rate_of(counts: Mapping[str, int]) -> Rate:
    """Return the rate of a check from the number of its findings in each state."""
    return Rate(
        undecided=sum(counts.get(state, 0) for state in UNDECIDED),
        confirmed=sum(counts.get(state, 0) for state in TRUE),
        dismissed=counts.get(State.DISMISSED, 0),
    )

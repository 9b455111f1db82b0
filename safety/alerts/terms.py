"""What a document says about alerts, as values: ladders, idle time, shelves, words to choose from, targets. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from safety.alerts.goals import Goals
from safety.alerts.ladders import Ladder, Means


class Moment(StrEnum):
    """When a family hears of an alert."""

    RAISED = "raised"
    ATTENDED = "attended"
    CLOSED = "closed"


class Group(StrEnum):
    """What an outcome comes to, whatever a document calls it."""

    RESCUED = "rescued"
    HELPED = "helped"
    WELL = "well"
    FALSE_ALARM = "false_alarm"
    DEVICE = "device"
    TEST = "test"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One of the words to choose from, in both languages."""

    code: str
    name: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Result(Choice):
    """What can come of a call or a visit, and what that means for the ladder."""

    means: Means


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome(Choice):
    """How an alert can end, and what must be known for it."""

    group: Group
    needs_arrival: bool = False
    needs_follow_up: bool = False

    @property
    def needs_cause(self) -> bool:
        """Say whether it must be told why it was a false alarm."""
        return self.group is Group.FALSE_ALARM


@dataclass(frozen=True, slots=True, kw_only=True)
class Rising:
    """For which alerts a ladder is; without rules, for all of a priority."""

    ladder: Ladder
    priority: int
    rules: frozenset[str] = frozenset()

    def fits(self, *, rule: str, priority: int) -> bool:
        """Say whether the ladder is for such an alert."""
        return priority == self.priority and (not self.rules or rule in self.rules)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unanswered:
    """How an alert goes on whose ladder was climbed in vain: the last who can be reached is asked so often, so long."""

    every_minutes: int
    most: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRules:
    """Everything a bureau may say about alerts, and which document says it: none where the product's own hold."""

    document_id: int | None
    ladders: Sequence[Rising]
    idle_minutes: Mapping[int, int]
    coming_minutes: int
    shelve_minutes: Mapping[int, int]
    clears: frozenset[str]
    settle_minutes: int
    tell_family: Mapping[int, frozenset[Moment]]
    reopen_hours: int
    goals: Goals
    results: Sequence[Result]
    outcomes: Sequence[Outcome]
    causes: Sequence[Choice]
    silent_seconds: Mapping[str, int]
    remind_minutes: int
    desk_silence: timedelta
    unanswered: Unanswered

    def ladder_for(self, *, rule: str, priority: int) -> Ladder | None:
        """Return the first ladder that is for such an alert."""
        return next((each.ladder for each in self.ladders if each.fits(rule=rule, priority=priority)), None)

    def result(self, code: str) -> Result | None:
        """Return what can come of a call, by its code."""
        return next((each for each in self.results if each.code == code), None)

    def outcome(self, code: str) -> Outcome | None:
        """Return how an alert can end, by its code."""
        return next((each for each in self.outcomes if each.code == code), None)

    def has_cause(self, code: str) -> bool:
        """Say whether this is one of the causes to choose from."""
        return any(each.code == code for each in self.causes)

    def idle(self, priority: int) -> timedelta:
        """Return how long whoever took an alert may be silent."""
        return timedelta(minutes=self.idle_minutes[priority])

    def silent_after(self, name: str) -> timedelta:
        """Return how long a part of the product may be silent; an unknown one as long as the strictest."""
        return timedelta(seconds=self.silent_seconds.get(name, min(self.silent_seconds.values())))


def false_alarms(outcomes: Collection[Outcome]) -> frozenset[str]:
    """Return the codes of the outcomes that are false alarms."""
    return frozenset(each.code for each in outcomes if each.group is Group.FALSE_ALARM)

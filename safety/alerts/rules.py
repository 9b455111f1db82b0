"""What an alert is and how it moves: the states of ISA-18.2, what a signal does to them. Pure.

One home has one open alert a lane; whatever else is heard of the home meanwhile is counted there.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

LIFE_PRIORITY = 1
GREEN_KEY = "green_key"
# The product's own rule for a gateway that went silent with every home behind it.
GATEWAY_SILENT = "gateway_silent"
# Somebody calls for help through a gateway of many homes, and no home has such a device.
UNKNOWN_CALL = "unknown_call"


class Lane(StrEnum):
    """Whether it is about the person or about the devices."""

    LIFE = "life"
    DEVICE = "device"


class State(StrEnum):
    """The states of ISA-18.2, section 5.2: unacknowledged, acknowledged, returned unacknowledged, shelved, normal."""

    RAISED = "raised"
    ACKNOWLEDGED = "acknowledged"
    CLEARED_UNSEEN = "cleared_unseen"
    SHELVED = "shelved"
    CLOSED = "closed"


class Ring(StrEnum):
    """Why an alert rings: each ring is answered for itself."""

    NEW = "new"
    WORSE = "worse"
    AGAIN = "again"
    IDLE = "idle"
    RELEASED = "released"
    UNSHELVED = "unshelved"


class Kind(StrEnum):
    """What a signal says: that something began, or that it is over."""

    RAISE = "raise"
    CLEAR = "clear"


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """One signal as far as it matters here."""

    kind: Kind
    rule: str
    place: str
    priority: int
    at: datetime

    @property
    def key(self) -> str:
        """Name what it is about."""
        return f"{self.rule}@{self.place}"


@dataclass(frozen=True, slots=True)
class Sound:
    """Whether a thing that was heard goes on, and since when it is so or was last heard."""

    is_on: bool
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How an alert stands. ``sounding`` says of each thing heard whether it goes on; ``shelved`` what rests."""

    lane: Lane
    state: State
    priority: int
    rule: str
    place: str
    raised_at: datetime
    last_at: datetime
    repeats: int = 0
    taken_by: int | None = None
    cleared_at: datetime | None = None
    sounding: Mapping[str, Sound] = field(default_factory=dict)
    shelved: frozenset[str] = frozenset()


def lane_of(priority: int) -> Lane:
    """Return the lane of a priority: the third is for maintenance."""
    return Lane.LIFE if priority < 3 else Lane.DEVICE


def begin(heard: Heard) -> Standing:
    """Return the alert that a first signal makes."""
    return Standing(
        lane=lane_of(heard.priority),
        state=State.RAISED,
        priority=heard.priority,
        rule=heard.rule,
        place=heard.place,
        raised_at=heard.at,
        last_at=heard.at,
        sounding={heard.key: Sound(True, heard.at)},
    )


def hear(standing: Standing, heard: Heard, *, clears: Collection[str]) -> tuple[Standing, Ring | None]:
    """Return how an open alert stands after another signal, and why it rings anew if it does.

    :param clears: the rules whose alert ends by itself when all is well again; never one of life and death
    """
    if heard.kind is Kind.CLEAR:
        return _clear(standing, heard, clears), None
    if _is_over(standing, heard):
        return replace(standing, repeats=standing.repeats + 1), None
    ring = _ring(standing, heard)
    worse = heard.priority < standing.priority
    after = replace(
        standing,
        priority=min(standing.priority, heard.priority),
        rule=heard.rule if worse else standing.rule,
        place=heard.place if worse else standing.place,
        last_at=max(standing.last_at, heard.at),
        repeats=standing.repeats + 1,
        cleared_at=None,
        sounding={**standing.sounding, heard.key: Sound(True, _latest(standing, heard))},
    )
    if ring is None:
        return after, None
    return replace(after, state=State.RAISED, taken_by=None, shelved=frozenset()), ring


def let_go(standing: Standing, *, why: Ring, clears: Collection[str]) -> tuple[Standing, Ring | None]:
    """Return how an alert stands that nobody holds any more, or that has rested: it rings unless all is well again."""
    if is_over(standing, clears=clears):
        return replace(standing, state=State.CLEARED_UNSEEN, taken_by=None, shelved=frozenset()), None
    return replace(standing, state=State.RAISED, taken_by=None, shelved=frozenset()), why


def is_over(standing: Standing, *, clears: Collection[str]) -> bool:
    """Say whether everything in an alert has ended, and all of it may end by itself."""
    keys = standing.sounding
    return standing.cleared_at is not None and all(key.partition("@")[0] in clears for key in keys)


def may_shelve(*, priority: int, state: State) -> bool:
    """Say whether an alert may rest for a while: never one of life and death."""
    return priority > LIFE_PRIORITY and state in (State.RAISED, State.ACKNOWLEDGED)


def _ring(standing: Standing, heard: Heard) -> Ring | None:
    """Say why an alert rings anew; one that rings already goes on ringing unless it becomes worse."""
    if heard.priority < standing.priority:
        return Ring.WORSE
    if standing.state is State.CLEARED_UNSEEN:
        return Ring.AGAIN
    if standing.state is State.SHELVED:
        return None if heard.key in standing.shelved else Ring.UNSHELVED
    # Smoke while somebody calls back about a pressed key: another danger, which whoever is on the phone cannot know.
    is_other_danger = heard.priority == LIFE_PRIORITY and not _has_rule(standing, heard.rule)
    return Ring.WORSE if is_other_danger and standing.state is State.ACKNOWLEDGED else None


def _has_rule(standing: Standing, rule: str) -> bool:
    return any(key.partition("@")[0] == rule for key in standing.sounding)


def _is_over(standing: Standing, heard: Heard) -> bool:
    """Say whether a late message tells of something that has ended since."""
    known = standing.sounding.get(heard.key)
    return known is not None and not known.is_on and heard.at < known.at


def _latest(standing: Standing, heard: Heard) -> datetime:
    known = standing.sounding.get(heard.key)
    return max(known.at, heard.at) if known else heard.at


def _clear(standing: Standing, heard: Heard, clears: Collection[str]) -> Standing:
    known = standing.sounding.get(heard.key)
    if known is None or not known.is_on or heard.at <= known.at:
        return standing
    sounding = {**standing.sounding, heard.key: Sound(False, heard.at)}
    if any(each.is_on for each in sounding.values()):
        return replace(standing, sounding=sounding)
    after = replace(standing, sounding=sounding, cleared_at=heard.at)
    ends = standing.state is State.RAISED and is_over(after, clears=clears)
    return replace(after, state=State.CLEARED_UNSEEN) if ends else after

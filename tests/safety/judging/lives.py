"""Events of a home, written as shortly as a table of cases needs them."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from app.clock import ZONE
from safety.judging.events import Event
from safety.judging.rhythm import Rhythm
from safety.judging.rules import run, tick
from safety.judging.signals import Signal
from safety.judging.state import HomeState
from safety.judging.terms import SafetyRules

RULES = SafetyRules()
UNKNOWN = Rhythm()
DAY = datetime(2026, 5, 12, tzinfo=ZONE)
KINDS = {"gas": ("gas", "kitchen"), "smoke": ("smoke", "kitchen")}


def at(clock: str, day: int = 0) -> datetime:
    """Return a moment of the test's day, or of one after it."""
    hour, minute, *second = (int(each) for each in clock.split(":"))
    return DAY + timedelta(days=day, hours=hour, minutes=minute, seconds=second[0] if second else 0)


def event(clock: str, told: str, day: int = 0, value: float | None = None) -> Event:
    """Make an event of ``kind place state``, such as ``motion kitchen`` or ``door entrance closed``."""
    kind, place, *state = told.split()
    return Event(at(clock, day), f"{place}-{kind}", kind, place, state[0] if state else "on", value)


def judged(
    events: Iterable[Event], until: datetime | None = None, *, rules: SafetyRules = RULES, rhythm: Rhythm = UNKNOWN
) -> Sequence[Signal]:
    """Return what events signal, and what falls due until a moment after them."""
    verdict = run(HomeState(), events, rules, rhythm)
    if until is None:
        return verdict.signals
    return (*verdict.signals, *tick(verdict.state, until, rules, rhythm).signals)


def told(signals: Iterable[Signal]) -> list[str]:
    """Return signals as ``raise quiet 12:30``."""
    return [f"{each.kind} {each.rule} {each.at.astimezone(ZONE):%H:%M}" for each in signals]

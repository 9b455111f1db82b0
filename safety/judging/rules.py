"""Judgement of one home, event by event: values in, values out, no clock, no database. Pure.

Between two events time passes too: before an event is taken in, everything that fell due until then is told. So
the same events give the same signals, however they were cut into batches and whenever somebody looked in between.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from safety.judging.devices import devices_due, follow_device, tick_devices
from safety.judging.doors import doors_due, follow_doors, tick_doors
from safety.judging.events import Event
from safety.judging.lunches import disprove_lunch, end_lunch, lunch_due
from safety.judging.presence import is_sign, notice
from safety.judging.quiet import disprove_quiet, end_quiet, forgive_deafness, quiet_due, tick_quiet
from safety.judging.rhythm import Rhythm
from safety.judging.signals import CLEAR, Signal
from safety.judging.state import HomeState
from safety.judging.stays import follow_stay, stay_due, tick_stay
from safety.judging.terms import SafetyRules
from safety.judging.urgent import falls_due, hear, tick_falls
from safety.judging.water import follow_water, is_meter, tick_water, water_due

# Told of again so long after it was due, while nothing comes from the home at all.
LOOK_AGAIN_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a home: its state, what it signals, and when it has to be looked at again."""

    state: HomeState
    signals: tuple[Signal, ...]
    due_at: datetime | None


def step(state: HomeState, event: Event, rules: SafetyRules, rhythm: Rhythm) -> Verdict:
    """Judge one event."""
    return run(state, (event,), rules, rhythm)


def run(state: HomeState, events: Iterable[Event], rules: SafetyRules, rhythm: Rhythm) -> Verdict:
    """Judge events in their order."""
    state = state.copy()
    signals: list[Signal] = []
    for event in events:
        signals += advance(state, event, rules, rhythm)
    return Verdict(state, tuple(signals), due_of(state, rules, rhythm))


def tick(state: HomeState, now: datetime, rules: SafetyRules, rhythm: Rhythm) -> Verdict:
    """Let time pass up to now."""
    state = state.copy()
    signals = pass_time(state, int(now.timestamp()), rules, rhythm)
    return Verdict(state, tuple(signals), due_of(state, rules, rhythm))


def advance(state: HomeState, event: Event, rules: SafetyRules, rhythm: Rhythm) -> list[Signal]:
    """Change a state by an event, after the time before it has passed."""
    at = int(event.at.timestamp())
    found = pass_time(state, at, rules, rhythm)
    late = at < state.clock
    state.clock = max(state.clock, at)
    if event.kind == "end":
        return found
    if not late:
        forgive_deafness(state, at, rules)
        found += _follow(state, event, at, rules, rhythm)
    elif is_sign(event) and state.presence.seen is not None and at > state.presence.seen:
        found += _follow_late(state, event, at, rules, rhythm)
    found += follow_device(state.devices, event, at, rules)
    return found + hear(state, event, at, rules)


def _follow(state: HomeState, event: Event, at: int, rules: SafetyRules, rhythm: Rhythm) -> list[Signal]:
    """Follow a life by an event that is not late."""
    found = [*end_quiet(state, at), *end_lunch(state.lunch, at)] if is_sign(event) else []
    was_away = state.presence.away
    notice(state.presence, event)
    found += follow_doors(state.doors, state.presence, event, at, was_away=was_away, rules=rules)
    found += follow_stay(state.stay, event, at, rules, rhythm.days)
    if is_meter(event):
        found += follow_water(state.water, event, at, rules)
    return found


def _follow_late(state: HomeState, event: Event, at: int, rules: SafetyRules, rhythm: Rhythm) -> list[Signal]:
    """Follow a life by a sign that came after somebody had looked at the home: an alarm that it disproves is over.

    It was over before it was raised, but can only end after that: now.
    """
    was_away = state.presence.away
    notice(state.presence, event)
    found = [*disprove_quiet(state, rules, rhythm), *disprove_lunch(state.lunch, state.presence, state.clock, rules)]
    found += follow_doors(state.doors, state.presence, event, at, was_away=was_away, rules=rules)
    found += follow_stay(state.stay, event, at, rules, rhythm.days)
    ended_at = datetime.fromtimestamp(state.clock + 1, UTC)
    return [replace(each, at=ended_at) if each.kind == CLEAR and each.at < ended_at else each for each in found]


def pass_time(state: HomeState, now: int, rules: SafetyRules, rhythm: Rhythm) -> list[Signal]:
    """Tell everything that fell due until now, in its order."""
    if now <= state.clock and state.clock:
        return []
    found = tick_falls(state, now, rules)
    found += tick_doors(state.doors, now, rules)
    found += tick_stay(state.stay, now, rules, rhythm.days)
    found += tick_devices(state.devices, now, rules)
    found += tick_water(state.water, now, rules, _is_out(state, now, rules))
    if _may_be_quiet(state, now, rules):
        found += tick_quiet(state, now, rules, rhythm)
    state.clock = max(state.clock, now)
    return sorted(found, key=lambda signal: signal.at)


def due_of(state: HomeState, rules: SafetyRules, rhythm: Rhythm) -> datetime | None:
    """Return when a home has to be looked at again if nothing comes before."""
    due = [
        falls_due(state),
        doors_due(state.doors, rules),
        stay_due(state.stay, rules, rhythm.days),
        devices_due(state.devices, rules),
        water_due(state.water, rules, _is_out(state, state.clock, rules)),
        quiet_due(state, rules, rhythm),
        lunch_due(state.lunch, state.presence, rules),
    ]
    known = [each for each in due if each is not None]
    if not known:
        return None
    first = min(known)
    if due[0] is not None and due[0] <= state.clock:
        # A fall that was told late: what has passed since is no reason to wait any longer.
        return datetime.fromtimestamp(state.clock + 1, UTC)
    # What was due and could not be told yet is looked at again, but not at once.
    return datetime.fromtimestamp(first if first > state.clock else state.clock + LOOK_AGAIN_SECONDS, UTC)


def _is_out(state: HomeState, now: int, rules: SafetyRules) -> bool:
    return state.presence.away or rules.is_away(datetime.fromtimestamp(now, UTC))


def _may_be_quiet(state: HomeState, now: int, rules: SafetyRules) -> bool:
    """Spare the look into the tables as long as no table allows so little."""
    seen = state.presence.seen
    return seen is not None and now - seen >= (rules.quiet_least_minutes - 30) * 60

"""What calls at once: help asked for, smoke, gas, flood, and a fall that nobody takes back in time. Pure."""

from safety.judging.events import Event
from safety.judging.signals import Rule, Signal, cleared, raised
from safety.judging.state import HomeState
from safety.judging.terms import SafetyRules
from safety.judging.water import is_meter

# So many that may still be taken back are remembered; one more calls at once.
MOST_FALLS = 20
HAZARDS = {"smoke": Rule.SMOKE, "gas": Rule.GAS, "water": Rule.FLOOD}


def hear(state: HomeState, event: Event, at: int, rules: SafetyRules) -> list[Signal]:
    """Take in what may be an emergency. Late or early, it is one."""
    if event.kind == "sos":
        return [raised(Rule.SOS, event.place, at, device=event.device)] if event.is_on else []
    if event.kind == "green_key":
        return [raised(Rule.GREEN_KEY, event.place, at, device=event.device)] if event.is_on else []
    if event.kind in HAZARDS and not is_meter(event):
        return _hazard(state, event, at)
    if event.kind == "fall":
        return _fall(state, event, at, rules)
    return []


def call_out(event: Event, at: int) -> list[Signal]:
    """Take in what may be an emergency of a home of which nothing else can be told: it is one, whatever went before."""
    if event.kind == "fall" and event.is_on:
        return [raised(Rule.FALL, event.place, at, device=event.device, seconds=0)]
    return hear(HomeState(), event, at, SafetyRules()) if event.kind != "fall" else []


def tick_falls(state: HomeState, now: int, rules: SafetyRules) -> list[Signal]:
    """Say which falls nobody has taken back."""
    due = [(at, key) for key, at in state.falls.items() if at <= now]
    for _at, key in due:
        del state.falls[key]
    return [_told(key, at, rules) for at, key in sorted(due)]


def falls_due(state: HomeState) -> int | None:
    """Return when the next fall stands."""
    return min(state.falls.values(), default=None)


def _told(key: str, at: int, rules: SafetyRules) -> Signal:
    device, _, place = key.partition("|")
    return raised(Rule.FALL, place, at, device=device, seconds=rules.fall_cancel_seconds)


def _hazard(state: HomeState, event: Event, at: int) -> list[Signal]:
    rule = HAZARDS[event.kind]
    key = f"{rule}|{event.device}"
    if event.is_on:
        if key not in state.hazards and len(state.hazards) < 40:
            state.hazards.append(key)
        return [raised(rule, event.place, at, device=event.device)]
    if key not in state.hazards:
        return []
    state.hazards.remove(key)
    return [cleared(rule, event.place, at, device=event.device)]


def _fall(state: HomeState, event: Event, at: int, rules: SafetyRules) -> list[Signal]:
    key = f"{event.device}|{event.place}"
    if not event.is_on:
        state.falls.pop(key, None)
        return []
    stands_at = at + rules.fall_cancel_seconds
    if key not in state.falls and len(state.falls) >= MOST_FALLS:
        return [_told(key, at, rules)]
    state.falls.setdefault(key, stands_at)
    return []

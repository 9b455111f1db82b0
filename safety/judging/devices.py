"""The health of devices: silent, battery low, opened. A lane of its own, never an emergency. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from safety.judging.events import Event
from safety.judging.signals import Rule, Signal, cleared, raised
from safety.judging.terms import SafetyRules

MOST_DEVICES = 40
LONGEST_BEAT = 26 * 3600
BATTERY_BACK = 5


@dataclass(slots=True)
class Heard:
    """A device: when it was last heard, when it last said no more than that it lives, and how often it does."""

    at: int
    beat_at: int = 0
    beat: int = 0
    place: str = ""
    faults: list[str] = field(default_factory=list)


Devices = dict[str, Heard]


def follow_device(devices: Devices, event: Event, at: int, rules: SafetyRules) -> list[Signal]:
    """Take in an event of a device, whatever it tells."""
    heard = devices.get(event.device)
    if heard is None:
        if len(devices) >= MOST_DEVICES or not event.device:
            return []
        heard = devices[event.device] = Heard(at, place=event.place)
    found = _back(heard, event, at)
    heard.at = max(heard.at, at)
    heard.place = event.place or heard.place
    if event.kind == "heartbeat":
        _beat(heard, at)
    if event.kind == "tamper":
        found += _fault(heard, event, Rule.TAMPER, event.is_on, at)
    if event.kind == "battery":
        found += _fault(heard, event, Rule.LOW_BATTERY, _is_low(heard, event, rules), at)
    return found


def tick_devices(devices: Devices, now: int, rules: SafetyRules) -> list[Signal]:
    """Say which devices have been silent for too long."""
    found = []
    for device, heard in devices.items():
        due = _silent_due(heard, rules)
        if due is not None and due <= now:
            heard.faults.append(Rule.DEVICE_SILENT)
            minutes = (due - heard.at) // 60
            found.append(raised(Rule.DEVICE_SILENT, heard.place, due, device=device, minutes=minutes))
    return found


def devices_due(devices: Devices, rules: SafetyRules) -> int | None:
    """Return when the next device becomes silent."""
    due = (_silent_due(heard, rules) for heard in devices.values())
    return min((each for each in due if each is not None), default=None)


def is_deaf(devices: Iterable[Heard], now: int, rules: SafetyRules) -> bool:
    """Say whether nothing at all comes from a home whose devices usually say that they live."""
    beating = [heard for heard in devices if heard.beat]
    return bool(beating) and all(now - heard.at >= _patience(heard, rules) for heard in beating)


def _patience(heard: Heard, rules: SafetyRules) -> int:
    return max(heard.beat * rules.silent_beats, rules.silent_least_minutes * 60)


def _silent_due(heard: Heard, rules: SafetyRules) -> int | None:
    if not heard.beat or Rule.DEVICE_SILENT in heard.faults:
        return None
    return heard.at + _patience(heard, rules)


def _beat(heard: Heard, at: int) -> None:
    """Learn how often a device says that it lives: the longest gap of late, forgotten slowly."""
    if heard.beat_at and at > heard.beat_at:
        heard.beat = min(max(at - heard.beat_at, heard.beat * 9 // 10, 60), LONGEST_BEAT)
    heard.beat_at = max(at, heard.beat_at)


def _back(heard: Heard, event: Event, at: int) -> list[Signal]:
    if Rule.DEVICE_SILENT not in heard.faults or at <= heard.at:
        return []
    heard.faults.remove(Rule.DEVICE_SILENT)
    # The silence that was told of is no longer beat than usual.
    heard.beat_at = at if event.kind == "heartbeat" else 0
    return [cleared(Rule.DEVICE_SILENT, heard.place, at, device=event.device)]


def _is_low(heard: Heard, event: Event, rules: SafetyRules) -> bool:
    if event.value is None:
        return event.state in {"low", "on", "true", "1", "empty"}
    known = Rule.LOW_BATTERY in heard.faults
    return event.value < rules.battery_low_percent + (BATTERY_BACK if known else 0)


def _fault(heard: Heard, event: Event, rule: Rule, is_wrong: bool, at: int) -> list[Signal]:
    known = rule in heard.faults
    if is_wrong == known:
        return []
    if is_wrong:
        heard.faults.append(rule)
        value = None if event.value is None else round(event.value)
        return [raised(rule, heard.place, at, device=event.device, percent=value)]
    heard.faults.remove(rule)
    return [cleared(rule, heard.place, at, device=event.device)]

"""What a sensor says through Zigbee2MQTT, in our words: one message becomes the events that are new in it. Pure.

Field names are those of Zigbee2MQTT's converters, https://www.zigbee2mqtt.io/guide/usage/exposes.html. A device
repeats all it knows each time one thing changes, so what lasts (an open door) is told when it differs from before;
a danger is told as often as the device does.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

LAST_SEEN_MILLISECONDS = 1e11  # Zigbee2MQTT writes its last_seen as text, or as milliseconds since 1970
DANGERS = {
    "smoke": "smoke",
    "gas": "gas",
    "carbon_monoxide": "gas",
    "water_leak": "water",
    "sos": "sos",
    "fall_down_status": "fall",
    "fall": "fall",
    "fall_state": "fall",
}
# What goes on until the sensor says that it is over; a press or a fall is over as soon as it was told.
LASTING_DANGERS = frozenset({"smoke", "gas", "water"})
# Lasting states and their words: when true, when false.
LASTING = {
    "contact": ("closed", "open"),
    "tamper": ("on", "off"),
}
# Somebody is there. A bed or chair that says so is occupied; anything else saw somebody move.
PRESENCE = frozenset({"occupancy", "presence", "motion", "moving", "vibration", "pressure"})
Event = dict[str, Any]
CALLS = frozenset({"emergency", "panic", "sos", "help", "alarm"})
PRESSES = frozenset({"single", "double", "triple", "hold", "long", "press", "pressed", "click", "on", "button"})
# The second key of two, by its number, colour or side.
SECOND_KEY = frozenset({"2", "green", "right"})
WORKING_WATTS = 15  # an appliance that waits takes less
NOTHING_FALLEN = frozenset({"none", "normal", "no", "off", "false", "0", ""})


@dataclass(frozen=True, slots=True)
class Report:
    """What a message comes to: events, what the device now says of itself, and how it is."""

    events: tuple[dict[str, Any], ...]
    known: Mapping[str, Any] = field(default_factory=dict)
    battery: int | None = None
    linkquality: int | None = None
    said_at: datetime | None = None


def translate(message: Mapping[str, Any], *, kinds: Collection[str], before: Mapping[str, Any]) -> Report:
    """Turn a message into events without device, time and id.

    :param kinds: what the device's type tells of: whether a magnet is a door's and a press a call for help
    :param before: what the device said last
    """
    events = [*_dangers(message), *_lasting(message, kinds, before), *_presence(message, kinds, before)]
    events += [*_actions(message, kinds), *_appliance(message, before)]
    battery = _whole(message.get("battery"))
    if message.get("battery_low") is True and battery is None:
        battery = 0
    if battery is not None and battery != before.get("battery"):
        events.append({"kind": "battery", "state": "", "value": battery})
    return Report(
        events=tuple(events),
        known={name: message[name] for name in message if name in _KEPT and _is_plain(message[name])}
        | ({"battery": battery} if battery is not None else {}),
        battery=battery,
        linkquality=_whole(message.get("linkquality")),
        said_at=_last_seen(message.get("last_seen")),
    )


def read_retained(message: Mapping[str, Any], *, before: Mapping[str, Any]) -> Report:
    """Turn a message that the broker had kept into what the device says of itself: nobody moved or pressed just now.

    Only smoke, gas or water that was not known of yet is told of: it may have begun while nobody listened.
    """
    told = translate(message, kinds=(), before=before)
    begun = [
        {"kind": kind, "state": "on"}
        for name, kind in DANGERS.items()
        if kind in LASTING_DANGERS and message.get(name) is True and before.get(name) is not True
    ]
    return replace(told, events=tuple(begun), said_at=None)


def read_availability(message: Any) -> bool | None:
    """Say whether a device or a bridge is there, or nothing where the message does not tell."""
    word = message.get("state") if isinstance(message, Mapping) else message
    return {"online": True, "offline": False}.get(str(word).strip().lower())


_KEPT = frozenset({*LASTING, *PRESENCE, "state", "power", *DANGERS})


def _dangers(message: Mapping[str, Any]) -> Iterator[Event]:
    for name, kind in DANGERS.items():
        given = message.get(name)
        if given is None:
            continue
        if given is True or (isinstance(given, str) and given.lower() not in NOTHING_FALLEN):
            yield {"kind": kind, "state": "on"}


def _lasting(message: Mapping[str, Any], kinds: Collection[str], before: Mapping[str, Any]) -> Iterator[Event]:
    for name, (when_true, when_false) in LASTING.items():
        given = message.get(name)
        if not isinstance(given, bool) or given == before.get(name, name == "contact"):
            continue
        kind = "door" if name == "contact" and "door" in kinds else name
        yield {"kind": kind, "state": when_true if given else when_false}
    for name, kind in DANGERS.items():
        if message.get(name) is False and before.get(name) is True:
            yield {"kind": kind, "state": "off"}


def _presence(message: Mapping[str, Any], kinds: Collection[str], before: Mapping[str, Any]) -> Iterator[Event]:
    """Tell that somebody is there once, whatever number of fields says so; motion as often as it is seen."""
    given = {name: message[name] for name in sorted(PRESENCE) if isinstance(message.get(name), bool)}
    if not given:
        return
    kind = next((each for each in ("motion", "bed", "seat") if each in kinds), "motion")
    is_there = any(given.values())
    was_there = any(before.get(name) is True for name in given)
    if (is_there and (kind == "motion" or not was_there)) or (was_there and not is_there):
        yield {"kind": kind, "state": "on" if is_there else "off"}


def _actions(message: Mapping[str, Any], kinds: Collection[str]) -> Iterator[Event]:
    """Tell that a button was pressed: a call where the button is for that, or says so itself."""
    action = str(message.get("action") or "").lower()
    parts = set(action.split("_"))
    is_call, is_press = bool(parts & CALLS), bool(parts & PRESSES)
    is_second = "sos" not in kinds or bool(parts & SECOND_KEY)
    if "green_key" in kinds and is_second and (is_press or is_call):
        yield {"kind": "green_key", "state": "on"}
    elif is_call or ("sos" in kinds and is_press):
        yield {"kind": "sos", "state": "on"}
    elif action and "sos" not in kinds:
        yield {"kind": "appliance", "state": "on"}


def _appliance(message: Mapping[str, Any], before: Mapping[str, Any]) -> Iterator[Event]:
    """Tell that a kettle or a lamp began or ceased to work: by its power where that is measured, else by its switch."""
    now, was = _is_working(message), _is_working(before)
    if now is not None and now != bool(was):
        yield {"kind": "appliance", "state": "on" if now else "off"}


def _is_working(said: Mapping[str, Any]) -> bool | None:
    power = said.get("power")
    if isinstance(power, int | float) and not isinstance(power, bool):
        return power >= WORKING_WATTS
    return {"ON": True, "OFF": False}.get(str(said.get("state")))


def _last_seen(given: Any) -> datetime | None:
    try:
        if isinstance(given, int | float) and not isinstance(given, bool) and given > LAST_SEEN_MILLISECONDS:
            return datetime.fromtimestamp(given / 1000, UTC)
        moment = datetime.fromisoformat(given) if isinstance(given, str) else None
    except (ValueError, OverflowError, OSError):
        return None
    return moment if moment is not None and moment.utcoffset() is not None else None


def _whole(given: Any) -> int | None:
    if isinstance(given, bool) or not isinstance(given, int | float) or not 0 <= given <= 255:
        return None
    return int(given)


def _is_plain(value: Any) -> bool:
    return isinstance(value, bool | int | float) or (isinstance(value, str) and len(value) <= 40)

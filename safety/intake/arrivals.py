"""What comes in, and what becomes of it: an event as a gateway sent it, read, and answered."""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from safety.judging.events import Event, EventFaults, parse_event

# Clocks of devices begin in 1970 or 2000; nothing of this century is cut off.
EARLIEST, LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2099, 12, 31, tzinfo=UTC)
# They only say that a device is alive: last-seen is kept, no history.
UNKEPT = frozenset({"heartbeat", "battery"})
# Help is called for whoever it is: a device that nobody installed counts where its gateway stands in one home.
LIFE = frozenset({"sos", "smoke", "gas", "water", "fall"})
END = "end"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The gateway something came through."""

    id: int
    code: str
    area_code: str
    home_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """An event as it came, with what the device said of itself beside it."""

    source: Source
    raw: Any
    sent_at: datetime | None = None
    battery: int | None = None
    linkquality: int | None = None
    known: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reading:
    """An arrival that could be read."""

    index: int
    arrival: Arrival
    event: Event
    event_id: str


@dataclass(frozen=True, slots=True)
class Acceptance:
    """What became of events, in the order they were sent: taken, known already, or what was wrong with which."""

    accepted: int
    repeated: int
    errors: Mapping[int, Mapping[str, str]]


def read(index: int, arrival: Arrival) -> Reading:
    """Read an event.

    :raises EventFaults: with each field that is wrong, and a word for what is
    """
    event = parse_event(arrival.raw)
    if event.kind == END:
        raise EventFaults({"kind": "unknown"})
    if not _is_storable(event):
        raise EventFaults({"event": "not_text"})
    bounded = min(max(event.at.astimezone(UTC) if _is_near(event.at) else EARLIEST, EARLIEST), LATEST)
    if bounded != event.at:
        event = Event(bounded, event.device, event.kind, event.place, event.state, event.value, event.id)
    return Reading(index, arrival, event, event.id or name_event(event))


def read_call(index: int, arrival: Arrival) -> Reading | None:
    """Read a call for help of which only the time or something beside it is wrong: it counts from when it comes.

    Nobody sends again what was refused, and whoever pressed the key waits.
    """
    raw = arrival.raw
    if not isinstance(raw, Mapping) or str(raw.get("kind")).lower() not in LIFE:
        return None
    said = {name: raw[name] for name in ("id", "device", "kind", "state", "place") if name in raw}
    at = EARLIEST.isoformat()
    for given in (said | {"at": at}, {"device": raw.get("device"), "kind": raw["kind"], "at": at}):
        with suppress(EventFaults):
            return read(index, replace(arrival, raw=given))
    return None


def make_arrival(source: Source, raw: Any, *, sent_at: datetime | None) -> Arrival:
    """Take an event as the contract writes it, with what the device may say of itself beside it."""
    about = raw if isinstance(raw, Mapping) else {}
    return Arrival(
        source=source,
        raw=raw,
        sent_at=sent_at,
        battery=_level(about.get("battery")),
        linkquality=_level(about.get("linkquality")),
    )


def read_moment(given: Any) -> datetime | None:
    """Read a time of sending; one that is none is as good as no time."""
    try:
        moment = datetime.fromisoformat(given) if isinstance(given, str) else None
    except ValueError:
        return None
    return moment if moment is not None and moment.utcoffset() is not None and 1970 <= moment.year < 2100 else None


def _level(given: Any) -> int | None:
    is_number = isinstance(given, int | float) and not isinstance(given, bool) and 0 <= given <= 255
    return int(given) if is_number else None


def name_event(event: Event) -> str:
    """Make an id of what an event says, so that one without an id of its own is known when it comes again."""
    said = [event.at.timestamp(), event.device, event.kind, event.place, event.state, event.value]
    return sha256(json.dumps(said).encode()).hexdigest()[:32]


def _is_storable(event: Event) -> bool:
    """Say whether the texts can be written down: half a surrogate pair cannot."""
    return all(word.isascii() or _is_encodable(word) for word in (event.device, event.place, event.state, event.id))


def _is_encodable(word: str) -> bool:
    try:
        word.encode()
    except UnicodeEncodeError:
        return False
    return True


def _is_near(moment: datetime) -> bool:
    """Say whether a moment can be written in UTC: the first and last days of the calendar cannot."""
    return 1 < moment.year < 9999

"""Recordings of homes: JSON lines of events, at the wall clock of wherever they were lived. Pure."""

import json
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone, tzinfo

from app.clock import ZONE
from safety.judging.events import Event, EventFaults, parse_event
from safety.judging.presence import is_sign

MIDDAY = range(8, 20)
QUIET_HOURS = 5


@dataclass(frozen=True, slots=True)
class Unread:
    """A line that could not be taken, and why."""

    line: int
    faults: str


@dataclass(slots=True)
class Recording:
    """Events at the product's own wall clock, the lines that were left out, and the zones the times were written in."""

    events: list[Event] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)
    zones: list[tuple[datetime, tzinfo]] = field(default_factory=list)

    def as_written(self, moment: datetime) -> datetime:
        """Return a moment as the recording would write it."""
        if not self.zones:
            return moment.astimezone(ZONE)
        position = max(bisect_right(self.zones, moment, key=lambda each: each[0]) - 1, 0)
        zone = self.zones[position][1]
        return moment.astimezone(ZONE).replace(tzinfo=zone)


def read_recording(lines: Iterable[str]) -> Recording:
    """Read a recording; what cannot be taken is left out and named.

    Habits go by the clock on the wall. So a time with another offset than ours is taken by its own wall clock, and a
    time without any as ours. A time in UTC is a moment, unless that would put the nights of the home into the day.
    """
    recording = Recording()
    read: list[tuple[Event, tzinfo | None]] = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            read.append(_read_line(line))
        except EventFaults as error:
            recording.unread.append(Unread(number, str(error)))
    in_utc = [event for event, zone in read if zone is not None and not zone.utcoffset(None)]
    as_moments = not _lives_by_night(in_utc)
    for event, zone in read:
        _place(recording, event, zone, as_moments=as_moments)
    recording.events.sort(key=lambda event: event.at)
    recording.zones.sort(key=lambda each: each[0])
    return recording


def _read_line(line: str) -> tuple[Event, tzinfo | None]:
    """Read a line into an event and the zone that its time was written in, if any."""
    try:
        raw = json.loads(line)
    except ValueError as error:
        raise EventFaults({"line": "no_json"}) from error
    if not isinstance(raw, dict):
        raise EventFaults({"line": "not_an_object"})
    try:
        at = datetime.fromisoformat(raw["at"])
    except (KeyError, TypeError, ValueError):
        return parse_event(raw), None
    if at.utcoffset() is None:
        return parse_event({**raw, "at": at.replace(tzinfo=ZONE).isoformat()}), None
    return parse_event(raw), timezone(at.utcoffset() or timedelta())


def _place(recording: Recording, event: Event, zone: tzinfo | None, *, as_moments: bool) -> None:
    """Put an event at our wall clock, and remember the zone where it was not ours."""
    ours = event.at.astimezone(ZONE)
    is_moment = zone is None or ours.utcoffset() == zone.utcoffset(None) or (as_moments and not zone.utcoffset(None))
    if not is_moment:
        ours = event.at.astimezone(zone).replace(tzinfo=ZONE)
        if not recording.zones or recording.zones[-1][1] != zone:
            recording.zones.append((ours, zone or UTC))
    recording.events.append(Event(ours, event.device, event.kind, event.place, event.state, event.value, event.id))


def _lives_by_night(events: Iterable[Event]) -> bool:
    """Say whether the quietest hours of a home would lie around midday by our clock, but not as they are written."""
    hours = [0] * 24
    for event in events:
        if is_sign(event):
            hours[event.at.astimezone(ZONE).hour] += 1
    if not any(hours):
        return False
    by_window = [sum((hours * 2)[hour : hour + QUIET_HOURS]) for hour in range(24)]
    middle = (by_window.index(min(by_window)) + QUIET_HOURS // 2) % 24
    return middle in MIDDAY and (middle - 8) % 24 not in MIDDAY

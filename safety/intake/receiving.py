"""Turning messages from the broker into events, and taking them in."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any

import structlog
from sqlalchemy.orm import Session

from app.clock import business_day
from app.tokens import new_id
from safety.intake.arrivals import Acceptance, Arrival, Source, make_arrival, read_moment
from safety.intake.finding import Known, find_devices, find_owners, find_sources
from safety.intake.services import take_in
from safety.intake.storing import Heard, note_alive, note_said, note_seen
from safety.intake.topics import AVAILABILITY, EVENT, EVENTS, HEARTBEAT, REPORT, STATUS, Message, Topic, read_topic
from safety.intake.zigbee import Report, read_availability, read_retained, translate
from safety.kits.policy import terms_of_places

log = structlog.get_logger(__name__)

LONGEST_PAYLOAD = 300_000  # a thousand events
SIGN_OF_LIFE = ({"kind": "heartbeat", "state": ""},)


@dataclass(frozen=True, slots=True)
class Letter:
    """A message that could be read, and whose it is."""

    message: Message
    topic: Topic
    source: Source
    said: Any


@dataclass(frozen=True, slots=True)
class Words:
    """What decides how a message is understood: its device, what its type tells of, and what it said before.

    ``retained`` is what devices said some time ago, by device.
    """

    devices: Mapping[tuple[int, str], Known]
    kinds: Mapping[tuple[str, str], Collection[str]]
    said: dict[tuple[int, str], dict[str, Any]]
    retained: dict[int, dict[str, Any]] = field(default_factory=dict)


def receive(session: Session, messages: Sequence[Message], *, now: datetime) -> Acceptance:
    """Take what messages tell in. What cannot be read is left out and logged: it would not be better the next time."""
    letters = _open(session, messages, now=now)
    devices = _find_devices(session, letters, now=now)
    words = Words(devices, _kinds(session, letters, now=now), {})
    arrivals = [arrival for letter in letters for arrival in _arrivals(letter, words)]
    accepted = take_in(session, arrivals, now=now)
    note_said(session, words.retained)
    _note_presence(session, letters, devices, now=now)
    if accepted.errors:
        index, faults = next(iter(accepted.errors.items()))
        first = {"gateway": arrivals[index].source.code, "faults": dict(faults)}
        log.warning("safety.events_refused", count=len(accepted.errors), first=first)
    return accepted


def _open(session: Session, messages: Sequence[Message], *, now: datetime) -> list[Letter]:
    """Read topics and payloads, and find the gateway of each."""
    read = [(message, topic, _payload(message)) for message in messages if (topic := read_topic(message.topic))]
    sources = _find_sources(session, [topic for _message, topic, _said in read], now=now)
    letters, refused = [], []
    for message, topic, said in read:
        understood, source = sources.understand(topic)
        if source is None or said is UNREADABLE:
            refused.append(message.topic)
        else:
            letters.append(Letter(message, understood, source, said))
    if refused:
        log.warning("safety.messages_refused", count=len(refused), first=refused[0])
    return letters


@dataclass(frozen=True, slots=True)
class Sources:
    """The gateways that some topics may mean: by code, and by the name of a device that only one of them has."""

    by_code: Mapping[str, Source]
    by_device: Mapping[str, Source]

    def understand(self, topic: Topic) -> tuple[Topic, Source | None]:
        """Return a topic as it is meant, and its gateway; the first step of a path may be the gateway's code."""
        if topic.gateway:
            return topic, self.by_code.get(topic.gateway)
        if len(topic.path) > 1 and topic.path[0] in self.by_code:
            return topic.within(topic.path[0]), self.by_code[topic.path[0]]
        return topic, self.by_device.get(topic.device)


def _find_sources(session: Session, topics: Sequence[Topic], *, now: datetime) -> Sources:
    codes = {code for topic in topics for code in (topic.gateway, *topic.path[:1]) if code}
    named = Sources({source.code: source for source in find_sources(session, codes=codes)}, {})
    nameless = {topic.device for topic in topics if topic.path and named.understand(topic)[1] is None}
    owners = find_owners(session, nameless, now=now)
    by_id = {source.id: source for source in find_sources(session, ids=set(owners.values()))}
    return Sources(named.by_code, {ref: by_id[owner] for ref, owner in owners.items() if owner in by_id})


UNREADABLE = object()


def _payload(message: Message) -> Any:
    """Read a payload: JSON, or a bare word as Zigbee2MQTT's older availability."""
    if len(message.payload) > LONGEST_PAYLOAD:
        return UNREADABLE
    try:
        text = message.payload.decode()
    except UnicodeDecodeError:
        return UNREADABLE
    try:
        return json.loads(text) if text.strip() else {}
    except (ValueError, RecursionError):
        return text.strip() if len(text) < 20 else UNREADABLE


def _find_devices(session: Session, letters: Sequence[Letter], *, now: datetime) -> Mapping[tuple[int, str], Known]:
    """Find the devices whose type or last words decide what a message means."""
    wanted = {(each.source.id, each.topic.device) for each in letters if each.topic.sort in (REPORT, AVAILABILITY)}
    return find_devices(session, wanted, now=now)


def _kinds(session: Session, letters: Sequence[Letter], *, now: datetime) -> Mapping[tuple[str, str], Collection[str]]:
    """Return what each type of device tells of, by place and type."""
    places = {each.source.area_code for each in letters if each.topic.sort == REPORT}
    terms = terms_of_places(session, area_codes=places, on=business_day(now)) if places else {}
    return {(place, code): each.kinds for place, found in terms.items() for code, each in found.types.items()}


def _arrivals(letter: Letter, words: Words) -> list[Arrival]:
    """Return the events of a message; what a broker had kept tells of nothing that happens now."""
    if letter.topic.sort == REPORT:
        return _translated(letter, words)
    if letter.message.is_retained:
        return []
    body = letter.said if isinstance(letter.said, Mapping) else {}
    if letter.topic.sort == EVENTS:
        sent_at, events = read_moment(body.get("sent_at")), body.get("events")
        # Not cut off at any number: the length of the message bounds them, and the last one may be a call for help.
        listed = events if isinstance(events, list) else []
        return [make_arrival(letter.source, raw, sent_at=sent_at) for raw in listed]
    if letter.topic.sort not in (EVENT, HEARTBEAT):
        return []
    raw = {"at": letter.message.received_at.isoformat(), **body, "device": letter.topic.device}
    if letter.topic.sort == HEARTBEAT:
        raw["kind"] = "heartbeat"
    if "at" not in body and not raw.get("id"):
        raw["id"] = new_id().hex
    return [make_arrival(letter.source, raw, sent_at=read_moment(body.get("sent_at")))]


def _translated(letter: Letter, words: Words) -> list[Arrival]:
    if not isinstance(letter.said, Mapping):
        return []
    key = (letter.source.id, letter.topic.device)
    known = words.devices.get(key)
    before = words.said.setdefault(key, dict(known.said) if known else {})
    kinds = words.kinds.get((letter.source.area_code, known.type), ()) if known else ()
    if letter.message.is_retained:
        if known is None:
            return []
        report = read_retained(letter.said, before=before)
        words.retained.setdefault(known.id, {}).update(report.known)
    else:
        report = translate(letter.said, kinds=kinds, before=before)
    before.update(report.known)
    if letter.message.is_retained and not report.events:
        return []
    return [
        Arrival(
            source=letter.source,
            raw={**event, **_when_and_which(letter, report, number), "device": letter.topic.device},
            battery=report.battery,
            linkquality=report.linkquality,
            known=report.known,
        )
        for number, event in enumerate(report.events or SIGN_OF_LIFE)
    ]


def _when_and_which(letter: Letter, report: Report, number: int) -> dict[str, str]:
    """Date and name an event: by what the message says if it tells when, so that the same message is known again."""
    if report.said_at is None:
        return {"at": letter.message.received_at.isoformat(), "id": new_id().hex}
    named = sha256(letter.message.topic.encode() + b"\0" + letter.message.payload).hexdigest()[:32]
    return {"at": report.said_at.isoformat(), "id": f"{named}-{number}"}


def _note_presence(
    session: Session, letters: Sequence[Letter], devices: Mapping[tuple[int, str], Known], *, now: datetime
) -> None:
    """Write down which gateways and devices the bridge says are there; that one is gone shows by its silence."""
    alive = {each.source.id for each in letters if each.topic.sort == STATUS and read_availability(each.said)}
    note_alive(session, alive, now=now)
    heard: dict[int, Heard] = {}
    for letter in letters:
        known = devices.get((letter.source.id, letter.topic.device))
        is_fresh = letter.topic.sort == AVAILABILITY and not letter.message.is_retained
        is_there = read_availability(letter.said) if is_fresh else None
        if known and is_there:
            heard[known.id] = Heard(letter.message.received_at)
    note_seen(session, heard, now=now)

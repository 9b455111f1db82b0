"""Lets the homes of the demonstration live: what they said in past weeks, what was missed, and what they say now."""

import json
import signal
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion
from sqlalchemy import text
from sqlalchemy.orm import Session

from app import clock
from app.config import Settings
from app.db import db, transaction
from app.messages.routes import has_demo
from app.people.queries import names_of
from demo.bulk import copy_rows
from demo.errors import NoSuchHome
from demo.safety_homes import GATEWAY_SECRET, STREET_GATEWAY, House
from demo.safety_lives import Said, beat, home_ref, number_of, tell
from safety.intake.arrivals import Source
from safety.intake.manifest import is_free
from safety.intake.services import accept
from safety.kits.queries import Gateway, find_gateway_by_code

EVENT = (
    *("gateway_id", "event_id", "device_at", "occurred_at", "received_at", "home_id", "device_id"),
    *("kind", "place", "state", "clock_suspect"),
)
DEVICES = text(
    """
    SELECT d.ref, d.type, coalesce(h.away_from <= :now AND (h.away_until > :now) IS NOT FALSE, false) AS is_away
      FROM safety_device AS d JOIN safety_home AS h ON h.id = d.home_id
     WHERE d.gateway_id = :gateway_id AND d.state = 'installed' AND h.state = 'active'
     ORDER BY d.id
    """
)
WHOSE = text(
    """
    SELECT h.senior_id FROM safety_device AS d JOIN safety_home AS h ON h.id = d.home_id
     WHERE d.gateway_id = :gateway_id AND d.ref = :ref AND d.state = 'installed'
    """
)
ON_THE_WAY = timedelta(seconds=1)
CHUNK, MOST_MISSED = timedelta(hours=6), timedelta(hours=36)
STEP_SECONDS = 2.0
LOOK_STEPS = 15  # somebody may have gone away, or got a kit
# Mains devices say every few minutes that they live, as their type asks; the others each hour.
OFTEN, SELDOM = 240, 3600
MAINS = ("sos", "red_green_key", "gas")

log = structlog.get_logger(__name__)
Send = Callable[[Sequence[Said]], None]


@dataclass(frozen=True, slots=True)
class Homes:
    """What speaks through the gateway of the street: devices by home, with their types."""

    gateway: Gateway
    types: Mapping[str, str]
    living: Sequence[int]

    @property
    def source(self) -> Source:
        """Return the gateway as the ways in know it."""
        known = self.gateway
        return Source(id=known.id, code=known.code, area_code=known.area_code, home_id=known.home_id)


def find_homes(session: Session, *, now: datetime) -> Homes | None:
    """Return what speaks through the gateway of the street; nothing where there is no demonstration."""
    # A real street may have a gateway of the same name: nothing is invented into its homes.
    gateway = find_gateway_by_code(session, code=STREET_GATEWAY) if has_demo(session) else None
    if gateway is None:
        return None
    rows = session.execute(DEVICES, {"gateway_id": gateway.id, "now": now}).all()
    living = sorted({number_of(row.ref) for row in rows if not row.is_away})
    return Homes(gateway, {row.ref: row.type for row in rows}, living)


def write_past(session: Session, houses: Iterable[House], *, gateway_id: int, since: datetime, until: datetime) -> None:
    """Write down what homes said in past weeks, before anybody judged it."""
    rows = (
        (
            *(gateway_id, said.id, said.at, said.at, said.at + ON_THE_WAY),
            *(house.home_id, house.devices[said.ref], said.kind, said.ref.split("-")[1], said.state, False),
        )
        for house in houses
        for said in tell(house.number, since=since, until=until)
        if said.ref in house.devices
    )
    copy_rows(session, "safety_event", EVENT, rows)


def catch_up(session: Session, *, now: datetime, since: datetime | None = None) -> int:
    """Take in what homes said while nobody listened, as if it had come at its time; return how many events."""
    found = find_homes(session, now=now)
    if found is None:
        return 0
    heard_at = since or found.gateway.last_seen_at or now
    at, count = max(heard_at, now - MOST_MISSED), 0
    while at < now:
        until = min(at + CHUNK, now)
        said = sorted(_told(found, since=at, until=until), key=lambda each: each.at)
        events = [_raw(each) for each in said]
        count += accept(session, gateway=found.source, events=events, sent_at=None, now=until).accepted
        at = until
    return count


def press(session: Session, number: int, *, now: datetime) -> str:
    """Press the red key in a home, and return whose it is.

    :raises NoSuchHome: if the demonstration has none of this number
    """
    found, ref = find_homes(session, now=now), f"{home_ref(number)}-bedroom-sos"
    if found is None or ref not in found.types:
        raise NoSuchHome
    pressed = Said(now, ref, "sos", "on")
    accept(session, gateway=found.source, events=[_raw(pressed)], sent_at=None, now=now)
    senior_id = session.scalar(WHOSE, {"gateway_id": found.gateway.id, "ref": ref}) or 0
    return names_of(session, senior_ids=[senior_id]).get(senior_id, "")


def list_processes(settings: Settings) -> dict[str, Sequence[str]]:
    """Name what lets the homes live beside the product; nothing where there is no demonstration."""
    with transaction() as session:
        found = find_homes(session, now=clock.now())
    if found is None:
        return {}
    has_broker = not settings.mqtt_url and settings.mqtt_port and is_free(settings.mqtt_port)
    return {"homes": ("flask", "demo", "live", "--broker" if has_broker else "--at-hand")}


def play(send: Send, *, stopping: threading.Event) -> None:
    """Let the homes live on at the pace of the clock, until told to stop."""
    at, step, found = clock.now(), 0, None
    while not stopping.wait(STEP_SECONDS):
        now = clock.now()
        if step % LOOK_STEPS == 0:
            with transaction() as session:
                found = find_homes(session, now=now)
            db.session.remove()
        if found:
            send([*_lived(found, since=at, until=now), *_beats(found, step, now)])
        at, step = now, step + 1


def play_over_broker(*, port: int) -> None:
    """Let the homes live on, their words carried by the broker of this machine."""
    client = Client(CallbackAPIVersion.VERSION2, client_id="chongyang-demo-homes")
    client.username_pw_set(STREET_GATEWAY, GATEWAY_SECRET)
    client.reconnect_delay_set(min_delay=1, max_delay=10)
    client.connect_async("127.0.0.1", port)
    client.loop_start()

    def send(said: Sequence[Said]) -> None:
        for each in said:
            client.publish(f"chongyang/{STREET_GATEWAY}/{each.ref}/event", json.dumps(_raw(each)), qos=1)

    try:
        play(send, stopping=_until_told())
    finally:
        client.disconnect()
        client.loop_stop()


def play_at_hand() -> None:
    """Let the homes live on where there is no broker: their words go straight in."""

    def send(said: Sequence[Said]) -> None:
        with transaction() as session:
            found = find_homes(session, now=clock.now())
            if found and said:
                events = [_raw(each) for each in said]
                accept(session, gateway=found.source, events=events, sent_at=None, now=clock.now())
        db.session.remove()

    play(send, stopping=_until_told())


def _told(found: Homes, *, since: datetime, until: datetime) -> Iterator[Said]:
    yield from _lived(found, since=since, until=until)
    yield from beat(list(found.types), since=since, until=until)


def _lived(found: Homes, *, since: datetime, until: datetime) -> Iterator[Said]:
    for number in found.living:
        yield from (said for said in tell(number, since=since, until=until) if said.ref in found.types)


def _beats(found: Homes, step: int, now: datetime) -> Iterator[Said]:
    """Yield the signs of life whose turn it is: all at the beginning, later each at a moment of its own."""
    for place, (ref, kind) in enumerate(found.types.items()):
        every = int((OFTEN if kind in MAINS else SELDOM) / STEP_SECONDS)
        if step == 0 or step % every == place % every:
            yield Said(now, ref, "heartbeat", "on")


def _raw(said: Said) -> dict[str, Any]:
    return {"id": said.id, "at": said.at.isoformat(), "device": said.ref, "kind": said.kind, "state": said.state}


def _until_told() -> threading.Event:
    stopping = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_signal: stopping.set())
    return stopping

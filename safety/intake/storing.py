"""Writing what came in: events once, what was last heard in place.

One statement each, rows in one order: two batches that share devices wait for each other, and never for ever.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from safety.intake.arrivals import Reading
from safety.intake.finding import Known
from safety.intake.rules import Moment

STORE = text(
    """
    INSERT INTO safety_event (gateway_id, event_id, device_at, occurred_at, sent_at, received_at, home_id, device_id,
                              kind, place, state, value, clock_suspect)
    SELECT gateway_id, event_id, device_at, occurred_at, sent_at, :now, home_id, device_id, kind, place, state, value,
           suspect
      FROM unnest(CAST(:gateway_id AS bigint[]), CAST(:event_id AS text[]), CAST(:device_at AS timestamptz[]),
                  CAST(:occurred_at AS timestamptz[]), CAST(:sent_at AS timestamptz[]), CAST(:home_id AS bigint[]),
                  CAST(:device_id AS bigint[]), CAST(:kind AS text[]), CAST(:place AS text[]),
                  CAST(:state AS text[]), CAST(:value AS float8[]), CAST(:suspect AS boolean[]))
        AS e (gateway_id, event_id, device_at, occurred_at, sent_at, home_id, device_id, kind, place, state, value,
              suspect)
    ON CONFLICT DO NOTHING
    RETURNING gateway_id, event_id, device_at
    """
)
SEEN = text(
    """
    INSERT INTO safety_device_seen AS s (device_id, device_at, received_at, battery, linkquality, state)
    SELECT device_id, device_at, :now, battery, linkquality, CAST(state AS jsonb)
      FROM unnest(CAST(:device_id AS bigint[]), CAST(:device_at AS timestamptz[]), CAST(:battery AS smallint[]),
                  CAST(:linkquality AS smallint[]), CAST(:state AS text[]))
        AS e (device_id, device_at, battery, linkquality, state)
    ON CONFLICT (device_id) DO UPDATE SET
        device_at = greatest(s.device_at, excluded.device_at),
        received_at = greatest(s.received_at, excluded.received_at),
        battery = coalesce(excluded.battery, s.battery),
        linkquality = coalesce(excluded.linkquality, s.linkquality),
        state = CASE WHEN excluded.state = '{}'::jsonb THEN s.state ELSE s.state || excluded.state END
    """
)
SAID = text(
    """
    UPDATE safety_device_seen AS s SET state = s.state || CAST(e.state AS jsonb)
      FROM unnest(CAST(:device_id AS bigint[]), CAST(:state AS text[])) AS e (device_id, state)
     WHERE s.device_id = e.device_id
    """
)
# A gateway of many homes sends many batches at once: none waits for another only to say that it is alive.
ALIVE = text(
    """
    UPDATE safety_gateway SET last_seen_at = :now WHERE id IN (
        SELECT id FROM safety_gateway
         WHERE id = ANY(CAST(:gateways AS bigint[]))
           AND (last_seen_at IS NULL OR last_seen_at < CAST(:now AS timestamptz) - interval '5 seconds')
         ORDER BY id FOR NO KEY UPDATE SKIP LOCKED)
    """
)
# A broken gateway can invent names without end: so many are remembered, and the rest wait until some are forgotten.
STRANGERS = text(
    """
    INSERT INTO safety_stranger AS s (gateway_id, ref, kind, first_at, last_at)
    SELECT e.gateway_id, e.ref, e.kind, :now, :now
      FROM unnest(CAST(:gateway_id AS bigint[]), CAST(:ref AS text[]), CAST(:kind AS text[]))
        AS e (gateway_id, ref, kind)
     WHERE EXISTS (SELECT FROM safety_stranger AS k WHERE k.gateway_id = e.gateway_id AND k.ref = e.ref)
        OR (SELECT count(*) FROM safety_stranger AS k WHERE k.gateway_id = e.gateway_id) < :most
     ORDER BY 1, 2
    ON CONFLICT (gateway_id, ref) DO UPDATE SET kind = excluded.kind, last_at = greatest(s.last_at, excluded.last_at)
    """
)
MOST_STRANGERS = 200


@dataclass(frozen=True, slots=True)
class Placed:
    """A reading with the device and home it belongs to, and when it happened."""

    reading: Reading
    device: Known | None
    home_id: int | None
    moment: Moment

    @property
    def key(self) -> tuple[int, str, datetime]:
        """Return what it is known by when it comes again."""
        return self.reading.arrival.source.id, self.reading.event_id, self.reading.event.at


@dataclass(slots=True)
class Heard:
    """What was last heard of a device in a batch."""

    device_at: datetime
    battery: int | None = None
    linkquality: int | None = None
    known: dict[str, Any] = field(default_factory=dict)


def store_events(session: Session, placed: Iterable[Placed], *, now: datetime) -> set[tuple[int, str, datetime]]:
    """Write events down, those known already left as they are; return the keys of the new ones."""
    rows = sorted(placed, key=lambda each: each.key)
    if not rows:
        return set()
    said = [each.reading.event for each in rows]
    columns: dict[str, Any] = {
        "gateway_id": [each.key[0] for each in rows],
        "event_id": [each.reading.event_id for each in rows],
        "device_at": [event.at for event in said],
        "occurred_at": [each.moment.occurred_at for each in rows],
        "sent_at": [each.reading.arrival.sent_at for each in rows],
        "home_id": [each.home_id for each in rows],
        "device_id": [each.device.id if each.device else None for each in rows],
        "kind": [event.kind for event in said],
        "place": [place_of(each) for each in rows],
        "state": [event.state for event in said],
        "value": [event.value for event in said],
        "suspect": [each.moment.is_suspect for each in rows],
    }
    return {(row[0], row[1], row[2]) for row in session.execute(STORE, {**columns, "now": now})}


def place_of(placed: Placed) -> str:
    """Return where something happened: what the event says, else where the device stands."""
    return placed.reading.event.place or (placed.device.place if placed.device else "")


def note_seen(session: Session, heard: Mapping[int, Heard], *, now: datetime) -> None:
    """Write down what was last heard of devices."""
    if not heard:
        return
    rows = sorted(heard.items())
    columns = {
        "device_id": [device for device, _each in rows],
        "device_at": [each.device_at for _device, each in rows],
        "battery": [each.battery for _device, each in rows],
        "linkquality": [each.linkquality for _device, each in rows],
        "state": [json.dumps(each.known) if each.known else "{}" for _device, each in rows],
    }
    session.execute(SEEN, {**columns, "now": now})


def note_said(session: Session, said: Mapping[int, Mapping[str, Any]]) -> None:
    """Write down what devices said of themselves some time ago: it tells how they are, not that they live."""
    if not said:
        return
    rows = sorted(said.items())
    columns = {"device_id": [each[0] for each in rows], "state": [json.dumps(each[1]) for each in rows]}
    session.execute(SAID, columns)


def note_alive(session: Session, gateways: Iterable[int], *, now: datetime) -> None:
    """Write down that gateways were heard, every few seconds."""
    wanted = sorted(set(gateways))
    if wanted:
        session.execute(ALIVE, {"gateways": wanted, "now": now})


def note_strangers(session: Session, strangers: Sequence[Reading], *, now: datetime) -> None:
    """Remember devices that call and are installed nowhere, for whoever installs them."""
    if not strangers:
        return
    found = {(each.arrival.source.id, each.event.device): each.event.kind for each in strangers}
    rows = sorted(found.items())
    columns = {
        "gateway_id": [gateway for (gateway, _ref), _kind in rows],
        "ref": [ref for (_gateway, ref), _kind in rows],
        "kind": [kind for _pair, kind in rows],
    }
    session.execute(STRANGERS, {**columns, "now": now, "most": MOST_STRANGERS})

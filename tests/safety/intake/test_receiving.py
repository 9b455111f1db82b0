"""Messages from the broker: whose each is, what it tells, and what is left out."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from safety.intake.models import SafetyEvent
from safety.intake.receiving import receive
from safety.intake.topics import Message
from safety.kits.models import SafetyDevice, SafetyDeviceSeen, SafetyGateway
from tests.safety.factories import make_device, make_gateway, make_home

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@dataclass
class House:
    """A home with three sensors behind one gateway."""

    session: Session
    gateway: SafetyGateway
    devices: dict[str, SafetyDevice]

    def hear(self, *messages: tuple[str, Any], now: datetime = NOW, is_retained: bool = False) -> list[tuple[str, str]]:
        """Receive messages, and return all that is stored by now: kinds and states in order."""
        made = [
            Message(topic, said if isinstance(said, bytes) else json.dumps(said).encode(), now, is_retained)
            for topic, said in messages
        ]
        receive(self.session, made, now=now)
        self.session.expire_all()
        order = (SafetyEvent.occurred_at, SafetyEvent.kind, SafetyEvent.state)
        return [(each.kind, each.state) for each in self.session.scalars(select(SafetyEvent).order_by(*order))]

    def seen(self, ref: str) -> SafetyDeviceSeen | None:
        return self.session.get(SafetyDeviceSeen, self.devices[ref].id)


@pytest.fixture
def house(session: Session) -> House:
    home, gateway = make_home(session), make_gateway(session, code="gw-a")
    devices = {
        ref: make_device(session, home=home, gateway=gateway, kind=kind, ref=ref, place=place)
        for ref, kind, place in (("pir", "motion", "hall"), ("front", "door", "door"), ("flat 1/sos", "sos", "bed"))
    }
    return House(session, gateway, devices)


def test_our_own_topics_carry_events_of_the_contract(house: House) -> None:
    event = {"kind": "motion", "state": "on", "at": (NOW - timedelta(minutes=1)).isoformat(), "id": "1"}
    batch = {"sent_at": NOW.isoformat(), "events": [event | {"device": "front", "kind": "door", "id": "2"}]}
    found = house.hear(
        ("chongyang/gw-a/pir/event", event),
        ("chongyang/gw-a/pir/event", event),
        ("chongyang/gw-a/events", batch),
        ("chongyang/gw-a/pir/event", {"kind": "motion", "state": "off"}),
        ("chongyang/gw-a/front/heartbeat", {"battery": 40}),
    )
    assert found == [("door", "on"), ("motion", "on"), ("motion", "off")]
    seen = house.seen("front")
    assert seen is not None
    assert (seen.battery, seen.received_at) == (40, NOW)


@pytest.mark.parametrize("base", ["zigbee2mqtt", "zigbee2mqtt/gw-a"])
def test_zigbee_devices_are_found_with_and_without_their_gateway(house: House, base: str) -> None:
    found = house.hear(
        (f"{base}/pir", {"occupancy": True, "battery": 61, "linkquality": 99}),
        (f"{base}/flat 1/sos", {"action": "emergency"}),
    )
    assert sorted(found) == [("motion", "on"), ("sos", "on")]
    seen = house.seen("pir")
    assert seen is not None
    assert (seen.battery, seen.linkquality, seen.state["occupancy"]) == (61, 99, True)


def test_a_name_that_two_gateways_know_belongs_to_nobody(house: House) -> None:
    other = make_gateway(house.session)
    make_device(house.session, gateway=other, kind="motion", ref="pir")
    assert house.hear(("zigbee2mqtt/pir", {"occupancy": True})) == []
    assert house.hear(("zigbee2mqtt/gw-a/pir", {"occupancy": True})) == [("motion", "on")]


def test_what_lasts_is_told_when_it_changes_in_one_batch_and_in_several(house: House) -> None:
    door = "zigbee2mqtt/front"
    states = [False, False, True, True, False]
    together = house.hear(*((door, {"contact": state}) for state in states))
    assert together.count(("contact", "open")) == 2
    assert together.count(("contact", "closed")) == 1
    assert house.hear((door, {"contact": False}), now=NOW + timedelta(seconds=1)) == together
    assert len(house.hear((door, {"contact": True}), now=NOW + timedelta(seconds=2))) == 4


def test_a_message_that_tells_its_time_is_known_when_it_comes_again(house: House) -> None:
    message = ("zigbee2mqtt/flat 1/sos", {"action": "emergency", "last_seen": "2026-11-22T11:59:58.5Z"})
    house.hear(message)
    assert house.hear(message, now=NOW + timedelta(minutes=1)) == [("sos", "on")]


def test_what_cannot_be_read_is_left_out(house: House) -> None:
    found = house.hear(
        ("zigbee2mqtt/pir", b"\xff\xfe"),
        ("zigbee2mqtt/pir", b"{" * 5000),
        ("zigbee2mqtt/pir", b"[" * 100_000),
        ("zigbee2mqtt/pir", b" " * 400_000),
        ("zigbee2mqtt/pir", [1, 2]),
        ("zigbee2mqtt/pir", b""),
        ("zigbee2mqtt/unknown", {"occupancy": True}),
        ("zigbee2mqtt/bridge/devices", [{"ieee": 1}]),
        ("chongyang/nobody/pir/event", {"kind": "motion"}),
        ("chongyang/gw-a/pir/event", [1]),
        ("chongyang/gw-a/pir/event", {"kind": "motion", "at": 7}),
        ("chongyang/gw-a/events", {"events": "all"}),
        ("chongyang/gw-a/events", {"events": [1, None], "sent_at": "noon"}),
        ("chongyang/gw-a/pir/event", {"kind": "motion", "state": "on"}),
    )
    assert found == [("motion", "on")]


def test_presence_that_the_bridge_tells_is_a_sign_of_life(house: House) -> None:
    house.hear(
        ("zigbee2mqtt/pir/availability", {"state": "online"}),
        ("zigbee2mqtt/front/availability", b"offline"),
        ("zigbee2mqtt/gw-a/bridge/state", {"state": "online"}),
    )
    assert house.seen("pir") is not None
    assert house.seen("front") is None
    assert house.session.get_one(SafetyGateway, house.gateway.id).last_seen_at == NOW


def test_a_gateway_out_of_use_is_not_heard(house: House) -> None:
    house.gateway.state, house.gateway.token_digest, house.gateway.token_at = "revoked", None, None
    house.gateway.mqtt_user = house.gateway.mqtt_password = None
    house.session.flush()
    assert house.hear(("chongyang/gw-a/pir/event", {"kind": "motion"}), ("zigbee2mqtt/pir", {"occupancy": True})) == []


def test_a_press_that_the_broker_had_kept_does_not_ring_again(house: House) -> None:
    for _connection in range(3):
        found = house.hear(
            ("zigbee2mqtt/flat 1/sos", {"action": "emergency", "sos": True, "battery": 50}),
            ("zigbee2mqtt/pir", {"occupancy": True, "last_seen": NOW.isoformat()}),
            ("chongyang/gw-a/flat 1/event", {"kind": "sos"}),
            ("chongyang/gw-a/events", {"events": [{"device": "pir", "kind": "sos", "at": NOW.isoformat()}]}),
            ("chongyang/gw-a/pir/heartbeat", {}),
            ("zigbee2mqtt/pir/availability", "online"),
            is_retained=True,
        )
        assert found == []
    assert house.seen("pir") is None


def test_what_the_broker_had_kept_tells_how_a_device_is_and_not_that_it_lives(house: House) -> None:
    house.hear(("zigbee2mqtt/front", {"contact": True}), now=NOW - timedelta(hours=3))
    assert house.hear(("zigbee2mqtt/front", {"contact": False, "battery": 50}), is_retained=True) == []
    seen = house.seen("front")
    assert seen is not None
    assert (seen.received_at, seen.state["contact"]) == (NOW - timedelta(hours=3), False)
    assert house.hear(("zigbee2mqtt/front", {"contact": True})) == [("contact", "closed")]


def test_smoke_that_began_while_nobody_listened_rings_once(house: House) -> None:
    for _connection in range(3):
        found = house.hear(("zigbee2mqtt/pir", {"smoke": True}), is_retained=True)
    assert found == [("smoke", "on")]
    assert house.hear(("zigbee2mqtt/unknown", {"smoke": True}), is_retained=True) == found

"""What sensors say through Zigbee2MQTT, message by message: the fields are those of its converters."""

from datetime import UTC, datetime
from typing import Any

import pytest

from safety.intake.zigbee import read_availability, translate

TYPES: dict[str, tuple[str, ...]] = {
    "door_magnet": ("door", "tamper"),
    "bed_pressure": ("bed",),
    "seat": ("seat",),
    "fixed_alarm": ("sos", "heartbeat"),
    "key": ("sos", "green_key"),
    "green_key": ("green_key",),
}
MOTION, QUIET = {"kind": "motion", "state": "on"}, {"kind": "motion", "state": "off"}
GREEN = {"kind": "green_key", "state": "on"}
SOS = {"kind": "sos", "state": "on"}


@pytest.mark.parametrize(
    ("message", "type_code", "before", "events"),
    [
        ({"occupancy": True, "illuminance": 12}, "infrared", {}, [MOTION]),
        ({"occupancy": True}, "infrared", {"occupancy": True}, [MOTION]),  # seen again
        ({"occupancy": False}, "infrared", {"occupancy": True}, [QUIET]),
        ({"occupancy": False}, "infrared", {}, []),
        ({"presence": True, "moving": True}, "radar", {}, [MOTION]),
        ({"vibration": True}, "", {}, [MOTION]),
        ({"occupancy": True}, "bed_pressure", {}, [{"kind": "bed", "state": "on"}]),
        ({"occupancy": True}, "bed_pressure", {"occupancy": True}, []),  # still in bed
        ({"occupancy": True}, "seat", {}, [{"kind": "seat", "state": "on"}]),
        ({"occupancy": False}, "bed_pressure", {"occupancy": True}, [{"kind": "bed", "state": "off"}]),
        ({"contact": False}, "door_magnet", {"contact": True}, [{"kind": "door", "state": "open"}]),
        ({"contact": False}, "door_magnet", {}, [{"kind": "door", "state": "open"}]),
        ({"contact": True}, "door_magnet", {"contact": False}, [{"kind": "door", "state": "closed"}]),
        ({"contact": True, "temperature": 20}, "door_magnet", {"contact": True}, []),
        ({"contact": False}, "cupboard", {}, [{"kind": "contact", "state": "open"}]),
        ({"smoke": True}, "smoke", {}, [{"kind": "smoke", "state": "on"}]),
        ({"smoke": True}, "smoke", {"smoke": True}, [{"kind": "smoke", "state": "on"}]),  # told as often as it is
        ({"smoke": False}, "smoke", {"smoke": True}, [{"kind": "smoke", "state": "off"}]),
        ({"smoke": False}, "smoke", {}, []),
        ({"gas": True}, "gas", {}, [{"kind": "gas", "state": "on"}]),
        ({"carbon_monoxide": True}, "gas", {}, [{"kind": "gas", "state": "on"}]),
        ({"water_leak": True}, "water_leak", {}, [{"kind": "water", "state": "on"}]),
        ({"fall_state": "fall"}, "fall_radar", {}, [{"kind": "fall", "state": "on"}]),
        ({"fall_state": "normal"}, "fall_radar", {}, []),
        ({"sos": True}, "wearable", {}, [{"kind": "sos", "state": "on"}]),
        ({"action": "emergency"}, "", {}, [SOS]),
        ({"action": "panic"}, "cupboard", {}, [SOS]),
        ({"action": "single"}, "fixed_alarm", {}, [SOS]),
        ({"action": "1_hold"}, "key", {}, [SOS]),
        ({"action": "2_single"}, "key", {}, [GREEN]),
        ({"action": "green_press"}, "key", {}, [GREEN]),
        ({"action": "single"}, "key", {}, [SOS]),
        ({"action": "single"}, "green_key", {}, [GREEN]),
        ({"action": "release"}, "fixed_alarm", {}, []),
        ({"action": "single"}, "switch", {}, [{"kind": "appliance", "state": "on"}]),
        ({"action": ""}, "fixed_alarm", {}, []),
        ({"action": None}, "fixed_alarm", {}, []),
        ({"tamper": True}, "door_magnet", {}, [{"kind": "tamper", "state": "on"}]),
        ({"tamper": False}, "door_magnet", {"tamper": True}, [{"kind": "tamper", "state": "off"}]),
        ({"state": "ON", "power": 1800}, "appliance", {"power": 0}, [{"kind": "appliance", "state": "on"}]),
        ({"power": 2}, "appliance", {"power": 1800}, [{"kind": "appliance", "state": "off"}]),
        ({"power": 15}, "appliance", {"power": 14.9}, [{"kind": "appliance", "state": "on"}]),
        ({"state": "OFF"}, "appliance", {"state": "ON"}, [{"kind": "appliance", "state": "off"}]),
        ({"battery": 12}, "infrared", {"battery": 13}, [{"kind": "battery", "state": "", "value": 12}]),
        ({"battery": 12}, "infrared", {"battery": 12}, []),
        ({"battery_low": True}, "smoke", {}, [{"kind": "battery", "state": "", "value": 0}]),
        ({"battery": 300}, "infrared", {}, []),
        ({"occupancy": "yes", "contact": 1, "power": True}, "infrared", {}, []),  # nothing of the right sort
        ({}, "infrared", {}, []),
    ],
)
def test_a_message_becomes_what_is_new_in_it(
    message: dict[str, Any], type_code: str, before: dict[str, Any], events: list[dict[str, Any]]
) -> None:
    assert list(translate(message, kinds=TYPES.get(type_code, ()), before=before).events) == events


def test_a_message_tells_how_the_device_is() -> None:
    message = {"contact": False, "battery": 97.6, "linkquality": 140, "last_seen": "2026-11-22T12:00:00.250Z"}
    report = translate(message, kinds=TYPES["door_magnet"], before={"battery": 97})
    assert (report.battery, report.linkquality, dict(report.known)) == (97, 140, {"contact": False, "battery": 97})
    assert report.said_at == datetime(2026, 11, 22, 12, 0, 0, 250000, UTC)


@pytest.mark.parametrize(
    ("given", "said_at"),
    [
        (1795348800000, datetime(2026, 11, 22, 12, tzinfo=UTC)),
        ("2026-11-22T20:00:00+08:00", datetime(2026, 11, 22, 12, tzinfo=UTC)),
        ("2026-11-22T12:00:00", None),
        ("yesterday", None),
        (1e300, None),
        (True, None),
        (None, None),
    ],
)
def test_when_a_message_was_said(given: Any, said_at: datetime | None) -> None:
    assert translate({"last_seen": given}, kinds=(), before={}).said_at == said_at


@pytest.mark.parametrize(
    ("message", "is_there"),
    [("online", True), ({"state": "online"}, True), ({"state": "offline"}, False), ("offline", False), ("?", None)],
)
def test_availability_is_read_in_both_its_shapes(message: Any, is_there: bool | None) -> None:
    assert read_availability(message) is is_there

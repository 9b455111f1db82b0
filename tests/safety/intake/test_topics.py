"""What a topic says, and what it does not."""

import pytest

from safety.intake.topics import Topic, read_topic


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("chongyang/gw-1/pir-1/event", Topic("event", "gw-1", ("pir-1",))),
        ("chongyang/gw-1/pir-1/heartbeat", Topic("heartbeat", "gw-1", ("pir-1",))),
        ("chongyang/gw-1/events", Topic("events", "gw-1")),
        ("chongyang/gw-1/status", Topic("status", "gw-1")),
        ("chongyang/gw-1/pir-1/orders", None),
        ("chongyang//pir-1/event", None),
        ("chongyang/gw-1", None),
        ("zigbee2mqtt/hall", Topic("report", "", ("hall",))),
        ("zigbee2mqtt/gw-1/hall", Topic("report", "", ("gw-1", "hall"))),
        ("zigbee2mqtt/flat 3/hall/pir", Topic("report", "", ("flat 3", "hall", "pir"))),
        ("zigbee2mqtt/hall/availability", Topic("availability", "", ("hall",))),
        ("zigbee2mqtt/availability", Topic("report", "", ("availability",))),
        ("zigbee2mqtt/bridge/state", Topic("status", "")),
        ("zigbee2mqtt/gw-1/bridge/state", Topic("status", "gw-1")),
        ("zigbee2mqtt/bridge/devices", None),
        ("zigbee2mqtt/gw-1/bridge/logging", None),
        ("zigbee2mqtt/hall/set", None),
        ("zigbee2mqtt/hall/get", None),
        ("zigbee2mqtt", None),
        ("zigbee2mqtt//hall", None),
        ("homeassistant/sensor/1", None),
        ("", None),
    ],
)
def test_a_topic_is_read(text: str, topic: Topic | None) -> None:
    assert read_topic(text) == topic


def test_the_first_step_may_be_a_gateway() -> None:
    topic = read_topic("zigbee2mqtt/gw-1/hall/pir")
    assert topic is not None
    assert topic.within("gw-1") == Topic("report", "gw-1", ("hall", "pir"))
    assert topic.within("gw-1").device == "hall/pir"

"""What an MQTT topic says: whose message, of which device, and of what sort. Pure.

Ours are ``chongyang/<gateway>/<device>/event``, ``.../heartbeat``, ``chongyang/<gateway>/events`` (many at once) and
``chongyang/<gateway>/status``. Those of Zigbee2MQTT are ``<base>/<friendly name>`` and ``.../availability``, with the
base ``zigbee2mqtt`` or ``zigbee2mqtt/<gateway>``; a friendly name may hold slashes.
"""

from dataclasses import dataclass
from datetime import datetime

OWN, ZIGBEE = "chongyang", "zigbee2mqtt"
SUBSCRIPTIONS = (f"{OWN}/+/+/event", f"{OWN}/+/+/heartbeat", f"{OWN}/+/events", f"{OWN}/+/status", f"{ZIGBEE}/#")
EVENT, EVENTS, HEARTBEAT, STATUS, AVAILABILITY, REPORT = (
    "event",
    "events",
    "heartbeat",
    "status",
    "availability",
    "report",
)
# What others tell Zigbee2MQTT, not what it tells us.
ORDERS = frozenset({"set", "get"})


@dataclass(frozen=True, slots=True)
class Message:
    """A message as it came from the broker."""

    topic: str
    payload: bytes
    received_at: datetime
    # Kept by the broker for whoever comes later: said some time ago, and said again at every new connection.
    is_retained: bool = False


@dataclass(frozen=True, slots=True)
class Topic:
    """A message's place: ``gateway`` is a code, or empty where the topic does not say; ``path`` is what follows."""

    sort: str
    gateway: str
    path: tuple[str, ...] = ()

    @property
    def device(self) -> str:
        """Return the device's name."""
        return "/".join(self.path)

    def within(self, gateway: str) -> "Topic":
        """Return the topic with the first step of its path read as a gateway's code."""
        return Topic(self.sort, gateway, self.path[1:])


def read_topic(text: str) -> Topic | None:
    """Read a topic; nothing for one that tells us nothing."""
    base, *steps = text.split("/")
    if base == OWN:
        return _own(steps)
    return _zigbee(steps) if base == ZIGBEE and steps and all(steps) else None


def _own(steps: list[str]) -> Topic | None:
    if not all(steps):
        return None
    match steps:
        case [gateway, "events" | "status" as sort]:
            return Topic(sort, gateway)
        case [gateway, device, "event" | "heartbeat" as sort]:
            return Topic(sort, gateway, (device,))
        case _:
            return None


def _zigbee(steps: list[str]) -> Topic | None:
    match steps:
        case ["bridge", "state"]:
            return Topic(STATUS, "")
        case [gateway, "bridge", "state"]:
            return Topic(STATUS, gateway)
        case ["bridge", *_] | [_, "bridge", *_]:
            return None
        case [*_, last] if last in ORDERS:
            return None
        case [_, *_, "availability"]:
            return Topic(AVAILABILITY, "", tuple(steps[:-1]))
        case _:
            return Topic(REPORT, "", tuple(steps))

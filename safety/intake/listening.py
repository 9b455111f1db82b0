"""The listener at the MQTT broker: messages are acknowledged once what they tell is in the database, not before.

The broker keeps the session of our fixed client id while we are away, and sends again what was not acknowledged.
"""

import contextlib
import queue
import ssl
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from itertools import chain, repeat
from typing import Any
from urllib.parse import urlsplit

import structlog
from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion

from app import clock
from safety.intake.keeping import AWAY
from safety.intake.topics import SUBSCRIPTIONS, Message

log = structlog.get_logger(__name__)

AT_ONCE = 500
MOST_WAITING = 20_000
KEEPALIVE = 60
PAUSES = (0.2, 0.5, 1.0, 2.0, 5.0)
BEAT_SECONDS = 5
ASIDE_SECONDS = 60  # until a message is fetched again that the database would not take
GIVE_UP_AFTER = 5  # tries at one batch while the database answers others

Take = Callable[[Sequence[Message]], None]


@dataclass(frozen=True, slots=True)
class Broker:
    """Where the broker is, and who we are there."""

    url: str
    user: str
    password: str
    client_id: str
    authority: str = ""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message that waits for its batch, and the connection through which it came."""

    message: Message
    number: int
    qos: int
    connection: int


class Result(Enum):
    """What became of a try to take a batch in."""

    TAKEN = auto()
    AWAY = auto()
    BROKEN = auto()


class Listener:
    """Takes messages from the broker in batches, each in one transaction, and acknowledges them after it."""

    def __init__(self, broker: Broker, *, take: Take, beat: Callable[[], None], answers: Callable[[], bool]) -> None:
        self._take, self._beat, self._answers = take, beat, answers
        self._waiting: queue.SimpleQueue[Waiting] = queue.SimpleQueue()
        self._connection = 0
        self._missed, self._fetch_at = False, 0.0
        self._stopping = threading.Event()
        self._beaten_at = float("-inf")
        self.taken = 0
        self._broker, self._address = broker, urlsplit(broker.url)
        self._client = self._make_client()

    def run(self) -> None:
        """Listen until told to stop."""
        self._connect()
        try:
            while not self._stopping.is_set():
                batch = self._next_batch()
                if batch:
                    self._work_off(batch)
                self._beat_if_due()
                self._fetch_missed()
        finally:
            self._disconnect()

    def stop(self) -> None:
        """End after the batch at hand; the broker keeps what comes after it."""
        self._stopping.set()

    def is_connected(self) -> bool:
        """Say whether the broker is there."""
        return self._client.is_connected()

    def _make_client(self) -> Client:
        client = Client(
            CallbackAPIVersion.VERSION2, client_id=self._broker.client_id, clean_session=False, manual_ack=True
        )
        if self._broker.user:
            client.username_pw_set(self._broker.user, self._broker.password)
        if self._address.scheme == "mqtts":
            client.tls_set(ca_certs=self._broker.authority or None, cert_reqs=ssl.CERT_REQUIRED)
        client.reconnect_delay_set(min_delay=1, max_delay=30)
        client.on_connect, client.on_disconnect = self._on_connect, self._on_disconnect
        client.on_subscribe, client.on_message = self._on_subscribe, self._on_message
        return client

    def _connect(self) -> None:
        """Connect in a thread of its own, which connects again whenever the broker was away."""
        port = self._address.port or (8883 if self._address.scheme == "mqtts" else 1883)
        self._client.connect_async(self._address.hostname or "127.0.0.1", port, keepalive=KEEPALIVE)
        self._client.loop_start()

    def _disconnect(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def _on_connect(self, client: Client, _data: Any, _flags: Any, reason: Any, _properties: Any) -> None:
        if reason.is_failure:
            log.error("safety.broker_refused", reason=str(reason))
            return
        client.subscribe([(topic, 1) for topic in SUBSCRIPTIONS])
        log.info("safety.listening")

    def _on_subscribe(self, _client: Client, _data: Any, _number: int, reasons: Any, _properties: Any) -> None:
        if any(reason.is_failure for reason in reasons):
            log.error("safety.subscription_refused", reasons=[str(reason) for reason in reasons])

    def _on_disconnect(self, _client: Client, _data: Any, _flags: Any, reason: Any, _properties: Any) -> None:
        # What waits was not acknowledged and comes again, perhaps under other numbers: it is let go.
        self._connection += 1
        if not self._stopping.is_set():
            log.warning("safety.broker_away", reason=str(reason))

    def _on_message(self, _client: Client, _data: Any, message: MQTTMessage) -> None:
        if self._waiting.qsize() >= MOST_WAITING:
            self._missed = True  # not acknowledged either: fetched by a new connection when there is room
            return
        came = Message(_topic(message), bytes(message.payload), clock.now(), is_retained=bool(message.retain))
        self._waiting.put(Waiting(came, message.mid, message.qos, self._connection))

    def _next_batch(self) -> list[Waiting]:
        """Wait a moment for a message, and take with it what waits already."""
        batch: list[Waiting] = []
        with contextlib.suppress(queue.Empty):
            batch.append(self._waiting.get(timeout=0.2))
            while len(batch) < AT_ONCE:
                batch.append(self._waiting.get_nowait())
        return [each for each in batch if each.connection == self._connection]

    def _work_off(self, batch: Sequence[Waiting]) -> None:
        """Take a batch in, however long the database is away; a part that cannot be taken is found by halving."""
        tries_while_there = 0
        for pause in chain(PAUSES, repeat(PAUSES[-1])):
            if self._stopping.is_set():
                return
            result = self._try(batch)
            if result is Result.TAKEN:
                self._acknowledge(batch)
                return
            tries_while_there += result is Result.AWAY and self._answers()
            if result is Result.BROKEN or tries_while_there >= GIVE_UP_AFTER:
                self._halve(batch, result)
                return
            self._stopping.wait(pause)

    def _try(self, batch: Sequence[Waiting]) -> "Result":
        try:
            self._take([each.message for each in batch])
        except AWAY as error:
            log.warning("safety.database_away", error=type(error).__name__, waiting=len(batch))
            return Result.AWAY
        # Whatever is wrong with one message must not keep the others from being taken.
        except Exception:
            log.exception("safety.batch_failed", count=len(batch))
            return Result.BROKEN
        return Result.TAKEN

    def _halve(self, batch: Sequence[Waiting], result: Result) -> None:
        if len(batch) == 1 and result is Result.AWAY:
            # A full disk, a lock that is held: not the message's fault. It stays unacknowledged and comes again.
            log.error("safety.message_set_aside", topic=batch[0].message.topic)
            self._missed, self._fetch_at = True, time.monotonic() + ASIDE_SECONDS
            return
        if len(batch) == 1:
            # It would fail again each time it is sent: it is let go, and the log keeps where it came from.
            log.error("safety.message_lost", topic=batch[0].message.topic, size=len(batch[0].message.payload))
            self._acknowledge(batch)
            return
        middle = len(batch) // 2
        for part in (batch[:middle], batch[middle:]):
            self._work_off(part)

    def _acknowledge(self, batch: Sequence[Waiting]) -> None:
        self.taken += len(batch)
        for each in batch:
            if each.qos and each.connection == self._connection:
                self._client.ack(each.number, each.qos)

    def _beat_if_due(self) -> None:
        if time.monotonic() - self._beaten_at < BEAT_SECONDS or not self.is_connected():
            return
        self._beaten_at = time.monotonic()
        try:
            self._beat()
        except AWAY as error:
            log.warning("safety.database_away", error=type(error).__name__)

    def _fetch_missed(self) -> None:
        """Connect anew once there is room again: the broker then sends what was left unacknowledged."""
        if self._missed and self._waiting.empty() and time.monotonic() >= self._fetch_at:
            self._missed = False
            self._disconnect()
            self._client = self._make_client()
            self._connect()


def _topic(message: MQTTMessage) -> str:
    """Return a message's topic; one that is no text is nobody's, and must not end the thread that reads."""
    try:
        return str(message.topic)
    except UnicodeDecodeError:
        return ""

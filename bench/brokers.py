"""A broker to measure with: Debian's Mosquitto where it is installed, else the one of the demonstration."""

import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

USER, PASSWORD = "chongyang", "bench"
PUBLISHERS = 4
MOSQUITTO = shutil.which("mosquitto", path="/usr/sbin:/usr/bin:/usr/local/sbin")
SETTINGS = "allow_anonymous true\nmax_inflight_messages 1000\nmax_queued_messages 1000000\n"
AMQTT = f"from safety.intake.broker import House, serve; serve(port=%d, house=House('{USER}', '{PASSWORD}', %s))"


@dataclass(frozen=True)
class Running:
    """A broker that runs."""

    name: str
    port: int


@contextmanager
def running() -> Iterator[Running]:
    """Run a broker that lets everybody in."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-c", AMQTT % (port, "lambda user, password: True")]
        if MOSQUITTO:
            Path(folder, "conf").write_text(f"listener {port} 127.0.0.1\n{SETTINGS}")
            command = [MOSQUITTO, "-c", str(Path(folder, "conf"))]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            _wait(port)
            yield Running("mosquitto" if MOSQUITTO else "amqtt", port)
        finally:
            process.terminate()
            process.wait(10)


def publish(broker: Running, messages: Sequence[tuple[str, str]]) -> None:
    """Send messages from a few gateways at once; return when the broker has them."""
    parts = [messages[number::PUBLISHERS] for number in range(PUBLISHERS)]
    threads = [
        threading.Thread(target=_publish, args=(broker, f"bench-{number}", part)) for number, part in enumerate(parts)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def carry(broker: Running, messages: Sequence[tuple[str, str]]) -> float:
    """Return how many messages a second the broker carries to somebody who only counts them."""
    came, all_there = [0], threading.Event()

    def count(*_told: Any) -> None:
        came[0] += 1
        if came[0] == len(messages):
            all_there.set()

    client = _client(broker, "bench-counter", USER)
    client.on_message = count
    ready = threading.Event()
    client.on_subscribe = lambda *_told: ready.set()
    client.subscribe("chongyang/#", 1)
    ready.wait(10)
    begun = time.perf_counter()
    publish(broker, messages)
    all_there.wait(120)
    taken = time.perf_counter() - begun
    client.disconnect()
    client.loop_stop()
    return came[0] / taken


def _publish(broker: Running, name: str, messages: Sequence[tuple[str, str]]) -> None:
    client = _client(broker, name, name)
    for sent in [client.publish(topic, payload, qos=1) for topic, payload in messages]:
        sent.wait_for_publish(120)
    client.disconnect()
    client.loop_stop()


def _client(broker: Running, name: str, user: str) -> Client:
    client = Client(CallbackAPIVersion.VERSION2, client_id=name)
    client.username_pw_set(user, PASSWORD)
    client.max_inflight_messages_set(200)
    client.max_queued_messages_set(0)
    client.connect("127.0.0.1", broker.port)
    client.loop_start()
    return client


def _wait(port: int) -> None:
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError("the broker did not answer")

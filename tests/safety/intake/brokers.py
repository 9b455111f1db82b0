"""Brokers for tests: Debian's Mosquitto where it is installed, and the one of the demonstration."""

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from tests.conftest import ROOT

MOSQUITTO = shutil.which("mosquitto", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin")
BROKERS = ["amqtt", *(["mosquitto"] if MOSQUITTO else [])]
USER, PASSWORD = "chongyang", "listener-secret"
OPEN = "allow_anonymous true\nmax_inflight_messages 1000\nmax_queued_messages 100000\n"
AMQTT = f"from safety.intake.broker import House, serve; serve(port=%d, house=House('{USER}', '{PASSWORD}', %s))"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(command: list[str], port: int) -> Iterator[int]:
    """Run a broker until the test is over."""
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 15
        while time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.02)
        yield port
    finally:
        process.terminate()
        process.wait(10)


@contextmanager
def mosquitto(folder: Path, settings: str, port: int) -> Iterator[int]:
    """Run Mosquitto with settings of its own."""
    file = folder / "mosquitto.conf"
    file.write_text(settings)
    with running([str(MOSQUITTO), "-c", str(file)], port) as found:
        yield found


@contextmanager
def broker(name: str, folder: Path) -> Iterator[int]:
    """Run a broker that lets everybody in, and return its port."""
    port = free_port()
    if name == "mosquitto":
        with mosquitto(folder, f"listener {port} 127.0.0.1\n{OPEN}", port) as found:
            yield found
    else:
        code = AMQTT % (port, "lambda user, password: True")
        with running([sys.executable, "-c", code], port) as found:
            yield found


def make_client(port: int, *, user: str = "gw-a", password: str = "x", name: str = "") -> Client:
    """Connect a gateway."""
    client = Client(CallbackAPIVersion.VERSION2, client_id=name or f"test-{user}")
    client.username_pw_set(user, password)
    client.connect("127.0.0.1", port)
    client.loop_start()
    return client


def publish(port: int, messages: list[tuple[str, str]], *, user: str = "gw-a") -> None:
    """Send messages and return when the broker has acknowledged all of them."""
    client = make_client(port, user=user)
    for sent in [client.publish(topic, payload, qos=1) for topic, payload in messages]:
        sent.wait_for_publish(10)
        assert sent.is_published()
    client.disconnect()
    client.loop_stop()

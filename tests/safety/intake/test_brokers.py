"""Whom the brokers let in, and where to: Mosquitto with the very files of the operations guide, and our own."""

import datetime as dates
import re
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion
from sqlalchemy.orm import Session

from app import clock
from safety.intake.manifest import list_processes
from safety.kits.gateways import password_line
from tests.conftest import ROOT
from tests.safety.factories import make_gateway
from tests.safety.intake.brokers import AMQTT, MOSQUITTO, PASSWORD, USER, free_port, mosquitto, running


def write_certificate(folder: Path) -> None:
    """Make a certificate for this machine, signed by itself."""
    key, now = ec.generate_private_key(ec.SECP256R1()), clock.now()
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now).not_valid_after(now + dates.timedelta(days=1))
    address = x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))])
    made = builder.add_extension(address, critical=False).sign(key, hashes.SHA256())
    folder.mkdir()
    (folder / "server.crt").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    pem = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    (folder / "server.key").write_bytes(key.private_bytes(*pem))


def guide(language: str) -> str:
    """Return a file that the operations guide shows."""
    text = (ROOT / "docs" / "operations.md").read_text()
    (found,) = re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)
    return str(found)


@pytest.fixture
def guided(tmp_path: Path, runner: Any, session: Session) -> Iterator[int]:
    """Run Mosquitto as the guide says, with two gateways of ours; only folders and the port differ."""
    for code in ("gw-a", "gw-b"):
        make_gateway(session, code=code).mqtt_password = password_line(f"{code}-secret")
    session.commit()
    passwords = tmp_path / "passwords"
    passwords.write_text(runner.invoke(args=["safety", "passwords"]).output)
    subprocess.run(["mosquitto_passwd", "-b", str(passwords), USER, PASSWORD], check=True, timeout=10)
    write_certificate(tmp_path / "certs")
    (tmp_path / "acl").write_text(guide("acl"))
    port = free_port()
    # Debian's own file says these two, and Mosquitto refuses to start where a line stands twice.
    debians = f"persistence true\npersistence_location {tmp_path}/\n"
    settings = debians + guide("conf").replace("/etc/mosquitto/", f"{tmp_path}/")
    settings = settings.replace("listener 8883", f"user root\nlistener {port} 127.0.0.1")
    with mosquitto(tmp_path, settings, port) as found:
        yield found


@pytest.fixture
def ours() -> Iterator[int]:
    """Run the broker of the demonstration with one gateway."""
    port = free_port()
    code = AMQTT % (port, "lambda user, password: (user, password) == ('gw-a', 'gw-a-secret')")
    with running([sys.executable, "-c", code], port) as found:
        yield found


class Caller:
    """Somebody who connects, and what they hear."""

    def __init__(self, port: int, user: str, password: str, authority: Path | None = None) -> None:
        self.heard: list[str] = []
        self._came, self._answered = threading.Event(), threading.Event()
        self.reason: Any = None
        name = f"test-{user}-{password}"
        self.client = Client(CallbackAPIVersion.VERSION2, client_id=name, reconnect_on_failure=False)
        self.client.username_pw_set(user, password)
        if authority:
            self.client.tls_set(ca_certs=str(authority), cert_reqs=ssl.CERT_REQUIRED)
        self.client.on_connect = self._on_connect
        self.client.on_message = self._on_message
        self.client.on_subscribe = lambda *_told: self._answered.set()
        self.client.connect("127.0.0.1", port)
        self.client.loop_start()
        assert self._answered.wait(10)
        self._answered.clear()

    def _on_connect(self, _client: Client, _data: Any, _flags: Any, reason: Any, _properties: Any) -> None:
        self.reason = reason
        self._answered.set()

    def _on_message(self, _client: Client, _data: Any, message: Any) -> None:
        self.heard.append(message.topic)
        if message.topic.endswith("/last"):
            self._came.set()

    def listen(self) -> None:
        self.client.subscribe([("chongyang/#", 1), ("zigbee2mqtt/#", 1)])
        assert self._answered.wait(10)

    def say(self, *topics: str) -> None:
        for sent in [self.client.publish(topic, "{}", qos=1) for topic in topics]:
            sent.wait_for_publish(10)

    def wait(self) -> list[str]:
        assert self._came.wait(10)
        return self.heard

    def leave(self) -> None:
        self.client.disconnect()
        self.client.loop_stop()


@pytest.mark.skipif(not MOSQUITTO, reason="Mosquitto is not installed: apt-get install mosquitto")
def test_mosquitto_as_the_guide_says_keeps_gateways_apart(guided: int, tmp_path: Path) -> None:
    authority = tmp_path / "certs" / "server.crt"
    listener = Caller(guided, USER, PASSWORD, authority)
    gateway, other = (Caller(guided, code, f"{code}-secret", authority) for code in ("gw-a", "gw-b"))
    stranger = Caller(guided, "gw-a", "wrong", authority)
    assert stranger.reason.is_failure
    listener.listen()
    other.listen()
    gateway.say("chongyang/gw-b/x/event", "zigbee2mqtt/x", "zigbee2mqtt/gw-b/x", "chongyang/gw-a/x/event")
    gateway.say("zigbee2mqtt/gw-a/last")
    assert listener.wait() == ["chongyang/gw-a/x/event", "zigbee2mqtt/gw-a/last"]
    assert other.heard == []
    for each in (listener, gateway, other, stranger):
        each.leave()


def test_our_own_broker_keeps_gateways_apart(ours: int) -> None:
    listener = Caller(ours, USER, PASSWORD)
    gateway = Caller(ours, "gw-a", "gw-a-secret")
    stranger, thief = Caller(ours, "gw-a", "wrong"), Caller(ours, USER, "wrong")
    assert stranger.reason.is_failure
    assert thief.reason.is_failure
    listener.listen()
    gateway.say("chongyang/gw-b/x/event", "other/x", "zigbee2mqtt/x", "chongyang/gw-a/x/last")
    assert listener.wait() == ["zigbee2mqtt/x", "chongyang/gw-a/x/last"]
    for each in (listener, gateway, stranger, thief):
        each.leave()


def test_what_runs_follows_from_where_the_broker_is(app: Any) -> None:
    from dataclasses import replace

    chosen = app.config["SETTINGS"]
    port = free_port()
    assert list(list_processes(replace(chosen, mqtt_url="mqtts://broker"))) == ["keeper", "listener"]
    assert list(list_processes(replace(chosen, mqtt_port=port))) == ["keeper", "broker", "listener"]
    assert list(list_processes(replace(chosen, mqtt_port=0))) == ["keeper"]
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        assert list(list_processes(replace(chosen, mqtt_port=port))) == ["keeper"]

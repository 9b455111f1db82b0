"""The listener is killed and the database goes away while people call for help: no call is without its alert."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.orm import Session

from app import clock
from app.config import Settings
from app.db import db
from tests.conftest import ROOT, Databases
from tests.safety.factories import make_device, make_gateway, make_home
from tests.safety.intake.brokers import BROKERS, PASSWORD, USER, broker, make_client

HOMES = 24
CALLED = "SELECT count(DISTINCT home_id) FROM safety_incident WHERE rule = 'sos'"


class Product:
    """A database that can go away, and listeners on it that can be killed."""

    def __init__(self, app: Flask, databases: Databases, port: int) -> None:
        settings: Settings = app.config["SETTINGS"]
        self.name = str(make_url(settings.owner_database_url or settings.database_url).database)
        self.owner = create_engine(databases.owner(self.name))
        self.maintenance = create_engine(databases.maintenance, isolation_level="AUTOCOMMIT")
        self.environment = {
            **os.environ,
            "FLASK_APP": "app",
            "PYTHONPATH": str(ROOT),
            "DATABASE_URL": settings.database_url,
            "CHONGYANG_OWNER_DATABASE_URL": settings.owner_database_url,
            "CHONGYANG_HOME": str(settings.home),
            "CHONGYANG_LOG_LEVEL": "ERROR",
            "CHONGYANG_MQTT_URL": f"mqtt://127.0.0.1:{port}",
            "CHONGYANG_MQTT_USER": USER,
            "CHONGYANG_MQTT_PASSWORD": PASSWORD,
        }

    def listen(self) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-m", "flask", "safety", "listen"]
        return subprocess.Popen(command, cwd=ROOT, env=self.environment, stderr=subprocess.DEVNULL)

    def count(self, question: str) -> int:
        with self.owner.connect() as connection:
            return int(connection.scalar(text(question)) or 0)

    def wait_for(self, question: str, least: int) -> None:
        deadline = time.monotonic() + 30
        while self.count(question) < least:
            assert time.monotonic() < deadline, self.count(question)
            time.sleep(0.05)

    @contextmanager
    def away(self) -> Iterator[None]:
        """Let the database be gone for a while."""
        db.session.remove()
        db.engine.dispose()
        self.owner.dispose()
        with self.maintenance.connect() as connection:
            connection.execute(text(f"ALTER DATABASE {self.name} ALLOW_CONNECTIONS false"))
            connection.execute(
                text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name"),
                {"name": self.name},
            )
            try:
                yield
            finally:
                connection.execute(text(f"ALTER DATABASE {self.name} ALLOW_CONNECTIONS true"))


def call_for_help(port: int, stop: threading.Event) -> None:
    """Press the alarm of one home after the other, with people moving about in all of them."""
    client = make_client(port, user="gw-a")
    sent = []
    for number in range(HOMES):
        event = {"kind": "sos", "state": "on", "at": clock.now().isoformat(), "id": f"sos-{number}"}
        sent.append(client.publish(f"chongyang/gw-a/sos-{number}/event", json.dumps(event), qos=1))
        for home in range(HOMES):
            client.publish(f"zigbee2mqtt/gw-a/pir-{home}", json.dumps({"occupancy": number % 2 == 0}), qos=1)
        stop.wait(0.1)
    for each in sent:
        each.wait_for_publish(20)
    client.disconnect()
    client.loop_stop()


@pytest.fixture
def product(committed_db: Session, app: Flask, databases: Databases, tmp_path: Path) -> Iterator[tuple[Product, int]]:
    gateway = make_gateway(committed_db, code="gw-a")
    for number in range(HOMES):
        home = make_home(committed_db)
        for kind, ref in (("sos", "sos"), ("motion", "pir")):
            make_device(committed_db, home=home, gateway=gateway, kind=kind, ref=f"{ref}-{number}")
    committed_db.commit()
    with broker(BROKERS[-1], tmp_path) as port:
        made = Product(app, databases, port)
        yield made, port
        made.owner.dispose()
        made.maintenance.dispose()


def test_no_call_is_lost_while_the_listener_dies_and_the_database_is_away(product: tuple[Product, int]) -> None:
    house, port = product
    stop = threading.Event()
    calling = threading.Thread(target=call_for_help, args=(port, stop))
    listener = house.listen()
    try:
        house.wait_for("SELECT count(*) FROM safety_watch WHERE name = 'listener'", 1)
        calling.start()
        house.wait_for(CALLED, 2)
        listener.send_signal(signal.SIGKILL)
        assert listener.wait(10) == -signal.SIGKILL
        listener = house.listen()
        house.wait_for(CALLED, 10)
        with house.away():
            time.sleep(0.5)
        calling.join(30)
        house.wait_for(CALLED, HOMES)
        listener.send_signal(signal.SIGTERM)
        assert listener.wait(10) == 0
    finally:
        stop.set()
        listener.kill()
        listener.wait(10)
    assert house.count("SELECT count(*) FROM safety_incident WHERE rule = 'sos'") == HOMES
    assert house.count("SELECT count(*) FROM safety_event WHERE kind = 'sos'") == HOMES

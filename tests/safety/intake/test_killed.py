"""Listener, keeper and database end in turn while people call for help: no call is without its alert, none unheard."""

import json
import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.orm import Session

from app import clock
from app.auth.actor import Role
from app.config import Settings
from app.db import db
from safety.alerts.policy_example import EXAMPLE
from safety.alerts.services import start_shift
from tests.app.auth.factories import STREET
from tests.conftest import Databases
from tests.safety.alerts.test_policy import publish
from tests.safety.alerts.world import make_staff
from tests.safety.factories import make_device, make_gateway, make_home
from tests.safety.intake.brokers import BROKERS, PASSWORD, USER, broker, make_client
from tests.safety.intake.forks import open_forks

HOMES = 16
CALLED = "SELECT count(DISTINCT home_id) FROM safety_incident WHERE rule = 'sos'"
ASKED = "SELECT count(*) FROM safety_step WHERE kind = 'operator' AND started_at IS NOT NULL"
TOLD = "SELECT count(*) FROM notice WHERE kind = 'safety.unanswered'"


class Product:
    """A database that can go away, and processes on it that can be killed."""

    def __init__(self, app: Flask, databases: Databases, port: int) -> None:
        settings: Settings = app.config["SETTINGS"]
        self.name = str(make_url(settings.owner_database_url or settings.database_url).database)
        self.owner = create_engine(databases.owner(self.name))
        self.maintenance = create_engine(databases.maintenance, isolation_level="AUTOCOMMIT")
        self.broker = {"mqtt_url": f"mqtt://127.0.0.1:{port}", "mqtt_user": USER, "mqtt_password": PASSWORD}
        self.app = app
        self.running: set[int] = set()

    @contextmanager
    def loaded(self) -> Iterator[None]:
        """Have processes at hand; what is still running at the end is ended."""
        with open_forks(self.app, **self.broker) as self.forks:
            try:
                yield
            finally:
                for each in set(self.running):
                    self.end(each, signal.SIGKILL)

    def start(self, name: str) -> int:
        """Start a process, and return its number."""
        pid = self.forks.tell(name)
        self.running.add(pid)
        return pid

    def end(self, pid: int, number: signal.Signals) -> int:
        """Send a process a signal, and return how it ended."""
        os.kill(pid, number)
        self.running.discard(pid)
        return self.forks.tell(pid)

    def count(self, question: str) -> int:
        with self.owner.connect() as connection:
            return int(connection.scalar(text(question)) or 0)

    def wait_for(self, question: str, least: int) -> None:
        deadline = time.monotonic() + 30
        while self.count(question) < least:
            assert time.monotonic() < deadline, self.count(question)
            time.sleep(0.02)

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
        stop.wait(0.08)
    for each in sent:
        each.wait_for_publish(20)
    client.disconnect()
    client.loop_stop()


def ask_at_once(session: Session) -> None:
    """Let the operator be asked as soon as it rings: the ladders of the place begin with them."""
    ladders = deepcopy(EXAMPLE["ladders"])
    for ladder in ladders:
        ladder["steps"] = [each for each in ladder["steps"] if each["ask"] != "callback"]
        ladder["steps"][0]["after_seconds"] = 0
    publish(session, {**EXAMPLE, "ladders": ladders})


@pytest.fixture
def product(committed_db: Session, app: Flask, databases: Databases, tmp_path: Path) -> Iterator[tuple[Product, int]]:
    gateway = make_gateway(committed_db, code="gw-a")
    for number in range(HOMES):
        home = make_home(committed_db)
        for kind, ref in (("sos", "sos"), ("motion", "pir")):
            make_device(committed_db, home=home, gateway=gateway, kind=kind, ref=f"{ref}-{number}")
    ask_at_once(committed_db)
    operator = make_staff(committed_db, Role.OPERATOR)
    start_shift(committed_db, area_code=STREET, sound_heard=True, by=operator, now=clock.now())
    committed_db.commit()
    with broker(BROKERS[-1], tmp_path) as port:
        made = Product(app, databases, port)
        with made.loaded():
            yield made, port
        made.owner.dispose()
        made.maintenance.dispose()


def test_no_call_is_lost_or_left_unheard_while_one_part_after_the_other_dies(product: tuple[Product, int]) -> None:
    house, port = product
    stop = threading.Event()
    calling = threading.Thread(target=call_for_help, args=(port, stop))
    listener, keeper = house.start("listen"), house.start("keep")
    try:
        house.wait_for(
            "SELECT count(*) FROM safety_watch WHERE name IN ('listener', 'keeper') AND beat_at IS NOT NULL", 2
        )
        calling.start()
        house.wait_for(CALLED, 2)
        assert house.end(listener, signal.SIGKILL) == -signal.SIGKILL
        listener = house.start("listen")
        house.wait_for(ASKED, 4)
        assert house.end(keeper, signal.SIGKILL) == -signal.SIGKILL
        keeper = house.start("keep")
        house.wait_for(CALLED, 10)
        with house.away():
            time.sleep(0.4)
        calling.join(30)
        house.wait_for(CALLED, HOMES)
        house.wait_for(ASKED, HOMES)
        assert [house.end(each, signal.SIGTERM) for each in (listener, keeper)] == [0, 0]
    finally:
        stop.set()
    assert house.count("SELECT count(*) FROM safety_incident WHERE rule = 'sos'") == HOMES
    assert house.count("SELECT count(*) FROM safety_event WHERE kind = 'sos'") == HOMES
    # Each was asked for once, whoever died between the asking and the next.
    assert (house.count(ASKED), house.count(TOLD)) == (HOMES, HOMES)

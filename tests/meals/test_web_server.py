"""The real web server in the lunch rush: a worker dies in mid-sale, and a till that heard nothing asks again."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Event, Thread
from time import monotonic, sleep
from typing import Any

import psutil
import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.config import Settings
from meals.models import Checkout
from subsidies.ledger.verify import verify
from subsidies.models import Book
from tests.conftest import ROOT
from tests.meals.factories import DISCOUNT, STREET, make_policy
from tests.meals.lunch import Lunch, make_lunch
from tests.subsidies.factories import new_key

TILLS = 8
POINTS_FEN = 100_000_000
ROUND_THE_CLOCK = {**DISCOUNT, "windows": [{"name": "lunch", "from": "00:00", "until": "24:00"}]}


@dataclass(frozen=True)
class Server:
    """A running gunicorn."""

    port: int
    process: subprocess.Popen[bytes]

    def kill_a_worker(self) -> None:
        """Kill the worker that has worked most, at once and without a word."""
        workers = psutil.Process(self.process.pid).children()
        max(workers, key=lambda worker: worker.cpu_times().user).send_signal(signal.SIGKILL)

    def sell(self, request: "Request", key: str) -> tuple[int, dict[str, Any]]:
        """Send a sale over a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            sent = {**request.headers, "Idempotency-Key": key, "Content-Type": "application/json"}
            connection.request("POST", "/api/v1/meals/checkouts", request.body, sent)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            connection.close()


@dataclass(frozen=True)
class Request:
    """A sale of the default meal as a till sends it, ready before any thread starts."""

    body: str
    headers: dict[str, str]


def prepare(lunch: Lunch) -> Request:
    """Let a guest with points come to the till."""
    card = lunch.guest(points_fen=POINTS_FEN).number
    body = {"card": card, "canteen_id": lunch.canteen.id, "items": [{"dish_id": lunch.dish.id, "count": 1}]}
    request = Request(json.dumps(body), lunch.cashier)
    lunch.session.commit()
    return request


@pytest.fixture
def server(app: Flask, committed_db: Session) -> Iterator[Server]:
    """Serve the test's database as production does: gunicorn, two workers."""
    settings: Settings = app.config["SETTINGS"]
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        **os.environ,
        "DATABASE_URL": settings.database_url,
        "CHONGYANG_OWNER_DATABASE_URL": settings.owner_database_url,
        "CHONGYANG_HOME": str(settings.home),
        "CHONGYANG_LOG_LEVEL": "ERROR",
        "PORT": str(port),
    }
    command = [sys.executable, "-m", "gunicorn", "--config", "python:app.serve", "app.serve:make_app()"]
    process = subprocess.Popen(command, env=environment, cwd=ROOT)
    wait_until_it_listens(port, process)
    yield Server(port, process)
    process.send_signal(signal.SIGTERM)
    process.wait(30)


def wait_until_it_listens(port: int, process: subprocess.Popen[bytes]) -> None:
    end = monotonic() + 60
    while monotonic() < end and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            sleep(0.1)
        else:
            return
    pytest.fail("gunicorn did not start")


@pytest.fixture
def lunch(app: Flask, committed_db: Session) -> Lunch:
    """A canteen at lunch, whatever the hour is."""
    made = make_lunch(committed_db, app.test_client())
    make_policy(committed_db, area_code=STREET, body=ROUND_THE_CLOCK)
    committed_db.commit()
    return made


class Till(Thread):
    """Sells as fast as it can, and notes what it asked and what it was told."""

    def __init__(self, server: Server, request: Request, stop: Event) -> None:
        super().__init__()
        self.server, self.request, self.stop = server, request, stop
        self.asked: list[str] = []
        self.told: dict[str, tuple[int, dict[str, Any]]] = {}

    def run(self) -> None:
        while not self.stop.is_set():
            key = new_key()
            self.asked.append(key)
            try:
                self.told[key] = self.server.sell(self.request, key)
            except (OSError, http.client.HTTPException):
                sleep(0.05)


def test_what_a_till_was_told_survives_killed_web_workers_and_the_rest_may_be_asked_again(
    server: Server, lunch: Lunch, committed_db: Session
) -> None:
    stop = Event()
    tills = [Till(server, prepare(lunch), stop) for _ in range(TILLS)]
    for till in tills:
        till.start()
    for _round in range(3):
        sleep(1.2)
        server.kill_a_worker()
    sleep(1.2)
    stop.set()
    for till in tills:
        till.join(30)
    told = {key: answer for till in tills for key, answer in till.told.items()}
    unheard = [(till, key) for till in tills for key in till.asked if key not in till.told]
    assert {status for status, _receipt in told.values()} == {201}
    assert len(told) > TILLS
    assert unheard, "no worker was killed in mid-sale"
    for till, key in unheard:
        status, receipt = server.sell(till.request, key)
        assert status == 201
        told[key] = status, receipt
    sold = committed_db.scalars(select(Checkout.id)).all()
    assert Counter(map(str, sold)) == Counter(receipt["id"] for _status, receipt in told.values())
    spent = committed_db.scalar(select(func.sum(Checkout.points_fen)))
    assert committed_db.scalar(select(func.sum(Book.balance_fen))) == TILLS * POINTS_FEN - spent
    assert [str(fault) for fault in verify(committed_db)] == []


def test_ten_tills_that_send_the_same_sale_at_once_make_one(
    server: Server, lunch: Lunch, committed_db: Session
) -> None:
    request = prepare(lunch)

    def insist(_till: int) -> dict[str, Any]:
        status, receipt = server.sell(request, "the-same")
        while status == 409 and receipt["code"] == "in_flight":
            status, receipt = server.sell(request, "the-same")
        assert status == 201
        return receipt

    with ThreadPoolExecutor(10) as pool:
        receipts = list(pool.map(insist, range(10)))
    assert all(receipt == receipts[0] for receipt in receipts)
    assert [str(found) for found in committed_db.scalars(select(Checkout.id))] == [receipts[0]["id"]]
    assert committed_db.scalar(select(Book.balance_fen)) == receipts[0]["balance_fen"]

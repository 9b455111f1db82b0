"""The product to measure: its own database, 20,000 invented seniors, and the real web server."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import create_engine, text

from app import clock, create_app
from app.config import Settings
from app.db import transaction
from app.embedded import EmbeddedDatabase
from app.tokens import new_id
from demo.services import load, refresh_statistics

SENIORS = 20_000
WELCOME_FEN = 100_000  # enough points for every sale of the run
HOME = Path("var") / "bench"


@dataclass(frozen=True)
class World:
    """A loaded database and the application on it."""

    app: Flask
    database: EmbeddedDatabase
    settings: Settings

    @property
    def owner_address(self) -> str:
        """Return the owner's address without the driver's name, as pgbench and psql take it."""
        return self.database.addresses().owner.replace("+psycopg", "")


@dataclass(frozen=True)
class Server:
    """A running web server, and a cashier logged in to it."""

    port: int
    process: subprocess.Popen[bytes]
    token: str
    canteen_id: int
    dish_id: int

    def memory_mb(self) -> float:
        """Return the memory of the workers together: what they share is counted once (PSS)."""
        workers = psutil.Process(self.process.pid).children()
        return float(sum(worker.memory_full_info().pss for worker in workers)) / 1e6


@contextmanager
def open_world() -> Iterator[World]:
    """Build the database anew, load the seniors, and give it all back afterwards."""
    shutil.rmtree(HOME, ignore_errors=True)
    database = EmbeddedDatabase(HOME)
    addresses = database.addresses()
    settings = Settings(
        home=HOME,
        database_url=addresses.application,
        owner_database_url=addresses.owner,
        log_level="WARNING",
        requests_per_minute=10_000_000,
        port=_free_port(),
    )
    try:
        app = create_app(settings)
        with app.app_context():
            upgrade()
            with transaction() as session:
                load(session, now=clock.now(), seniors=SENIORS, days=0, welcome_fen=WELCOME_FEN)
            refresh_statistics()
        yield World(app, database, settings)
    finally:
        database.stop()


@contextmanager
def open_server(world: World, application: str = "app.serve:make_app()") -> Iterator[Server]:
    """Start gunicorn as production does, and log the demonstration's cashier in."""
    port = world.settings.port
    environment = {
        **os.environ,
        "DATABASE_URL": world.settings.database_url,
        "CHONGYANG_OWNER_DATABASE_URL": world.settings.owner_database_url,
        "CHONGYANG_HOME": str(HOME),
        "CHONGYANG_LOG_LEVEL": "WARNING",
        "CHONGYANG_REQUESTS_PER_MINUTE": "10000000",
        "PORT": str(port),
    }
    command = [sys.executable, "-m", "gunicorn", "--config", "python:app.serve", application]
    process = subprocess.Popen(command, env=environment)
    try:
        _wait(f"http://127.0.0.1:{port}/readyz", process)
        token = call(port, "/api/v1/auth/tokens", body={"username": "cashier", "password": "demo-2026"})["token"]
        canteen_id = call(port, "/api/v1/meals/canteens", token=token)["items"][0]["id"]
        menu = call(port, f"/api/v1/meals/canteens/{canteen_id}/menu", token=token)
        dish_id = next(item["id"] for item in menu["items"] if item["default"])
        yield Server(port, process, token, canteen_id, dish_id)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def cards_of(world: World, count: int) -> list[str]:
    """Return the cards of living seniors with points, in no order that matters."""
    engine = create_engine(world.database.addresses().owner)
    with engine.connect() as connection:
        found = connection.scalars(
            text(
                "SELECT c.number FROM card c JOIN ledger.book b ON b.home = c.senior_id"
                " WHERE c.state = 'issued' AND b.balance_fen > 0 AND NOT EXISTS"
                " (SELECT FROM senior_status s WHERE s.senior_id = c.senior_id AND s.status <> 'active')"
                " ORDER BY md5(c.number) LIMIT :count"
            ),
            {"count": count},
        ).all()
    engine.dispose()
    return list(found)


def new_key() -> str:
    """Make a key for one sale."""
    return new_id().hex


def call(port: int, path: str, *, token: str = "", body: dict[str, str] | None = None) -> dict:  # type: ignore[type-arg]
    """Ask the API of a running server."""
    data = json.dumps(body).encode() if body else None
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", data, {"Content-Type": "application/json"})
    if token:
        request.add_header("Authorization", f"Bearer {token}")
    with urllib.request.urlopen(request, timeout=10) as answer:
        found: dict = json.load(answer)  # type: ignore[type-arg]
    return found


def _wait(address: str, process: subprocess.Popen[bytes]) -> None:
    for _attempt in range(450):
        if process.poll() is not None:
            raise RuntimeError("the web server ended before it answered")
        try:
            urllib.request.urlopen(address, timeout=2).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise RuntimeError("the web server did not answer")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port

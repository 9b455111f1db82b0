"""A seal gets out of the database, by file and by message, and nothing is lost on the way."""

import hashlib
import hmac
import json
import stat
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from subsidies.seals import publishing, queries, services
from subsidies.seals.keys import SealingKey
from subsidies.seals.models import SealDelivery
from subsidies.seals.publishing import SIGNATURE
from subsidies.seals.tasks import seal_books, send_seals
from tests.conftest import FrozenClock
from tests.subsidies.factories import grant, new_home, open_accounts


@pytest.fixture
def changed(committed_db: Session) -> Session:
    """Commit a grant that no seal covers yet."""
    grant(committed_db, new_home(), 500, funder=open_accounts(committed_db).city)
    committed_db.commit()
    return committed_db


class Inbox(HTTPServer):
    """A receiver of seals that can be told to refuse."""

    status = 204

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Desk)
        self.received: list[tuple[dict[str, str], bytes]] = []


class Desk(BaseHTTPRequestHandler):
    server: Inbox

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.received.append((dict(self.headers), body))
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, *_arguments: Any) -> None:
        """Say nothing."""


@pytest.fixture
def inbox(app: Flask, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Inbox]:
    server = Inbox()
    Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}/seals"
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], seal_webhook=address, seal_webhook_secret="s3cret")
    yield server
    server.shutdown()
    server.server_close()


def test_the_command_seals_and_publishes_one_small_file(changed: Session, runner: Any, folder: Path) -> None:
    told = runner.invoke(args=["ledger", "seal"])
    assert told.exit_code == 0, told.output
    (file,) = folder.glob("*/seal-*.json")
    seal = queries.last_seal(changed)
    assert seal is not None
    document = json.loads(file.read_text())
    assert (document["height"], document["root"], document["signature"]) == (1, seal.root, seal.signature)
    assert document["public_key"] == seal.public_key
    assert seal.root in told.output
    again = runner.invoke(args=["ledger", "seal"])
    assert again.exit_code == 0
    assert len(list(folder.glob("*/*"))) == 1


def test_a_file_that_could_not_be_written_is_written_by_the_next_round(
    changed: Session, clock: FrozenClock, folder: Path
) -> None:
    folder.parent.mkdir(exist_ok=True)
    folder.write_text("in the way")
    with pytest.raises(OSError, match="seals"):
        services.seal_now(now=clock.now())
    assert queries.last_block(changed) == 1
    folder.unlink()
    assert services.seal_now(now=clock.now()) is None
    assert len(list(folder.glob("*/seal-*.json"))) == 1


def test_the_key_is_made_once_and_readable_by_its_owner_alone(app: Flask, key: SealingKey) -> None:
    file = app.config["SETTINGS"].home / "keys" / "seal.key"
    assert bytes.fromhex(file.read_text()) == key.seed
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_message_is_signed_and_sent_once(changed: Session, inbox: Inbox, clock: FrozenClock) -> None:
    seal_books()
    send_seals()
    send_seals()
    ((headers, body),) = inbox.received
    stamp, signature = (part.split("=")[1] for part in headers[SIGNATURE].split(","))
    assert int(stamp) == int(clock.now().timestamp())
    assert hmac.compare_digest(signature, hmac.new(b"s3cret", f"{stamp}.".encode() + body, hashlib.sha256).hexdigest())
    assert json.loads(body)["height"] == 1


def test_a_message_that_is_refused_comes_again_later_and_later(
    changed: Session, inbox: Inbox, clock: FrozenClock
) -> None:
    inbox.status = 503
    seal_books()
    waits = []
    for _attempt in range(4):
        send_seals()
        changed.expire_all()
        delivery = changed.scalars(select(SealDelivery).where(SealDelivery.channel == "webhook")).one()
        assert "503" in str(delivery.fault)
        waits.append(delivery.due_at - clock.now())
        clock.set(clock.moment + waits[-1])
        changed.rollback()
    assert waits == [timedelta(minutes=minutes) for minutes in (1, 2, 4, 8)]
    inbox.status = 200
    send_seals()
    changed.expire_all()
    delivery = changed.scalars(select(SealDelivery).where(SealDelivery.channel == "webhook")).one()
    assert (delivery.attempts, delivery.done_at, delivery.fault) == (5, clock.now(), None)
    assert len(inbox.received) == 5


def test_a_sender_that_dies_with_a_message_loses_it_for_two_minutes_only(
    changed: Session, inbox: Inbox, clock: FrozenClock
) -> None:
    seal_books()
    assert len(publishing.claim_messages(changed, now=clock.now())) == 1
    changed.commit()
    send_seals()
    assert inbox.received == []
    clock.advance(minutes=2)
    send_seals()
    assert len(inbox.received) == 1

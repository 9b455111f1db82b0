"""A sender that is killed between sending and writing: the message goes out again, with the same key."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.messages import services
from app.messages.channels.sms import SmsGateway
from app.messages.models import Delivery
from app.messages.outbox import LEASE
from app.messages.sending import send_due
from tests.app.messages.factories import KIND, make_reader
from tests.app.messages.servers import TAKES, Handler, open_gateway
from tests.conftest import ROOT

SENDER = """
from app import create_app
from app.messages.kinds import Kind, register_kind
from app.messages.tasks import send_due
app = create_app()
register_kind(Kind(name="tests.bread", title="Bread", text=lambda params: str(params["loaves"])))
with app.app_context():
    send_due()
"""


def test_a_worker_killed_between_sending_and_writing_sends_again_with_the_same_key(
    app: Flask, committed_db: Session, configure: Callable[..., None]
) -> None:
    with open_gateway() as gateway:
        configure(sms_url=gateway.url)
        reader = make_reader(committed_db)
        services.tell(committed_db, account_ids=[reader.id], kind=KIND, key="k", params={"loaves": 1}, now=clock.now())
        committed_db.commit()
        settings = app.config["SETTINGS"]
        environment = {
            **os.environ,
            "DATABASE_URL": settings.database_url,
            "CHONGYANG_OWNER_DATABASE_URL": settings.owner_database_url,
            "CHONGYANG_HOME": str(settings.home),
            "CHONGYANG_SMS_URL": gateway.url,
        }
        started: list[subprocess.Popen[bytes]] = []

        def takes_and_kills(handler: Handler) -> None:
            started[0].send_signal(signal.SIGKILL)
            started[0].wait(10)
            handler.answer(202, b'{"id": "g-1"}')

        gateway.mood = takes_and_kills
        started.append(subprocess.Popen([sys.executable, "-c", SENDER], env=environment, cwd=ROOT))
        assert started[0].wait(60) == -signal.SIGKILL
        committed_db.rollback()
        assert committed_db.scalars(select(Delivery.state)).one() == "waiting"

        gateway.mood = TAKES
        channels = {"sms": SmsGateway(url=gateway.url, token="", seconds=5)}
        assert send_due(channels, clock=clock.now) == 0
        assert send_due(channels, clock=lambda: clock.now() + LEASE) == 1
        committed_db.rollback()
        found = committed_db.scalars(select(Delivery)).one()
        assert (found.state, gateway.keys) == ("sent", [found.key, found.key])

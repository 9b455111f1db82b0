"""The processes of safety, and the password file of a broker: what stands after ``flask safety``."""

import gc
import signal
from collections.abc import Callable, Sequence

import click
from flask import current_app

from app import clock
from app.config import Settings, settings
from app.db import db, transaction
from safety.alerts.services import beat
from safety.intake.keeping import Keeper, is_answering
from safety.intake.listening import Broker, Listener
from safety.intake.queries import list_passwords
from safety.intake.receiving import receive
from safety.intake.topics import Message
from safety.kits.queries import find_gateway

LISTENER = "listener"
GARBAGE_AFTER = 20_000  # new objects; Python's default is 700


@click.command("listen")
def listen() -> None:
    """Take what sensors tell the MQTT broker, until told to stop."""
    spare_garbage()
    listener = Listener(_broker(settings()), take=take_messages, beat=beat_listener, answers=is_answering)
    _stop_with(listener.stop)
    listener.run()


@click.command("keep")
def keep() -> None:
    """Find what is due, second by second: steps nobody took, homes gone quiet, watchers gone silent."""
    keeper = Keeper(current_app._get_current_object())  # type: ignore[attr-defined]
    _stop_with(keeper.stop)
    keeper.run()


@click.command("broker")
def serve_broker() -> None:
    """Serve as the MQTT broker of the demonstration, on this machine alone."""
    from safety.intake.broker import House, serve  # noqa: PLC0415 - a library that only the demonstration needs

    app = current_app._get_current_object()  # type: ignore[attr-defined]

    def opens(user: str, password: str) -> bool:
        with app.app_context(), transaction() as session:
            gateway = find_gateway(session, token=password)
            return gateway is not None and gateway.code == user

    house = House(settings().mqtt_user, app.config["MQTT_PASSWORD"], opens)
    serve(port=settings().mqtt_port, house=house)


@click.command("passwords")
def write_passwords() -> None:
    """Print Mosquitto's password file: the gateways in use. The listener's own line is added with mosquitto_passwd."""
    with transaction() as session:
        for user, line in list_passwords(session):
            click.echo(f"{user}:{line}")


def spare_garbage() -> None:
    """Look for cyclic garbage less often, as the web server does: a batch leaves next to none."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(GARBAGE_AFTER)


def take_messages(messages: Sequence[Message]) -> None:
    """Take messages in, in one transaction."""
    try:
        with transaction() as session:
            receive(session, messages, now=clock.now())
    finally:
        db.session.remove()


def beat_listener() -> None:
    """Write down that the listener is at the broker."""
    with transaction() as session:
        beat(session, name=LISTENER, now=clock.now())
    db.session.remove()


def _broker(chosen: Settings) -> Broker:
    return Broker(
        url=chosen.mqtt_url or f"mqtt://127.0.0.1:{chosen.mqtt_port}",
        user=chosen.mqtt_user,
        password=current_app.config["MQTT_PASSWORD"],
        client_id=chosen.mqtt_client_id,
        authority=chosen.mqtt_ca,
    )


def _stop_with(stop: Callable[[], None]) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_signal: stop())

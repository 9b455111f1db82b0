"""What the ways in hand to the manifest of safety."""

import socket
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import click
import structlog
from celery.schedules import crontab
from flask import Blueprint
from flask_smorest import Blueprint as ApiBlueprint

from app.config import Settings
from app.features import NavItem
from app.policies.kinds import register_kind
from safety.intake import api, commands, pages
from safety.intake.policy import SAFETY_KEEPING

log = structlog.get_logger(__name__)

API: Sequence[ApiBlueprint] = (api.blueprint,)
PAGES: Sequence[Blueprint] = (pages.blueprint,)
# Words after ``flask safety``.
COMMANDS: Sequence[click.Command] = (
    commands.listen,
    commands.keep,
    commands.serve_broker,
    commands.write_passwords,
)
NAVIGATION: Sequence[NavItem] = ()
AUDIT_WORDS: Mapping[str, Any] = {}
TASKS: Sequence[str] = ("safety.intake.tasks",)
SCHEDULE: Mapping[str, Mapping[str, Any]] = {
    "safety.keep_events": {"schedule": crontab(minute="7")},
    "safety.sweep_homes": {"schedule": 60.0, "options": {"expires": 50}},
}
FAMILY_PANELS: Sequence[Callable[..., str]] = ()
LANDING: Mapping[str, str] = {}


def register_intake() -> None:
    """Let the product know of the ways in."""
    register_kind(SAFETY_KEEPING)


def list_processes(settings: Settings) -> dict[str, Sequence[str]]:
    """Name what runs beside the web server: the keeper, and the listener where there is a broker for it."""
    words = ("flask", "safety")
    processes: dict[str, Sequence[str]] = {"keeper": (*words, "keep")}
    if settings.mqtt_url:
        processes["listener"] = (*words, "listen")
    elif settings.mqtt_port and is_free(settings.mqtt_port):
        processes |= {"broker": (*words, "broker"), "listener": (*words, "listen")}
    elif settings.mqtt_port:
        log.warning("safety.no_broker", port=settings.mqtt_port, why="in use: set CHONGYANG_MQTT_PORT to another one")
    return processes


def is_free(port: int) -> bool:
    """Say whether nobody on this machine listens at a port yet."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        return probe.connect_ex(("127.0.0.1", port)) != 0

"""What kits hand to the manifest of safety."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import click
from flask import Blueprint
from flask_smorest import Blueprint as ApiBlueprint
from sqlalchemy.orm import Session

from app.auth.guard import register_gateways
from app.features import NavItem
from app.policies.kinds import register_kind
from safety.kits.policy import DEVICE_TYPES
from safety.kits.queries import Gateway, find_gateway

API: Sequence[ApiBlueprint] = ()
PAGES: Sequence[Blueprint] = ()
# Words after ``flask safety``.
COMMANDS: Sequence[click.Command] = ()
NAVIGATION: Sequence[NavItem] = ()
AUDIT_WORDS: Mapping[str, Any] = {}
TASKS: Sequence[str] = ()
SCHEDULE: Mapping[str, Mapping[str, Any]] = {}
SENIOR_PANELS: Sequence[Callable[..., str]] = ()
FAMILY_PANELS: Sequence[Callable[..., str]] = ()
LANDING: Mapping[str, str] = {}


def register_kits() -> None:
    """Let the product know of kits."""
    register_gateways(find_calling)
    register_kind(DEVICE_TYPES)


def find_calling(session: Session, secret: str, _now: datetime) -> Gateway | None:
    """Return the gateway that holds a secret, or nothing; tokens of gateways do not end by themselves."""
    return find_gateway(session, token=secret)

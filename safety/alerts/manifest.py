"""What alerts hand to the manifest of safety."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import click
from flask import Blueprint
from flask_smorest import Blueprint as ApiBlueprint

from app.features import NavItem
from app.messages.kinds import register_kind as register_message
from app.policies.kinds import register_kind
from safety.alerts.policy import SAFETY_LADDERS
from safety.alerts.telling import KINDS

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


def register_alerts() -> None:
    """Let the product know of alerts."""
    register_kind(SAFETY_LADDERS)
    for told in KINDS:
        register_message(told)

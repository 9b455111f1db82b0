"""What judgement hands to the manifest of safety."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import click
from flask import Blueprint
from flask_smorest import Blueprint as ApiBlueprint

from app.features import NavItem
from app.policies.kinds import register_kind
from safety.judging.policy import SAFETY_RULES, THRESHOLDS
from safety.kits.thresholds import register_thresholds

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


def register_judging() -> None:
    """Let the product know of judgement."""
    register_kind(SAFETY_RULES)
    register_thresholds(THRESHOLDS)

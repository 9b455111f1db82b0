"""What the checks on visits hand to the manifest of care beds."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import Blueprint
from flask_smorest import Blueprint as ApiBlueprint

from app.features import NavItem
from care_beds.checks.catalogue import CHECKS
from care_beds.checks.links import register_sources
from subsidies.findings.registry import register_check

API: Sequence[ApiBlueprint] = ()
PAGES: Sequence[Blueprint] = ()
NAVIGATION: Sequence[NavItem] = ()
AUDIT_WORDS: Mapping[str, Any] = {}
TASKS: Sequence[str] = ()
SCHEDULE: Mapping[str, Mapping[str, Any]] = {}
FAMILY_PANELS: Sequence[Callable[..., str]] = ()
LANDING: Mapping[str, str] = {}


def register_checks() -> None:
    """Let the product know of the checks on visits, and how to show the rows they point at."""
    for check in CHECKS:
        register_check(check)
    register_sources()

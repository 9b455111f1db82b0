"""What the catalogue of services hands to the manifest of care beds."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import Blueprint
from flask_smorest import Blueprint as ApiBlueprint

from app.features import NavItem
from app.policies.kinds import register_kind
from care_beds.catalogue.policy import CARE_CATALOGUE

API: Sequence[ApiBlueprint] = ()
PAGES: Sequence[Blueprint] = ()
NAVIGATION: Sequence[NavItem] = ()
AUDIT_WORDS: Mapping[str, Any] = {}
TASKS: Sequence[str] = ()
SCHEDULE: Mapping[str, Mapping[str, Any]] = {}
FAMILY_PANELS: Sequence[Callable[..., str]] = ()
LANDING: Mapping[str, str] = {}


def register_catalogue() -> None:
    """Let the product know of the catalogue of services."""
    register_kind(CARE_CATALOGUE)

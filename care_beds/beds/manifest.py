"""What beds hand to the manifest of care beds."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import Blueprint
from flask_smorest import Blueprint as ApiBlueprint

from app.features import NavItem
from app.pictures.services import register_owner
from app.policies.kinds import register_kind
from care_beds.beds.building import ADAPTATION, may_see_picture
from care_beds.beds.policy import BED_RULES
from care_beds.beds.wording import AUDIT_WORDS as BED_WORDS

API: Sequence[ApiBlueprint] = ()
PAGES: Sequence[Blueprint] = ()
NAVIGATION: Sequence[NavItem] = ()
AUDIT_WORDS: Mapping[str, Any] = BED_WORDS
TASKS: Sequence[str] = ()
SCHEDULE: Mapping[str, Mapping[str, Any]] = {}
SENIOR_PANELS: Sequence[Callable[..., str]] = ()
FAMILY_PANELS: Sequence[Callable[..., str]] = ()
LANDING: Mapping[str, str] = {}


def register_beds() -> None:
    """Let the product know of beds."""
    register_kind(BED_RULES)
    register_owner(ADAPTATION, may_see_picture)

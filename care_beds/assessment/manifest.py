"""What assessments hand to the manifest of care beds."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import Blueprint
from flask_smorest import Blueprint as ApiBlueprint

from app.features import NavItem
from app.messages.kinds import register_kind as register_message
from app.policies.kinds import register_kind
from care_beds.assessment import api
from care_beds.assessment.policy import ASSESSMENT_RULES
from care_beds.assessment.telling import KINDS

API: Sequence[ApiBlueprint] = (api.blueprint,)
PAGES: Sequence[Blueprint] = ()
NAVIGATION: Sequence[NavItem] = ()
AUDIT_WORDS: Mapping[str, Any] = {}
TASKS: Sequence[str] = ()
SCHEDULE: Mapping[str, Mapping[str, Any]] = {}
SENIOR_PANELS: Sequence[Callable[..., str]] = ()
FAMILY_PANELS: Sequence[Callable[..., str]] = ()
LANDING: Mapping[str, str] = {}


def register_assessment() -> None:
    """Let the product know of assessments."""
    register_kind(ASSESSMENT_RULES)
    for told in KINDS:
        register_message(told)

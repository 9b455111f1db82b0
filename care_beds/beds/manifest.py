"""What beds hand to the manifest of care beds."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from celery.schedules import crontab
from flask import Blueprint
from flask_babel import lazy_gettext as _l
from flask_smorest import Blueprint as ApiBlueprint

from app.features import NavItem
from app.messages.kinds import register_kind as register_message
from app.pictures.services import register_owner
from app.policies.kinds import register_kind
from care_beds.beds import api, pages, step_pages
from care_beds.beds.access import READERS
from care_beds.beds.building import ADAPTATION, may_see_picture
from care_beds.beds.family import bed_panel
from care_beds.beds.following import register_follower
from care_beds.beds.policy import BED_RULES
from care_beds.beds.telling import KINDS, tell_step
from care_beds.beds.wording import AUDIT_WORDS as BED_WORDS

API: Sequence[ApiBlueprint] = (api.blueprint,)
PAGES: Sequence[Blueprint] = (pages.blueprint, step_pages.blueprint)
NAVIGATION: Sequence[NavItem] = (
    NavItem(endpoint="beds.list_beds", label=_l("Care beds"), icon="bed", roles=frozenset(READERS), order=22),
)
AUDIT_WORDS: Mapping[str, Any] = BED_WORDS
TASKS: Sequence[str] = ("care_beds.beds.tasks",)
SCHEDULE: Mapping[str, Mapping[str, Any]] = {
    "care_beds.propose_bed_steps": {"schedule": crontab(hour="2", minute="20")}
}
FAMILY_PANELS: Sequence[Callable[..., str]] = (bed_panel,)
LANDING: Mapping[str, str] = {}


def register_beds() -> None:
    """Let the product know of beds."""
    register_kind(BED_RULES)
    register_owner(ADAPTATION, may_see_picture)
    register_follower(tell_step)
    for kind in KINDS:
        register_message(kind)

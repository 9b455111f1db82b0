"""What visits hand to the manifest of care beds."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from celery.schedules import crontab
from flask import Blueprint
from flask_babel import lazy_gettext as _l
from flask_smorest import Blueprint as ApiBlueprint

from app.features import NavItem
from app.messages.kinds import register_kind as register_message
from app.policies.kinds import register_kind
from care_beds.beds.following import register_follower
from care_beds.visits.following import follow_bed
from care_beds.visits.policy import VISIT_RULES
from care_beds.visits.telling import KINDS

API: Sequence[ApiBlueprint] = ()
PAGES: Sequence[Blueprint] = ()
NAVIGATION: Sequence[NavItem] = ()
AUDIT_WORDS: Mapping[str, Any] = {
    "care_plan.made": _l("Care plan begun"),
    "care_plan.submitted": _l("Care plan handed in"),
    "care_plan.agreed": _l("Care plan agreed to"),
    "care_plan.returned": _l("Care plan sent back"),
    "care_plan.dropped": _l("Care plan dropped"),
    "care_plan.carer_changed": _l("Another carer for a service of a plan"),
    "visit.moved": _l("Visit moved"),
    "visit.covered": _l("Visit covered by another carer"),
    "visit.missed": _l("Visit missed"),
    "visit.cancelled": _l("Visit cancelled"),
    "visit.booked": _l("Extra visit booked"),
    "visit.gap_filled": _l("Gap filled"),
    "visit.gap_dropped": _l("Gap left empty"),
    "visit.exception_decided": _l("Decided about something that does not fit"),
}
TASKS: Sequence[str] = ("care_beds.visits.tasks",)
SCHEDULE: Mapping[str, Mapping[str, Any]] = {
    "care_beds.plan_visits": {"schedule": crontab(hour="1", minute="10")},
    "care_beds.miss_visits": {"schedule": crontab(minute="25")},
    "care_beds.confirm_visits": {"schedule": crontab(hour="2", minute="40")},
}
SENIOR_PANELS: Sequence[Callable[..., str]] = ()
FAMILY_PANELS: Sequence[Callable[..., str]] = ()
LANDING: Mapping[str, str] = {}


def register_visits() -> None:
    """Let the product know of visits."""
    register_kind(VISIT_RULES)
    for told in KINDS:
        register_message(told)
    register_follower(follow_bed)

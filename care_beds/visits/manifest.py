"""What visits hand to the manifest of care beds."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from celery.schedules import crontab
from flask import Blueprint
from flask_babel import lazy_gettext as _l
from flask_smorest import Blueprint as ApiBlueprint

from app.auth import Role
from app.features import NavItem
from app.messages.kinds import register_kind as register_message
from app.policies.kinds import register_kind
from care_beds.beds.following import register_follower
from care_beds.beds.panels import register_events, register_panel
from care_beds.providers import following
from care_beds.visits import api, board_pages, exception_pages, plan_pages, visit_pages
from care_beds.visits.access import READERS
from care_beds.visits.bed_panels import PANELS, list_events
from care_beds.visits.following import follow_bed, follow_fitness
from care_beds.visits.policy import VISIT_RULES
from care_beds.visits.telling import KINDS

API: Sequence[ApiBlueprint] = (api.blueprint,)
PAGES: Sequence[Blueprint] = (
    board_pages.blueprint,
    visit_pages.blueprint,
    plan_pages.blueprint,
    exception_pages.blueprint,
)
NAVIGATION: Sequence[NavItem] = (
    NavItem(
        endpoint="care_board.show_board",
        label=_l("Visits of the week"),
        icon="clock",
        roles=frozenset(READERS),
        order=31,
    ),
    NavItem(endpoint="care_plans.list_plans", label=_l("Care plans"), icon="care", roles=frozenset(READERS), order=32),
    NavItem(
        endpoint="visit_exceptions.list_exceptions",
        label=_l("What does not fit"),
        icon="warn",
        roles=frozenset({Role.SUPERVISOR, Role.PROVIDER_MANAGER, Role.STREET_CLERK, Role.AUDITOR}),
        order=33,
    ),
)
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
FAMILY_PANELS: Sequence[Callable[..., str]] = ()
LANDING: Mapping[str, str] = {
    Role.PROVIDER_MANAGER: "care_board.show_board",
    Role.SUPERVISOR: "visit_exceptions.list_exceptions",
}


def register_visits() -> None:
    """Let the product know of visits."""
    register_kind(VISIT_RULES)
    for told in KINDS:
        register_message(told)
    register_follower(follow_bed)
    following.register_follower(follow_fitness)
    for panel in PANELS:
        register_panel(panel)
    register_events(list_events)

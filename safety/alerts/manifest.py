"""What alerts hand to the manifest of safety."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import click
from celery.schedules import crontab
from flask import Blueprint
from flask_babel import lazy_gettext as _l
from flask_smorest import Blueprint as ApiBlueprint

from app.auth import Role
from app.features import NavItem
from app.messages.kinds import register_kind as register_message
from app.policies.kinds import register_kind
from safety.alerts import api, demo_call_pages, follow_up_pages, people_api, request_pages, task_pages
from safety.alerts.access import FOLLOWERS, GOERS, SERVERS
from safety.alerts.policy import SAFETY_LADDERS
from safety.alerts.telling import KINDS

API: Sequence[ApiBlueprint] = (api.blueprint, people_api.blueprint)
PAGES: Sequence[Blueprint] = (
    task_pages.blueprint,
    request_pages.blueprint,
    follow_up_pages.blueprint,
    demo_call_pages.blueprint,
)
# Words after ``flask safety``.
COMMANDS: Sequence[click.Command] = ()
NAVIGATION: Sequence[NavItem] = (
    NavItem(
        endpoint="safety_tasks.show_tasks", label=_l("Where to go"), icon="person", roles=frozenset(GOERS), order=41
    ),
    NavItem(
        endpoint="safety_requests.list_requests",
        label=_l("Wishes of the green key"),
        icon="bell",
        roles=frozenset(SERVERS),
        order=42,
    ),
    NavItem(
        endpoint="safety_follow_ups.list_follow_ups",
        label=_l("To ask again"),
        icon="phone",
        roles=frozenset(FOLLOWERS),
        order=43,
    ),
)
AUDIT_WORDS: Mapping[str, Any] = {
    "alert.taken": _l("Alert taken"),
    "alert.released": _l("Alert given back"),
    "alert.handed_over": _l("Alert handed over"),
    "alert.step": _l("Step of an alert done"),
    "alert.step_left_out": _l("Step of an alert left out"),
    "alert.note": _l("Note on an alert"),
    "alert.shelved": _l("Alert shelved"),
    "alert.attended": _l("Somebody arrived after an alert"),
    "alert.idle": _l("Alert left lying rings again"),
    "alert.shelf_over": _l("Shelf time of an alert over"),
    "alert.recovered": _l("Device well again, alert closed"),
    "alert.closed": _l("Alert closed with its outcome"),
    "alert.followed_up": _l("Asked again after an alert"),
    "alert.task_answered": _l("Task of an alert answered"),
    "alert.family_answered": _l("Family answered an alert"),
    "alert_shift.started": _l("Shift at the desk begun"),
    "alert_shift.ended": _l("Shift at the desk ended"),
    "alert_shift.returned": _l("Desk heard again after silence"),
    "alert.unanswered": _l("Alert unanswered, the district was told"),
    "safety_request.taken": _l("Wish of the green key taken"),
    "safety_request.done": _l("Wish of the green key seen to"),
}
TASKS: Sequence[str] = ("safety.alerts.tasks",)
# The process that keeps alerts does the same each second; this is the second pair of eyes, and a job that waited for
# longer than its turn is of no use.
SCHEDULE: Mapping[str, Mapping[str, Any]] = {
    "safety.escalate": {"schedule": 10.0, "options": {"expires": 10}},
    "safety.sweep_alerts": {"schedule": crontab(hour="3", minute="25")},
}
FAMILY_PANELS: Sequence[Callable[..., str]] = ()
LANDING: Mapping[str, str] = {Role.GRID_WORKER: "safety_tasks.show_tasks"}


def register_alerts() -> None:
    """Let the product know of alerts."""
    register_kind(SAFETY_LADDERS)
    for told in KINDS:
        register_message(told)

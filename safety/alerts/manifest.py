"""What alerts hand to the manifest of safety."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import click
from flask import Blueprint
from flask_babel import lazy_gettext as _l
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
AUDIT_WORDS: Mapping[str, Any] = {
    "alert.taken": _l("Alert taken"),
    "alert.released": _l("Alert given back"),
    "alert.handed_over": _l("Alert handed over"),
    "alert.step": _l("Step of an alert done"),
    "alert.step_left_out": _l("Step of an alert left out"),
    "alert.note": _l("Note on an alert"),
    "alert.shelved": _l("Alert shelved"),
    "alert.attended": _l("Somebody arrived after an alert"),
    "alert.closed": _l("Alert closed with its outcome"),
    "alert.followed_up": _l("Asked again after an alert"),
    "alert_shift.started": _l("Shift at the desk begun"),
    "alert_shift.ended": _l("Shift at the desk ended"),
    "safety_request.taken": _l("Wish of the green key taken"),
    "safety_request.done": _l("Wish of the green key seen to"),
}
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

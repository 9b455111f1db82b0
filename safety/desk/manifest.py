"""What the desk hands to the manifest of safety."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import click
from flask import Blueprint
from flask_babel import lazy_gettext as _l
from flask_smorest import Blueprint as ApiBlueprint

from app.auth import Role
from app.features import NavItem
from safety.desk import case_pages, device_pages, feed_pages, figure_pages, pages, shift_pages
from safety.desk.access import READERS, WORKERS
from safety.desk.family_panel import alarm_panel

API: Sequence[ApiBlueprint] = ()
PAGES: Sequence[Blueprint] = (
    pages.blueprint,
    feed_pages.blueprint,
    case_pages.blueprint,
    shift_pages.blueprint,
    device_pages.blueprint,
    figure_pages.blueprint,
)
# Words after ``flask safety``.
COMMANDS: Sequence[click.Command] = ()
NAVIGATION: Sequence[NavItem] = (
    NavItem(endpoint="desk.show", label=_l("Alert desk"), icon="bell", roles=frozenset(WORKERS), order=5),
    # Who looks on has other work first.
    NavItem(
        endpoint="desk.show",
        label=_l("Alert desk"),
        icon="bell",
        roles=frozenset(READERS) - frozenset(WORKERS),
        order=41,
    ),
    NavItem(
        endpoint="desk_devices.show_devices",
        label=_l("Devices that need somebody"),
        icon="battery",
        roles=frozenset(READERS),
        order=41,
    ),
    NavItem(
        endpoint="desk_figures.show_figures",
        label=_l("Figures of the alert desk"),
        icon="chart",
        roles=frozenset(READERS),
        order=42,
    ),
    NavItem(
        endpoint="desk_figures.show_week",
        label=_l("Report of the week"),
        icon="print",
        roles=frozenset(READERS),
        order=43,
    ),
)
AUDIT_WORDS: Mapping[str, Any] = {"reveal.alert_person": _l("Operator saw whose alert it is, and whom to call")}
TASKS: Sequence[str] = ()
SCHEDULE: Mapping[str, Mapping[str, Any]] = {}
FAMILY_PANELS: Sequence[Callable[..., str]] = (alarm_panel,)
LANDING: Mapping[str, str] = {Role.OPERATOR: "desk.show"}


def register_desk() -> None:
    """Let the product know of the desk."""

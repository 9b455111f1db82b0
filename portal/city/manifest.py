"""What the picture of the city hands to the manifest of the portal."""

from collections.abc import Mapping, Sequence
from typing import Any

import click
from celery.schedules import crontab
from flask import Blueprint
from flask_babel import lazy_gettext as _l
from flask_smorest import Blueprint as ApiBlueprint

from app.exports.registry import register_export
from app.features import NavItem
from app.policies.kinds import register_kind
from portal.city import api, display_pages, figure_pages, models, pages, report_pages, wall_pages
from portal.city.access import READERS
from portal.city.commands import city
from portal.city.exports import EXPORT
from portal.city.targets import CITY_TARGETS

API: Sequence[ApiBlueprint] = (api.blueprint,)
PAGES: Sequence[Blueprint] = (
    wall_pages.blueprint,
    display_pages.blueprint,
    pages.blueprint,
    figure_pages.blueprint,
    report_pages.blueprint,
)
COMMANDS: Sequence[click.Command] = (city,)
TASKS: Sequence[str] = ("portal.city.tasks",)
SCHEDULE: Mapping[str, Mapping[str, Any]] = {
    "city.fold_now": {"schedule": crontab()},
    "city.fold_late": {"schedule": crontab(minute="7,22,37,52")},
    "city.prove_sums": {"schedule": crontab(hour="3", minute="50", day_of_week="sunday")},
}
NAVIGATION: Sequence[NavItem] = (
    NavItem(endpoint="city.start", label=_l("The picture"), icon="chart", roles=frozenset(READERS), order=2),
)
AUDIT_WORDS: Mapping[str, Any] = {
    "city_display.offered": _l("Code for a screen made"),
    "city_display.hung_up": _l("Screen hung up"),
    "city_display.revoked": _l("Screen sent away"),
}
register_kind(CITY_TARGETS)
register_export(EXPORT)
TABLES = (models.CityDay, models.CityFold, models.CityDisplay)

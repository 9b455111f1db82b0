"""What the picture of the city hands to the manifest of the portal."""

from collections.abc import Mapping, Sequence
from typing import Any

import click
from celery.schedules import crontab
from flask import Blueprint
from flask_babel import lazy_gettext as _l
from flask_smorest import Blueprint as ApiBlueprint

from app.features import NavItem
from app.policies.kinds import register_kind
from portal.city import figure_pages, models, pages
from portal.city.access import READERS
from portal.city.commands import city
from portal.city.targets import CITY_TARGETS

API: Sequence[ApiBlueprint] = ()
PAGES: Sequence[Blueprint] = (pages.blueprint, figure_pages.blueprint)
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
AUDIT_WORDS: Mapping[str, Any] = {}
register_kind(CITY_TARGETS)
TABLES = (models.CityDay, models.CityFold, models.CityDisplay)

"""What the picture of the city hands to the manifest of the portal."""

from collections.abc import Mapping, Sequence
from typing import Any

import click
from celery.schedules import crontab
from flask import Blueprint
from flask_smorest import Blueprint as ApiBlueprint

from app.features import NavItem
from portal.city import models
from portal.city.commands import city

API: Sequence[ApiBlueprint] = ()
PAGES: Sequence[Blueprint] = ()
COMMANDS: Sequence[click.Command] = (city,)
TASKS: Sequence[str] = ("portal.city.tasks",)
SCHEDULE: Mapping[str, Mapping[str, Any]] = {
    "city.fold_now": {"schedule": crontab()},
    "city.fold_late": {"schedule": crontab(minute="7,22,37,52")},
    "city.prove_sums": {"schedule": crontab(hour="3", minute="50", day_of_week="sunday")},
}
NAVIGATION: Sequence[NavItem] = ()
AUDIT_WORDS: Mapping[str, Any] = {}
TABLES = (models.CityDay, models.CityFold, models.CityDisplay)

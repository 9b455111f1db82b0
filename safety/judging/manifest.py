"""What judgement hands to the manifest of safety."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import click
from celery.schedules import crontab
from flask import Blueprint
from flask_babel import lazy_gettext as _l
from flask_smorest import Blueprint as ApiBlueprint

from app.features import NavItem
from app.policies.kinds import register_kind
from safety.judging import api, commands, trial_pages
from safety.judging.policy import SAFETY_RULES, THRESHOLDS
from safety.judging.services import look_again
from safety.kits.following import register_follower
from safety.kits.thresholds import register_thresholds

API: Sequence[ApiBlueprint] = (api.blueprint,)
PAGES: Sequence[Blueprint] = (trial_pages.blueprint,)
# Words after ``flask safety``.
COMMANDS: Sequence[click.Command] = commands.COMMANDS
NAVIGATION: Sequence[NavItem] = ()
AUDIT_WORDS: Mapping[str, Any] = {"reveal.home_rhythm": _l("Saw a home's rhythm, and where somebody was last seen")}
TASKS: Sequence[str] = ("safety.judging.tasks",)
SCHEDULE: Mapping[str, Mapping[str, Any]] = {
    "safety.learn_rhythms": {"schedule": crontab(hour="0", minute="20")},
    "safety.finish_trials": {"schedule": crontab(minute="*/5")},
}
FAMILY_PANELS: Sequence[Callable[..., str]] = ()
LANDING: Mapping[str, str] = {}


def register_judging() -> None:
    """Let the product know of judgement."""
    register_kind(SAFETY_RULES)
    register_thresholds(THRESHOLDS)
    register_follower(look_again)

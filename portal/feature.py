"""What the pages across features hand to the application."""

from typing import Any

from flask import Flask
from flask_babel import lazy_gettext as _l

from app.auth import Role, find_actor
from app.auth.actor import PERSONAL_ROLES
from app.features import Feature
from portal import (
    alarm_pages,
    away_pages,
    bed_pages,
    canteen_pages,
    card_pages,
    care_pages,
    codes_pages,
    delivery_pages,
    dispute_pages,
    looks_pages,
    pages,
    settings_pages,
    statement_pages,
)
from portal.city import manifest as city
from portal.helping import help_phone
from portal.turns import manifest as turns


def set_up(app: Flask) -> None:
    """Let every page of a family show the number to call, and every refusal too."""
    app.context_processor(shell)


def shell() -> dict[str, Any]:
    """Return what the family's shell shows, and let refusals come in it to those whom it is for."""
    actor = find_actor()
    return {
        "help_phone": help_phone,
        "error_shell": "family_shell.html" if actor and actor.roles & PERSONAL_ROLES else None,
    }


FEATURE = Feature(
    name="portal",
    heading=_l("City and streets"),
    setup=set_up,
    pages=(
        pages.blueprint,
        away_pages.blueprint,
        statement_pages.blueprint,
        canteen_pages.blueprint,
        care_pages.blueprint,
        alarm_pages.blueprint,
        card_pages.blueprint,
        codes_pages.blueprint,
        bed_pages.blueprint,
        delivery_pages.blueprint,
        dispute_pages.blueprint,
        looks_pages.blueprint,
        settings_pages.blueprint,
        *city.PAGES,
        *turns.PAGES,
    ),
    api=(*city.API, *turns.API),
    commands=(*city.COMMANDS, *turns.COMMANDS),
    tasks=(*city.TASKS, *turns.TASKS),
    schedule={**city.SCHEDULE, **turns.SCHEDULE},
    navigation=(*city.NAVIGATION, *turns.NAVIGATION),
    timeline=turns.TIMELINE,
    senior_acts=turns.ACTS,
    audit_words={**city.AUDIT_WORDS, **turns.AUDIT_WORDS},
    landing={Role.FAMILY: "family.start", Role.ELDER: "family.start"},
)

"""What the pages across features hand to the application."""

from typing import Any

from flask import Flask

from app.auth import Role
from app.features import Feature
from portal import canteen_pages, card_pages, pages, settings_pages, statement_pages
from portal.helping import help_phone


def set_up(app: Flask) -> None:
    """Let every page of a family show the number to call."""
    app.context_processor(lambda: SHELL)


SHELL: dict[str, Any] = {"help_phone": help_phone}

FEATURE = Feature(
    name="portal",
    setup=set_up,
    pages=(
        pages.blueprint,
        statement_pages.blueprint,
        canteen_pages.blueprint,
        card_pages.blueprint,
        settings_pages.blueprint,
    ),
    landing={Role.FAMILY: "family.start", Role.ELDER: "family.start"},
)

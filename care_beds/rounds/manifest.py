"""What rounds hand to the manifest of care beds."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import Blueprint
from flask_babel import lazy_gettext as _l
from flask_smorest import Blueprint as ApiBlueprint

from app.auth import Role
from app.features import NavItem
from app.messages.kinds import register_kind as register_message
from care_beds.beds.panels import register_panel
from care_beds.rounds import api, late_pages, objection_pages, pages, shell_pages, sticker_pages
from care_beds.rounds.bed_panel import STICKER_PANEL
from care_beds.rounds.family_panel import care_panel
from care_beds.rounds.objections import READERS
from care_beds.rounds.seeing import register_pictures
from care_beds.rounds.telling import KINDS
from care_beds.rounds.visit_panel import evidence_panel
from care_beds.rounds.words import REVOKE_NAMES
from care_beds.visits.panels import register_visit_panel

API: Sequence[ApiBlueprint] = (api.blueprint,)
PAGES: Sequence[Blueprint] = (
    pages.blueprint,
    shell_pages.blueprint,
    sticker_pages.blueprint,
    objection_pages.blueprint,
    late_pages.blueprint,
)
NAVIGATION: Sequence[NavItem] = (
    NavItem(
        endpoint="care_round.show_today",
        label=_l("Today's visits"),
        icon="care",
        roles=frozenset({Role.CARER}),
        order=12,
    ),
    NavItem(
        endpoint="care_objections.show_objections",
        label=_l("Objections to visits"),
        icon="warn",
        roles=frozenset(READERS),
        order=58,
    ),
    NavItem(
        endpoint="care_late.show_late",
        label=_l("Told too late"),
        icon="clock",
        roles=frozenset(READERS),
        order=59,
    ),
)
AUDIT_WORDS: Mapping[str, Any] = {
    "visit.checked_in": _l("Carer checked in"),
    "visit.checked_out": _l("Carer checked out"),
    "visit.confirmed": _l("Visit confirmed"),
    "visit.unconfirmed": _l("Nobody could confirm a visit"),
    "visit.late_mark": _l("Visit told of too late"),
    "visit.late_decided": _l("Decided about a visit told of too late"),
    "visit.rated": _l("Visit rated"),
    "visit.objected": _l("Family objected to a visit"),
    "visit.answered": _l("Objection to a visit answered"),
    "reveal.care_visit": _l("Carer saw whose door it is"),
    "sticker.issued": _l("Sticker of a bed made"),
    "sticker.revoked": _l("Sticker of a bed taken out of use"),
    "field.serial": _l("Number of the sticker"),
    "field.doubts": _l("To be looked at"),
    "field.stars": _l("Stars"),
    **{f"reason.{name}": word for name, word in REVOKE_NAMES.items()},
}
TASKS: Sequence[str] = ()
SCHEDULE: Mapping[str, Mapping[str, Any]] = {}
FAMILY_PANELS: Sequence[Callable[..., str]] = (care_panel,)
LANDING: Mapping[str, str] = {Role.CARER: "care_round.show_today"}


def register_rounds() -> None:
    """Let the product know of rounds."""
    register_pictures()
    register_panel(STICKER_PANEL)
    register_visit_panel(evidence_panel)
    for told in KINDS:
        register_message(told)

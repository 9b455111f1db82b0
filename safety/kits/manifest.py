"""What kits hand to the manifest of safety."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import click
from flask import Blueprint
from flask_babel import lazy_gettext as _l
from flask_smorest import Blueprint as ApiBlueprint
from sqlalchemy.orm import Session

from app.auth import Role
from app.auth.guard import register_gateways
from app.features import NavItem
from app.policies.kinds import register_kind
from safety.kits import api, device_api, device_pages, home_pages, home_step_pages, install_pages, setting_pages
from safety.kits.access import READERS
from safety.kits.family_panel import kit_family_panel
from safety.kits.policy import DEVICE_TYPES
from safety.kits.queries import Gateway, find_gateway

API: Sequence[ApiBlueprint] = (api.blueprint, device_api.blueprint)
PAGES: Sequence[Blueprint] = (
    home_pages.blueprint,
    home_step_pages.blueprint,
    install_pages.blueprint,
    device_pages.blueprint,
    setting_pages.blueprint,
)
# Words after ``flask safety``.
COMMANDS: Sequence[click.Command] = ()
NAVIGATION: Sequence[NavItem] = (
    NavItem(
        endpoint="safety_homes.list_homes",
        label=_l("Homes watched over"),
        icon="home",
        roles=frozenset(READERS),
        order=40,
    ),
    NavItem(
        endpoint="safety_installing.list_work",
        label=_l("To be installed"),
        icon="bell",
        roles=frozenset({Role.INSTALLER}),
        order=41,
    ),
    NavItem(
        endpoint="safety_devices.list_devices",
        label=_l("Devices"),
        icon="battery",
        roles=frozenset({Role.INSTALLER, Role.ADMINISTRATOR}),
        order=42,
    ),
)
AUDIT_WORDS: Mapping[str, Any] = {
    "safety_home.applied": _l("Kit applied for"),
    "safety_home.changed": _l("Home with a kit changed"),
    "safety_home.started": _l("Home watched over from now on"),
    "safety_home.ended": _l("Kit taken away, home ended"),
    "safety_home.away": _l("Senior set as away from home"),
    "safety_home.back": _l("Senior back home"),
    "safety_home.test_begun": _l("Test of a home begun"),
    "safety_home.test_ended": _l("Test of a home ended"),
    "safety_contact.added": _l("Contact of a home added"),
    "safety_contact.changed": _l("Contact of a home changed"),
    "safety_contact.moved": _l("Contact of a home is called earlier"),
    "safety_contact.removed": _l("Contact of a home taken off the list"),
    "safety_gateway.added": _l("Gateway added"),
    "safety_gateway.rolled": _l("Gateway given a new secret"),
    "safety_gateway.revoked": _l("Gateway taken out of use"),
    "safety_device.stocked": _l("Device taken into stock"),
    "safety_device.assigned": _l("Device assigned to a home"),
    "safety_device.unassigned": _l("Device taken off a home's list"),
    "safety_device.installed": _l("Device installed"),
    "safety_device.moved": _l("Device moved"),
    "safety_device.returned": _l("Device came back"),
    "safety_device.lost": _l("Device lost"),
    "safety_setting.made": _l("Thresholds of a home wished"),
    "safety_setting.approved": _l("Thresholds of a home agreed to"),
    "safety_setting.rejected": _l("Thresholds of a home sent back"),
    "safety_setting.ended": _l("Thresholds of a home ended"),
    "reveal.safety_address": _l("Address of a home with a kit seen"),
    "reveal.safety_way_in": _l("Way into a home seen"),
    "reveal.safety_illnesses": _l("Illnesses of somebody at home seen"),
    "reveal.safety_medicines": _l("Medicines of somebody at home seen"),
    "reveal.safety_phone": _l("Number of a home's contact seen"),
}
TASKS: Sequence[str] = ()
SCHEDULE: Mapping[str, Mapping[str, Any]] = {}
FAMILY_PANELS: Sequence[Callable[..., str]] = (kit_family_panel,)
LANDING: Mapping[str, str] = {
    Role.INSTALLER: "safety_installing.list_work",
    Role.OPERATOR: "safety_homes.list_homes",
}


def register_kits() -> None:
    """Let the product know of kits."""
    register_gateways(find_calling)
    register_kind(DEVICE_TYPES)


def find_calling(session: Session, secret: str, _now: datetime) -> Gateway | None:
    """Return the gateway that holds a secret, or nothing; tokens of gateways do not end by themselves."""
    return find_gateway(session, token=secret)

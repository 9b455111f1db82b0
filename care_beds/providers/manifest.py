"""What providers hand to the manifest of care beds."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from celery.schedules import crontab
from flask import Blueprint
from flask_babel import lazy_gettext as _l
from flask_smorest import Blueprint as ApiBlueprint
from sqlalchemy.orm import Session

from app.auth import Actor, Role
from app.auth.workplaces import Trade, register_workplaces
from app.features import NavItem
from app.messages.kinds import register_kind as register_message
from app.pictures.models import Picture
from app.pictures.services import register_owner
from app.policies.kinds import register_kind
from care_beds.providers import api, carer_pages, pages
from care_beds.providers.access import READERS
from care_beds.providers.carers import OWNER
from care_beds.providers.errors import CarerNotFound
from care_beds.providers.policy import PROVIDER_RULES
from care_beds.providers.queries import get_carer, list_workplaces
from care_beds.providers.telling import KINDS

API: Sequence[ApiBlueprint] = (api.blueprint,)
PAGES: Sequence[Blueprint] = (pages.blueprint, carer_pages.blueprint)
NAVIGATION: Sequence[NavItem] = (
    NavItem(
        endpoint="providers.list_providers",
        label=_l("Care providers"),
        icon="care",
        roles=frozenset(READERS),
        order=22,
    ),
    NavItem(endpoint="carers.show_own", label=_l("My papers"), icon="person", roles=frozenset({Role.CARER}), order=35),
)
AUDIT_WORDS: Mapping[str, Any] = {
    "provider.opened": _l("Provider taken into the register"),
    "provider.changed": _l("Provider changed"),
    "provider.active": _l("Provider goes on"),
    "provider.suspended": _l("Provider suspended"),
    "provider.ended": _l("Provider ended"),
    "provider.reviewed": _l("Provider looked at"),
    "carer.hired": _l("Carer taken on"),
    "carer.changed": _l("Carer changed"),
    "carer.left": _l("Carer left"),
    "carer.suspended": _l("Carer suspended"),
    "carer.resumed": _l("Carer visits again"),
    "certificate.recorded": _l("Certificate recorded"),
    "certificate.withdrawn": _l("Certificate taken back"),
    "kin.declared": _l("Kin of a carer declared"),
    "kin.ended": _l("Kin of a carer taken back"),
    "field.capacity": _l("Beds at most"),
    "field.licence_expires_on": _l("Licence, last good day"),
    "field.agreement_expires_on": _l("Service agreement, last good day"),
}
TASKS: Sequence[str] = ("care_beds.providers.tasks",)
SCHEDULE: Mapping[str, Mapping[str, Any]] = {
    "care_beds.tell_endings": {"schedule": crontab(hour="8", minute="5")},
}
FAMILY_PANELS: Sequence[Callable[..., str]] = ()
LANDING: Mapping[str, str] = {
    Role.PROVIDER_MANAGER: "providers.list_providers",
    Role.SUPERVISOR: "providers.list_providers",
    Role.CARER: "carers.show_own",
}


def register_providers() -> None:
    """Let the product know of providers."""
    register_workplaces(list_workplaces, Trade.PROVIDER)
    register_kind(PROVIDER_RULES)
    register_owner(OWNER, may_see_certificate)
    for told in KINDS:
        register_message(told)


def may_see_certificate(session: Session, actor: Actor, picture: Picture) -> bool:
    """Say whether somebody may see the photo of a carer's certificate: the carer, and whoever may see the carer."""
    seen_as = actor.narrowed(frozenset({*READERS, Role.CARER}))
    if not seen_as.roles:
        return False
    try:
        get_carer(session, carer_id=int(picture.owner_ref), actor=seen_as)
    except CarerNotFound:
        return False
    return True

"""Roles, devices and places of accounts, in words."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from app.areas import queries as areas
from app.auth.actor import ROLE_NAMES
from app.auth.models import AccessToken, RoleGrant
from app.auth.workplaces import Trade, find_workplaces
from app.clock import business_day

KINDS: dict[str, Any] = {
    "session": _l("Browser"),
    "remembered": _l("Own phone"),
    "bearer": _l("Program"),
    "till": _l("Till"),
}
# Order matters: each browser also names those it descends from.
BROWSERS = (
    ("Edg", "Edge"),
    ("MicroMessenger", "WeChat"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (("Android", "Android"), ("iPhone", "iPhone"), ("Windows", "Windows"), ("Mac OS", "Mac"), ("Linux", "Linux"))


@dataclass(frozen=True, kw_only=True)
class RoleWords:
    """One role of an account as a page shows it."""

    id: int
    role: str
    place: str
    valid_from: date
    valid_until: date | None
    is_current: bool


def role_words(session: Session, grants: Sequence[RoleGrant], *, now: datetime) -> list[RoleWords]:
    """Put an account's roles into words, with the names of their places."""
    names = areas.find_names(session, (grant.area_code for grant in grants))
    canteens = _workplace_names(session, Trade.CANTEEN, [grant.canteen_id for grant in grants])
    providers = _workplace_names(session, Trade.PROVIDER, [grant.provider_id for grant in grants])
    shops = _workplace_names(session, Trade.SHOP, [grant.shop_id for grant in grants])
    today = business_day(now)
    return [
        RoleWords(
            id=grant.id,
            role=str(ROLE_NAMES[grant.role]),
            place=canteens.get(grant.canteen_id or 0)
            or providers.get(grant.provider_id or 0)
            or shops.get(grant.shop_id or 0)
            or _name(names.get(grant.area_code), grant),
            valid_from=grant.valid_from,
            valid_until=grant.valid_until,
            is_current=grant.valid_from <= today and (grant.valid_until is None or grant.valid_until > today),
        )
        for grant in grants
    ]


def device_word(token: AccessToken) -> str:
    """Name the device behind a token: its own name, else what its browser says."""
    browser = next((name for mark, name in BROWSERS if mark in token.label), "")
    system = next((name for mark, name in SYSTEMS if mark in token.label), "")
    plain = re.sub(r"\s*/.*", "", token.label)[:40]
    found = _("%(browser)s on %(system)s", browser=browser, system=system) if browser and system else plain
    return found or str(KINDS[token.kind])


def area_name(area: Any) -> str:
    """Return a place's name in the language of the page."""
    locale = get_locale()
    is_english = locale is not None and locale.language == "en"
    return str((is_english and area.name_en) or area.name)


def _workplace_names(session: Session, trade: Trade, ids: Sequence[int | None]) -> dict[int, str]:
    wanted = {each for each in ids if each}
    return {place.id: place.name for place in find_workplaces(session, ids=wanted, trade=trade)} if wanted else {}


def _name(area: Any, grant: RoleGrant) -> str:
    return area_name(area) if area else _("Canteen %(id)s", id=grant.canteen_id)

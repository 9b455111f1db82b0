"""What every page's frame shows: who is here, where to go, in which language and size."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from flask import Flask, current_app, request, url_for
from flask_babel import gettext as _

from app.areas import queries as areas
from app.auth import Actor, find_actor
from app.auth.actor import ROLE_NAMES
from app.auth.wording import area_name
from app.auth.workplaces import Trade, find_workplaces
from app.config import settings
from app.db import db
from app.features import OFFICE, BarSearch, NavItem, loaded_features
from app.web import wording
from app.web.language import CHINESE, ENGLISH, HTML_LANGS, TEXT_SIZES, choose_text_size, current_language

# No code from attributes, no styles made by script, no pages kept on shared machines; 422 shows the form again.
HTMX_CONFIG = json.dumps(
    {
        "allowEval": False,
        "includeIndicatorStyles": False,
        "historyCacheSize": 0,
        "refreshOnHistoryMiss": True,
        "selfRequestsOnly": True,
        "responseHandling": [
            {"code": "204", "swap": False},
            {"code": "[23]..", "swap": True},
            {"code": "[45]..", "swap": True, "error": True},
        ],
    }
)

# Entries that are seen at one glance; a longer menu comes in parts.
LONG_MENU = 12
# Where a request keeps its frame once it is made.
KEPT = "chongyang.frame"


@dataclass(frozen=True, kw_only=True)
class Link:
    """An entry of the side menu on one page."""

    href: str
    label: Any
    icon: str
    current: bool
    heading: Any = None


def set_up_shell(app: Flask) -> None:
    """Give every template the frame's values, and the ways we write numbers and days."""
    app.context_processor(frame)
    app.jinja_env.globals["here"] = here
    app.jinja_env.filters.update(wording.FILTERS)
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True


def frame() -> dict[str, Any]:
    """Return what base.html, shell.html and bare.html show of the caller; each panel of a page asks for it again."""
    seen = find_actor(), current_language(), choose_text_size()
    kept = request.environ.get(KEPT)
    if kept is None or kept[0] != seen:
        kept = request.environ[KEPT] = (seen, _frame_of(*seen))
    return dict(kept[1])


def _frame_of(actor: Actor | None, lang: str, size: str) -> dict[str, Any]:
    other = ENGLISH if lang == CHINESE else CHINESE
    following = TEXT_SIZES[(TEXT_SIZES.index(size) + 1) % len(TEXT_SIZES)]
    return {
        "actor": actor,
        "person": describe_person(actor) if actor else "",
        "places": describe_places(actor) if actor else "",
        "navigation": navigation(actor) if actor else [],
        "bar_search": find_bar_search(actor) if actor else None,
        "idle_minutes": settings().session_idle_minutes if actor and actor.kind == "session" else None,
        "lang": lang,
        "html_lang": HTML_LANGS[lang],
        "other_lang": other,
        "other_html_lang": HTML_LANGS[other],
        "other_lang_short": "EN" if other == ENGLISH else "中文",
        "other_lang_label": ", switch to English" if other == ENGLISH else "，换成中文",
        "text_size": size,
        "next_text_size": following,
        "text_size_label": wording.text_size_label(size, following),
        "same_page": page_address(),
        "htmx_config": HTMX_CONFIG,
    }


def navigation(actor: Actor) -> Sequence[Link]:
    """Return the menu entries of the caller's roles, in the order the features gave.

    A long menu comes in parts, each under the heading of its features; its first entry carries it.
    """
    found = [
        (str(feature.heading), item)
        for feature in loaded_features(current_app)
        for item in feature.navigation
        if item.roles & actor.roles
    ]
    found.sort(key=lambda each: each[1].order)
    if len(found) <= LONG_MENU:
        return [_link(item) for _heading, item in found]
    parts: dict[str, list[Link]] = {}
    for heading, item in found:
        parts.setdefault(heading, []).append(_link(item))
    office = parts.pop(str(OFFICE), [])
    return [*_part(parts), *_part({str(OFFICE): office})]


def find_bar_search(actor: Actor) -> BarSearch | None:
    """Return what the caller finds from anywhere, or nothing for roles that look for nobody."""
    offered = (feature.bar_search for feature in loaded_features(current_app) if feature.bar_search)
    return next((each for each in offered if each.roles & actor.roles), None)


def describe_person(actor: Actor) -> str:
    """Write a name with its roles: 何立，审计员."""
    return _("%(name)s, %(roles)s", name=actor.name, roles=_list(sorted(actor.roles))) if actor.roles else actor.name


def describe_places(actor: Actor) -> str:
    """Write where the caller works: the canteens, providers and shops, else the areas."""
    workplaces = (
        (Trade.CANTEEN, actor.canteen_ids),
        (Trade.PROVIDER, actor.provider_ids),
        (Trade.SHOP, actor.shop_ids),
    )
    session = db.session()
    names = [place.name for trade, ids in workplaces if ids for place in find_workplaces(session, ids=ids, trade=trade)]
    if not names and not actor.area_codes:
        return ""
    if not names:
        names = [area_name(area) for area in areas.find_names(session, actor.area_codes).values()]
    shown = wording.join(names[:2])
    return _("%(places)s and %(count)s more", places=shown, count=len(names) - 2) if len(names) > 2 else shown


def here(**changes: Any) -> str:
    """Return this page's address with some parts of its query changed; ``None`` takes a part away."""
    query = {**request.args.to_dict(), **changes}
    kept = urlencode({name: value for name, value in query.items() if value not in (None, "")})
    return f"{request.path}?{kept}" if kept else request.path


def page_address() -> str:
    """Return the address that opens this page again, also when it came as the answer to a form."""
    if request.method in ("GET", "HEAD"):
        return request.full_path.rstrip("?")
    adapter = current_app.url_map.bind("")
    return request.path if adapter.test(request.path, method="GET") else "/"


def _link(item: NavItem) -> Link:
    blueprint = item.endpoint.partition(".")[0]
    current = request.endpoint == item.endpoint or (request.blueprint == blueprint and _is_only(item, blueprint))
    return Link(href=url_for(item.endpoint), label=item.label, icon=item.icon, current=current)


def _part(parts: Mapping[str, Sequence[Link]]) -> list[Link]:
    return [
        replace(link, heading=None if place else heading)
        for heading, links in parts.items()
        for place, link in enumerate(links)
    ]


def _is_only(item: NavItem, blueprint: str) -> bool:
    """Say whether an entry stands for all pages of its blueprint."""
    entries = [other for feature in loaded_features(current_app) for other in feature.navigation]
    return [other for other in entries if other.endpoint.partition(".")[0] == blueprint] == [item]


def _list(roles: Sequence[str]) -> str:
    return wording.join([str(ROLE_NAMES[role]) for role in roles])

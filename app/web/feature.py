"""What the page shell and the HTTP edge hand to the application."""

from flask import Flask
from flask_babel import lazy_gettext as _l
from werkzeug.routing import IntegerConverter

from app.auth import Role
from app.features import Feature, NavItem
from app.web import audit_pages, health, pages
from app.web.api import set_up_api
from app.web.assets import set_up_assets
from app.web.language import set_up_language
from app.web.observation import set_up_observation
from app.web.refusals import set_up_refusals
from app.web.security import set_up_security
from app.web.shell import set_up_shell

LARGEST_ID = 2**63 - 1


class Id(IntegerConverter):
    """A number in an address that fits into the database; a larger one is no address of ours."""

    def __init__(self, map: object, *args: object, **kwargs: object) -> None:  # noqa: A002 - werkzeug's name
        super().__init__(map, *args, **{"max": LARGEST_ID, **kwargs})  # type: ignore[arg-type]


def set_up(app: Flask) -> None:
    """Put the edge around the application: observation first, so that it sees every refusal."""
    app.url_map.converters["int"] = Id
    set_up_observation(app)
    set_up_language(app)
    set_up_security(app)
    set_up_refusals(app)
    set_up_assets(app)
    set_up_api(app)
    set_up_shell(app)


FEATURE = Feature(
    name="web",
    setup=set_up,
    pages=(pages.blueprint, health.blueprint, audit_pages.blueprint),
    navigation=(
        NavItem(
            endpoint="audit.list_audit",
            label=_l("Audit log"),
            icon="chain",
            roles=frozenset({Role.AUDITOR, Role.ADMINISTRATOR}),
            order=90,
        ),
    ),
)

"""What applications hand to the feature."""

from flask_babel import lazy_gettext as _l

from app.features import NavItem
from app.messages.kinds import register_kind as register_message
from app.policies.kinds import register_kind
from subsidies.applications import api, pages
from subsidies.applications.access import READERS
from subsidies.applications.policy import APPLICATION_RULES
from subsidies.applications.telling import KINDS
from subsidies.applications.wording import AUDIT_WORDS

__all__ = ["API", "AUDIT_WORDS", "NAVIGATION", "PAGES"]

register_kind(APPLICATION_RULES)
for kind in KINDS:
    register_message(kind)

API = (api.blueprint,)
PAGES = (pages.blueprint,)
NAVIGATION = (
    NavItem(
        endpoint="applications.list_applications",
        label=_l("Applications"),
        icon="pen",
        roles=frozenset(READERS),
        order=30,
    ),
)

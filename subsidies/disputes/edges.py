"""What disputes hand to the application: the edges that ``subsidies.feature`` joins."""

from flask_babel import lazy_gettext as _l

from app.features import NavItem
from app.messages.kinds import register_kind
from subsidies.disputes import api, pages
from subsidies.disputes import wording as words
from subsidies.disputes.access import READERS

register_kind(words.ANSWERED)

API = (api.blueprint,)
PAGES = (pages.blueprint,)
NAVIGATION = (
    NavItem(
        endpoint="disputes.list_disputes",
        label=_l("Disputes of families"),
        icon="info",
        roles=frozenset[str](READERS),
        order=32,
    ),
)
AUDIT_WORDS = words.AUDIT_WORDS

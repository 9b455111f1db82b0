"""What expiry hands to the feature."""

from celery.schedules import crontab
from flask_babel import lazy_gettext as _l

from app.features import NavItem
from app.messages.kinds import register_kind as register_message
from app.policies.kinds import register_kind
from subsidies.access import WALLET_READERS
from subsidies.expiry import commands, pages
from subsidies.expiry.policy import EXPIRY_RULES
from subsidies.expiry.telling import KINDS

register_kind(EXPIRY_RULES)
for kind in KINDS:
    register_message(kind)

COMMANDS = (commands.expire,)
PAGES = (pages.blueprint,)
TASKS = ("subsidies.expiry.tasks",)
# After the business day has ended for certain, and before the nightly verification.
SCHEDULE = {
    "subsidies.expire_points": {"schedule": crontab(hour="0", minute="40")},
    # In the morning, when a message finds people awake.
    "subsidies.tell_ending": {"schedule": crontab(hour="9", minute="10")},
}
NAVIGATION = (
    NavItem(
        endpoint="expiry.show_endings",
        label=_l("Points that end"),
        icon="clock",
        roles=frozenset(WALLET_READERS),
        order=46,
    ),
)

"""What settlement hands to the feature."""

from celery.schedules import crontab
from flask_babel import lazy_gettext as _l

from app.exports.registry import register_export
from app.features import NavItem
from app.policies.kinds import register_kind
from subsidies.settlement import (
    action_pages,  # noqa: F401 - its buttons join the pages' blueprint when they are defined
    commands,
    making_pages,  # noqa: F401 - the same
    pages,
    payee_pages,  # noqa: F401 - the same
)
from subsidies.settlement.access import READERS
from subsidies.settlement.api import blueprint as api
from subsidies.settlement.policy import SETTLEMENT_RULES
from subsidies.settlement.reach import reach_of
from subsidies.settlement.sheets import lines_export
from subsidies.settlement.wording import ACTION_WORDS

register_kind(SETTLEMENT_RULES)
register_export(lines_export("settlement_lines", roles=READERS, reach=lambda _session, actor: reach_of(actor)))

API = (api,)
PAGES = (pages.blueprint,)
COMMANDS = (commands.settlement,)
TASKS = ("subsidies.settlement.tasks",)
# Every night: new sealed entries are taken in while they are few, and the period before is made once it is over.
SCHEDULE = {
    "subsidies.make_statements": {"schedule": crontab(hour="3", minute="30")},
    "subsidies.tend_makings": {"schedule": crontab(minute="*/5")},
}
NAVIGATION = (
    NavItem(
        endpoint="settlement.list_statements",
        label=_l("Settlement"),
        icon="check",
        roles=frozenset(READERS),
        order=47,
    ),
)
AUDIT_WORDS = ACTION_WORDS

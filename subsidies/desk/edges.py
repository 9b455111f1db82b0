"""What the desk hands to the feature."""

from typing import Any

from celery.schedules import crontab
from flask_babel import lazy_gettext as _l

from app.exports.registry import register_export
from app.features import NavItem
from subsidies.access import WALLET_READERS
from subsidies.desk import exports, pages
from subsidies.desk.recomputing import register_recomputer
from subsidies.desk.regranting import regrant

register_export(exports.MOVEMENTS)
register_recomputer("allowance", regrant)

PAGES = (pages.blueprint,)
TASKS = ("subsidies.desk.tasks",)
SCHEDULE: dict[str, dict[str, Any]] = {
    "subsidies.fold_days": {"schedule": crontab()},
    "subsidies.prove_sums": {"schedule": crontab(hour="3", minute="40", day_of_week="sunday")},
}
NAVIGATION = (
    NavItem(
        endpoint="movements.list_movements",
        label=_l("Movements of points"),
        icon="points",
        roles=frozenset(WALLET_READERS),
        order=44,
    ),
)

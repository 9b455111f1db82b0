"""What findings hand to the application: the edges that ``subsidies.feature`` joins."""

from celery.schedules import crontab
from flask_babel import lazy_gettext as _l

from app.features import NavItem
from subsidies.findings import api, commands, pages
from subsidies.findings.access import READERS
from subsidies.findings.sources import register_sources
from subsidies.findings.wording import AUDIT_WORDS

register_sources()

API = (api.blueprint,)
PAGES = (pages.blueprint,)
COMMANDS = (commands.findings,)
TASKS = ("subsidies.findings.tasks",)
SCHEDULE = {"subsidies.run_checks": {"schedule": crontab(hour="3", minute="10")}}
NAVIGATION = (
    NavItem(
        endpoint="findings.list_findings", label=_l("Findings"), icon="search", roles=frozenset[str](READERS), order=44
    ),
)
WORDS = AUDIT_WORDS

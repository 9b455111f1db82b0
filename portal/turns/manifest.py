"""What turns of life hand to the manifest of the portal."""

from celery.schedules import crontab
from flask_babel import lazy_gettext as _l

from app.dossier import MomentSource, SeniorAct
from app.features import NavItem
from portal.turns import api, list_pages, models, moments, pages
from portal.turns.access import READERS, RECORDERS
from portal.turns.commands import turns
from portal.turns.wording import AUDIT_WORDS

__all__ = ["AUDIT_WORDS"]

# The database knows these tables before one of their pages asks for them.
TABLES = (models,)
API = (api.blueprint,)
PAGES = (pages.blueprint, list_pages.blueprint)
COMMANDS = (turns,)
TASKS = ("portal.turns.tasks",)
SCHEDULE = {
    "turns.watch": {"schedule": crontab(minute="*/10")},
    "turns.settle": {"schedule": crontab(hour="0", minute="40")},
}
NAVIGATION = (
    NavItem(endpoint="turns.list_turns", label=_l("Turns of life"), icon="clock", roles=frozenset(READERS), order=23),
)
TIMELINE = (
    MomentSource(sort=moments.SORT, label=_l("Turns of life"), roles=frozenset(READERS), moments=moments.turn_moments),
)
ACTS = (
    SeniorAct(
        label=_l("Record an event"),
        icon="clock",
        endpoint="turns.show_person",
        roles=frozenset(RECORDERS),
        order=10,
    ),
)

"""What the allowance hands to the feature."""

from celery.schedules import crontab
from flask_babel import lazy_gettext as _l

from app.features import NavItem
from app.policies.kinds import register_kind
from subsidies.allowance import commands, correction_pages, person_pages, run_pages, trial_pages
from subsidies.allowance.access import READERS
from subsidies.allowance.kind import ALLOWANCE_PROGRAMME
from subsidies.allowance.wording import explain_cause, explain_correction, list_places_of
from subsidies.wording import register_explainer

register_kind(ALLOWANCE_PROGRAMME)
register_explainer("allowance", explain_cause, places=list_places_of)
register_explainer("allowance_correction", explain_correction, places=list_places_of)

COMMANDS = (commands.grants,)
# All of them write on the one blueprint.
PAGES = tuple(dict.fromkeys(each.blueprint for each in (run_pages, person_pages, correction_pages, trial_pages)))
TASKS = ("subsidies.allowance.tasks",)
SCHEDULE = {"subsidies.tend_grant_runs": {"schedule": crontab(minute="*/5")}}
NAVIGATION = (
    NavItem(endpoint="grants.list_runs", label=_l("Grants"), icon="points", roles=frozenset(READERS), order=44),
)
AUDIT_WORDS = {
    "grants.proposed": _l("Grant run prepared"),
    "grants.started_over": _l("Grant run looked through anew"),
    "grants.submitted": _l("Grant run handed in"),
    "grants.approved": _l("Grant run approved"),
    "grants.rejected": _l("Grant run sent back"),
    "grants.posted": _l("Grant run posted"),
    "correction.proposed": _l("Correction of a grant proposed"),
    "correction.approved": _l("Correction of a grant booked"),
    "correction.rejected": _l("Correction of a grant sent back"),
}

"""What assessments hand to the manifest of care beds."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from celery.schedules import crontab
from flask import Blueprint
from flask_babel import lazy_gettext as _l
from flask_smorest import Blueprint as ApiBlueprint

from app.auth import Role
from app.features import NavItem
from app.messages.kinds import register_kind as register_message
from app.policies.kinds import register_kind
from care_beds.assessment import api, pages, worker_pages
from care_beds.assessment.access import READERS
from care_beds.assessment.policy import ASSESSMENT_RULES
from care_beds.assessment.telling import KINDS

API: Sequence[ApiBlueprint] = (api.blueprint,)
PAGES: Sequence[Blueprint] = (pages.blueprint, worker_pages.blueprint)
NAVIGATION: Sequence[NavItem] = (
    NavItem(
        endpoint="assessments.list_assessments",
        label=_l("Assessments"),
        icon="pen",
        roles=frozenset[str](READERS),
        order=26,
    ),
)
AUDIT_WORDS: Mapping[str, Any] = {
    "assessment.started": _l("Assessment begun"),
    "assessment.completed": _l("Assessment finished, to be signed"),
    "assessment.reopened": _l("Assessment reopened"),
    "assessment.signature": _l("Signature under an assessment"),
    "assessment.signed": _l("Assessment signed"),
    "assessment.dropped": _l("Assessment dropped"),
    "assessment.recognised": _l("Result of another area taken over"),
    "risk_event.noted": _l("Risk event noted"),
    "risk_event.withdrawn": _l("Risk event taken back"),
    "outside_level.noted": _l("Level of another scheme noted"),
    "outside_level.withdrawn": _l("Level of another scheme taken back"),
    "field.level": _l("Level"),
    "field.total": _l("Points of the assessment"),
    "field.part": _l("Signed as"),
    "field.counts_from": _l("The level counts"),
    "field.assessed_on": _l("Assessed on"),
    "field.origin_place": _l("From where"),
    "field.document_number": _l("Number of the paper"),
    "field.scheme": _l("Scheme"),
    "field.happened_on": _l("Happened on"),
}
TASKS: Sequence[str] = ("care_beds.assessment.tasks",)
SCHEDULE: Mapping[str, Mapping[str, Any]] = {
    # After midnight, when the levels of the new day have been taken up.
    "care_beds.end_levels": {"schedule": crontab(hour=0, minute=15)},
    "care_beds.tell_reassessments": {"schedule": crontab(hour=8, minute=40)},
}
FAMILY_PANELS: Sequence[Callable[..., str]] = ()
LANDING: Mapping[str, str] = {Role.ASSESSOR: "assessments.list_assessments"}


def register_assessment() -> None:
    """Let the product know of assessments."""
    register_kind(ASSESSMENT_RULES)
    for told in KINDS:
        register_message(told)

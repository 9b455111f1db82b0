"""What the money of care beds hands to the manifest of care beds."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from celery.schedules import crontab
from flask import Blueprint
from flask_babel import lazy_gettext as _l
from flask_smorest import Blueprint as ApiBlueprint

from app.features import NavItem
from app.policies.kinds import register_kind
from care_beds.money.policy import KINDS
from care_beds.money.recomputing import recompute_construction, recompute_month, recompute_visit
from care_beds.money.wording import explain_cause, explain_undoing
from subsidies.queries import register_explainer, register_recomputer

API: Sequence[ApiBlueprint] = ()
PAGES: Sequence[Blueprint] = ()
NAVIGATION: Sequence[NavItem] = ()
AUDIT_WORDS: Mapping[str, Any] = {
    "visit_payment.undone": _l("Payment of a visit undone"),
    "visit_payment.reference": _l("Number of the insurance noted"),
    "bed_month_run.handed_in": _l("Months of beds handed in"),
    "bed_month_run.approved": _l("Months of beds approved"),
    "bed_month_run.rejected": _l("Months of beds sent back"),
    "bed_construction.asked": _l("Subsidy for building a bed asked for"),
    "bed_construction.paid": _l("Building of a bed paid"),
    "bed_construction.rejected": _l("Building of a bed sent back"),
    "field.payer": _l("Paid by"),
    "field.beds": _l("Beds"),
    "field.reference": _l("Number of the insurance"),
}
TASKS: Sequence[str] = ("care_beds.money.tasks",)
SCHEDULE: Mapping[str, Mapping[str, Any]] = {
    "care_beds.pay_visits": {"schedule": crontab(minute="25")},
    "care_beds.judge_months": {"schedule": crontab(hour="4", minute="10")},
    "care_beds.tend_bed_months": {"schedule": crontab(minute="*/5")},
}
SENIOR_PANELS: Sequence[Callable[..., str]] = ()
FAMILY_PANELS: Sequence[Callable[..., str]] = ()
LANDING: Mapping[str, str] = {}


def register_money() -> None:
    """Let the product know of the money of care beds."""
    for kind in KINDS:
        register_kind(kind)
    for what, recomputer in (
        ("visit", recompute_visit),
        ("bed_month", recompute_month),
        ("construction", recompute_construction),
    ):
        register_explainer(what, explain_cause)
        register_explainer(f"{what}_undone", explain_undoing)
        register_recomputer(what, recomputer)

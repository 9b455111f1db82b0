"""What the money of care beds hands to the manifest of care beds."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from celery.schedules import crontab
from flask import Blueprint
from flask_babel import lazy_gettext as _l
from flask_smorest import Blueprint as ApiBlueprint

from app.auth import Role
from app.exports.registry import register_export
from app.features import NavItem
from app.messages.kinds import register_kind as register_message
from app.policies.kinds import register_kind
from care_beds.beds.panels import BedPanel, register_months, register_panel
from care_beds.money import api, built_pages, month_pages, payment_pages, statement_api, statement_pages
from care_beds.money.access import READERS
from care_beds.money.bed_panel import list_months, render_money
from care_beds.money.circumstances import register_visits
from care_beds.money.exports import VISIT_PAYMENTS
from care_beds.money.owed import find_owed
from care_beds.money.payment_pages import payment_panel
from care_beds.money.policy import KINDS
from care_beds.money.recomputing import recompute_construction, recompute_month, recompute_visit
from care_beds.money.settling import provider_reach
from care_beds.money.telling import KINDS as TOLD
from care_beds.money.wording import explain_cause, explain_undoing
from care_beds.money.words import LINE_NAMES
from care_beds.visits.panels import register_visit_panel
from subsidies.queries import register_explainer, register_owed, register_recomputer
from subsidies.queries import settlement as statements
from subsidies.services import settlement

API: Sequence[ApiBlueprint] = (api.blueprint, statement_api.blueprint)
PAGES: Sequence[Blueprint] = (
    month_pages.blueprint,
    payment_pages.blueprint,
    built_pages.blueprint,
    statement_pages.blueprint,
)
NAVIGATION: Sequence[NavItem] = (
    NavItem(
        endpoint="bed_months.list_months",
        label=_l("Bed subsidies"),
        icon="points",
        roles=frozenset[str](READERS),
        order=36,
    ),
    NavItem(
        endpoint="care_statements.list_statements",
        label=_l("My statements"),
        icon="check",
        roles=frozenset[str]({Role.PROVIDER_MANAGER}),
        order=37,
    ),
)
AUDIT_WORDS: Mapping[str, Any] = {
    "visit_payment.undone": _l("Payment of a visit undone"),
    "visit_payment.reference": _l("Number of the insurance noted"),
    "bed_month_run.handed_in": _l("Months of beds handed in"),
    "bed_month_run.approved": _l("Months of beds approved"),
    "bed_month_run.rejected": _l("Months of beds sent back"),
    "bed_month.taken_back": _l("Subsidy of a month taken back"),
    "bed_construction.asked": _l("Subsidy for building a bed asked for"),
    "bed_construction.paid": _l("Building of a bed paid"),
    "bed_payback.asked": _l("Taking back of a building asked for"),
    "bed_payback.booked": _l("Building of a bed taken back in part"),
    "bed_payback.rejected": _l("Taking back of a building sent back"),
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
    for what, name in LINE_NAMES.items():
        statements.register_line_name(what, name)
    for told in TOLD:
        register_message(told)
    register_visits()
    register_owed(find_owed)
    register_visit_panel(payment_panel)
    register_panel(BedPanel(name="money", label=_l("Money"), render=render_money, roles=frozenset(READERS), order=40))
    register_months(list_months)
    register_export(VISIT_PAYMENTS)
    register_export(
        settlement.lines_export(
            "provider_settlement_lines",
            roles=(Role.PROVIDER_MANAGER,),
            reach=lambda session, actor: provider_reach(session, actor=actor),
        )
    )

"""What points offer for a person's page: moments, tabs, warnings and acts."""

from flask_babel import lazy_gettext as _l

from app.dossier import MomentSource, SeniorAct, SeniorTab, WarningSource
from subsidies import moments, pages, warnings
from subsidies.access import WALLET_READERS
from subsidies.allowance import person_pages
from subsidies.allowance.access import READERS as ALLOWANCE_READERS
from subsidies.applications import pages as applications
from subsidies.applications.access import CLERKS as APPLICANTS
from subsidies.applications.access import READERS as APPLICATION_READERS
from subsidies.disputes import pages as disputes
from subsidies.disputes.access import READERS as DISPUTE_READERS
from subsidies.findings import pages as findings
from subsidies.findings.access import OVERSEERS

POINTS, CHECKS = _l("Points"), _l("Findings and disputes")

TIMELINE = (
    MomentSource(sort=moments.POINTS, label=POINTS, roles=frozenset(WALLET_READERS), moments=moments.points_moments),
    MomentSource(
        sort=moments.APPLICATIONS,
        label=_l("Applications"),
        roles=frozenset(APPLICATION_READERS),
        moments=moments.application_moments,
    ),
    MomentSource(sort=moments.CHECKS, label=CHECKS, roles=frozenset(OVERSEERS), moments=moments.finding_moments),
    MomentSource(sort=moments.CHECKS, label=CHECKS, roles=frozenset(DISPUTE_READERS), moments=moments.dispute_moments),
)
TABS = (
    SeniorTab(code="points", label=POINTS, order=20, roles=frozenset(WALLET_READERS), panel=pages.wallet_panel),
    SeniorTab(
        code="points",
        label=POINTS,
        order=21,
        roles=frozenset(ALLOWANCE_READERS),
        panel=person_pages.allowance_panel,
    ),
    SeniorTab(
        code="points",
        label=POINTS,
        order=22,
        roles=frozenset(APPLICATION_READERS),
        panel=applications.applications_panel,
    ),
    SeniorTab(code="checks", label=CHECKS, order=70, roles=frozenset(OVERSEERS), panel=findings.findings_panel),
    SeniorTab(code="checks", label=CHECKS, order=71, roles=frozenset(DISPUTE_READERS), panel=disputes.disputes_panel),
)
WARNINGS = (
    WarningSource(roles=frozenset(OVERSEERS), warnings=warnings.finding_warnings),
    WarningSource(roles=frozenset(DISPUTE_READERS), warnings=warnings.dispute_warnings),
    WarningSource(roles=frozenset(WALLET_READERS), warnings=warnings.debt_warnings),
    WarningSource(roles=frozenset(WALLET_READERS), warnings=warnings.ending_warnings),
)
ACTS = (
    SeniorAct(
        label=_l("Apply for an allowance"),
        icon="points",
        endpoint="applications.show_new",
        roles=frozenset(APPLICANTS),
        order=20,
    ),
)

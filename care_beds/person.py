"""What care beds offer for a person's page: moments, tabs, warnings and acts."""

from flask_babel import lazy_gettext as _l

from app.dossier import MomentSource, SeniorAct, SeniorTab, WarningSource
from care_beds import moments, warnings
from care_beds.assessment import person_pages
from care_beds.assessment.access import ASSESSORS
from care_beds.assessment.access import READERS as ASSESSMENT_READERS
from care_beds.beds import pages as beds
from care_beds.beds.access import AREA_READERS
from care_beds.visits.access import OFFICES
from care_beds.visits_tab import visits_tab

CARE = _l("Bed and visits")

TIMELINE = (
    MomentSource(
        sort=moments.ASSESSMENTS,
        label=_l("Assessments"),
        roles=frozenset(ASSESSMENT_READERS),
        moments=moments.assessment_moments,
    ),
    MomentSource(sort=moments.BEDS, label=_l("Care bed"), roles=frozenset(AREA_READERS), moments=moments.bed_moments),
    MomentSource(sort=moments.VISITS, label=_l("Care visits"), roles=frozenset(OFFICES), moments=moments.visit_moments),
)
TABS = (
    SeniorTab(code="care", label=CARE, order=40, roles=frozenset(ASSESSMENT_READERS), panel=person_pages.level_panel),
    SeniorTab(code="care", label=CARE, order=41, roles=frozenset(AREA_READERS), panel=beds.beds_panel),
    SeniorTab(code="care", label=CARE, order=42, roles=frozenset(OFFICES), panel=visits_tab),
)
WARNINGS = (
    WarningSource(roles=frozenset(OFFICES), warnings=warnings.visit_warnings),
    WarningSource(roles=frozenset(AREA_READERS), warnings=warnings.bed_warnings),
)
ACTS = (
    SeniorAct(label=_l("Assess"), icon="check", endpoint="assessments.show_new", roles=frozenset(ASSESSORS), order=40),
)

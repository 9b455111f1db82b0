"""What care beds offer for a person's page: moments, tabs, warnings and acts."""

from flask_babel import lazy_gettext as _l

from app.dossier import MomentSource, SeniorAct, SeniorTab, WarningSource
from care_beds.assessment import person_pages
from care_beds.assessment.access import READERS as ASSESSMENT_READERS
from care_beds.beds import pages as beds
from care_beds.beds.access import AREA_READERS

CARE = _l("Bed and visits")

TIMELINE: tuple[MomentSource, ...] = ()
TABS = (
    SeniorTab(code="care", label=CARE, order=40, roles=frozenset(ASSESSMENT_READERS), panel=person_pages.level_panel),
    SeniorTab(code="care", label=CARE, order=41, roles=frozenset(AREA_READERS), panel=beds.beds_panel),
)
WARNINGS: tuple[WarningSource, ...] = ()
ACTS: tuple[SeniorAct, ...] = ()

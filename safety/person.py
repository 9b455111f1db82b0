"""What safety offers for a person's page: moments, tabs, warnings and acts."""

from flask_babel import lazy_gettext as _l

from app.dossier import MomentSource, SeniorTab, WarningSource
from safety import moments, warnings
from safety.alerts.access import READERS as ALERT_READERS
from safety.alerts_tab import alerts_tab
from safety.kits import home_pages
from safety.kits.access import READERS as KIT_READERS

SAFETY = _l("Kit and alerts")

TIMELINE = (
    MomentSource(
        sort=moments.ALERTS, label=_l("Alerts"), roles=frozenset(ALERT_READERS), moments=moments.alert_moments
    ),
    MomentSource(
        sort=moments.ALERTS, label=_l("Alerts"), roles=frozenset(ALERT_READERS), moments=moments.request_moments
    ),
    MomentSource(sort=moments.KITS, label=_l("Kit"), roles=frozenset(KIT_READERS), moments=moments.kit_moments),
)
TABS = (
    SeniorTab(code="safety", label=SAFETY, order=50, roles=frozenset(KIT_READERS), panel=home_pages.kit_panel),
    SeniorTab(code="safety", label=SAFETY, order=51, roles=frozenset(ALERT_READERS), panel=alerts_tab),
)
WARNINGS = (
    WarningSource(roles=frozenset(ALERT_READERS), warnings=warnings.alert_warnings),
    WarningSource(roles=frozenset(KIT_READERS), warnings=warnings.kit_warnings),
)

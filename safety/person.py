"""What safety offers for a person's page: moments, tabs, warnings and acts."""

from flask_babel import lazy_gettext as _l

from app.dossier import MomentSource, SeniorAct, SeniorTab, WarningSource
from safety.kits import home_pages
from safety.kits.access import READERS as KIT_READERS

SAFETY = _l("Kit and alerts")

TIMELINE: tuple[MomentSource, ...] = ()
TABS = (SeniorTab(code="safety", label=SAFETY, order=50, roles=frozenset(KIT_READERS), panel=home_pages.kit_panel),)
WARNINGS: tuple[WarningSource, ...] = ()
ACTS: tuple[SeniorAct, ...] = ()

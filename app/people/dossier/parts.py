"""What the registry itself offers for a person's page: its moments, tabs, warnings and acts."""

from flask_babel import lazy_gettext as _l

from app.dossier import MomentSource, SeniorAct, SeniorTab, WarningSource
from app.people.access import NOTE_WRITERS, PRINTERS, READERS
from app.people.dossier import moments, panels, warnings
from app.people.dossier.showing import OVERVIEW
from app.people.relatives.staff_pages import relatives_panel

EVERYBODY = frozenset(READERS)

TIMELINE = (
    MomentSource(sort=moments.LIFE, label=_l("Registry and status"), roles=EVERYBODY, moments=moments.life_moments),
    MomentSource(sort=moments.CARDS, label=_l("Cards"), roles=EVERYBODY, moments=moments.card_moments),
    MomentSource(sort=moments.FAMILY, label=_l("Relatives"), roles=EVERYBODY, moments=moments.relative_moments),
    MomentSource(sort=moments.NOTES, label=_l("Notes"), roles=EVERYBODY, moments=moments.note_moments),
)
TABS = (
    SeniorTab(code=OVERVIEW, label=_l("Overview"), order=10, roles=EVERYBODY, panel=panels.timeline_panel),
    SeniorTab(code="relatives", label=_l("Relatives and cards"), order=60, roles=EVERYBODY, panel=relatives_panel),
    SeniorTab(code="notes", label=_l("Notes"), order=80, roles=EVERYBODY, panel=panels.no_panel),
)
WARNINGS = (
    WarningSource(roles=EVERYBODY, warnings=warnings.status_warnings),
    WarningSource(roles=EVERYBODY, warnings=warnings.card_warnings),
)
ACTS = (
    SeniorAct(label=_l("Print the file"), icon="print", endpoint="paper.ask", roles=frozenset(PRINTERS), order=90),
    SeniorAct(
        label=_l("Write a note"),
        icon="pen",
        endpoint="seniors.show",
        roles=frozenset(NOTE_WRITERS),
        order=80,
        args={"tab": "notes"},
    ),
)

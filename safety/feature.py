"""What safety hands to the application: the parts of its sub-features, joined."""

from importlib import import_module
from importlib.util import find_spec

from flask_babel import lazy_gettext as _l

from app.console import Commands
from app.features import Feature
from safety import person
from safety.alerts import manifest as alerts
from safety.desk import manifest as desk
from safety.desk.day_counting import DAY_COUNTS
from safety.gauges import GAUGES
from safety.intake import manifest as intake
from safety.judging import manifest as judging
from safety.kits import manifest as kits
from safety.personal_data import HOLDS, PERSONAL
from safety.turns import TURN_EFFECTS

kits.register_kits()
judging.register_judging()
alerts.register_alerts()
intake.register_intake()
desk.register_desk()

PARTS = (kits, judging, alerts, intake, desk)

# The database knows a part's tables before one of its pages asks for them.
for part in PARTS:
    tables = f"{part.__package__}.models"
    if find_spec(tables):
        import_module(tables)

commands = Commands("safety", help="Events of homes, what is made of them, and the listener at the broker.")
for part in PARTS:
    for command in part.COMMANDS:
        commands.add_command(command)

FEATURE = Feature(
    name="safety",
    personal=PERSONAL,
    holds=HOLDS,
    gauges=GAUGES,
    heading=_l("Safety at home"),
    api=[blueprint for part in PARTS for blueprint in part.API],
    pages=[blueprint for part in PARTS for blueprint in part.PAGES],
    commands=(commands,),
    tasks=[task for part in PARTS for task in part.TASKS],
    schedule={name: when for part in PARTS for name, when in part.SCHEDULE.items()},
    navigation=[item for part in PARTS for item in part.NAVIGATION],
    timeline=person.TIMELINE,
    senior_tabs=person.TABS,
    senior_warnings=person.WARNINGS,
    family_panels=[panel for part in PARTS for panel in part.FAMILY_PANELS],
    turn_effects=TURN_EFFECTS,
    landing={role: endpoint for part in PARTS for role, endpoint in part.LANDING.items()},
    day_counts=DAY_COUNTS,
    audit_words={name: word for part in PARTS for name, word in part.AUDIT_WORDS.items()},
    processes=intake.list_processes,
)

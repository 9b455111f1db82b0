"""What care beds hand to the application: the parts of its sub-features, joined."""

from importlib import import_module
from importlib.util import find_spec

from flask_babel import lazy_gettext as _l

from app.features import Feature
from care_beds import person
from care_beds.assessment import manifest as assessment
from care_beds.beds import manifest as beds
from care_beds.beds.counting import DAY_COUNTS as BED_COUNTS
from care_beds.catalogue import manifest as catalogue
from care_beds.checks import manifest as checks
from care_beds.money import manifest as money
from care_beds.personal_data import HOLDS, PERSONAL
from care_beds.providers import manifest as providers
from care_beds.rounds import manifest as rounds
from care_beds.turns import TURN_EFFECTS
from care_beds.visits import manifest as visits
from care_beds.visits.counting import DAY_COUNTS as VISIT_COUNTS

assessment.register_assessment()
providers.register_providers()
beds.register_beds()
catalogue.register_catalogue()
visits.register_visits()
rounds.register_rounds()
money.register_money()
checks.register_checks()

PARTS = (assessment, providers, beds, catalogue, visits, rounds, money, checks)

# The database knows a part's tables before one of its pages asks for them.
for part in PARTS:
    tables = f"{part.__package__}.models"
    if find_spec(tables):
        import_module(tables)

FEATURE = Feature(
    name="care_beds",
    personal=PERSONAL,
    holds=HOLDS,
    heading=_l("Care at home"),
    api=[blueprint for part in PARTS for blueprint in part.API],
    pages=[blueprint for part in PARTS for blueprint in part.PAGES],
    tasks=[task for part in PARTS for task in part.TASKS],
    schedule={name: when for part in PARTS for name, when in part.SCHEDULE.items()},
    navigation=[item for part in PARTS for item in part.NAVIGATION],
    timeline=person.TIMELINE,
    senior_tabs=person.TABS,
    senior_warnings=person.WARNINGS,
    senior_acts=person.ACTS,
    family_panels=[panel for part in PARTS for panel in part.FAMILY_PANELS],
    turn_effects=TURN_EFFECTS,
    landing={role: endpoint for part in PARTS for role, endpoint in part.LANDING.items()},
    day_counts=(*BED_COUNTS, *VISIT_COUNTS),
    audit_words={name: word for part in PARTS for name, word in part.AUDIT_WORDS.items()},
)

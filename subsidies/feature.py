"""What points hand to the application."""

from celery.schedules import crontab
from flask_babel import lazy_gettext as _l

from app.features import Feature, NavItem
from subsidies import api, commands, pages, person
from subsidies.access import BOOK_READERS
from subsidies.allowance import edges as allowance
from subsidies.applications import edges as applications
from subsidies.desk import edges as desk
from subsidies.desk.counting import DAY_COUNTS as BOOK_COUNTS
from subsidies.disputes import edges as disputes
from subsidies.expiry import edges as expiry
from subsidies.findings import edges as findings
from subsidies.findings.counting import DAY_COUNTS as FINDING_COUNTS
from subsidies.gauges import GAUGES
from subsidies.personal_data import HOLDS, PERSONAL
from subsidies.proofs import prove_books
from subsidies.seals import edges as seals
from subsidies.settlement import edges as settlement
from subsidies.turn_words import explain_turn, explain_turn_claim, explain_turn_mistaken
from subsidies.turns import TURN_EFFECTS
from subsidies.wording import register_explainer

register_explainer("turn", explain_turn)
register_explainer("turn_mistaken", explain_turn_mistaken)
register_explainer("turn_claim", explain_turn_claim)

FEATURE = Feature(
    name="subsidies",
    personal=PERSONAL,
    holds=HOLDS,
    proofs=(prove_books,),
    gauges=GAUGES,
    heading=_l("Points and money"),
    api=(
        api.blueprint,
        *applications.API,
        *disputes.API,
        *seals.API,
        *settlement.API,
        *findings.API,
    ),
    pages=(
        pages.blueprint,
        *allowance.PAGES,
        *applications.PAGES,
        *desk.PAGES,
        *disputes.PAGES,
        *expiry.PAGES,
        *findings.PAGES,
        *seals.PAGES,
        *settlement.PAGES,
    ),
    commands=(
        commands.ledger,
        *allowance.COMMANDS,
        *findings.COMMANDS,
        *settlement.COMMANDS,
    ),
    tasks=(
        "subsidies.tasks",
        *allowance.TASKS,
        *desk.TASKS,
        *expiry.TASKS,
        *findings.TASKS,
        *seals.TASKS,
        *settlement.TASKS,
    ),
    schedule={
        "subsidies.verify_ledger": {"schedule": crontab(hour="2", minute="20")},
        **allowance.SCHEDULE,
        **desk.SCHEDULE,
        **expiry.SCHEDULE,
        **findings.SCHEDULE,
        **seals.SCHEDULE,
        **settlement.SCHEDULE,
    },
    navigation=(
        NavItem(
            endpoint="ledger.show_books", label=_l("Ledger"), icon="chain", roles=frozenset(BOOK_READERS), order=45
        ),
        *allowance.NAVIGATION,
        *applications.NAVIGATION,
        *desk.NAVIGATION,
        *disputes.NAVIGATION,
        *expiry.NAVIGATION,
        *findings.NAVIGATION,
        *settlement.NAVIGATION,
    ),
    day_counts=(*BOOK_COUNTS, *FINDING_COUNTS),
    audit_words={
        **allowance.AUDIT_WORDS,
        **applications.AUDIT_WORDS,
        **disputes.AUDIT_WORDS,
        **findings.WORDS,
        **seals.AUDIT_WORDS,
        **settlement.AUDIT_WORDS,
    },
    timeline=person.TIMELINE,
    senior_tabs=person.TABS,
    senior_warnings=person.WARNINGS,
    senior_acts=person.ACTS,
    turn_effects=TURN_EFFECTS,
)

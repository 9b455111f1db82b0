"""What people hand to the application."""

from celery.schedules import crontab
from flask_babel import lazy_gettext as _l

from app.features import BarSearch, Feature, NavItem
from app.messages.asking import register_follow_check, register_quiet_rules
from app.messages.kinds import register_kind as register_message
from app.people import api, card_pages, import_pages, pages
from app.people.commands import people
from app.people.counting import DAY_COUNTS
from app.people.dossier import api as dossier_api
from app.people.dossier import pages as dossier_pages
from app.people.dossier import paper_pages, parts
from app.people.payment_codes import api as payment_code_api
from app.people.personal_data import HOLDS, PERSONAL
from app.people.relatives import announcing, door_pages, family_pages, join_pages, phone_pages, staff_pages, telling
from app.people.relatives.family_rules import FAMILY_RULES
from app.people.turn_effects import TURN_EFFECTS
from app.people.turn_rules import TURN_RULES
from app.people.turn_telling import KINDS as TURN_MESSAGES
from app.policies.kinds import register_kind

register_kind(FAMILY_RULES)
register_kind(TURN_RULES)
for kind in (*telling.KINDS, *announcing.KINDS, *TURN_MESSAGES):
    register_message(kind)
register_follow_check(telling.list_followed)
register_quiet_rules(telling.list_quiet)

FEATURE = Feature(
    name="people",
    heading=_l("Senior citizens"),
    api=(api.blueprint, dossier_api.blueprint, payment_code_api.blueprint),
    pages=(
        pages.blueprint,
        dossier_pages.blueprint,
        paper_pages.blueprint,
        card_pages.blueprint,
        import_pages.blueprint,
        staff_pages.blueprint,
        family_pages.blueprint,
        door_pages.blueprint,
        join_pages.blueprint,
        phone_pages.blueprint,
    ),
    commands=(people,),
    tasks=("app.people.tasks", "app.people.payment_codes.tasks", "app.people.relatives.tasks"),
    day_counts=DAY_COUNTS,
    audit_words={
        "senior.registered": _l("Senior registered"),
        "senior.changed": _l("Senior changed"),
        "senior.status": _l("Status recorded"),
        "senior.imported": _l("Seniors imported"),
        "card.issued": _l("Card issued"),
        "card.lost": _l("Card reported lost"),
        "card.replaced": _l("Card replaced"),
        "card.cancelled": _l("Card cancelled"),
        "consent.given": _l("Consent recorded"),
        "consent.withdrawn": _l("Consent withdrawn"),
        "counter_code.made": _l("Log-in code read out"),
        "link.accepted": _l("Relative linked"),
        "link.ended": _l("Link to a relative ended"),
        "link.offered": _l("Link offered to a relative"),
        "link.refused": _l("Request of a relative refused"),
        "note.written": _l("Note written"),
        "person.printed": _l("Printed a person's file"),
        "field.parts": _l("Parts"),
        "reveal.note": _l("Read a confidential note"),
        "reveal.person": _l("Opened a person's page"),
        "field.part": _l("Part of the page"),
        "field.note": _l("Note"),
        "field.corrects": _l("Corrects"),
        "link.requested": _l("Relative asked to be linked"),
        "own_account.opened": _l("Senior's own account opened"),
        "field.relation": _l("Relation"),
        "field.is_guardian": _l("Guardian"),
        "field.topics": _l("Topics"),
        "field.how": _l("How the senior agreed"),
        "field.link": _l("Link"),
        "field.account": _l("Account"),
        "reason.death": _l("The person has died."),
    },
    schedule={
        "people.tend_imports": {"schedule": crontab(minute="*/5")},
        "people.take_up_levels": {"schedule": crontab(hour=0, minute=5)},
        "people.tend_links": {"schedule": crontab(hour=0, minute=20)},
        "people.forget_codes": {"schedule": crontab(hour=3, minute=10)},
    },
    timeline=parts.TIMELINE,
    senior_tabs=parts.TABS,
    senior_warnings=parts.WARNINGS,
    senior_acts=parts.ACTS,
    turn_effects=TURN_EFFECTS,
    personal=PERSONAL,
    holds=HOLDS,
    bar_search=BarSearch(
        endpoint="seniors.search_seniors",
        label=_l("Name, card, ID number or phone"),
        roles=frozenset(api.READERS),
    ),
    navigation=(
        NavItem(
            endpoint="seniors.list_seniors",
            label=_l("Seniors"),
            icon="people",
            roles=frozenset(api.READERS),
            order=20,
        ),
        NavItem(
            endpoint="relatives.list_requests",
            label=_l("Requests to be linked"),
            icon="person",
            roles=frozenset(api.WRITERS),
            order=21,
        ),
        NavItem(
            endpoint="people_imports.list_imports",
            label=_l("Import seniors"),
            icon="plus",
            roles=frozenset(api.WRITERS),
            order=22,
        ),
        NavItem(
            endpoint="cards.show_sheet",
            label=_l("Print cards"),
            icon="print",
            roles=frozenset(api.WRITERS),
            order=24,
        ),
    ),
)

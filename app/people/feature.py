"""What people hand to the application."""

from celery.schedules import crontab
from flask_babel import lazy_gettext as _l

from app.features import Feature, NavItem
from app.messages.asking import register_follow_check, register_quiet_rules
from app.messages.kinds import register_kind as register_message
from app.people import api, card_pages, import_pages, pages
from app.people.commands import people
from app.people.payment_codes import api as payment_code_api
from app.people.relatives import (
    reach,  # noqa: F401 - its tables are the product's from the start
    telling,
)
from app.people.relatives.family_rules import FAMILY_RULES
from app.policies.kinds import register_kind

register_kind(FAMILY_RULES)
for kind in telling.KINDS:
    register_message(kind)
register_follow_check(telling.list_followed)
register_quiet_rules(telling.list_quiet)

FEATURE = Feature(
    name="people",
    api=(api.blueprint, payment_code_api.blueprint),
    pages=(pages.blueprint, card_pages.blueprint, import_pages.blueprint),
    commands=(people,),
    tasks=("app.people.tasks", "app.people.payment_codes.tasks"),
    audit_words={
        "senior.registered": _l("Senior registered"),
        "senior.changed": _l("Senior changed"),
        "senior.status": _l("Status recorded"),
        "senior.imported": _l("Seniors imported"),
        "card.issued": _l("Card issued"),
        "card.lost": _l("Card reported lost"),
        "card.replaced": _l("Card replaced"),
        "card.cancelled": _l("Card cancelled"),
    },
    schedule={
        "people.tend_imports": {"schedule": crontab(minute="*/5")},
        "people.forget_codes": {"schedule": crontab(hour=3, minute=10)},
    },
    navigation=(
        NavItem(
            endpoint="seniors.list_seniors",
            label=_l("Seniors"),
            icon="people",
            roles=frozenset(api.READERS),
            order=20,
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

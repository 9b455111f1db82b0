"""What people hand to the application."""

from celery.schedules import crontab
from flask_babel import lazy_gettext as _l

from app.features import Feature, NavItem
from app.people import api, card_pages, import_pages, pages
from app.people.commands import people

FEATURE = Feature(
    name="people",
    api=(api.blueprint,),
    pages=(pages.blueprint, card_pages.blueprint, import_pages.blueprint),
    commands=(people,),
    tasks=("app.people.tasks",),
    schedule={"people.tend_imports": {"schedule": crontab(minute="*/5")}},
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

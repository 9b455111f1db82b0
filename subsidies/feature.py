"""What points hand to the application."""

from celery.schedules import crontab
from flask_babel import lazy_gettext as _l

from app.features import Feature, NavItem
from subsidies import api, commands, pages
from subsidies.access import BOOK_READERS
from subsidies.seals import edges as seals

FEATURE = Feature(
    name="subsidies",
    api=(api.blueprint,),
    pages=(pages.blueprint,),
    commands=(commands.ledger,),
    tasks=("subsidies.tasks", *seals.TASKS),
    schedule={"subsidies.verify_ledger": {"schedule": crontab(hour="2", minute="20")}, **seals.SCHEDULE},
    navigation=(
        NavItem(
            endpoint="ledger.show_books", label=_l("Ledger"), icon="chain", roles=frozenset(BOOK_READERS), order=45
        ),
    ),
    senior_panels=(pages.wallet_panel,),
)

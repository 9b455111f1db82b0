"""What exports hand to the application."""

from celery.schedules import crontab
from flask_babel import lazy_gettext as _l

from app.exports import pages
from app.features import Feature, NavItem

FEATURE = Feature(
    name="exports",
    pages=(pages.blueprint,),
    tasks=("app.exports.tasks",),
    schedule={"exports.tend": {"schedule": crontab(minute="*/5")}},
    navigation=(
        NavItem(
            endpoint="exports.list_exports",
            label=_l("Exports"),
            icon="download",
            roles=frozenset(pages.READERS),
            order=70,
        ),
    ),
    audit_words={
        "export.asked": _l("Asked for an export"),
        "export.allowed": _l("Export with names allowed"),
        "export.refused": _l("Export with names refused"),
        "export.fetched": _l("Export fetched"),
        "field.what": _l("Contents"),
        "field.filters": _l("Filters"),
        "field.rows": _l("Rows"),
        "field.names": _l("With names"),
    },
)

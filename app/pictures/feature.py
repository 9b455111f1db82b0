"""What pictures hand to the application."""

from celery.schedules import crontab
from flask_babel import lazy_gettext as _l

from app.features import Feature
from app.pictures import api, pages
from app.pictures.personal_data import PERSONAL

FEATURE = Feature(
    name="pictures",
    personal=PERSONAL,
    api=(api.blueprint,),
    pages=(pages.blueprint,),
    tasks=("app.pictures.tasks",),
    schedule={"pictures.sweep": {"schedule": crontab(hour="4", minute="35")}},
    audit_words={"reveal.picture": _l("Looked at a picture")},
)

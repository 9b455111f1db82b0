"""What being told hands to the application."""

from celery.schedules import crontab
from flask import Flask
from flask_babel import lazy_gettext as _l

from app.features import Feature
from app.messages.kinds import Kind, register_kind
from app.messages.services import CODE_KIND
from app.messages.waking import TASK, set_up_waking
from app.messages.wording import code_text


def set_up(app: Flask) -> None:
    """Let the sender be woken, and make known what messages say by themselves."""
    set_up_waking(app)
    register_kind(Kind(name=CODE_KIND, title=_l("Your code"), text=code_text, optional=False))


FEATURE = Feature(
    name="messages",
    setup=set_up,
    tasks=("app.messages.tasks",),
    schedule={
        # What a worker or the queue lost, and what had to wait.
        TASK: {"schedule": 60.0},
        "messages.sweep": {"schedule": crontab(hour="4", minute="20")},
    },
)

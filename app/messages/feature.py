"""What being told hands to the application."""

from typing import Any

from celery.schedules import crontab
from flask import Flask
from flask_babel import lazy_gettext as _l

from app.auth import Role
from app.features import Feature, NavItem
from app.messages import pages, staff_pages
from app.messages.gauges import GAUGES
from app.messages.kinds import Kind, register_kind
from app.messages.personal_data import PERSONAL
from app.messages.services import CODE_KIND
from app.messages.waking import TASK, set_up_waking
from app.messages.wording import code_text


def set_up(app: Flask) -> None:
    """Let the sender be woken, and make known what messages say by themselves."""
    set_up_waking(app)
    app.context_processor(lambda: FRAME)
    register_kind(Kind(name=CODE_KIND, title=_l("Your code"), text=code_text, optional=False))


# Asked only where a frame shows a bell.
FRAME: dict[str, Any] = {"unread_notices": pages.unread_notices}

FEATURE = Feature(
    name="messages",
    setup=set_up,
    personal=PERSONAL,
    gauges=GAUGES,
    pages=(pages.blueprint, staff_pages.blueprint),
    tasks=("app.messages.tasks",),
    schedule={
        # What a worker or the queue lost, and what had to wait.
        TASK: {"schedule": 60.0},
        "messages.sweep": {"schedule": crontab(hour="4", minute="20")},
    },
    navigation=(
        NavItem(
            endpoint="messages.list_stuck",
            label=_l("Stuck messages"),
            icon="bell",
            roles=frozenset({Role.ADMINISTRATOR}),
            order=85,
        ),
    ),
    audit_words={
        "wishes.changed": _l("Changed how they are told"),
        "wishes.mailbox_asked": _l("Named a mailbox"),
        "wishes.mailbox_confirmed": _l("Confirmed a mailbox"),
        "wishes.mailbox_forgotten": _l("Forgot a mailbox"),
        "message.tried_again": _l("Message tried again"),
        "field.sms": _l("SMS"),
        "field.email": _l("E-mail"),
        "field.silent": _l("Not told of"),
        "field.quiet_from": _l("Quiet from"),
        "field.quiet_until": _l("Quiet until"),
        "field.count": _l("Count"),
    },
)

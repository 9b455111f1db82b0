"""What running the product hands to the application."""

from celery.schedules import crontab
from flask import Flask
from flask_babel import lazy_gettext as _l

from app.auth import Role
from app.features import Feature, NavItem
from app.ops import api, pages
from app.ops.commands import ops
from app.ops.gauges import GAUGES, Standing
from app.ops.retention import RETENTION_RULES
from app.ops.wording import AUDIT_WORDS
from app.policies.kinds import register_kind
from app.web.health import COLLECTORS

register_kind(RETENTION_RULES)


def set_up(app: Flask) -> None:
    """Let /metrics tell what stands in the database."""
    app.extensions.setdefault(COLLECTORS, []).append(Standing())


FEATURE = Feature(
    name="ops",
    setup=set_up,
    api=(api.blueprint,),
    pages=(pages.blueprint,),
    commands=(ops,),
    tasks=("app.ops.tasks",),
    schedule={"ops.carry_out_approved": {"schedule": crontab(hour=3, minute=40)}},
    gauges=GAUGES,
    navigation=(
        NavItem(
            endpoint="ops.list_shreddings",
            label=_l("Data to destroy"),
            icon="lock",
            roles=frozenset({Role.ADMINISTRATOR}),
            order=86,
        ),
    ),
    audit_words=AUDIT_WORDS,
)

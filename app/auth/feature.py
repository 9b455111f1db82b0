"""What accounts and log-in hand to the application."""

from celery.schedules import crontab
from flask import Flask
from flask_babel import lazy_gettext as _l

from app.auth import Role, admin_pages, api, commands, pages
from app.auth.guard import enforce
from app.features import Feature, NavItem


def set_up(app: Flask) -> None:
    """Check before every request who may pass."""
    app.before_request(enforce)


FEATURE = Feature(
    name="auth",
    setup=set_up,
    api=(api.blueprint,),
    pages=(pages.blueprint, admin_pages.blueprint),
    commands=(commands.accounts,),
    tasks=("app.auth.tasks",),
    schedule={"auth.sweep": {"schedule": crontab(hour="3", minute="40")}},
    navigation=(
        NavItem(
            endpoint="accounts.list_accounts",
            label=_l("Accounts"),
            icon="people",
            roles=frozenset({Role.ADMINISTRATOR}),
            order=80,
        ),
    ),
    landing={Role.ADMINISTRATOR: "accounts.list_accounts", Role.AUDITOR: "audit.list_audit"},
)

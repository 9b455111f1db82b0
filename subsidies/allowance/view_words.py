"""What the pages of grant runs say of states and changes: colour, icon and word together."""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from flask_babel import gettext as _

from app.web.wording import short_day
from subsidies.allowance.models import GrantCorrection, GrantRun


class Chip(NamedTuple):
    """A state as a chip shows it."""

    colour: str
    icon: str
    word: str


def change_words() -> Mapping[str, Chip]:
    """Return what becomes of people, in words, in the order in which a clerk looks at them."""
    return {
        "new": Chip("ok", "plus", _("New this month")),
        "lost": Chip("danger", "stop", _("Drops out")),
        "more": Chip("info", "plus", _("Gets more")),
        "less": Chip("warn", "warn", _("Gets less")),
        "near": Chip("", "info", _("Applied, gets nothing")),
        "done": Chip("", "check", _("Has it this month already")),
        "same": Chip("", "check", _("As last month")),
    }


def run_chip(run: GrantRun, *, today: date) -> Chip:
    """Say how a run stands."""
    if run.state == "draft":
        return Chip("", "pen", _("Draft")) if run.previewed_at else Chip("info", "clock", _("Being looked through"))
    if run.state == "submitted":
        return Chip("warn", "clock", _("Waits for approval"))
    if run.state == "rejected":
        return Chip("danger", "stop", _("Sent back"))
    if run.posted_at is None and today < run.issue_on:
        return Chip("info", "clock", _("Approved, granted on %(day)s", day=short_day(run.issue_on)))
    return Chip("ok", "ok", _("Posted")) if run.posted_at else Chip("info", "clock", _("Approved, being posted"))


def correction_chip(correction: GrantCorrection) -> Chip:
    """Say how a correction stands."""
    return {
        "draft": Chip("", "pen", _("Draft")),
        "submitted": Chip("warn", "clock", _("Waits for approval")),
        "approved": Chip("ok", "ok", _("Is booked")),
        "rejected": Chip("danger", "stop", _("Sent back")),
    }[correction.state]

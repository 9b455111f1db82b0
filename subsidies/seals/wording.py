"""Seals in words."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from subsidies.seals.texts import ACCOUNTS, ANSWERS

CHANNEL_NAMES: dict[str, Any] = {
    "directory": _l("Directory of published seals"),
    "webhook": _l("Message to the receiver"),
}


def bucket_name(bucket: int) -> Any:
    """Return what a bucket holds."""
    if bucket == ACCOUNTS:
        return _("Ledger accounts")
    if bucket == ANSWERS:
        return _("Answers that moved nothing")
    return _("Books, group %(number)s", number=bucket)

"""The words of messages that belong to no feature."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.messages.kinds import Params
from app.messages.models import DEMO, EMAIL, SMS

CHANNEL_NAMES = {SMS: _l("SMS"), EMAIL: _l("E-mail"), DEMO: _l("Demonstration page")}


def code_text(params: Params) -> str:
    """Write a one-time code and how long it is good."""
    return str(
        _(
            "%(code)s is your Chongyang code, good for %(minutes)s minutes. Tell it to nobody; we never ask for it.",
            code=params["code"],
            minutes=params["minutes"],
        )
    )

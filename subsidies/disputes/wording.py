"""Reasons and states of disputes in words, and what the family is told."""

from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.messages.kinds import Kind, Params
from app.people.relatives.reach import Topic
from app.web.wording import short_day
from subsidies.disputes.rules import Reason, State

ANSWERED_KIND = "dispute.answered"

REASON_NAMES: dict[str, Any] = {
    Reason.NOT_THERE: _l("Nobody of us was there"),
    Reason.TWICE: _l("Counted twice"),
    Reason.AMOUNT: _l("The amount is wrong"),
    Reason.UNCLEAR: _l("I do not understand it"),
    Reason.OTHER: _l("Something else"),
}
STATE_NAMES: dict[str, Any] = {
    State.OPEN: _l("The street looks into it"),
    State.ANSWERED: _l("Answered: the line is right"),
    State.UPHELD: _l("Answered: the family is right"),
    State.WITHDRAWN: _l("Taken back"),
}
STATE_CHIPS = {State.OPEN: "warn", State.ANSWERED: "info", State.UPHELD: "ok", State.WITHDRAWN: ""}
STATE_ICONS = {State.OPEN: "clock", State.ANSWERED: "info", State.UPHELD: "ok", State.WITHDRAWN: "undo"}
AUDIT_WORDS: dict[str, Any] = {
    "dispute.opened": _l("Line disputed by the family"),
    "dispute.withdrawn": _l("Dispute taken back"),
    "dispute.answered": _l("Dispute answered: line is right"),
    "dispute.upheld": _l("Dispute answered: family is right"),
    "field.dispute": _l("Dispute"),
}


def answered_text(params: Params) -> str:
    """Tell that the street has answered, and what follows; the answer itself stands on the page."""
    told = short_day(date.fromisoformat(params["day"]))
    if params["is_upheld"]:
        return str(_("You asked about a line of %(day)s. You are right, and it is being corrected.", day=told))
    return str(_("You asked about a line of %(day)s. The street has answered; the line is right as it is.", day=told))


def line_address(params: Params) -> str:
    """Lead to the page of the line; it is the families' page, which is known here by its address only."""
    return f"/family/{params['senior_id']}/disputes/{params['txn_id']}"


ANSWERED = Kind(
    name=ANSWERED_KIND,
    title=_l("Answers to questions about a line"),
    text=answered_text,
    topic=Topic.BALANCE,
    address=line_address,
)

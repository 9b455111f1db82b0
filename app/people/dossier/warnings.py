"""What the registry itself warns of when somebody opens a person's page."""

from collections.abc import Sequence
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.auth.actor import Actor
from app.clock import business_day
from app.dossier import SeniorWarning
from app.people.queries import list_cards_of, list_statuses
from app.people.rules import Status
from app.people.timeline import Period
from app.people.wording import STATUS_NAMES
from app.web.wording import full_day

STATES = {
    Status.DECEASED: ("danger", "stop"),
    Status.IN_HOSPITAL: ("warn", "clock"),
    Status.IN_INSTITUTION: ("info", "bed"),
    Status.MOVED_AWAY: ("info", "pin"),
}


def status_warnings(
    session: Session,
    *,
    senior_id: int,
    actor: Actor,  # noqa: ARG001 - whoever sees a person sees this
    now: datetime,
) -> Sequence[SeniorWarning]:
    """Warn of a death, a stay in hospital or an institution, and a move."""
    today = business_day(now)
    held = [period for period in list_statuses(session, senior_id=senior_id) if period.holds_on(today)]
    return [_told(period) for period in held if period.status in STATES]


def card_warnings(
    session: Session,
    *,
    senior_id: int,
    actor: Actor,  # noqa: ARG001 - whoever sees a person sees this
    now: datetime,  # noqa: ARG001 - all warnings
) -> Sequence[SeniorWarning]:
    """Warn of a card reported lost that no other has replaced."""
    states = [card.state for card in list_cards_of(session, senior_id=senior_id)]
    if "lost" not in states or "issued" in states:
        return []
    return [
        SeniorWarning(
            state="warn",
            icon="card-off",
            title=_("The card is lost, and there is no other yet"),
            endpoint="seniors.show",
            args={"senior_id": senior_id, "tab": "relatives"},
        )
    ]


def _told(period: Period) -> SeniorWarning:
    state, icon = STATES[period.status]
    since = _("since %(day)s", day=full_day(period.from_on))
    if period.until_on:
        since = _("since %(day)s, until before %(end)s", day=full_day(period.from_on), end=full_day(period.until_on))
    return SeniorWarning(state=state, icon=icon, title=STATUS_NAMES[period.status], words=since)

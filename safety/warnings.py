"""What safety warns of when somebody opens a person's page: alerts nobody has closed, a kit that cannot hear."""

from collections.abc import Sequence
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.areas.rules import is_within_any
from app.auth.actor import Actor
from app.dossier import SeniorWarning
from app.web.wording import moment
from safety.alerts.access import visible_to
from safety.alerts.models import Incident
from safety.alerts.rules import Lane, State
from safety.alerts.words import STATE_NAMES
from safety.desk.words import rule_icon, rule_name
from safety.kits.listing import list_kit
from safety.kits.queries import find_home_of, is_away
from safety.kits.rules import Health

UNWELL = (Health.SILENT, Health.NEVER_HEARD, Health.LOW_BATTERY)
MOST = 5


def alert_warnings(
    session: Session,
    *,
    senior_id: int,
    actor: Actor,
    now: datetime,  # noqa: ARG001 - all warnings
) -> Sequence[SeniorWarning]:
    """Warn of every alert of a person's home that nobody has closed."""
    query = select(Incident).where(
        Incident.senior_id == senior_id,
        Incident.lane == Lane.LIFE,
        Incident.state != State.CLOSED,
        visible_to(actor),
    )
    rows = session.scalars(query.order_by(Incident.priority, Incident.id).limit(MOST))
    return [
        SeniorWarning(
            state="danger",
            icon=rule_icon(row.rule),
            title=_("Alert: %(what)s", what=rule_name(row.rule)),
            words=_("%(at)s, %(state)s", at=moment(row.raised_at), state=STATE_NAMES[State(row.state)]),
            endpoint="desk.show_case",
            args={"incident_id": row.id},
        )
        for row in rows
    ]


def kit_warnings(session: Session, *, senior_id: int, actor: Actor, now: datetime) -> Sequence[SeniorWarning]:
    """Warn of devices that are silent or nearly empty, and tell that somebody is away."""
    home = find_home_of(session, senior_id=senior_id)
    if home is None or not is_within_any(home.area_code, actor.area_codes):
        return []
    told = []
    unwell = [each for each in list_kit(session, home_id=home.id, reach=actor, now=now) if each.health in UNWELL]
    if unwell:
        words = ngettext("%(num)s device needs somebody", "%(num)s devices need somebody", len(unwell))
        told.append(_kit("warn", "offline", words, home.id))
    if is_away(home, now):
        told.append(_kit("info", "door", _("Set as away, the rules about quiet rest"), home.id))
    return told


def _kit(state: str, icon: str, title: str, home_id: int) -> SeniorWarning:
    return SeniorWarning(
        state=state, icon=icon, title=title, endpoint="safety_homes.show_home", args={"home_id": home_id}
    )

"""Alerts as a family sees them: what it was, when, who answered, who went there, and how it ended."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth.queries import list_names
from app.clock import business_day
from safety.alerts.errors import AlertNotFound
from safety.alerts.models import AlertRing, Incident
from safety.alerts.policy_reading import get_alert_rules
from safety.alerts.rules import Lane, State
from safety.alerts.terms import AlertRules
from safety.desk.choices import outcome_words
from safety.desk.story import Line, read_records, tell_endings, tell_rings, tell_signals, tell_steps
from safety.desk.words import rule_icon, rule_name, seconds_words

BACK = timedelta(days=90)
MOST = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class FamilyAlert:
    """One alert for the family's pages; ``told`` says in one line how it stands or ended."""

    id: int
    title: str
    icon: str
    raised_at: datetime
    is_open: bool
    is_urgent: bool
    told: str
    attended_at: datetime | None
    may_answer: bool
    lines: Sequence[Line] = ()


def list_alerts(
    session: Session, *, senior_id: int, now: datetime, back: timedelta = BACK, limit: int = MOST
) -> Sequence[FamilyAlert]:
    """Return a senior's alerts, newest first; devices are nothing the family must know of. Asks nobody's leave."""
    query = select(Incident).where(
        Incident.senior_id == senior_id, Incident.lane == Lane.LIFE, Incident.raised_at > now - back
    )
    found = session.scalars(query.order_by(Incident.id.desc()).limit(limit)).all()
    answers = _answers(session, found)
    places = {each.area_code for each in found}
    rules = {place: get_alert_rules(session, area_code=place, on=business_day(now)) for place in places}
    return [_view(each, rules[each.area_code], answers.get(each.id, "")) for each in found]


def get_alert(session: Session, *, senior_id: int, incident_id: int, now: datetime) -> FamilyAlert:
    """Return one alert of a senior with its story, newest first. Asks nobody's leave.

    :raises AlertNotFound: if it is no alert of this senior
    """
    incident = session.get(Incident, incident_id)
    if incident is None or incident.senior_id != senior_id or incident.lane != Lane.LIFE:
        raise AlertNotFound
    rules = get_alert_rules(session, area_code=incident.area_code, on=business_day(now))
    records = read_records(session, incident=incident)
    # What people of the desk write for each other, and what the home said before, is not for everybody.
    lines = [
        *tell_signals(records),
        *tell_rings(records, rules),
        *tell_steps(records, rules, with_words=False),
        *tell_endings(incident, records, rules),
    ]
    answer = _answers(session, [incident]).get(incident.id, "")
    return _view(incident, rules, answer, sorted(lines, key=lambda line: line.at, reverse=True))


def _view(incident: Incident, rules: AlertRules, answer: str, lines: Sequence[Line] = ()) -> FamilyAlert:
    is_open = incident.state != State.CLOSED
    return FamilyAlert(
        id=incident.id,
        title=rule_name(incident.rule),
        icon=rule_icon(incident.rule),
        raised_at=incident.raised_at,
        is_open=is_open,
        is_urgent=incident.priority == 1,
        told=_told(incident, rules, answer),
        attended_at=incident.attended_at,
        may_answer=is_open and incident.attended_at is None,
        lines=lines,
    )


def _told(incident: Incident, rules: AlertRules, answer: str) -> str:
    """Say how it stands: the end where there is one, else who is busy with it."""
    if incident.state == State.CLOSED:
        ended = outcome_words(rules, outcome=incident.outcome, cause=incident.cause) or str(_("ended by itself"))
        return str(_(", ")).join(part for part in (ended, answer) if part)
    if incident.attended_at is not None:
        return str(_("%(who)s is there", who=incident.arrived_who or _("Somebody")))
    return answer or str(_("nobody has answered yet"))


def _answers(session: Session, incidents: Sequence[Incident]) -> Mapping[int, str]:
    """Return by alert who answered first, and after how long."""
    query = select(AlertRing).where(
        AlertRing.incident_id.in_([each.id for each in incidents]), AlertRing.answered_at.is_not(None)
    )
    first: dict[int, AlertRing] = {}
    for ring in session.scalars(query.order_by(AlertRing.id)) if incidents else ():
        first.setdefault(ring.incident_id, ring)
    names = list_names(session, account_ids={ring.answered_by for ring in first.values() if ring.answered_by})
    return {incident_id: _answer(ring, names) for incident_id, ring in first.items()}


def _answer(ring: AlertRing, names: Mapping[int, str]) -> str:
    seconds = int((ring.answered_at - ring.began_at).total_seconds()) if ring.answered_at else 0
    name = names.get(ring.answered_by or 0, "")
    return str(_("%(name)s answered after %(time)s", name=name, time=seconds_words(seconds)))

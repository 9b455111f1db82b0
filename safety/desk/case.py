"""One alert as the desk opens it: the person, the steps, the story, and what the caller may do with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from app.auth.actor import Actor
from app.clock import business_day, local
from safety.alerts.access import load_incident
from safety.alerts.models import Incident
from safety.alerts.policy_reading import get_alert_rules
from safety.alerts.rules import Lane, State, may_shelve
from safety.alerts.terms import AlertRules
from safety.desk.choices import Choices, make_choices, outcome_words
from safety.desk.clues import Clue, find_clues
from safety.desk.ladder import Known, StepView, view_steps
from safety.desk.person_card import Past, PersonCard, list_past, make_card
from safety.desk.picture import DAY, DayPicture, Heard, draw_day
from safety.desk.story import Line, read_records, tell
from safety.desk.words import place_name, rule_name
from safety.intake.queries import list_events
from safety.kits.queries import Contact, contacts_of, gateway_names, homes_of, phones_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Everything the page shows of one alert."""

    id: int
    mark: int
    gateway: str
    clues: Sequence[Clue]
    names: Sequence[str]
    area_code: str
    home_id: int | None
    state: str
    priority: int
    title: str
    about: str
    raised_at: datetime
    repeats: int
    is_mine: bool
    may_act: bool
    may_close: bool
    may_shelve: bool
    taken_name: str
    taken_at: datetime | None
    cleared_at: datetime | None
    shelved_until: datetime | None
    shelved_reason: str
    outcome_words: str
    closed_name: str
    closed_at: datetime | None
    closing_words: str
    attended_at: datetime | None
    arrived_who: str
    follow_up_on: date | None
    person: PersonCard
    past: Sequence[Past]
    steps: Sequence[StepView]
    services: Sequence[StepView]
    story: Sequence[Line]
    choices: Choices
    picture: DayPicture

    @property
    def since_ms(self) -> int:
        """Return since when it is open, as a browser counts."""
        return int(self.raised_at.timestamp() * 1000)


def get_case(session: Session, *, incident_id: int, actor: Actor, now: datetime) -> Case:
    """Return an alert with all that belongs to it: a constant number of statements.

    :raises AlertNotFound: if there is none within the actor's areas
    """
    incident = load_incident(session, incident_id=incident_id, actor=actor)
    home = homes_of(session, home_ids=[incident.home_id]).get(incident.home_id) if incident.home_id else None
    is_mine = incident.taken_by == actor.account_id and incident.state != State.CLOSED
    rules = get_alert_rules(session, area_code=incident.area_code, on=business_day(now))
    records = read_records(session, incident=incident)
    card = make_card(session, incident=incident, home=home, is_open=is_mine, now=now)
    contacts = contacts_of(session, home_id=incident.home_id) if incident.home_id else ()
    known = _known(session, contacts, card, rules, is_mine=is_mine)
    steps, services = view_steps(records.steps, incident, known)
    gateways = gateway_names(session, gateway_ids=[incident.gateway_id] if incident.gateway_id else [])
    gateway, names = gateways.get(incident.gateway_id or 0, ""), records.names
    return Case(
        id=incident.id,
        mark=incident.revision,
        gateway=gateway,
        clues=find_clues(session, incident=incident, signals=records.signals, actor=actor),
        names=[card.name, *(each.name for each in contacts)],
        area_code=incident.area_code,
        home_id=incident.home_id,
        state=incident.state,
        priority=incident.priority,
        title=_title(incident, card.name or gateway),
        about=_about(incident),
        raised_at=incident.raised_at,
        repeats=incident.repeats,
        is_mine=is_mine,
        may_act=is_mine and incident.state == State.ACKNOWLEDGED,
        may_close=incident.taken_by is None
        and (
            incident.state == State.CLEARED_UNSEEN or (incident.lane == Lane.DEVICE and incident.state != State.CLOSED)
        ),
        may_shelve=may_shelve(priority=incident.priority, state=State(incident.state)),
        taken_name=names.get(incident.taken_by or 0, ""),
        taken_at=incident.taken_at,
        cleared_at=incident.cleared_at,
        shelved_until=incident.shelved_until,
        shelved_reason=incident.shelved_reason,
        outcome_words=outcome_words(rules, outcome=incident.outcome, cause=incident.cause),
        closed_name=names.get(incident.closed_by or 0, ""),
        closed_at=incident.closed_at,
        closing_words=incident.closing_words,
        attended_at=incident.attended_at,
        arrived_who=incident.arrived_who,
        follow_up_on=incident.follow_up_on if incident.followed_up_at is None else None,
        person=card,
        past=list_past(session, incident=incident, now=now),
        steps=steps,
        services=services,
        story=tell(session, incident=incident, records=records, rules=rules),
        choices=make_choices(rules, priority=incident.priority),
        picture=_picture(session, incident, now),
    )


def _known(session: Session, listed: Sequence[Contact], card: PersonCard, rules: AlertRules, *, is_mine: bool) -> Known:
    """Gather who stands behind the steps; whole numbers are for whoever calls, as the audit log says of the taking."""
    contacts = {each.id: each for each in listed}
    phones = phones_of(session, contact_ids=contacts) if is_mine and contacts else {}
    return Known(card=card, contacts=contacts, phones=phones, rules=rules)


def _title(incident: Incident, whose: str) -> str:
    return f"{whose}{_(': ')}{rule_name(incident.rule)}" if whose else rule_name(incident.rule)


def _about(incident: Incident) -> str:
    """Say where it was heard, how often, and whether the same trouble is back."""
    parts = [place_name(incident.place)] if incident.place else []
    if incident.repeats:
        parts.append(str(ngettext("%(num)s time more", "%(num)s times more", incident.repeats)))
    if incident.reopens_id is not None:
        parts.append(str(_("back again within a day")))
    return str(_(", ")).join(parts)


def _picture(session: Session, incident: Incident, now: datetime) -> DayPicture:
    until = local(min(now, incident.closed_at + timedelta(minutes=1)) if incident.closed_at else now)
    said = list_events(session, home_id=incident.home_id, since=until - DAY, until=until) if incident.home_id else ()
    heard = (Heard(local(each.device_at), each.kind, each.place, each.state) for each in said)
    return draw_day(heard, until=until)

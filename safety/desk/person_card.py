"""Who lives where an alert comes from, as far as whoever looks may know.

Whoever has the alert in hand sees where to send somebody and what to know of the person; the others see whose alert
it is, which is enough to leave it or to take it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import vault
from app.areas import queries as areas
from app.clock import business_day
from app.people import queries as people
from app.people.doors import list_doors
from app.people.wording import SEX_NAMES
from app.web.wording import moment
from safety.alerts.models import Incident
from safety.alerts.policy_reading import get_alert_rules
from safety.alerts.rules import State
from safety.desk.choices import outcome_words
from safety.desk.words import rule_name
from safety.kits.models import SafetyHome
from safety.kits.page_words import AWAY_NAMES
from safety.kits.queries import is_away

BACK = timedelta(days=30)
MOST_PAST = 4


@dataclass(frozen=True, slots=True)
class Past:
    """An earlier alert of the same home."""

    id: int
    raised_at: datetime
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonCard:
    """What the card says."""

    name: str
    words: str
    lives_alone: bool
    address: str
    phone: str
    has_way_in: bool
    health_agreed: bool
    illnesses: str
    medicines: str
    level: int | None
    instructions: str
    away: str


def make_card(
    session: Session, *, incident: Incident, home: SafetyHome | None, is_open: bool, now: datetime
) -> PersonCard:
    """Return the card of whoever an alert is about.

    :param is_open: whether the caller has the alert in hand; who took it is in the audit log
    """
    senior_id = incident.senior_id or 0
    who = people.profiles_on(session, senior_ids=[senior_id], day=business_day(now)).get(senior_id)
    door = list_doors(session, senior_ids=[senior_id]).get(senior_id) if is_open else None
    known = _unseal(home) if home and is_open else {}
    return PersonCard(
        name=who.name if who else "",
        words=_(", ").join([str(SEX_NAMES[who.sex]), _("aged %(age)s", age=who.age)]) if who else "",
        lives_alone=bool(home and home.lives_alone),
        address=known.get("address") or (door.address if door else "") or areas.full_name(session, incident.area_code),
        phone=door.phone if door else "",
        has_way_in=bool(home and home.way_in_sealed),
        health_agreed=bool(home and home.health_agreed_on),
        illnesses=known.get("illnesses", ""),
        medicines=known.get("medicines", ""),
        level=who.ability_level if who else None,
        instructions=home.instructions if home else "",
        away=_away(home, now) if home else "",
    )


def list_past(session: Session, *, incident: Incident, now: datetime) -> Sequence[Past]:
    """Return the last alerts of the same home, newest first."""
    query = select(Incident).where(
        Incident.home_id == incident.home_id,
        Incident.id != incident.id,
        Incident.lane == incident.lane,
        Incident.state == State.CLOSED,
        Incident.raised_at > now - BACK,
    )
    found = session.scalars(query.order_by(Incident.id.desc()).limit(MOST_PAST)).all() if incident.home_id else []
    rules = get_alert_rules(session, area_code=incident.area_code, on=business_day(now))
    return [Past(each.id, each.raised_at, _past_words(each, rules)) for each in found]


def _past_words(each: Incident, rules: Any) -> str:
    words = [rule_name(each.rule), outcome_words(rules, outcome=each.outcome, cause=each.cause)]
    return str(_(", ")).join(word for word in words if word)


def _unseal(home: SafetyHome) -> dict[str, str]:
    sealed = {"address": home.address_sealed}
    if home.health_agreed_on is not None:
        sealed |= {"illnesses": home.illnesses_sealed, "medicines": home.medicines_sealed}
    return {name: vault.unseal(value) for name, value in sealed.items() if value}


def _away(home: SafetyHome, now: datetime) -> str:
    if not is_away(home, now):
        return ""
    word = str(AWAY_NAMES.get(home.away_reason or "", home.away_reason))
    until = str(_("until %(time)s", time=moment(home.away_until))) if home.away_until else ""
    return str(_(", ")).join(part for part in (word, until) if part)

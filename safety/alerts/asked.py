"""Whom the steps of a ladder would ask now: contacts of the home, who is on duty, grid workers, the street."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.areas.rules import ancestors
from app.auth.actor import Role
from app.auth.queries import list_held_over, list_names
from app.clock import business_day
from safety.alerts.channels import can_call
from safety.alerts.ladders import Rung, Skipped, Target
from safety.alerts.models import Incident, Shift
from safety.alerts.people import has_phone
from safety.alerts.policy_reading import get_alert_rules
from safety.kits.queries import Contact, contacts_of_homes

# A shift that nobody ended is over by then: nobody watches a desk for longer.
LONGEST_SHIFT = timedelta(hours=16)
ROLE_OF = {Rung.GRID_WORKER: (Role.GRID_WORKER,), Rung.STREET: (Role.STREET_CLERK,)}
NAMES_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Asked:
    """Whom to ask about one alert, by step; why nobody is there; and the accounts behind a step of several people."""

    targets: Mapping[tuple[Rung, int], Target]
    absent: Mapping[Rung, Skipped]
    accounts: Mapping[Rung, Sequence[int]] = field(default_factory=dict)


def find_asked(session: Session, incidents: Collection[Incident], *, now: datetime) -> dict[int, Asked]:
    """Return whom to ask about alerts, by alert; a statement for each kind of people and place, not for each alert."""
    homes = [each.home_id for each in incidents if each.home_id is not None]
    contacts = contacts_of_homes(session, home_ids=homes) if homes else {}
    phones = has_phone(session, senior_ids=[each.senior_id for each in incidents if each.senior_id is not None])
    rings_back = can_call(session)
    places = {each.area_code for each in incidents}
    duty = {place: on_duty(session, area_code=place, now=now) for place in places}
    held = {
        (rung, place): list_held_over(session, area_code=place, roles=roles, now=now)
        for place in places
        for rung, roles in ROLE_OF.items()
    }
    names = list_names(session, account_ids={each for found in (*duty.values(), *held.values()) for each in found})
    found = {}
    for incident in incidents:
        place = incident.area_code
        accounts = {
            Rung.OPERATOR: duty[place],
            Rung.GRID_WORKER: held[Rung.GRID_WORKER, place],
            Rung.STREET: held[Rung.STREET, place],
        }
        may_ring = rings_back and incident.senior_id in phones
        found[incident.id] = _asked(contacts.get(incident.home_id or 0, ()), accounts, names, may_ring=may_ring)
    return found


def on_duty(session: Session, *, area_code: str, now: datetime) -> Sequence[int]:
    """Return the operators whose shift covers a place and whose desk is alive: from a dead one nobody hears."""
    silence = get_alert_rules(session, area_code=area_code, on=business_day(now)).desk_silence
    query = (
        select(Shift.account_id)
        .where(
            Shift.area_code.in_([area_code, *ancestors(area_code)]),
            Shift.until_at.is_(None),
            Shift.from_at > now - LONGEST_SHIFT,
            Shift.seen_at >= now - silence,
        )
        .order_by(Shift.from_at, Shift.account_id)
    )
    return session.scalars(query).all()


def _asked(
    contacts: Iterable[Contact],
    accounts: Mapping[Rung, Sequence[int]],
    names: Mapping[int, str],
    *,
    may_ring: bool,
) -> Asked:
    targets: dict[tuple[Rung, int], Target] = {}
    if may_ring:
        targets[Rung.CALLBACK, 1] = Target(name="")
    counts: dict[Rung, int] = defaultdict(int)
    by_rung = {**accounts}
    for contact in contacts:
        rung = Rung(contact.kind)
        counts[rung] += 1
        targets[rung, counts[rung]] = Target(name=contact.name, contact_id=contact.id, account_id=contact.account_id)
    # Whoever is named for the home comes before whoever else works in the place.
    if (Rung.GRID_WORKER, 1) in targets:
        known = targets[Rung.GRID_WORKER, 1].account_id
        by_rung[Rung.GRID_WORKER] = [known] if known else []
    for rung, found in accounts.items():
        if found and (rung, 1) not in targets:
            shown = [names[each] for each in found if each in names][:NAMES_SHOWN]
            one = found[0] if len(found) == 1 else None
            targets[rung, 1] = Target(name="、".join(shown), account_id=one)
    return Asked(targets=targets, absent={Rung.OPERATOR: Skipped.OFF_DUTY}, accounts=by_rung)

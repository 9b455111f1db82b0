"""One person's level: what stands, what other schemes say, what happened lately, and when it is time again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from app.auth import Actor
from app.paging import Page
from app.people.queries import check_visible
from care_beds.assessment import reading, risks
from care_beds.assessment.drafting import Saved
from care_beds.assessment.models import OutsideLevel, RiskEvent
from care_beds.assessment.policy import find_assessment_rules
from care_beds.assessment.queries import StandingLevel, find_level, list_outside_levels
from care_beds.assessment.rules import RiskKind


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonLevel:
    """What is known of a person's level."""

    standing: StandingLevel | None
    outside: Sequence[OutsideLevel]


def get_level(session: Session, *, senior_id: int, actor: Actor, today: date) -> PersonLevel:
    """Return the level that stands for a person today, and what other schemes say.

    :raises NotFound: if there is no such person in the actor's area
    """
    check_visible(session, senior_id=senior_id, actor=actor)
    return PersonLevel(
        standing=find_level(session, senior_id=senior_id, on=today),
        outside=list_outside_levels(session, senior_id=senior_id),
    )


def list_due(
    session: Session,
    *,
    actor: Actor,
    today: date,
    within_days: int | None = None,
    after: str | None = None,
    limit: int = 50,
) -> Page[reading.DueLine]:
    """List the people whose latest result runs out within some days, the most overdue first."""
    before = due_before(session, actor=actor, today=today, within_days=within_days)
    return reading.list_due(session, actor=actor, today=today, before=before, after=after, limit=limit)


def due_before(session: Session, *, actor: Actor, today: date, within_days: int | None = None) -> date:
    """Return the day before which a result must end to be due: by the rules of the actor's areas where nobody says.

    What ends after that many days is due: the day itself is within.
    """
    days = within_days if within_days is not None else notice_days(session, area_codes=actor.area_codes, today=today)
    return today + timedelta(days=days + 1)


def notice_days(session: Session, *, area_codes: Sequence[str], today: date) -> int:
    """Return how many days before its end a result of some areas is due, the longest where they differ."""
    found = (find_assessment_rules(session, area_code=code, on=today) for code in area_codes)
    return max((rules.notice_days for rules in found if rules), default=0)


def note_risk_event(
    session: Session, *, senior_id: int, kind: RiskKind, happened_on: date, words: str, by: Actor, now: datetime
) -> RiskEvent:
    """Write down what happened to a person of the actor's area.

    :raises NotFound: if there is no such person in the actor's area
    :raises Invalid: if the day cannot be, or another event is not described
    """
    check_visible(session, senior_id=senior_id, actor=by)
    return risks.note_risk_event(
        session, senior_id=senior_id, kind=kind, happened_on=happened_on, words=words, by=by, now=now
    )


def tell_saved(session: Session, saved: Saved) -> Mapping[str, Any]:
    """Return what became of some answers, with the names of those whose answers they crossed."""
    names = reading.names_of_accounts(session, [each.account_id for each in saved.crossed])
    crossed = [
        {"key": each.key, "value": each.value, "revision": each.revision, "by": names.get(each.account_id, "")}
        for each in saved.crossed
    ]
    return {"kept": saved.kept, "crossed": crossed}

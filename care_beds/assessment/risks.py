"""Risk events of a person: noted when somebody hears of them, counted by an assessment of the following 30 days."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit import services as audit
from app.auth import Actor
from app.clock import business_day
from app.errors import Invalid
from app.people.queries import check_visible, profile_on
from care_beds.assessment.errors import AssessmentNotFound
from care_beds.assessment.models import RiskEvent
from care_beds.assessment.rules import RISK_DAYS, RiskCount, RiskKind

LONGEST_AGO = timedelta(days=366)


def note_risk_event(
    session: Session, *, senior_id: int, kind: RiskKind, happened_on: date, words: str, by: Actor, now: datetime
) -> RiskEvent:
    """Write down that something happened to a person; whoever calls has made sure that the actor may know of them.

    :raises Invalid: if the day cannot be, or another event is not described
    """
    today = business_day(now)
    if not today - LONGEST_AGO <= happened_on <= today:
        raise Invalid(errors={"happened_on": [_l("This lies in the future, or more than a year ago.")]})
    if kind is RiskKind.OTHER and len(words) < 2:
        raise Invalid(errors={"words": [_l("Say what happened.")]})
    row = RiskEvent(
        senior_id=senior_id, kind=kind, happened_on=happened_on, words=words, noted_at=now, noted_by=by.account_id
    )
    session.add(row)
    session.flush()
    _note(session, "risk_event.noted", row, by=by, now=now)
    return row


def withdraw_risk_event(session: Session, *, event_id: int, by: Actor, now: datetime) -> None:
    """Take back an event that was noted by mistake; it stays, struck out. A second time changes nothing.

    :raises AssessmentNotFound: if there is none
    :raises NotFound: if it is of nobody in the actor's area
    """
    row = session.get(RiskEvent, event_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise AssessmentNotFound
    check_visible(session, senior_id=row.senior_id, actor=by)
    if row.withdrawn_at is None:
        row.withdrawn_at, row.withdrawn_by = now, by.account_id
        session.flush()
        _note(session, "risk_event.withdrawn", row, by=by, now=now)


def list_risk_events(session: Session, *, senior_id: int, on: date, days: int = RISK_DAYS) -> Sequence[RiskEvent]:
    """Return what happened to a person within some days before a day, that day included, the latest first."""
    query = select(RiskEvent).where(
        RiskEvent.senior_id == senior_id,
        RiskEvent.happened_on > on - timedelta(days=days),
        RiskEvent.happened_on <= on,
        RiskEvent.withdrawn_at.is_(None),
    )
    return session.scalars(query.order_by(RiskEvent.happened_on.desc(), RiskEvent.id.desc()).limit(100)).all()


def count_risks(
    session: Session, *, senior_id: int, on: date, told: Mapping[str, object]
) -> Mapping[RiskKind, RiskCount]:
    """Count what was recorded in the 30 days up to a day beside what was told, by kind."""
    recorded = Counter(each.kind for each in list_risk_events(session, senior_id=senior_id, on=on))
    return {
        kind: RiskCount(count if isinstance(count := told.get(kind), int) else 0, recorded[kind]) for kind in RiskKind
    }


def _note(session: Session, action: str, row: RiskEvent, *, by: Actor, now: datetime) -> None:
    area_code = profile_on(session, senior_id=row.senior_id, day=business_day(now)).residence_area
    new = {"kind": row.kind, "happened_on": row.happened_on}
    subject = f"senior:{row.senior_id}"
    audit.record(session, actor=by, action=action, subject=subject, area_code=area_code, new=new, now=now)

"""What people tell of a home that the product does not know by itself: written down, scored, looked into in time."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.audit.services import record
from app.auth.actor import Actor
from app.clock import business_day
from app.people.queries import profile_on
from outreach.access import check_reached
from outreach.errors import NotVisited
from outreach.judging import Verdicts
from outreach.models import OutreachChange, Risk
from outreach.policy import get_rules
from outreach.rules import ACTIVE, check_due
from outreach.scoring import score_people, write
from outreach.terms import Band, Factor, Reported


def report_change(
    session: Session, *, senior_id: int, reported: Reported, words: str = "", by: Actor, now: datetime
) -> OutreachChange:
    """Write down that something about somebody has changed, and have it looked into in time.

    :raises NotFound: if there is no such person in the caller's areas
    :raises NotVisited: if the person is away, or has died
    :raises NoOutreachRules: if nothing says how people are visited there
    """
    check_reached(session, senior_id=senior_id, actor=by)
    today = business_day(now)
    profile = profile_on(session, senior_id=senior_id, day=today)
    if profile.status != ACTIVE:
        raise NotVisited
    rules = get_rules(session, area_code=profile.residence_area, on=today)
    factor = Factor.BEREAVED if reported is Reported.BEREAVEMENT else Factor.REPORTED
    weight = rules.reports.get(reported)
    change = OutreachChange(
        senior_id=senior_id,
        area_code=profile.residence_area,
        factor=factor,
        reported=reported,
        weight=weight or "ordinary",
        on_day=today,
        words=words,
        recorded_at=now,
        by_account=by.account_id,
    )
    session.add(change)
    session.flush()
    score_people(session, senior_ids=[senior_id], now=now, known=(factor,))
    if weight is not None:
        risk = session.get(Risk, senior_id, populate_existing=True)
        band = Band(risk.band) if risk else Band.NONE
        due = check_due(since=today, weight=weight, band=band, rules=rules)
        told = {"senior_id": senior_id, "area_code": profile.residence_area, "factor": str(factor)}
        check = {**told, "weight": str(weight), "band": str(band), "due_on": str(due)}
        write(session, Verdicts(checks=[check]), now=now)
    subject, new = f"senior:{senior_id}", {"reported": str(reported)}
    area_code = profile.residence_area
    record(session, actor=by, action="outreach.reported", subject=subject, area_code=area_code, new=new, now=now)
    return change

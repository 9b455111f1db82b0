"""Writing down a visit: what was found, which tasks it ends, what somebody must see to, when somebody comes again."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import false, func, select, update
from sqlalchemy.orm import Session

from app.audit.services import record
from app.auth.actor import Actor
from app.clock import business_day
from app.people.queries import profile_on
from app.pictures.services import keep
from outreach.access import check_reached
from outreach.errors import KeyTaken, NotVisited
from outreach.models import OutreachProblem, OutreachTask, OutreachVisit, Risk
from outreach.outcomes import MET, PROBLEMS, NextStep, Result
from outreach.policy import get_rules
from outreach.referring import open_referral
from outreach.rules import GONE, counts
from outreach.scoring import lock_person, promise_visit, score_people
from outreach.seeing import VISIT
from outreach.terms import Band, Help, OutreachRules, Way


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What somebody tells who visited."""

    id: UUID
    way: Way
    result: Result
    words: str = ""
    next_step: NextStep = NextStep.NONE
    next_on: date | None = None
    refer: Collection[Help] = ()
    office: str = ""
    picture: bytes | None = None


def record_visit(
    session: Session, *, senior_id: int, found: Found, by: Actor, now: datetime, occurred_at: datetime | None = None
) -> OutreachVisit:
    """Write down a visit, once for its id.

    Who was met in a way that the band takes is done with until the next visit, which is due on the promised day if
    that comes first; who was not met stays due, and is tried again on a day. What needs help becomes a problem that
    stays open until all help it was referred to has ended.

    :param occurred_at: when it was, if a phone tells of it later
    :raises NotFound: if there is no such person in the caller's areas
    :raises NotVisited: if the person has died or moved away
    :raises NoOutreachRules: if nothing says how people are visited there
    :raises KeyTaken: if the id is of a visit to somebody else
    :raises PictureRefused: if the photo is none
    """
    before = session.get(OutreachVisit, found.id)
    if before is not None:
        return _same(before, senior_id, by)
    check_reached(session, senior_id=senior_id, actor=by)
    at = min(occurred_at or now, now)
    profile = profile_on(session, senior_id=senior_id, day=business_day(at))
    if profile.status in GONE:
        raise NotVisited
    rules = get_rules(session, area_code=profile.residence_area, on=business_day(at))
    risk = _lock_risk(session, senior_id=senior_id, now=now)
    before = session.get(OutreachVisit, found.id, populate_existing=True)
    if before is not None:
        return _same(before, senior_id, by)
    visit = _write(
        session,
        found,
        risk=risk,
        senior_id=senior_id,
        area_code=profile.residence_area,
        rules=rules,
        by=by,
        at=at,
        now=now,
    )
    _end_tasks(session, visit, risk=risk, now=now)
    _refer(session, visit, found, by=by, now=now)
    score_people(session, senior_ids=[senior_id], now=now)
    if visit.is_met and found.next_step is NextStep.AGAIN and found.next_on:
        promise_visit(session, senior_id=senior_id, area_code=visit.area_code, on=found.next_on, now=now)
    new = {"result": str(found.result), "way": str(found.way), "next_step": str(found.next_step)}
    subject = f"senior:{senior_id}"
    record(session, actor=by, action="outreach.visited", subject=subject, area_code=visit.area_code, new=new, now=now)
    return visit


def _same(before: OutreachVisit, senior_id: int, by: Actor) -> OutreachVisit:
    if before.senior_id != senior_id or before.by_account != by.account_id:
        raise KeyTaken
    return before


def _lock_risk(session: Session, *, senior_id: int, now: datetime) -> Risk | None:
    """Lock how the person stands; somebody new is scored first."""
    lock_person(session, senior_id=senior_id)
    query = select(Risk).where(Risk.senior_id == senior_id).with_for_update().execution_options(populate_existing=True)
    found = session.scalar(query)
    if found is None:
        score_people(session, senior_ids=[senior_id], now=now)
        found = session.scalar(query)
    return found


def _write(
    session: Session,
    found: Found,
    *,
    risk: Risk | None,
    senior_id: int,
    area_code: str,
    rules: OutreachRules,
    by: Actor,
    at: datetime,
    now: datetime,
) -> OutreachVisit:
    band = Band(risk.band) if risk else Band.NONE
    is_met = found.result in MET
    visit = OutreachVisit(
        id=found.id,
        senior_id=senior_id,
        area_code=area_code,
        band=band,
        way=found.way,
        result=found.result,
        is_met=is_met,
        counts=is_met and counts(rules.bands.get(band), found.way),
        words=found.words,
        next_step=found.next_step,
        next_on=found.next_on,
        visit_on=business_day(at),
        occurred_at=at,
        recorded_at=now,
        by_account=by.account_id,
    )
    session.add(visit)
    session.flush()
    if found.picture:
        about: Mapping[str, Any] = {"owner_kind": VISIT, "owner_ref": str(visit.id), "area_code": area_code}
        keep(session, data=found.picture, **about, senior_id=senior_id, purpose="visit", by=by, now=now)
    return visit


def _end_tasks(session: Session, visit: OutreachVisit, *, risk: Risk | None, now: datetime) -> None:
    """End what was due, or come again: the next regular visit opens when the person is scored anew."""
    theirs = (OutreachTask.senior_id == visit.senior_id, OutreachTask.state == "open")
    # Nobody has looked into what happened after the visit, however late the visit is told.
    before = OutreachTask.opened_at <= visit.occurred_at
    if visit.is_met:
        # A look after a change may be made in any way; the regular one as the band asks for it, if none came later.
        last_on = risk.last_visit_on if risk else None
        is_latest = visit.counts and (last_on is None or visit.visit_on >= last_on)
        is_check = OutreachTask.kind != "regular"
        ended = (is_check & before) | (~is_check if is_latest else false())
        values = {"state": "done", "closed_at": now, "visit_id": visit.id}
        session.execute(update(OutreachTask).where(*theirs, ended).values(values))
        if risk is not None and is_latest:
            risk.last_visit_on = visit.visit_on
            session.flush()
        return
    tomorrow = visit.visit_on + timedelta(days=1)
    again = func.greatest(tomorrow, func.least(visit.next_on or tomorrow, OutreachTask.due_on))
    tried = {"attempts": OutreachTask.attempts + 1, "next_on": again}
    session.execute(update(OutreachTask).where(*theirs, before).values(tried))


def _refer(session: Session, visit: OutreachVisit, found: Found, *, by: Actor, now: datetime) -> None:
    problem_id = None
    if found.result in PROBLEMS:
        problem = OutreachProblem(
            visit_id=visit.id,
            senior_id=visit.senior_id,
            area_code=visit.area_code,
            words=found.words,
            opened_at=now,
        )
        session.add(problem)
        session.flush()
        problem_id = problem.id
    if profile_on(session, senior_id=visit.senior_id, day=business_day(now)).status in GONE:
        return
    for kind in dict.fromkeys(found.refer):
        open_referral(
            session,
            senior_id=visit.senior_id,
            kind=kind,
            office=found.office if kind is Help.OTHER else "",
            words=found.words,
            problem_id=problem_id,
            is_again_fine=True,
            by=by,
            now=now,
        )

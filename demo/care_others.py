"""People who are assessed without a bed of their own: results that end, that wait for a name, that were begun.

One stands for each thing that the street's list and the assessor's have to show.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy.orm import Session

from app.auth import Actor
from app.clock import ZONE, business_day
from care_beds.assessment.drafting import Entry, save_answers, start_assessment
from care_beds.assessment.items import BY_GROUP
from care_beds.assessment.recognising import OutsideNote, Paper, Scheme, note_outside_level, recognise_result
from care_beds.assessment.risks import note_risk_event
from care_beds.assessment.rules import Reason, Relation, RiskKind
from care_beds.assessment.signing import Informant, complete_assessment, sign_as_informant, sign_assessment
from care_beds.assessment.standard import Group
from demo.care_assessments import DEVICE, TOTALS, answer, assess
from demo.care_staff import CareStaff
from demo.choices import Choices

# After a change a result holds for half a year: how many days ago one was found that has run out, or is about to.
RAN_OUT, ENDS_SOON = (188, 186), (168, 150)
FALLS = (4, 17)
NEPHEW = Informant(name="吴志刚", relation=Relation.RELATIVE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bureau:
    """Who assesses, who works at the counter, and which day it is."""

    session: Session
    staff: CareStaff
    clerk: Actor
    now: datetime

    def at(self, days_ago: int) -> datetime:
        """Return a moment in the afternoon some days ago."""
        return datetime.combine(self.today - timedelta(days=days_ago), time(14, 30), tzinfo=ZONE)

    @property
    def today(self) -> date:
        """Return the day."""
        return business_day(self.now)


def assess_others(
    session: Session, *, senior_ids: Sequence[int], staff: CareStaff, clerk: Actor, now: datetime
) -> None:
    """Assess some people who have no bed; where there are fewer of them, less is shown."""
    bureau = Bureau(session=session, staff=staff, clerk=clerk, now=now)
    steps: tuple[Callable[[Bureau, int], None], ...] = (
        _leave_begun,
        _leave_for_signatures,
        *[_sign_long_ago(days, level) for days, level in zip(RAN_OUT, (2, 3), strict=True)],
        _fall_twice,
        _recognise,
        *[_sign_long_ago(days, level) for days, level in zip(ENDS_SOON, (3, 2), strict=True)],
        _leave_half_done,
        _leave_for_the_informant,
        _insured,
    )
    for step, senior_id in zip(steps, senior_ids, strict=False):
        step(bureau, senior_id)


def _sign_long_ago(days: int, level: int) -> Callable[[Bureau, int], None]:
    def sign(bureau: Bureau, senior_id: int) -> None:
        _sign(bureau, _finish(bureau, senior_id, days_ago=days, level=level, reason=Reason.CHANGED), days_ago=days)

    return sign


def _leave_begun(bureau: Bureau, senior_id: int) -> None:
    _begin(bureau, senior_id, days_ago=0, groups=(Group.SELF_CARE,))


def _leave_half_done(bureau: Bureau, senior_id: int) -> None:
    _begin(bureau, senior_id, days_ago=3, groups=(Group.SELF_CARE, Group.MOVEMENT, Group.MIND))


def _leave_for_signatures(bureau: Bureau, senior_id: int) -> None:
    _finish(bureau, senior_id, days_ago=1, level=2)


def _leave_for_the_informant(bureau: Bureau, senior_id: int) -> None:
    row_id = _finish(bureau, senior_id, days_ago=2, level=1)
    for who in (bureau.staff.assessor, bureau.staff.second):
        sign_assessment(bureau.session, assessment_id=row_id, by=who, now=bureau.at(2), device=DEVICE)


def _fall_twice(bureau: Bureau, senior_id: int) -> None:
    """Let two falls that the street has heard of make a level worse."""
    for ago in FALLS:
        note_risk_event(
            bureau.session,
            senior_id=senior_id,
            kind=RiskKind.FALL,
            happened_on=bureau.today - timedelta(days=ago + 1),
            words="邻居打电话来说的",
            by=bureau.clerk,
            now=bureau.at(ago),
        )
    _sign(bureau, _finish(bureau, senior_id, days_ago=1, level=1), days_ago=1)


def _recognise(bureau: Bureau, senior_id: int) -> None:
    paper = Paper(
        level=2,
        total=57,
        assessed_on=bureau.today - timedelta(days=95),
        origin_place="嘉兴市南湖区",
        origin_body="南湖区老年人能力评估中心",
        document_number="NH-PG-0417",
    )
    row = recognise_result(bureau.session, senior_id=senior_id, paper=paper, by=bureau.clerk, now=bureau.at(9))
    for who in (bureau.clerk, bureau.staff.assessor):
        sign_assessment(bureau.session, assessment_id=row.id, by=who, now=bureau.at(8), device=DEVICE)


def _insured(bureau: Bureau, senior_id: int) -> None:
    """Keep what care insurance says beside a level of our own."""
    outside = OutsideNote(
        scheme=Scheme.LTCI,
        level="4",
        assessed_on=bureau.today - timedelta(days=150),
        body_name="长护险经办服务站",
        document_number="CH-2-1183",
    )
    note_outside_level(bureau.session, senior_id=senior_id, outside=outside, by=bureau.clerk, now=bureau.at(30))
    on = bureau.today - timedelta(days=29)
    assess(bureau.session, senior_id=senior_id, level=3, staff=bureau.staff, on=on)


def _begin(bureau: Bureau, senior_id: int, *, days_ago: int, groups: Sequence[Group]) -> int:
    now = min(bureau.at(days_ago), bureau.now)
    row = start_assessment(bureau.session, senior_id=senior_id, by=bureau.staff.assessor, now=now)
    wanted = {item.code for group in groups for item in BY_GROUP[group]}
    entries = [each for each in _answers(senior_id, 2) if each.key in wanted]
    save_answers(
        bureau.session, assessment_id=row.id, entries=entries, device=DEVICE, by=bureau.staff.assessor, now=now
    )
    return row.id


def _finish(bureau: Bureau, senior_id: int, *, days_ago: int, level: int, reason: Reason | None = None) -> int:
    now, by = bureau.at(days_ago), bureau.staff.assessor
    row = start_assessment(bureau.session, senior_id=senior_id, by=by, now=now, reason=reason)
    save_answers(
        bureau.session, assessment_id=row.id, entries=_answers(senior_id, level), device=DEVICE, by=by, now=now
    )
    complete_assessment(bureau.session, assessment_id=row.id, by=by, now=now)
    return row.id


def _sign(bureau: Bureau, row_id: int, *, days_ago: int) -> None:
    at = bureau.at(days_ago)
    for who in (bureau.staff.assessor, bureau.staff.second):
        sign_assessment(bureau.session, assessment_id=row_id, by=who, now=at, device=DEVICE)
    sign_as_informant(bureau.session, assessment_id=row_id, informant=NEPHEW, by=bureau.staff.assessor, now=at)


def _answers(senior_id: int, level: int) -> Sequence[Entry]:
    return answer(Choices("assessment", senior_id), TOTALS[level])

"""A whole assessment handed in at once by a program: judged, and kept unless it is only asked for."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth import Actor
from app.clock import business_day
from app.people.queries import check_visible, profile_on
from care_beds.assessment.access import get_rules
from care_beds.assessment.drafting import COMA, DIAGNOSIS, OPEN, Entry, drop_assessment, save_answers, start_assessment
from care_beds.assessment.errors import AnswersRefused
from care_beds.assessment.models import Assessment
from care_beds.assessment.risks import count_risks
from care_beds.assessment.rules import BadAnswers, Circumstances, Result, RiskKind, find_contradictions, judge
from care_beds.assessment.signing import complete_assessment
from care_beds.assessment.wording import tell_slips

DEVICE, SOURCE = "program", "api"
REPLACED = "replaced by what the same program sent later"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What answers come to; without an id nothing was stored."""

    senior_id: int
    result: Result
    contradictions: tuple[str, ...]
    id: int | None = None
    state: str | None = None

    @property
    def total(self) -> int:
        """Return the points in all."""
        return self.result.total

    @property
    def base_level(self) -> int:
        """Return the level of the points."""
        return self.result.base_level

    @property
    def level(self) -> int:
        """Return the level that counts."""
        return self.result.level

    @property
    def groups(self) -> Mapping[str, int]:
        """Return the points by group."""
        return {str(group): points for group, points in self.result.groups.items()}

    @property
    def changes(self) -> list[str]:
        """Return what made the level worse."""
        return [str(change) for change in self.result.changes]


def hand_in(
    session: Session,
    *,
    senior_id: int,
    items: Mapping[str, object],
    coma: bool,
    diagnosis: bool,
    risk_events: int,
    dry_run: bool,
    by: Actor,
    now: datetime,
) -> Judged:
    """Judge whole answers, and lay them before those who sign.

    Answers that contradict a coma are kept to be cleared on the form first. What the same account handed in before
    and nobody has signed gives way.

    :raises NotFound: if there is no such person in the actor's area
    :raises NoAssessmentRules: if nobody decided here how levels change
    :raises AnswersRefused: naming every item that is missing, unknown, no whole number, negative or above its most
    :raises MayNotAssess: if the actor has a stake in the result
    :raises AssessmentOpen: if somebody else's assessment of the person is not finished
    """
    check_visible(session, senior_id=senior_id, actor=by)
    today = business_day(now)
    area_code = profile_on(session, senior_id=senior_id, day=today).residence_area
    rules = get_rules(session, area_code=area_code, now=now)
    recorded = sum(each.recorded for each in count_risks(session, senior_id=senior_id, on=today, told={}).values())
    circumstances = Circumstances(coma=coma, diagnosis=diagnosis, risk_events=max(risk_events, recorded))
    try:
        result = judge(items, circumstances, changes_add_up=rules.changes_add_up)
    except BadAnswers as bad:
        raise AnswersRefused(errors=tell_slips(bad.slips)) from bad
    crossed = find_contradictions(items, circumstances)
    if dry_run:
        return Judged(senior_id=senior_id, result=result, contradictions=crossed)
    # Told events beyond the recorded ones stand under one kind: the sum is the one that was judged.
    told = {
        **dict.fromkeys(RiskKind, 0),
        RiskKind.OTHER: max(0, risk_events - recorded) + _other(session, senior_id, now),
    }
    asked = {COMA: int(coma), DIAGNOSIS: int(diagnosis), **{str(kind): count for kind, count in told.items()}}
    row = _keep(session, senior_id, {**items, **asked}, by=by, now=now)
    if not crossed:
        complete_assessment(session, assessment_id=row.id, by=by, now=now)
    return Judged(senior_id=senior_id, result=result, contradictions=crossed, id=row.id, state=row.state)


def _keep(session: Session, senior_id: int, answers: Mapping[str, object], *, by: Actor, now: datetime) -> Assessment:
    before = select(Assessment.id).where(
        Assessment.senior_id == senior_id,
        Assessment.state.in_(OPEN),
        Assessment.source == SOURCE,
        Assessment.started_by == by.account_id,
    )
    for assessment_id in session.scalars(before):
        drop_assessment(session, assessment_id=assessment_id, words=REPLACED, by=by, now=now)
    row = start_assessment(session, senior_id=senior_id, by=by, now=now, source=SOURCE)
    entries = [Entry(key, value) for key, value in answers.items() if isinstance(value, int)]
    save_answers(session, assessment_id=row.id, entries=entries, device=DEVICE, by=by, now=now)
    return row


def _other(session: Session, senior_id: int, now: datetime) -> int:
    """Return how many other events are recorded: of each kind the greater count stands."""
    found = count_risks(session, senior_id=senior_id, on=business_day(now), told={})
    return found[RiskKind.OTHER].recorded

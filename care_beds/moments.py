"""What care tells of a person's life: assessments, the bed's steps, visits made and missed."""

from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.auth import Actor
from app.dossier import Before, Moment, cut_moments, is_before, key_of
from app.web.wording import in_language, join
from care_beds.assessment.models import Assessment
from care_beds.assessment.rules import State as AssessmentState
from care_beds.assessment.standard import LEVEL_WORDS
from care_beds.assessment.wording import ORIGIN_NAMES, REASON_NAMES
from care_beds.beds.models import BedStep, CareBed
from care_beds.beds.reach import visible_to
from care_beds.beds.words import STATE_CHIPS, STEP_NAMES
from care_beds.visits.access import visible_visits
from care_beds.visits.models import CareVisit
from care_beds.visits.rules import State
from care_beds.visits.views import VisitView, select_visits, view_visits
from care_beds.visits.words import MISSED_REASONS, service_of

ASSESSMENTS, BEDS, VISITS = "assessments", "beds", "visits"
MOST = 60


def assessment_moments(
    session: Session,
    *,
    senior_id: int,
    actor: Actor,  # noqa: ARG001 - whoever sees the person sees how they were assessed
    before: Before | None,
    limit: int,
) -> Sequence[Moment]:
    """Tell which levels were signed."""
    query = select(Assessment).where(Assessment.senior_id == senior_id, Assessment.state == AssessmentState.SIGNED)
    rows = session.scalars(query.order_by(Assessment.id.desc()).limit(MOST))
    return cut_moments(map(_assessment, rows), before=before, limit=limit)


def bed_moments(
    session: Session, *, senior_id: int, actor: Actor, before: Before | None, limit: int
) -> Sequence[Moment]:
    """Tell the steps of a person's beds that the actor reaches."""
    key = key_of("bed", BedStep.id)
    query = (
        select(BedStep, CareBed.number)
        .join(CareBed, CareBed.id == BedStep.bed_id)
        .where(CareBed.senior_id == senior_id, visible_to(actor), *is_before(BedStep.at, key, before))
        .order_by(BedStep.at.desc(), key.desc())
        .limit(limit)
    )
    return [_step(step, number) for step, number in session.execute(query)]


def visit_moments(
    session: Session, *, senior_id: int, actor: Actor, before: Before | None, limit: int
) -> Sequence[Moment]:
    """Tell visits that were made or missed."""
    at = func.coalesce(CareVisit.started_at, func.lower(CareVisit.planned))
    key = key_of("visit", CareVisit.id)
    query = (
        select_visits()
        .where(
            CareVisit.senior_id == senior_id,
            CareVisit.state.in_((State.FINISHED, State.CONFIRMED, State.MISSED)),
            visible_visits(actor),
            *is_before(at, key, before),
        )
        .order_by(at.desc(), key.desc())
        .limit(limit)
    )
    return [_visit(view) for view in view_visits(session, session.execute(query).all())]


def _assessment(row: Assessment) -> Moment:
    level = in_language(LEVEL_WORDS[row.level]._asdict()) if row.level is not None else ""
    return Moment(
        at=row.signed_at or row.started_at,
        key=f"assessment:{row.id}",
        sort=ASSESSMENTS,
        icon="check",
        title=_("Assessed: level %(level)s, %(words)s", level=row.level, words=level),
        words=join([str(REASON_NAMES[row.reason]), str(ORIGIN_NAMES[row.origin])]),
        state="info",
        endpoint="assessments.show_assessment",
        args={"assessment_id": row.id},
    )


def _step(step: BedStep, number: str) -> Moment:
    look = STATE_CHIPS[step.to_state]
    return Moment(
        at=step.at,
        key=f"bed:{step.id}",
        sort=BEDS,
        icon="bed",
        title=STEP_NAMES[step.step],
        words=number,
        state=look.state if step.to_state != step.from_state and look.state != "offline" else "",
        endpoint="beds.show_bed",
        args={"bed_id": step.bed_id},
    )


def _visit(view: VisitView) -> Moment:
    is_missed = view.state is State.MISSED
    told = [service_of(view), view.carer]
    return Moment(
        at=view.started_at or view.starts_at,
        key=f"visit:{view.id}",
        sort=VISITS,
        icon="stop" if is_missed else "care",
        title=_("Visit missed") if is_missed else _("Visit by a carer"),
        words=join([*told, str(MISSED_REASONS[view.missed_reason])] if is_missed else told),
        state="danger" if is_missed else "",
        endpoint="visits.show_visit",
        args={"visit_id": view.id},
    )

"""Assessments over HTTP: hand in or fill in, finish, sign; results from elsewhere; what stands for a person."""

from typing import Any

from flask_smorest import Blueprint

from app import clock
from app.auth import allow, current_actor
from app.clock import business_day
from app.db import transaction
from care_beds.assessment import drafting, judging, person, reading, recognising, risks, signing
from care_beds.assessment.access import ASSESSORS, NOTERS, READERS, RECOGNISERS, SIGNERS, get_assessment
from care_beds.assessment.schemas import (
    AssessmentDraftIn,
    AssessmentIn,
    AssessmentOut,
    AssessmentsIn,
    AssessmentsOut,
    AssessmentWordsIn,
    InformantIn,
    JudgedOut,
    OutsideLevelIn,
    OutsideLevelOut,
    PersonLevelOut,
    ReassessmentsIn,
    ReassessmentsOut,
    RecognisedResultIn,
    RiskEventIn,
    RiskEventOut,
    SavedAnswersOut,
    TabletAnswersIn,
)

blueprint = Blueprint(
    "care_assessments", __name__, url_prefix="/api/v1/care-beds", description="Assessments by GB/T 42195-2022"
)


@blueprint.post("/assessments")
@allow(*ASSESSORS)
@blueprint.arguments(AssessmentIn)
@blueprint.response(201, JudgedOut)
@blueprint.alt_response(200, schema=JudgedOut, description="A dry run: worked out, not stored.")
def hand_in(body: dict[str, Any]) -> Any:
    """Hand in a whole assessment; the level is worked out here."""
    with transaction() as session:
        judged = judging.hand_in(session, **body, by=current_actor(), now=clock.now())
    return judged if judged.id else (judged, 200)


@blueprint.get("/assessments")
@allow(*READERS)
@blueprint.arguments(AssessmentsIn, location="query")
@blueprint.response(200, AssessmentsOut)
def list_assessments(asked: dict[str, Any]) -> Any:
    """List assessments, the latest first."""
    state = asked.pop("state")
    with transaction() as session:
        return reading.list_assessments(session, actor=current_actor(), states=[state] if state else (), **asked)


@blueprint.get("/assessments/due")
@allow(*READERS)
@blueprint.arguments(ReassessmentsIn, location="query")
@blueprint.response(200, ReassessmentsOut)
def list_due(asked: dict[str, Any]) -> Any:
    """List the people whose result runs out, the most overdue first."""
    with transaction() as session:
        return person.list_due(session, actor=current_actor(), today=business_day(clock.now()), **asked)


@blueprint.post("/assessments/drafts")
@allow(*ASSESSORS)
@blueprint.arguments(AssessmentDraftIn)
@blueprint.response(201, AssessmentOut)
def start(body: dict[str, Any]) -> Any:
    """Begin to assess a person, answer by answer."""
    with transaction() as session:
        return drafting.start_assessment(session, **body, by=current_actor(), now=clock.now())


@blueprint.get("/assessments/<int:assessment_id>")
@allow(*READERS)
@blueprint.response(200, AssessmentOut)
def get_one(assessment_id: int) -> Any:
    """Return one assessment with its answers."""
    with transaction() as session:
        return get_assessment(session, assessment_id=assessment_id, actor=current_actor())


@blueprint.post("/assessments/<int:assessment_id>/answers")
@allow(*ASSESSORS)
@blueprint.arguments(TabletAnswersIn)
@blueprint.response(200, SavedAnswersOut)
def save(body: dict[str, Any], assessment_id: int) -> Any:
    """Keep answers as they come; what another tablet changed meanwhile is told, not overwritten. Safe to repeat."""
    with transaction() as session:
        saved = drafting.save_answers(session, assessment_id=assessment_id, **body, by=current_actor(), now=clock.now())
        return person.tell_saved(session, saved)


@blueprint.post("/assessments/<int:assessment_id>/completion")
@allow(*ASSESSORS)
@blueprint.response(200, AssessmentOut)
def complete(assessment_id: int) -> Any:
    """Work out the level and lay the assessment before those who sign."""
    with transaction() as session:
        return signing.complete_assessment(session, assessment_id=assessment_id, by=current_actor(), now=clock.now())


@blueprint.post("/assessments/<int:assessment_id>/reopening")
@allow(*ASSESSORS)
@blueprint.response(200, AssessmentOut)
def reopen(assessment_id: int) -> Any:
    """Go back to the answers; signatures given so far are void."""
    with transaction() as session:
        return signing.reopen_assessment(session, assessment_id=assessment_id, by=current_actor(), now=clock.now())


@blueprint.post("/assessments/<int:assessment_id>/signature")
@allow(*SIGNERS)
@blueprint.response(200, AssessmentOut)
def sign(assessment_id: int) -> Any:
    """Sign as one of the two who assessed, or who saw another area's paper."""
    with transaction() as session:
        return signing.sign_assessment(session, assessment_id=assessment_id, by=current_actor(), now=clock.now())


@blueprint.post("/assessments/<int:assessment_id>/informant")
@allow(*ASSESSORS)
@blueprint.arguments(InformantIn)
@blueprint.response(200, AssessmentOut)
def sign_as_informant(body: dict[str, Any], assessment_id: int) -> Any:
    """Write down that whoever told us stands by it."""
    with transaction() as session:
        return signing.sign_as_informant(
            session, assessment_id=assessment_id, **body, by=current_actor(), now=clock.now()
        )


@blueprint.post("/assessments/<int:assessment_id>/dropping")
@allow(*RECOGNISERS)
@blueprint.arguments(AssessmentWordsIn)
@blueprint.response(200, AssessmentOut)
def drop(body: dict[str, Any], assessment_id: int) -> Any:
    """Give up an assessment that is not signed."""
    with transaction() as session:
        drafting.drop_assessment(session, assessment_id=assessment_id, **body, by=current_actor(), now=clock.now())
        return get_assessment(session, assessment_id=assessment_id, actor=current_actor())


@blueprint.get("/seniors/<int:senior_id>/level")
@allow(*READERS)
@blueprint.response(200, PersonLevelOut)
def get_level(senior_id: int) -> Any:
    """Return the level that stands for a person today, and what other schemes say."""
    with transaction() as session:
        return person.get_level(session, senior_id=senior_id, actor=current_actor(), today=business_day(clock.now()))


@blueprint.post("/seniors/<int:senior_id>/recognised-results")
@allow(*RECOGNISERS)
@blueprint.arguments(RecognisedResultIn)
@blueprint.response(201, AssessmentOut)
def recognise(body: dict[str, Any], senior_id: int) -> Any:
    """Take over what another area found by the same standard; two people sign that they saw the paper."""
    with transaction() as session:
        return recognising.recognise_result(session, senior_id=senior_id, **body, by=current_actor(), now=clock.now())


@blueprint.post("/seniors/<int:senior_id>/outside-levels")
@allow(*RECOGNISERS)
@blueprint.arguments(OutsideLevelIn)
@blueprint.response(201, OutsideLevelOut)
def note_outside_level(body: dict[str, Any], senior_id: int) -> Any:
    """Keep what another scheme says of a person, beside and as it is."""
    with transaction() as session:
        return recognising.note_outside_level(session, senior_id=senior_id, **body, by=current_actor(), now=clock.now())


@blueprint.post("/outside-levels/<int:outside_id>/withdrawal")
@allow(*RECOGNISERS)
@blueprint.arguments(AssessmentWordsIn)
@blueprint.response(204)
def withdraw_outside_level(body: dict[str, Any], outside_id: int) -> None:
    """Take back a note of another scheme's level that was wrong."""
    with transaction() as session:
        recognising.withdraw_outside_level(session, outside_id=outside_id, **body, by=current_actor(), now=clock.now())


@blueprint.post("/seniors/<int:senior_id>/risk-events")
@allow(*NOTERS)
@blueprint.arguments(RiskEventIn)
@blueprint.response(201, RiskEventOut)
def note_risk_event(body: dict[str, Any], senior_id: int) -> Any:
    """Write down a fall or another event that tells of a risk."""
    with transaction() as session:
        return person.note_risk_event(session, senior_id=senior_id, **body, by=current_actor(), now=clock.now())


@blueprint.post("/risk-events/<int:event_id>/withdrawal")
@allow(*NOTERS)
@blueprint.response(204)
def withdraw_risk_event(event_id: int) -> None:
    """Take back an event that was noted by mistake."""
    with transaction() as session:
        risks.withdraw_risk_event(session, event_id=event_id, by=current_actor(), now=clock.now())

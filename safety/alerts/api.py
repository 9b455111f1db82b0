"""Alerts, their steps, shifts, tasks, wishes of the green key and figures, over HTTP."""

from typing import Any

from flask_smorest import Blueprint

from app import clock
from app.auth import allow, current_actor
from app.db import transaction
from safety.alerts import queries, services
from safety.alerts.access import ANSWERERS, FOLLOWERS, READERS
from safety.alerts.schemas import (
    AlertHandOverIn,
    AlertNoteIn,
    AlertOut,
    AlertsIn,
    AlertsOut,
    AlertStoryOut,
    AlertWordsIn,
    ArrivalIn,
    CloseAlertIn,
    SafetyTargetsIn,
    SafetyTargetsOut,
    ShelveAlertIn,
    StepResultIn,
)

blueprint = Blueprint("safety_alerts", __name__, url_prefix="/api/v1/safety", description="Alerts of homes")
ONE = "/alerts/<int:alert_id>"
STEP = f"{ONE}/steps/<int:step_id>"


def show(alert_id: int) -> Any:
    """Return an alert as it stands now."""
    with transaction() as session:
        return queries.get_incident(session, incident_id=alert_id, reach=current_actor(), now=clock.now()).alert


def do(service: Any, alert_id: int, **told: Any) -> Any:
    """Do one thing with an alert, and return it."""
    with transaction() as session:
        service(session, incident_id=alert_id, **told, by=current_actor(), now=clock.now())
    return show(alert_id)


@blueprint.get("/alerts")
@allow(*READERS)
@blueprint.arguments(AlertsIn, location="query")
@blueprint.response(200, AlertsOut)
def list_alerts(asked: dict[str, Any]) -> Any:
    """List alerts of the caller's area, the newest first; for an operator on duty this is a sign of a live desk."""
    with transaction() as session:
        services.note_desk(session, by=current_actor(), now=clock.now())
        return queries.list_alerts(session, reach=current_actor(), **asked)


@blueprint.get(ONE)
@allow(*READERS)
@blueprint.response(200, AlertStoryOut)
def get_alert(alert_id: int) -> Any:
    """Return an alert with its story."""
    with transaction() as session:
        return queries.get_incident(session, incident_id=alert_id, reach=current_actor(), now=clock.now())


@blueprint.post(f"{ONE}/ack")
@allow(*ANSWERERS)
@blueprint.response(200, AlertOut)
def take_alert(alert_id: int) -> Any:
    """Take an alert: it is the caller's, and stops ringing."""
    return do(services.take, alert_id)


@blueprint.post(f"{ONE}/release")
@allow(*ANSWERERS)
@blueprint.arguments(AlertWordsIn)
@blueprint.response(200, AlertOut)
def release_alert(body: dict[str, Any], alert_id: int) -> Any:
    """Give an alert back: it rings again for everybody."""
    return do(services.release, alert_id, **body)


@blueprint.post(f"{ONE}/hand-over")
@allow(*ANSWERERS)
@blueprint.arguments(AlertHandOverIn)
@blueprint.response(200, AlertOut)
def hand_over_alert(body: dict[str, Any], alert_id: int) -> Any:
    """Hand an alert over to a colleague."""
    return do(services.hand_over, alert_id, **body)


@blueprint.post(f"{STEP}/result")
@allow(*ANSWERERS)
@blueprint.arguments(StepResultIn)
@blueprint.response(200, AlertOut)
def record_step(body: dict[str, Any], alert_id: int, step_id: int) -> Any:
    """Write down what came of a step."""
    return do(services.record_step, alert_id, step_id=step_id, **body)


@blueprint.post(f"{STEP}/skip")
@allow(*ANSWERERS)
@blueprint.arguments(AlertNoteIn)
@blueprint.response(200, AlertOut)
def skip_step(body: dict[str, Any], alert_id: int, step_id: int) -> Any:
    """Leave out a step, and say why."""
    return do(services.skip_step, alert_id, step_id=step_id, **body)


@blueprint.post(f"{ONE}/notes")
@allow(*ANSWERERS)
@blueprint.arguments(AlertNoteIn)
@blueprint.response(200, AlertOut)
def note_alert(body: dict[str, Any], alert_id: int) -> Any:
    """Write something down about an alert."""
    return do(services.note, alert_id, **body)


@blueprint.post(f"{ONE}/shelf")
@allow(*ANSWERERS)
@blueprint.arguments(ShelveAlertIn)
@blueprint.response(200, AlertOut)
def shelve_alert(body: dict[str, Any], alert_id: int) -> Any:
    """Let an alert rest until a moment; never one of life and death."""
    return do(services.shelve, alert_id, **body)


@blueprint.delete(f"{ONE}/shelf")
@allow(*ANSWERERS)
@blueprint.response(200, AlertOut)
def unshelve_alert(alert_id: int) -> Any:
    """Take an alert off the shelf and in hand."""
    return do(services.unshelve, alert_id)


@blueprint.post(f"{ONE}/arrival")
@allow(*ANSWERERS)
@blueprint.arguments(ArrivalIn)
@blueprint.response(200, AlertOut)
def attend_alert(body: dict[str, Any], alert_id: int) -> Any:
    """Write down who is there."""
    return do(services.attend, alert_id, **body)


@blueprint.post(f"{ONE}/close")
@allow(*ANSWERERS)
@blueprint.arguments(CloseAlertIn)
@blueprint.response(200, AlertOut)
def close_alert(body: dict[str, Any], alert_id: int) -> Any:
    """Close an alert with what came of it."""
    return do(services.close, alert_id, **body)


@blueprint.post(f"{ONE}/follow-up")
@allow(*FOLLOWERS)
@blueprint.arguments(AlertNoteIn)
@blueprint.response(200, AlertOut)
def follow_up_alert(body: dict[str, Any], alert_id: int) -> Any:
    """Write down that somebody was asked again how they are."""
    return do(services.follow_up, alert_id, **body)


@blueprint.get("/targets")
@allow(*READERS)
@blueprint.arguments(SafetyTargetsIn, location="query")
@blueprint.response(200, SafetyTargetsOut)
def count_targets(asked: dict[str, Any]) -> Any:
    """Measure answering and attending of some days, and list each that was too late."""
    told = {**asked, "reach": current_actor(), "now": clock.now()}
    with transaction() as session:
        found = queries.count_targets(session, **told)
        answered, attended = queries.list_misses(session, **told)
    return {
        "answered": found.answered,
        "attended": found.attended,
        "idle": found.idle,
        "is_part": found.is_part,
        "answered_late": answered,
        "attended_late": attended,
    }

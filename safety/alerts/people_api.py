"""Shifts at the desk, tasks of those who go there, wishes of the green key, and answers of calls, over HTTP."""

from typing import Any

from flask import request
from flask_smorest import Blueprint

from app import clock
from app.auth import allow, current_actor, public
from app.db import transaction
from safety.alerts import queries, services
from safety.alerts.access import ANSWERERS, GOERS, SERVERS
from safety.alerts.answering import answer_task, list_tasks
from safety.alerts.call_answers import take_call_answer
from safety.alerts.schemas import (
    AlertNoteIn,
    AlertShiftIn,
    AlertShiftOut,
    AlertWordsIn,
    CallAnswerIn,
    SafetyTaskAnswerIn,
    SafetyTasksOut,
    ServiceRequestsIn,
    ServiceRequestsOut,
    ServiceRequestStateOut,
)

blueprint = Blueprint("safety_people", __name__, url_prefix="/api/v1/safety", description="Who answers alerts")


@blueprint.post("/shifts")
@allow(*ANSWERERS)
@blueprint.arguments(AlertShiftIn)
@blueprint.response(201, AlertShiftOut)
def start_shift(body: dict[str, Any]) -> Any:
    """Begin the caller's shift."""
    with transaction() as session:
        return services.start_shift(session, **body, by=current_actor(), now=clock.now())


@blueprint.post("/shifts/end")
@allow(*ANSWERERS)
@blueprint.arguments(AlertWordsIn)
@blueprint.response(200, AlertShiftOut)
def end_shift(body: dict[str, Any]) -> Any:
    """End the caller's shift, with words for the next one."""
    with transaction() as session:
        return services.end_shift(session, **body, by=current_actor(), now=clock.now())


@blueprint.get("/tasks")
@allow(*GOERS)
@blueprint.response(200, SafetyTasksOut)
def get_tasks() -> Any:
    """List where the caller is asked to go."""
    with transaction() as session:
        return {"items": list_tasks(session, by=current_actor())}


@blueprint.post("/tasks/<int:step_id>/answer")
@allow(*GOERS)
@blueprint.arguments(SafetyTaskAnswerIn)
@blueprint.response(200, SafetyTasksOut)
def answer(body: dict[str, Any], step_id: int) -> Any:
    """Say that one comes, is there, or cannot."""
    with transaction() as session:
        answer_task(session, step_id=step_id, **body, by=current_actor(), now=clock.now())
        return {"items": list_tasks(session, by=current_actor())}


@blueprint.get("/requests")
@allow(*SERVERS)
@blueprint.arguments(ServiceRequestsIn, location="query")
@blueprint.response(200, ServiceRequestsOut)
def list_requests(asked: dict[str, Any]) -> Any:
    """List what was asked for by the green key."""
    is_open = asked["state"] == "open"
    with transaction() as session:
        return queries.list_requests(session, reach=current_actor(), is_open=is_open, after=asked["after"])


@blueprint.post("/requests/<int:request_id>/take")
@allow(*SERVERS)
@blueprint.response(200, ServiceRequestStateOut)
def take_request(request_id: int) -> Any:
    """Take a wish in hand."""
    with transaction() as session:
        return services.take_request(session, request_id=request_id, by=current_actor(), now=clock.now())


@blueprint.post("/requests/<int:request_id>/done")
@allow(*SERVERS)
@blueprint.arguments(AlertNoteIn)
@blueprint.response(200, ServiceRequestStateOut)
def finish_request(body: dict[str, Any], request_id: int) -> Any:
    """Write down what came of a wish."""
    with transaction() as session:
        return services.finish_request(session, request_id=request_id, **body, by=current_actor(), now=clock.now())


@blueprint.post("/calls/<string:key>/answer")
@public
@blueprint.arguments(CallAnswerIn)
@blueprint.response(204)
def answer_call(body: dict[str, Any], key: str) -> None:
    """Take what came of a call from the gateway that placed it; its token is the setting's."""
    with transaction() as session:
        take_call_answer(
            session, key=key, means=body["means"], token=request.headers.get("Authorization", ""), now=clock.now()
        )

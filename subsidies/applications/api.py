"""Applications over HTTP."""

from typing import Any

from flask import Response
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from app import clock
from app.auth import allow, current_actor
from app.clock import business_day
from app.db import transaction
from subsidies.applications import documents, queries, services
from subsidies.applications.access import CLERKS, DECIDERS, DOCUMENT_READERS, READERS
from subsidies.applications.schemas import (
    ApplicationCheckIn,
    ApplicationDecisionIn,
    ApplicationDocumentIn,
    ApplicationEndIn,
    ApplicationEndingDecisionIn,
    ApplicationIn,
    ApplicationOut,
    ApplicationReasonIn,
    ApplicationsIn,
    ApplicationsOut,
)

NOT_HERE = "No such application in the caller's areas"
NOT_NOW = "The step does not fit where the application stands, or a rule forbids it"

blueprint = Blueprint(
    "applications_api",
    __name__,
    url_prefix="/api/v1/subsidies/applications",
    description="Applications for an allowance: documents, decisions, appeals",
)


@blueprint.get("")
@allow(*READERS)
@blueprint.arguments(ApplicationsIn, location="query")
@blueprint.response(200, ApplicationsOut)
def list_applications(asked: dict[str, Any]) -> Any:
    """List applications: those that wait by the day they are due, others the latest first."""
    with transaction() as session:
        return queries.list_applications(session, actor=current_actor(), today=business_day(clock.now()), **asked)


@blueprint.post("")
@allow(*CLERKS)
@blueprint.arguments(ApplicationIn)
@blueprint.response(201, ApplicationOut)
@blueprint.alt_response(404, description="No such senior in the caller's areas")
@blueprint.alt_response(409, description="Open or approved already, ruled out, or no deadlines in force")
def apply(body: dict[str, Any]) -> Any:
    """Record an application for a senior."""
    with transaction() as session:
        number = services.apply(session, **body, actor=current_actor(), now=clock.now())
        return _show(session, number)


@blueprint.get("/<int:application_id>")
@allow(*READERS)
@blueprint.response(200, ApplicationOut)
@blueprint.alt_response(404, description=NOT_HERE)
def show_application(application_id: int) -> Any:
    """Show one application with its steps, each with its reasons."""
    with transaction() as session:
        return _show(session, application_id)


@blueprint.post("/<int:application_id>/documents")
@allow(*CLERKS)
@blueprint.arguments(ApplicationDocumentIn)
@blueprint.response(201, ApplicationOut)
@blueprint.alt_response(404, description=NOT_HERE)
@blueprint.alt_response(409, description=NOT_NOW)
def attach(body: dict[str, Any], application_id: int) -> Any:
    """Add a PDF, JPEG or PNG to an open application."""
    with transaction() as session:
        documents.attach(session, application_id=application_id, **body, actor=current_actor(), now=clock.now())
        return _show(session, application_id)


@blueprint.get("/<int:application_id>/documents/<int:n>")
@allow(*DOCUMENT_READERS)
@blueprint.response(200, {"type": "string", "format": "binary"}, content_type="application/octet-stream")
@blueprint.alt_response(404, description=NOT_HERE)
def open_document(application_id: int, n: int) -> Response:
    """Send a document; who opened it is written down."""
    with transaction() as session:
        found = documents.open_document(
            session, application_id=application_id, n=n, actor=current_actor(), now=clock.now()
        )
    headers = {"Content-Disposition": f"attachment; filename={found.name}"}
    return Response(found.content, mimetype="application/octet-stream", headers=headers)


@blueprint.post("/<int:application_id>/check")
@allow(*CLERKS)
@blueprint.arguments(ApplicationCheckIn)
@blueprint.response(200, ApplicationOut)
@blueprint.alt_response(404, description=NOT_HERE)
@blueprint.alt_response(409, description=NOT_NOW)
def check(body: dict[str, Any], application_id: int) -> Any:
    """Say whether documents and facts are right, and hand it to the district."""
    return _step(services.check, application_id, body)


@blueprint.post("/<int:application_id>/decision")
@allow(*DECIDERS)
@blueprint.arguments(ApplicationDecisionIn)
@blueprint.response(200, ApplicationOut)
@blueprint.alt_response(404, description=NOT_HERE)
@blueprint.alt_response(409, description=NOT_NOW)
def decide(body: dict[str, Any], application_id: int) -> Any:
    """Approve or refuse; not by whoever recorded or checked it."""
    return _step(services.decide, application_id, body)


@blueprint.post("/<int:application_id>/appeal")
@allow(*CLERKS)
@blueprint.arguments(ApplicationReasonIn)
@blueprint.response(200, ApplicationOut)
@blueprint.alt_response(404, description=NOT_HERE)
@blueprint.alt_response(409, description=NOT_NOW)
def appeal(body: dict[str, Any], application_id: int) -> Any:
    """Record that the applicant asks for second thoughts."""
    return _step(services.appeal, application_id, body)


@blueprint.post("/<int:application_id>/appeal/decision")
@allow(*DECIDERS)
@blueprint.arguments(ApplicationDecisionIn)
@blueprint.response(200, ApplicationOut)
@blueprint.alt_response(404, description=NOT_HERE)
@blueprint.alt_response(409, description=NOT_NOW)
def decide_appeal(body: dict[str, Any], application_id: int) -> Any:
    """Decide again; by somebody who had no hand in it."""
    return _step(services.decide_appeal, application_id, body)


@blueprint.post("/<int:application_id>/withdrawal")
@allow(*CLERKS)
@blueprint.arguments(ApplicationReasonIn)
@blueprint.response(200, ApplicationOut)
@blueprint.alt_response(404, description=NOT_HERE)
@blueprint.alt_response(409, description=NOT_NOW)
def withdraw(body: dict[str, Any], application_id: int) -> Any:
    """Record that the applicant takes it back."""
    return _step(services.withdraw, application_id, body)


@blueprint.post("/<int:application_id>/end")
@allow(*CLERKS, *DECIDERS)
@blueprint.arguments(ApplicationEndIn)
@blueprint.response(200, ApplicationOut)
@blueprint.alt_response(404, description=NOT_HERE)
@blueprint.alt_response(409, description=NOT_NOW)
def ask_ending(body: dict[str, Any], application_id: int) -> Any:
    """Ask that what was approved ends from a day on; somebody else decides."""
    return _step(services.ask_ending, application_id, body)


@blueprint.post("/<int:application_id>/end/decision")
@allow(*DECIDERS)
@blueprint.arguments(ApplicationEndingDecisionIn)
@blueprint.response(200, ApplicationOut)
@blueprint.alt_response(403, description="The caller asked")
@blueprint.alt_response(404, description="No such application in the caller's areas, or nobody asked")
@blueprint.alt_response(409, description=NOT_NOW)
def decide_ending(body: dict[str, Any], application_id: int) -> Any:
    """End an approval as somebody else asked, or let it go on."""
    return _step(services.decide_ending, application_id, body)


def _step(service: Any, application_id: int, body: dict[str, Any]) -> Any:
    with transaction() as session:
        service(session, application_id=application_id, **body, actor=current_actor(), now=clock.now())
        return _show(session, application_id)


def _show(session: Session, application_id: int) -> queries.ApplicationView:
    today = business_day(clock.now())
    return queries.get_application(session, application_id=application_id, actor=current_actor(), today=today)

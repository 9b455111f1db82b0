"""Findings over HTTP: read them, ask, answer, decide, run the checks."""

from typing import Any

from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from app import clock
from app.auth import allow, current_actor
from app.db import transaction
from app.jobs import enqueue
from subsidies.findings import queries, runs, services, views
from subsidies.findings.access import ANSWERERS, DECIDERS, OVERSEERS, READERS
from subsidies.findings.models import Finding
from subsidies.findings.queries import FindingFilter
from subsidies.findings.schemas import (
    AuditChecksOut,
    CheckRunIn,
    CheckRunOut,
    FindingOut,
    FindingsIn,
    FindingsOut,
    FindingWordsIn,
    OneFindingOut,
    QuestionIn,
    RecoveryIn,
)
from subsidies.findings.tasks import CARRY_OUT

blueprint = Blueprint(
    "findings_api", __name__, url_prefix="/api/v1/subsidies/findings", description="What the checks found"
)
ONE = "/<int:finding_id>"


@blueprint.get("")
@allow(*READERS)
@blueprint.arguments(FindingsIn, location="query")
@blueprint.response(200, FindingsOut)
def list_findings(asked: dict[str, Any]) -> Any:
    """List the findings that the caller may see, newest first."""
    after, limit = asked.pop("after"), asked.pop("limit")
    filters = FindingFilter(**asked)
    with transaction() as session:
        return queries.list_findings(session, actor=current_actor(), filters=filters, after=after, limit=limit)


@blueprint.get(ONE)
@allow(*READERS)
@blueprint.response(200, OneFindingOut)
@blueprint.alt_response(404, description="No such finding in the caller's areas")
def get_finding(finding_id: int) -> Any:
    """Return a finding in words of both languages, with its rows and its history."""
    with transaction() as session:
        return _one(session, queries.get_finding(session, finding_id=finding_id, actor=current_actor()))


@blueprint.get("/checks")
@allow(*OVERSEERS)
@blueprint.response(200, AuditChecksOut)
def list_checks() -> Any:
    """Return every check with what share of its findings proved true."""
    with transaction() as session:
        lines = views.tally_lines(session, actor=current_actor())
    return {"items": [_check(line) for line in lines]}


@blueprint.post("/runs")
@allow(*DECIDERS)
@blueprint.arguments(CheckRunIn)
@blueprint.response(202, CheckRunOut)
@blueprint.alt_response(409, description="The checks are running, or no document says when they speak")
def start_run(asked: dict[str, Any]) -> Any:
    """Have the checks run."""
    with transaction() as session:
        run_id = runs.start_run(session, **asked, now=clock.now(), by=current_actor())
    enqueue(CARRY_OUT, run_id=run_id)
    return {"id": run_id}


@blueprint.post(f"{ONE}/question")
@allow(*DECIDERS)
@blueprint.arguments(QuestionIn)
@blueprint.response(200, FindingOut)
def ask_about(asked: dict[str, Any], finding_id: int) -> Any:
    """Ask the canteen or the street about a finding."""
    with transaction() as session:
        return services.ask_about(session, finding_id=finding_id, **asked, by=current_actor(), now=clock.now())


@blueprint.post(f"{ONE}/answer")
@allow(*ANSWERERS)
@blueprint.arguments(FindingWordsIn)
@blueprint.response(200, FindingOut)
def answer_finding(asked: dict[str, Any], finding_id: int) -> Any:
    """Answer what was asked about a finding."""
    with transaction() as session:
        return services.answer_finding(session, finding_id=finding_id, **asked, by=current_actor(), now=clock.now())


@blueprint.post(f"{ONE}/confirmation")
@allow(*DECIDERS)
@blueprint.arguments(FindingWordsIn)
@blueprint.response(200, FindingOut)
def confirm_finding(asked: dict[str, Any], finding_id: int) -> Any:
    """Decide that a finding is true."""
    with transaction() as session:
        return services.confirm_finding(session, finding_id=finding_id, **asked, by=current_actor(), now=clock.now())


@blueprint.post(f"{ONE}/dismissal")
@allow(*DECIDERS)
@blueprint.arguments(FindingWordsIn)
@blueprint.response(200, FindingOut)
def dismiss_finding(asked: dict[str, Any], finding_id: int) -> Any:
    """Decide that a finding is not so."""
    with transaction() as session:
        return services.dismiss_finding(session, finding_id=finding_id, **asked, by=current_actor(), now=clock.now())


@blueprint.post(f"{ONE}/recovery")
@allow(*DECIDERS)
@blueprint.arguments(RecoveryIn)
@blueprint.response(200, FindingOut)
def recover_money(asked: dict[str, Any], finding_id: int) -> Any:
    """Write down what came back after a confirmed finding."""
    with transaction() as session:
        return services.recover_money(session, finding_id=finding_id, **asked, by=current_actor(), now=clock.now())


@blueprint.post(f"{ONE}/reopening")
@allow(*DECIDERS)
@blueprint.arguments(FindingWordsIn)
@blueprint.response(200, FindingOut)
def reopen_finding(asked: dict[str, Any], finding_id: int) -> Any:
    """Open a decided finding again."""
    with transaction() as session:
        return services.reopen_finding(session, finding_id=finding_id, **asked, by=current_actor(), now=clock.now())


def _check(line: views.CheckLine) -> dict[str, Any]:
    rate = line.tally.rate
    return {
        "code": line.check.code,
        "title": str(line.check.title),
        "undecided": rate.undecided,
        "confirmed": rate.confirmed,
        "dismissed": rate.dismissed,
        "true_percent": rate.percent,
    }


def _one(session: Session, finding: Finding) -> dict[str, Any]:
    sources, count = queries.list_sources(session, finding_id=finding.id)
    return {
        **{column.key: getattr(finding, column.key) for column in finding.__mapper__.column_attrs},
        "explanation": views.tell_both(finding.check_code, finding.facts),
        "sources": sources,
        "source_count": count,
        "steps": queries.list_steps(session, finding_id=finding.id),
    }

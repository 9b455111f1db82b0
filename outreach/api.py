"""Outreach over HTTP: what is due, who was visited, how somebody stands, what they were referred to."""

from typing import Any

from flask_smorest import Blueprint

from app import clock
from app.auth import allow, current_actor
from app.clock import business_day
from app.db import transaction
from app.errors import NotFound
from outreach import schemas
from outreach.access import FOLLOWERS, LOOKERS, READERS, REFERRERS, VISITORS, check_reached
from outreach.reading.coverage import coverage_within, list_key_people
from outreach.reading.people import find_standing
from outreach.reading.referrals import list_referrals
from outreach.reading.tasks import TaskFilter, list_round, list_tasks
from outreach.referring import close_problem, follow_referral, open_referral
from outreach.reporting import report_change
from outreach.visiting import Found, record_visit

blueprint = Blueprint("outreach_api", __name__, url_prefix="/api/v1/outreach", description="Visiting care")


@blueprint.get("/tasks")
@allow(*LOOKERS)
@blueprint.arguments(schemas.OutreachTasksIn, location="query")
@blueprint.response(200, schemas.OutreachTasksOut)
def get_tasks(asked: dict[str, Any]) -> Any:
    """List the visits that are due in the caller's areas, the longest overdue first."""
    filters = TaskFilter(
        area_code=asked["area"], band=asked["band"], kind=asked["kind"], is_late=asked["late"], level=asked["level"]
    )
    page: dict[str, Any] = {"after": asked["after"], "limit": asked["limit"]}
    with transaction() as session:
        return list_tasks(session, reach=current_actor(), today=_today(), filters=filters, **page)


@blueprint.get("/round")
@allow(*VISITORS)
@blueprint.arguments(schemas.OutreachRoundIn, location="query")
@blueprint.response(200, schemas.OutreachRoundOut)
def get_round(asked: dict[str, Any]) -> Any:
    """Return the caller's way by community, what is most pressing first."""
    with transaction() as session:
        way = list_round(session, reach=current_actor(), today=_today(), ahead_days=asked["days"])
    return {"items": [{"area_code": code, "stops": stops} for code, stops in way.items()]}


@blueprint.get("/coverage")
@allow(*READERS)
@blueprint.arguments(schemas.OutreachCoverageIn, location="query")
@blueprint.response(200, schemas.OutreachCoverageOut)
def get_coverage(asked: dict[str, Any]) -> Any:
    """Say by community how many key people were visited in a month."""
    with transaction() as session:
        return {"items": coverage_within(session, month=asked["month"], area_code=asked["area"], reach=current_actor())}


@blueprint.get("/key-people")
@allow(*READERS)
@blueprint.arguments(schemas.OutreachKeyPeopleIn, location="query")
@blueprint.response(200, schemas.OutreachKeyPeopleOut)
def get_key_people(asked: dict[str, Any]) -> Any:
    """List those behind a number of the coverage."""
    which = {"only_missing": asked["missing"], "only_overdue": asked["overdue"]}
    more: dict[str, Any] = {"month": asked["month"], "area_code": asked["area"], "limit": asked["limit"], **which}
    with transaction() as session:
        return list_key_people(session, reach=current_actor(), after=asked["after"], **more)


@blueprint.get("/people/<int:senior_id>")
@allow(*LOOKERS)
@blueprint.response(200, schemas.OutreachRiskOut)
def get_risk(senior_id: int) -> Any:
    """Say how great somebody's risk is, and why."""
    with transaction() as session:
        check_reached(session, senior_id=senior_id, actor=current_actor())
        return find_standing(session, senior_id=senior_id) or _raise_not_found()


@blueprint.post("/people/<int:senior_id>/visits")
@allow(*VISITORS)
@blueprint.arguments(schemas.OutreachSentVisitIn)
@blueprint.response(201, schemas.OutreachVisitOut)
def add_visit(body: dict[str, Any], senior_id: int) -> Any:
    """Write down a visit; the same id a second time answers the same and writes nothing."""
    told: dict[str, Any] = {"senior_id": senior_id, "occurred_at": body.pop("occurred_at")}
    with transaction() as session:
        return record_visit(session, found=Found(**body), by=current_actor(), now=clock.now(), **told)


@blueprint.post("/people/<int:senior_id>/reports")
@allow(*VISITORS)
@blueprint.arguments(schemas.OutreachReportIn)
@blueprint.response(201, schemas.OutreachReportOut)
def add_report(body: dict[str, Any], senior_id: int) -> Any:
    """Tell that something about somebody has changed."""
    with transaction() as session:
        return report_change(session, senior_id=senior_id, **body, by=current_actor(), now=clock.now())


@blueprint.post("/people/<int:senior_id>/referrals")
@allow(*REFERRERS)
@blueprint.arguments(schemas.OutreachReferralIn)
@blueprint.response(201, schemas.OutreachReferralOut)
def add_referral(body: dict[str, Any], senior_id: int) -> Any:
    """Refer somebody to help."""
    with transaction() as session:
        return open_referral(session, senior_id=senior_id, **body, by=current_actor(), now=clock.now())


@blueprint.get("/referrals")
@allow(*READERS)
@blueprint.arguments(schemas.OutreachReferralsIn, location="query")
@blueprint.response(200, schemas.OutreachReferralsOut)
def get_referrals(asked: dict[str, Any]) -> Any:
    """List referrals of the caller's areas, what is due first."""
    with transaction() as session:
        return list_referrals(session, reach=current_actor(), today=_today(), **asked)


@blueprint.post("/referrals/<int:referral_id>/steps")
@allow(*FOLLOWERS)
@blueprint.arguments(schemas.OutreachReferralStepIn)
@blueprint.response(200, schemas.OutreachReferralOut)
def add_step(body: dict[str, Any], referral_id: int) -> Any:
    """Tell what became of a referral."""
    with transaction() as session:
        return follow_referral(session, referral_id=referral_id, **body, by=current_actor(), now=clock.now())


@blueprint.post("/problems/<int:problem_id>/closing")
@allow(*FOLLOWERS)
@blueprint.arguments(schemas.OutreachProblemClosingIn)
@blueprint.response(200, schemas.OutreachProblemOut)
def end_problem(body: dict[str, Any], problem_id: int) -> Any:
    """Close what a visit found, when its help has ended."""
    with transaction() as session:
        return close_problem(session, problem_id=problem_id, **body, by=current_actor(), now=clock.now())


def _today() -> Any:
    return business_day(clock.now())


def _raise_not_found() -> Any:
    raise NotFound

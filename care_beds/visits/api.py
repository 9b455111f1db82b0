"""Plans, visits, gaps and what does not fit, over HTTP."""

from typing import Any

from flask_smorest import Blueprint

from app import clock
from app.auth import allow, current_actor
from app.clock import business_day
from app.db import transaction
from care_beds.beds.queries import get_bed
from care_beds.catalogue.queries import get_catalogue
from care_beds.visits import plan_views, queries, services
from care_beds.visits.access import AGREERS, DECIDERS, PLANNERS, READERS
from care_beds.visits.board import load_provider
from care_beds.visits.schemas import (
    CareCatalogueQueryIn,
    CarePlanDaysIn,
    CarePlanIn,
    CarePlanOut,
    CareServicesOut,
    CareVisitOut,
    CareVisitsOut,
    CareWordsIn,
    ExceptionDecisionIn,
    ExtraVisitIn,
    GapVisitIn,
    PlanCarerIn,
    PlanLineIn,
    VisitCancelIn,
    VisitCoverIn,
    VisitExceptionOut,
    VisitExceptionsIn,
    VisitExceptionsOut,
    VisitGapOut,
    VisitMissIn,
    VisitMoveIn,
    VisitsIn,
)

blueprint = Blueprint("care_visits", __name__, url_prefix="/api/v1/care-beds", description="Care plans and visits")
PLAN, VISIT, GAP = "/plans/<int:plan_id>", "/visits/<int:visit_id>", "/visit-gaps/<int:gap_id>"


@blueprint.get("/services")
@allow(*READERS)
@blueprint.arguments(CareCatalogueQueryIn, location="query")
@blueprint.response(200, CareServicesOut)
def list_services(asked: dict[str, Any]) -> Any:
    """List the services that can be given at a bed."""
    with transaction() as session:
        bed = get_bed(session, bed_id=asked["bed_id"], actor=current_actor())
        catalogue = get_catalogue(session, area_code=bed.area_code, on=business_day(clock.now()))
    return {"items": list(catalogue.services.values())}


@blueprint.post("/plans")
@allow(*PLANNERS)
@blueprint.arguments(CarePlanIn)
@blueprint.response(201, CarePlanOut)
def make_plan(body: dict[str, Any]) -> Any:
    """Begin a care plan with the services of the one that holds now."""
    with transaction() as session:
        made = services.make_plan(session, **body, by=current_actor(), now=clock.now())
        return plan_views.get_plan(session, plan_id=made.id, actor=current_actor())


@blueprint.get(PLAN)
@allow(*READERS)
@blueprint.response(200, CarePlanOut)
def get_plan(plan_id: int) -> Any:
    """Return a care plan."""
    with transaction() as session:
        return plan_views.get_plan(session, plan_id=plan_id, actor=current_actor())


@blueprint.put(PLAN)
@allow(*PLANNERS)
@blueprint.arguments(CarePlanDaysIn)
@blueprint.response(200, CarePlanOut)
def change_plan(body: dict[str, Any], plan_id: int) -> Any:
    """Change the days and the note of a plan in the making."""
    with transaction() as session:
        services.change_plan(session, plan_id=plan_id, **body, by=current_actor(), now=clock.now())
        return plan_views.get_plan(session, plan_id=plan_id, actor=current_actor())


@blueprint.post(f"{PLAN}/lines")
@allow(*PLANNERS)
@blueprint.arguments(PlanLineIn)
@blueprint.response(201, CarePlanOut)
def add_line(body: dict[str, Any], plan_id: int) -> Any:
    """Add a service to a plan in the making."""
    with transaction() as session:
        services.add_line(session, plan_id=plan_id, **body, by=current_actor(), now=clock.now())
        return plan_views.get_plan(session, plan_id=plan_id, actor=current_actor())


@blueprint.delete(f"{PLAN}/lines/<int:line_id>")
@allow(*PLANNERS)
@blueprint.response(200, CarePlanOut)
def drop_line(plan_id: int, line_id: int) -> Any:
    """Take a service out of a plan in the making."""
    with transaction() as session:
        services.drop_line(session, plan_id=plan_id, line_id=line_id, by=current_actor())
        return plan_views.get_plan(session, plan_id=plan_id, actor=current_actor())


@blueprint.put(f"{PLAN}/lines/<int:line_id>/carer")
@allow(*PLANNERS)
@blueprint.arguments(PlanCarerIn)
@blueprint.response(200, CarePlanOut)
def change_carer(body: dict[str, Any], plan_id: int, line_id: int) -> Any:
    """Say who comes for a service from now on."""
    asked = {"plan_id": plan_id, "line_id": line_id, **body}
    with transaction() as session:
        services.change_carer(session, **asked, by=current_actor(), now=clock.now())
        return plan_views.get_plan(session, plan_id=plan_id, actor=current_actor())


@blueprint.post(f"{PLAN}/submission")
@allow(*PLANNERS)
@blueprint.response(200, CarePlanOut)
def submit_plan(plan_id: int) -> Any:
    """Hand a plan in."""
    with transaction() as session:
        services.submit_plan(session, plan_id=plan_id, by=current_actor(), now=clock.now())
        return plan_views.get_plan(session, plan_id=plan_id, actor=current_actor())


@blueprint.post(f"{PLAN}/agreement")
@allow(*AGREERS)
@blueprint.response(200, CarePlanOut)
def agree_plan(plan_id: int) -> Any:
    """Agree to a plan; from its first day it takes the place of the one before."""
    with transaction() as session:
        services.agree_plan(session, plan_id=plan_id, by=current_actor(), now=clock.now())
        return plan_views.get_plan(session, plan_id=plan_id, actor=current_actor())


@blueprint.post(f"{PLAN}/return")
@allow(*AGREERS)
@blueprint.arguments(CareWordsIn)
@blueprint.response(200, CarePlanOut)
def return_plan(body: dict[str, Any], plan_id: int) -> Any:
    """Send a plan back with what is to be changed."""
    with transaction() as session:
        services.return_plan(session, plan_id=plan_id, **body, by=current_actor(), now=clock.now())
        return plan_views.get_plan(session, plan_id=plan_id, actor=current_actor())


@blueprint.post(f"{PLAN}/dropping")
@allow(*PLANNERS)
@blueprint.response(200, CarePlanOut)
def drop_plan(plan_id: int) -> Any:
    """Drop a plan in the making."""
    with transaction() as session:
        services.drop_plan(session, plan_id=plan_id, by=current_actor(), now=clock.now())
        return plan_views.get_plan(session, plan_id=plan_id, actor=current_actor())


@blueprint.get("/visits")
@allow(*READERS)
@blueprint.arguments(VisitsIn, location="query")
@blueprint.response(200, CareVisitsOut)
def list_visits(asked: dict[str, Any]) -> Any:
    """List a provider's visits of a week, some carers at a time, with the days that nobody can come."""
    on = asked["week"] or business_day(clock.now())
    with transaction() as session:
        load_provider(session, provider_id=asked["provider_id"], actor=current_actor())
        here = {"provider_id": asked["provider_id"], "week": on, "after": asked["after"]}
        week = queries.list_week(session, **here, reader=current_actor())
    visits = [visit for carer in week.carers for day in sorted(carer.days) for visit in carer.days[day]]
    return {"items": visits, "gaps": week.gaps, "next": week.next}


@blueprint.post("/visits")
@allow(*PLANNERS)
@blueprint.arguments(ExtraVisitIn)
@blueprint.response(201, CareVisitOut)
def book_visit(body: dict[str, Any]) -> Any:
    """Book a visit that no plan asks for."""
    with transaction() as session:
        made = services.book_visit(session, **body, by=current_actor(), now=clock.now())
        return queries.get_visit(session, visit_id=made.id, actor=current_actor())


@blueprint.get(VISIT)
@allow(*READERS)
@blueprint.response(200, CareVisitOut)
def get_visit(visit_id: int) -> Any:
    """Return a visit."""
    with transaction() as session:
        return queries.get_visit(session, visit_id=visit_id, actor=current_actor())


@blueprint.post(f"{VISIT}/move")
@allow(*PLANNERS)
@blueprint.arguments(VisitMoveIn)
@blueprint.response(200, CareVisitOut)
def move_visit(body: dict[str, Any], visit_id: int) -> Any:
    """Move a visit to another time."""
    with transaction() as session:
        services.move_visit(session, visit_id=visit_id, **body, by=current_actor(), now=clock.now())
        return queries.get_visit(session, visit_id=visit_id, actor=current_actor())


@blueprint.post(f"{VISIT}/cover")
@allow(*PLANNERS)
@blueprint.arguments(VisitCoverIn)
@blueprint.response(200, CareVisitOut)
def cover_visit(body: dict[str, Any], visit_id: int) -> Any:
    """Let another carer make a visit."""
    with transaction() as session:
        services.cover_visit(session, visit_id=visit_id, **body, by=current_actor(), now=clock.now())
        return queries.get_visit(session, visit_id=visit_id, actor=current_actor())


@blueprint.post(f"{VISIT}/miss")
@allow(*PLANNERS)
@blueprint.arguments(VisitMissIn)
@blueprint.response(200, CareVisitOut)
def miss_visit(body: dict[str, Any], visit_id: int) -> Any:
    """Write down that a visit was not made."""
    with transaction() as session:
        services.miss_visit(session, visit_id=visit_id, **body, by=current_actor(), now=clock.now())
        return queries.get_visit(session, visit_id=visit_id, actor=current_actor())


@blueprint.post(f"{VISIT}/cancellation")
@allow(*PLANNERS)
@blueprint.arguments(VisitCancelIn)
@blueprint.response(200, CareVisitOut)
def cancel_visit(body: dict[str, Any], visit_id: int) -> Any:
    """Cancel a visit to come."""
    with transaction() as session:
        services.cancel_visit(session, visit_id=visit_id, **body, by=current_actor(), now=clock.now())
        return queries.get_visit(session, visit_id=visit_id, actor=current_actor())


@blueprint.post(f"{GAP}/visit")
@allow(*PLANNERS)
@blueprint.arguments(GapVisitIn)
@blueprint.response(201, CareVisitOut)
def fill_gap(body: dict[str, Any], gap_id: int) -> Any:
    """Let somebody come for a gap."""
    with transaction() as session:
        made = services.fill_gap(session, gap_id=gap_id, **body, by=current_actor(), now=clock.now())
        return queries.get_visit(session, visit_id=made.id, actor=current_actor())


@blueprint.post(f"{GAP}/dropping")
@allow(*PLANNERS)
@blueprint.arguments(CareWordsIn)
@blueprint.response(200, VisitGapOut)
def drop_gap(body: dict[str, Any], gap_id: int) -> Any:
    """Leave a gap empty."""
    with transaction() as session:
        services.drop_gap(session, gap_id=gap_id, **body, by=current_actor(), now=clock.now())
        return queries.get_gap(session, gap_id=gap_id, actor=current_actor())


@blueprint.get("/visit-exceptions")
@allow(*READERS)
@blueprint.arguments(VisitExceptionsIn, location="query")
@blueprint.response(200, VisitExceptionsOut)
def list_exceptions(asked: dict[str, Any]) -> Any:
    """List what does not fit about visits."""
    with transaction() as session:
        return queries.list_exceptions(session, actor=current_actor(), **asked)


@blueprint.post("/visit-exceptions/<int:exception_id>/decision")
@allow(*DECIDERS)
@blueprint.arguments(ExceptionDecisionIn)
@blueprint.response(200, VisitExceptionOut)
def decide_exception(body: dict[str, Any], exception_id: int) -> Any:
    """Decide about something that does not fit."""
    with transaction() as session:
        services.decide_exception(session, exception_id=exception_id, **body, by=current_actor(), now=clock.now())
        return queries.get_exception(session, exception_id=exception_id, actor=current_actor())

"""Pages of care plans: those in the making or waiting, and one plan with its services, days and next step."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app import clock
from app.auth import Role, allow, current_actor
from app.clock import business_day
from app.db import transaction
from app.forms import read_form, shows_refusals
from care_beds.catalogue.queries import find_catalogue
from care_beds.providers.queries import list_carers, list_unfit
from care_beds.visits import plan_views, services
from care_beds.visits.access import AGREERS, PLANNERS, READERS, managed_providers
from care_beds.visits.forms import CarerForm, CareWordsForm, LineForm, NewPlanForm, PlanDaysForm
from care_beds.visits.rules import PlanState
from care_beds.visits.words import WORDS

ONE, LIST = "visits/plan.html", "visits/plans.html"

blueprint = Blueprint("care_plans", __name__, url_prefix="/care/plans", template_folder="templates")


def plan_context(plan_id: int, line_id: int = 0) -> dict[str, Any]:
    """Gather what the page of one plan shows; ``line_id`` is the line whose form was refused."""
    actor, today = current_actor(), business_day(clock.now())
    with transaction() as session:
        plan = plan_views.get_plan(session, plan_id=plan_id, actor=actor)
        is_ours = plan.provider_id in managed_providers(actor)
        catalogue = find_catalogue(session, area_code=plan.area_code, on=today)
        carers = list_carers(session, provider_id=plan.provider_id) if is_ours else []
        unfit = list_unfit(session, carer_ids=[each.id for each in carers], on=today) if carers else {}
    is_maker = actor.account_id in (plan.made_by, plan.submitted_by)
    agrees = bool(actor.roles & set(AGREERS)) and plan.state == PlanState.SUBMITTED
    may = {
        "edit": is_ours and plan.state == PlanState.DRAFT,
        "staff": is_ours and plan.state in (PlanState.DRAFT, PlanState.ACTIVE),
        "agree": agrees and not is_maker,
        "own": agrees and is_maker,
    }
    fit = [(str(each.id), each.name) for each in carers if each.id not in unfit]
    known = list(catalogue.services.values()) if catalogue else []
    return {**WORDS, "plan": plan, "may": may, "carers": fit, "services": known, "today": today, "line_id": line_id}


@blueprint.get("")
@allow(*READERS)
def list_plans() -> str:
    """List the plans that are in the making or wait for the street."""
    actor = current_actor()
    is_planner = Role.PROVIDER_MANAGER in actor.roles
    states = [PlanState.DRAFT, PlanState.SUBMITTED] if is_planner else [PlanState.SUBMITTED]
    with transaction() as session:
        page = plan_views.list_plans(session, actor=actor, states=states, after=request.args.get("after") or None)
    return render_template(LIST, **WORDS, page=page, is_planner=is_planner)


@blueprint.post("")
@allow(*PLANNERS)
def make() -> Response:
    """Begin a plan, with the services of the one that holds now."""
    form = read_form(NewPlanForm)
    with transaction() as session:
        plan_id = services.make_plan(session, **form, by=current_actor(), now=clock.now()).id
    return _to(plan_id)


@blueprint.get("/<int:plan_id>")
@allow(*READERS)
def show_plan(plan_id: int) -> str:
    """Show one plan."""
    return render_template(ONE, **plan_context(plan_id))


@blueprint.post("/<int:plan_id>/days")
@allow(*PLANNERS)
@shows_refusals(ONE, plan_context)
def change(plan_id: int) -> Response:
    """Change the days and the note of a plan in the making."""
    form = read_form(PlanDaysForm)
    with transaction() as session:
        services.change_plan(session, plan_id=plan_id, **form, by=current_actor(), now=clock.now())
    return _to(plan_id)


@blueprint.post("/<int:plan_id>/lines")
@allow(*PLANNERS)
@shows_refusals(ONE, plan_context)
def add_line(plan_id: int) -> Response:
    """Add a service to a plan in the making."""
    form = read_form(LineForm)
    with transaction() as session:
        services.add_line(session, plan_id=plan_id, **form, by=current_actor(), now=clock.now())
    return _to(plan_id)


@blueprint.post("/<int:plan_id>/lines/<int:line_id>/dropping")
@allow(*PLANNERS)
@shows_refusals(ONE, plan_context)
def drop_line(plan_id: int, line_id: int) -> Response:
    """Take a service out of a plan in the making."""
    with transaction() as session:
        services.drop_line(session, plan_id=plan_id, line_id=line_id, by=current_actor())
    return _to(plan_id)


@blueprint.post("/<int:plan_id>/lines/<int:line_id>/carer")
@allow(*PLANNERS)
@shows_refusals(ONE, plan_context)
def change_carer(plan_id: int, line_id: int) -> Response:
    """Say who comes for a service from now on."""
    form = read_form(CarerForm)
    with transaction() as session:
        asked = {"plan_id": plan_id, "line_id": line_id, **form}
        services.change_carer(session, **asked, by=current_actor(), now=clock.now())
    return _to(plan_id)


@blueprint.post("/<int:plan_id>/submission")
@allow(*PLANNERS)
@shows_refusals(ONE, plan_context)
def submit(plan_id: int) -> Response:
    """Hand a plan in."""
    with transaction() as session:
        services.submit_plan(session, plan_id=plan_id, by=current_actor(), now=clock.now())
    flash(_("Handed in. The street or the assessor agrees to it."), "ok")
    return _to(plan_id)


@blueprint.post("/<int:plan_id>/agreement")
@allow(*AGREERS)
@shows_refusals(ONE, plan_context)
def agree(plan_id: int) -> Response:
    """Agree to a plan."""
    with transaction() as session:
        services.agree_plan(session, plan_id=plan_id, by=current_actor(), now=clock.now())
    flash(_("Agreed. Visits are planned as soon as the bed is in service."), "ok")
    return _to(plan_id)


@blueprint.post("/<int:plan_id>/return")
@allow(*AGREERS)
@shows_refusals(ONE, plan_context)
def send_back(plan_id: int) -> Response:
    """Send a plan back with what is to be changed."""
    form = read_form(CareWordsForm)
    with transaction() as session:
        services.return_plan(session, plan_id=plan_id, **form, by=current_actor(), now=clock.now())
    flash(_("Sent back. The provider changes it and hands it in again."), "ok")
    return _to(plan_id)


@blueprint.post("/<int:plan_id>/dropping")
@allow(*PLANNERS)
@shows_refusals(ONE, plan_context)
def drop(plan_id: int) -> Response:
    """Drop a plan in the making."""
    with transaction() as session:
        services.drop_plan(session, plan_id=plan_id, by=current_actor(), now=clock.now())
    return _to(plan_id)


def _to(plan_id: int) -> Response:
    return redirect(url_for("care_plans.show_plan", plan_id=plan_id), 303)  # type: ignore[return-value]

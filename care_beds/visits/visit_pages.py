"""Pages of one visit and of one gap: what is known, and what its provider may do about it."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from app import clock
from app.auth import allow, current_actor
from app.clock import business_day
from app.db import transaction
from app.forms import read_form, shows_refusals
from care_beds.beds.queries import BedFilter, list_beds
from care_beds.beds.rules import State as BedState
from care_beds.catalogue.queries import find_catalogue
from care_beds.providers.queries import get_provider, list_carers, list_unfit
from care_beds.visits import queries, services
from care_beds.visits.access import PLANNERS, READERS, load_visit, managed_providers
from care_beds.visits.doubt_words import doubt_name, tell_doubt
from care_beds.visits.forms import CancelForm, CareWordsForm, CoverForm, ExtraForm, GapForm, MissForm, MoveForm
from care_beds.visits.panels import draw_panels
from care_beds.visits.rules import GapState, State
from care_beds.visits.staffing import list_free
from care_beds.visits.views import GapView, VisitView
from care_beds.visits.words import WORDS, name_free
from subsidies.findings.panels import about_panel

ONE, GAP, NEW = "visits/one.html", "visits/gap.html", "visits/new.html"
MOST_BEDS = 200

blueprint = Blueprint("visits", __name__, url_prefix="/care", template_folder="templates")


def visit_context(visit_id: int) -> dict[str, Any]:
    """Gather what the page of one visit shows, and what the caller may do."""
    actor, now = current_actor(), clock.now()
    with transaction() as session:
        visit = queries.get_visit(session, visit_id=visit_id, actor=actor)
        raised = queries.list_exceptions_of(session, visit_id=visit_id)
        is_planner = visit.provider_id in managed_providers(actor) and visit.state is State.PLANNED
        free = list_choices(session, visit, but=visit.carer_id) if is_planner else []
        row = load_visit(session, visit_id=visit_id, actor=actor)
        decides = bool(raised) and services.may_decide(session, visit=row, by=actor, now=now)
        found = about_panel(session, kinds=["care_visit"], ref=str(visit.id), actor=actor)
        drawn = [*draw_panels(session, visit=visit, actor=actor, now=now), *([found] if found else [])]
    is_due = visit.starts_at <= now
    may = {"change": is_planner and not is_due, "cover": is_planner, "miss": is_planner and is_due, "decide": decides}
    shown = {"visit": visit, "raised": raised, "free": free, "may": may, "drawn": drawn, "now": now}
    return {**WORDS, **shown, "doubt_name": doubt_name, "tell_doubt": tell_doubt}


def gap_context(gap_id: int) -> dict[str, Any]:
    """Gather what the page of one gap shows, and who could come."""
    actor = current_actor()
    with transaction() as session:
        gap = queries.get_gap(session, gap_id=gap_id, actor=actor)
        is_open = gap.provider_id in managed_providers(actor) and gap.state == GapState.OPEN
        free = list_choices(session, gap) if is_open else []
    return {**WORDS, "gap": gap, "free": free, "may": {"fill": is_open}}


def new_context() -> dict[str, Any]:
    """Gather what the form of an extra visit offers: the provider's beds, services and carers."""
    actor, today = current_actor(), business_day(clock.now())
    with transaction() as session:
        provider_id = request.values.get("provider", type=int) or next(iter(managed_providers(actor)), 0)
        provider = get_provider(session, provider_id=provider_id, actor=actor)
        filters = BedFilter(provider_id=provider.id, state=BedState.IN_SERVICE)
        beds = list_beds(session, reach=actor, today=today, filters=filters, limit=MOST_BEDS).items
        catalogue = find_catalogue(session, area_code=provider.area_code, on=today)
        carers = list_carers(session, provider_id=provider.id)
        unfit = list_unfit(session, carer_ids=[each.id for each in carers], on=today)
    services_here = list(catalogue.services.values()) if catalogue else []
    return {
        **WORDS,
        "provider": provider,
        "beds": [(each.id, f"{each.senior} {each.number}") for each in beds],
        "services": services_here,
        "carers": [(each.id, each.name) for each in carers if each.id not in unfit],
        "today": today,
    }


def list_choices(session: Session, view: VisitView | GapView, *, but: int | None = None) -> list[tuple[str, str]]:
    """Return who of the provider is free for a visit, with the hours they have that day."""
    free = list_free(
        session,
        provider_id=view.provider_id,
        senior_id=view.senior_id,
        on=business_day(view.starts_at),
        planned=Range(view.starts_at, view.ends_at),
        but=but,
    )
    return [(str(each.carer_id), name_free(each)) for each in free]


@blueprint.get("/visits/<int:visit_id>")
@allow(*READERS)
def show_visit(visit_id: int) -> str:
    """Show one visit."""
    return render_template(ONE, **visit_context(visit_id))


@blueprint.post("/visits/<int:visit_id>/move")
@allow(*PLANNERS)
@shows_refusals(ONE, visit_context)
def move(visit_id: int) -> Response:
    """Move a visit to another time."""
    form = read_form(MoveForm)
    with transaction() as session:
        services.move_visit(session, visit_id=visit_id, **form, by=current_actor(), now=clock.now())
    return _told(_("Moved. The family sees the new time."), visit_id)


@blueprint.post("/visits/<int:visit_id>/cover")
@allow(*PLANNERS)
@shows_refusals(ONE, visit_context)
def cover(visit_id: int) -> Response:
    """Let another carer make a visit."""
    form = read_form(CoverForm)
    with transaction() as session:
        services.cover_visit(session, visit_id=visit_id, **form, by=current_actor(), now=clock.now())
    return _told(_("Covered. The visit stands on the other carer's day now."), visit_id)


@blueprint.post("/visits/<int:visit_id>/miss")
@allow(*PLANNERS)
@shows_refusals(ONE, visit_context)
def miss(visit_id: int) -> Response:
    """Write down that a visit was not made."""
    form = read_form(MissForm)
    with transaction() as session:
        services.miss_visit(session, visit_id=visit_id, **form, by=current_actor(), now=clock.now())
    return _told(_("Written down as missed."), visit_id)


@blueprint.post("/visits/<int:visit_id>/cancellation")
@allow(*PLANNERS)
@shows_refusals(ONE, visit_context)
def cancel(visit_id: int) -> Response:
    """Cancel a visit to come."""
    form = read_form(CancelForm)
    with transaction() as session:
        services.cancel_visit(session, visit_id=visit_id, **form, by=current_actor(), now=clock.now())
    return _told(_("Cancelled."), visit_id)


@blueprint.get("/visits/new")
@allow(*PLANNERS)
def show_new() -> str:
    """Show the form of an extra visit."""
    return render_template(NEW, **new_context())


@blueprint.post("/visits/new")
@allow(*PLANNERS)
@shows_refusals(NEW, new_context)
def book() -> Response:
    """Book a visit that no plan asks for."""
    form = read_form(ExtraForm)
    with transaction() as session:
        made = services.book_visit(session, **form, by=current_actor(), now=clock.now())
        visit_id = made.id
    return _told(_("Booked."), visit_id)


@blueprint.get("/gaps/<int:gap_id>")
@allow(*READERS)
def show_gap(gap_id: int) -> str:
    """Show a day of a plan for which nobody can come, and who could."""
    return render_template(GAP, **gap_context(gap_id))


@blueprint.post("/gaps/<int:gap_id>/visit")
@allow(*PLANNERS)
@shows_refusals(GAP, gap_context)
def fill(gap_id: int) -> Response:
    """Let somebody come for a gap."""
    form = read_form(GapForm)
    with transaction() as session:
        made = services.fill_gap(session, gap_id=gap_id, **form, by=current_actor(), now=clock.now())
        visit_id = made.id
    return _told(_("Filled. The visit stands on the carer's day now."), visit_id)


@blueprint.post("/gaps/<int:gap_id>/dropping")
@allow(*PLANNERS)
@shows_refusals(GAP, gap_context)
def drop(gap_id: int) -> Response:
    """Leave a gap empty."""
    form = read_form(CareWordsForm)
    with transaction() as session:
        services.drop_gap(session, gap_id=gap_id, **form, by=current_actor(), now=clock.now())
    flash(_("Left empty. Nobody comes on this day of the plan."), "ok")
    return redirect(url_for("visits.show_gap", gap_id=gap_id), 303)  # type: ignore[return-value]


def _told(words: str, visit_id: int) -> Response:
    flash(words, "ok")
    return redirect(url_for("visits.show_visit", visit_id=visit_id), 303)  # type: ignore[return-value]

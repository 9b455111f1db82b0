"""The money of care beds over HTTP: paid visits, months and who signs them, building; a provider's statements.

What moves money here moves it once by itself: a visit, a month and a bed are each paid under a key of their own in the
ledger, so that a retry finds them paid and is told so.
"""

from typing import Any

from flask_smorest import Blueprint

from app import clock
from app.auth import allow, current_actor
from app.clock import business_day
from app.db import transaction
from care_beds.money import built_reading, construction, month_reading, payback, paying, reading, runs, services
from care_beds.money.access import CHECKERS, MAKERS, NOTERS, READERS
from care_beds.money.errors import ConstructionNotFound
from care_beds.money.forms import HandInIn, ReferenceIn, WhyIn
from care_beds.money.month_pages import month_of
from care_beds.money.month_reading import MonthFilter
from care_beds.money.payment_pages import read_filters
from care_beds.money.schemas import (
    BedConstructionOut,
    BedMonthOut,
    BedMonthRunOut,
    BedMonthsOut,
    BedPaybackOut,
    BuiltItemsOut,
    ListBuiltIn,
    ListMonthsIn,
    ListPaymentsIn,
    VisitPaymentOut,
    VisitPaymentsOut,
)

blueprint = Blueprint(
    "care_money_api", __name__, url_prefix="/api/v1/care-beds", description="Who pays visits, months and building"
)
NO_PAYMENT, NO_RUN, NO_BED = "No such payment in the caller's reach", "No such months handed in", "No such bed"


@blueprint.get("/payments")
@allow(*READERS)
@blueprint.arguments(ListPaymentsIn, location="query")
@blueprint.response(200, VisitPaymentsOut)
def list_payments(asked: dict[str, Any]) -> Any:
    """List paid visits, the latest first; those of this month where no days are given."""
    page = {name: asked.pop(name) for name in ("after", "limit")}
    filters = read_filters(asked, business_day(clock.now()))
    with transaction() as session:
        return reading.list_payments(session, actor=current_actor(), filters=filters, **page)


@blueprint.get("/visits/<int:visit_id>/payment")
@allow(*READERS)
@blueprint.response(200, VisitPaymentOut)
@blueprint.alt_response(404, description=NO_PAYMENT)
def get_payment(visit_id: int) -> Any:
    """Return who paid a visit, how much, and why."""
    with transaction() as session:
        return reading.get_payment(session, visit_id=visit_id, actor=current_actor())


@blueprint.post("/visits/<int:visit_id>/payment/reversal")
@allow(*CHECKERS)
@blueprint.arguments(WhyIn)
@blueprint.response(200, VisitPaymentOut)
@blueprint.alt_response(404, description=NO_PAYMENT)
@blueprint.alt_response(409, description="It was undone before")
def undo_payment(body: dict[str, Any], visit_id: int) -> Any:
    """Undo the payment of a visit; it is not paid again."""
    with transaction() as session:
        services.undo_payment(session, visit_id=visit_id, by=current_actor(), now=clock.now(), **body)
        return reading.get_payment(session, visit_id=visit_id, actor=current_actor())


@blueprint.put("/visits/<int:visit_id>/payment/reference")
@allow(*NOTERS)
@blueprint.arguments(ReferenceIn)
@blueprint.response(200, VisitPaymentOut)
@blueprint.alt_response(404, description=NO_PAYMENT)
@blueprint.alt_response(409, description="Somebody else paid it, or a number stands there already")
def note_reference(body: dict[str, Any], visit_id: int) -> Any:
    """Note under which number the long-term care insurance took a visit over."""
    with transaction() as session:
        services.note_reference(session, visit_id=visit_id, by=current_actor(), now=clock.now(), **body)
        return reading.get_payment(session, visit_id=visit_id, actor=current_actor())


@blueprint.get("/months")
@allow(*READERS)
@blueprint.arguments(ListMonthsIn, location="query")
@blueprint.response(200, BedMonthsOut)
def list_months(asked: dict[str, Any]) -> Any:
    """List beds with a month, met or not, and why."""
    page = {name: asked.pop(name) for name in ("after", "limit")}
    with transaction() as session:
        return month_reading.list_months(session, actor=current_actor(), filters=MonthFilter(**asked), **page)


@blueprint.post("/months/runs")
@allow(*MAKERS)
@blueprint.arguments(HandInIn)
@blueprint.response(201, BedMonthRunOut)
@blueprint.alt_response(409, description="Nothing waits, or other months wait than the caller saw")
def hand_in(body: dict[str, Any]) -> Any:
    """Hand in the months of a place that were met, for somebody else to approve."""
    area_code = body.pop("area")
    with transaction() as session:
        run = runs.hand_in(session, area_code=area_code, by=current_actor(), now=clock.now(), **body)
        return month_reading.find_run(session, run_id=run.id)


@blueprint.get("/months/runs/<int:run_id>")
@allow(*READERS)
@blueprint.response(200, BedMonthRunOut)
@blueprint.alt_response(404, description=NO_RUN)
def get_run(run_id: int) -> Any:
    """Return what was handed in together."""
    with transaction() as session:
        runs.get_run(session, run_id=run_id, area_codes=current_actor().area_codes)
        return month_reading.find_run(session, run_id=run_id)


@blueprint.post("/months/runs/<int:run_id>/approval")
@allow(*CHECKERS)
@blueprint.response(200, BedMonthRunOut)
@blueprint.alt_response(404, description=NO_RUN)
@blueprint.alt_response(409, description="It was decided before")
def approve(run_id: int) -> Any:
    """Approve months that somebody else handed in; each bed is paid that still meets what is asked."""
    with transaction() as session:
        beds = runs.approve(session, run_id=run_id, by=current_actor(), now=clock.now()).beds
    paying.pay_run_soon(run_id, beds=beds, clock=clock.now)
    with transaction() as session:
        return month_reading.find_run(session, run_id=run_id)


@blueprint.post("/months/runs/<int:run_id>/rejection")
@allow(*CHECKERS)
@blueprint.arguments(WhyIn)
@blueprint.response(200, BedMonthRunOut)
@blueprint.alt_response(404, description=NO_RUN)
@blueprint.alt_response(409, description="It was decided before")
def reject(body: dict[str, Any], run_id: int) -> Any:
    """Send back months that somebody else handed in."""
    with transaction() as session:
        runs.reject(session, run_id=run_id, by=current_actor(), now=clock.now(), **body)
        return month_reading.find_run(session, run_id=run_id)


@blueprint.post("/beds/<int:bed_id>/months/<month>/return")
@allow(*CHECKERS)
@blueprint.arguments(WhyIn)
@blueprint.response(200, BedMonthOut)
@blueprint.alt_response(404, description="No such month of a bed in the caller's areas")
@blueprint.alt_response(409, description="It was not paid, was taken back before, or is still met")
def take_back(body: dict[str, Any], bed_id: int, month: str) -> Any:
    """Take back what was paid for a month whose visits were undone since."""
    actor, first = current_actor(), month_of(month)
    with transaction() as session:
        runs.take_back(session, bed_id=bed_id, month=first, by=actor, now=clock.now(), **body)
        return month_reading.get_month(session, bed_id=bed_id, month=first, actor=actor)


@blueprint.get("/constructions")
@allow(*READERS)
@blueprint.arguments(ListBuiltIn, location="query")
@blueprint.response(200, BuiltItemsOut)
def list_constructions(asked: dict[str, Any]) -> Any:
    """List accepted beds, and how far the subsidy for building each is."""
    with transaction() as session:
        return built_reading.list_built(session, actor=current_actor(), **asked)


@blueprint.post("/beds/<int:bed_id>/construction")
@allow(*MAKERS)
@blueprint.response(201, BedConstructionOut)
@blueprint.alt_response(404, description=NO_BED)
@blueprint.alt_response(409, description="It was asked for before, or the bed is not paid for")
def ask_construction(bed_id: int) -> Any:
    """Ask for the subsidy of building a bed; somebody else pays it."""
    with transaction() as session:
        construction.ask_construction(session, bed_id=bed_id, by=current_actor(), now=clock.now())
        return built_reading.find_built(session, bed_id=bed_id)


@blueprint.get("/beds/<int:bed_id>/construction")
@allow(*READERS)
@blueprint.response(200, BedConstructionOut)
@blueprint.alt_response(404, description=NO_BED)
def get_construction(bed_id: int) -> Any:
    """Return what was asked for building a bed."""
    with transaction() as session:
        found = built_reading.find_built_of(session, bed_id=bed_id, actor=current_actor())
    if found is None:
        raise ConstructionNotFound
    return found


@blueprint.post("/beds/<int:bed_id>/construction/approval")
@allow(*CHECKERS)
@blueprint.response(200, BedConstructionOut)
@blueprint.alt_response(404, description=NO_BED)
@blueprint.alt_response(409, description="It was decided before, or other things are built in by now")
def pay_construction(bed_id: int) -> Any:
    """Approve what somebody else asked for, and pay it."""
    with transaction() as session:
        construction.pay_construction(session, bed_id=bed_id, by=current_actor(), now=clock.now())
        return built_reading.find_built(session, bed_id=bed_id)


@blueprint.post("/beds/<int:bed_id>/construction/rejection")
@allow(*CHECKERS)
@blueprint.arguments(WhyIn)
@blueprint.response(200, BedConstructionOut)
@blueprint.alt_response(404, description=NO_BED)
@blueprint.alt_response(409, description="It was decided before")
def reject_construction(body: dict[str, Any], bed_id: int) -> Any:
    """Send back what somebody else asked for."""
    with transaction() as session:
        construction.reject_construction(session, bed_id=bed_id, by=current_actor(), now=clock.now(), **body)
        return built_reading.find_built(session, bed_id=bed_id)


@blueprint.post("/beds/<int:bed_id>/construction/payback")
@allow(*MAKERS)
@blueprint.response(201, BedPaybackOut)
@blueprint.alt_response(404, description=NO_BED)
@blueprint.alt_response(409, description="Nothing is to be taken back, or it was asked for before")
def ask_payback(bed_id: int) -> Any:
    """Ask for what is to be taken back of a bed that closed early; somebody else books it."""
    with transaction() as session:
        payback.ask_payback(session, bed_id=bed_id, by=current_actor(), now=clock.now())
        return built_reading.find_payback(session, bed_id=bed_id)


@blueprint.post("/beds/<int:bed_id>/construction/payback/approval")
@allow(*CHECKERS)
@blueprint.response(200, BedPaybackOut)
@blueprint.alt_response(404, description=NO_BED)
@blueprint.alt_response(409, description="It was decided before, or another amount is due by now")
def book_payback(bed_id: int) -> Any:
    """Approve what somebody else asked to take back, and book it."""
    with transaction() as session:
        payback.book_payback(session, bed_id=bed_id, by=current_actor(), now=clock.now())
        return built_reading.find_payback(session, bed_id=bed_id)


@blueprint.post("/beds/<int:bed_id>/construction/payback/rejection")
@allow(*CHECKERS)
@blueprint.arguments(WhyIn)
@blueprint.response(200, BedPaybackOut)
@blueprint.alt_response(404, description=NO_BED)
@blueprint.alt_response(409, description="It was decided before")
def reject_payback(body: dict[str, Any], bed_id: int) -> Any:
    """Send back what somebody else asked to take back."""
    with transaction() as session:
        payback.reject_payback(session, bed_id=bed_id, by=current_actor(), now=clock.now(), **body)
        return built_reading.find_payback(session, bed_id=bed_id)

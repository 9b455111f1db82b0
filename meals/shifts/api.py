"""Shifts over HTTP: open, read, close."""

from typing import Any

from flask_smorest import Blueprint

from app import clock
from app.auth import allow, current_actor
from app.clock import business_day
from app.db import transaction
from meals.address import with_days
from meals.queries import SaleFilter
from meals.roles import READERS, SELLERS, STAFF
from meals.scope import load_till
from meals.shifts import reading, services
from meals.shifts.schemas import ClosingIn, ShiftIn, ShiftOut, ShiftsIn, ShiftsOut, TillShiftOut

blueprint = Blueprint("meals_shifts", __name__, url_prefix="/api/v1/meals", description="Shifts at tills")


@blueprint.get("/tills/<int:till_id>/shift")
@allow(*SELLERS)
@blueprint.response(200, TillShiftOut)
def get_till_shift(till_id: int) -> Any:
    """Return the shift that is open at a till, with the totals of the moment."""
    with transaction() as session:
        load_till(session, till_id=till_id, actor=current_actor())
        return {
            "shift": reading.find_open_shift(session, till_id=till_id, now=clock.now()),
            "last_float_fen": reading.find_last_float(session, till_id=till_id),
        }


@blueprint.post("/tills/<int:till_id>/shifts")
@allow(*SELLERS)
@blueprint.arguments(ShiftIn)
@blueprint.response(201, ShiftOut)
def open_shift(body: dict[str, Any], till_id: int) -> Any:
    """Open a shift at a till."""
    with transaction() as session:
        return services.open_shift(session, till_id=till_id, **body, by=current_actor(), now=clock.now())


@blueprint.get("/shifts")
@allow(*READERS)
@blueprint.arguments(ShiftsIn, location="query")
@blueprint.response(200, ShiftsOut)
def list_shifts(asked: dict[str, Any]) -> Any:
    """List shifts, the latest first."""
    page = {name: asked.pop(name) for name in ("after", "limit")}
    filters = SaleFilter(**with_days(asked, business_day(clock.now())))
    with transaction() as session:
        return reading.list_shifts(session, actor=current_actor(), filters=filters, **page)


@blueprint.get("/shifts/<int:shift_id>")
@allow(*STAFF)
@blueprint.response(200, ShiftOut)
def get_shift(shift_id: int) -> Any:
    """Return one shift."""
    with transaction() as session:
        return reading.get_shift(session, shift_id=shift_id, actor=current_actor(), now=clock.now())


@blueprint.post("/shifts/<int:shift_id>/closing")
@allow(*SELLERS)
@blueprint.arguments(ClosingIn)
@blueprint.response(200, ShiftOut)
def close_shift(body: dict[str, Any], shift_id: int) -> Any:
    """Count the drawer and close a shift."""
    with transaction() as session:
        return services.close_shift(session, shift_id=shift_id, **body, by=current_actor(), now=clock.now())

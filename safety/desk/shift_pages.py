"""The beginning and the end of a shift at the desk."""

from flask import Blueprint, Response, flash, redirect, url_for
from flask_babel import gettext as _

from app import clock
from app.auth import allow, current_actor
from app.db import transaction
from app.forms import read_form, shows_refusals
from safety.alerts import services
from safety.desk.access import WORKERS
from safety.desk.schemas import ShiftEndIn, ShiftIn
from safety.desk.showing import context

PAGE = "desk/desk.html"

blueprint = Blueprint("desk_shift", __name__, url_prefix="/desk/shift", template_folder="templates")


@blueprint.post("")
@allow(*WORKERS)
@shows_refusals(PAGE, context)
def start() -> Response:
    """Begin a shift, with what the test of the sound came to."""
    with transaction() as session:
        services.start_shift(session, **read_form(ShiftIn), by=current_actor(), now=clock.now())
    flash(_("Your shift has begun."), "ok")
    return redirect(url_for("desk.show"), 303)  # type: ignore[return-value]


@blueprint.post("/end")
@allow(*WORKERS)
@shows_refusals(PAGE, context)
def end() -> Response:
    """End a shift with what the next one must know."""
    with transaction() as session:
        services.end_shift(session, **read_form(ShiftEndIn), by=current_actor(), now=clock.now())
    flash(_("Your shift is over."), "ok")
    return redirect(url_for("desk.show"), 303)  # type: ignore[return-value]

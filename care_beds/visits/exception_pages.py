"""What does not fit about visits, for those who decide about it: the oldest first, one press from the visit."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app import clock
from app.auth import allow, current_actor
from app.db import transaction
from app.forms import read_form, shows_refusals
from care_beds.visits import queries, services
from care_beds.visits.access import DECIDERS, READERS
from care_beds.visits.doubt_words import DOUBT_NAMES, doubt_name, tell_doubt
from care_beds.visits.forms import DecisionForm, ExceptionFilterIn
from care_beds.visits.visit_pages import ONE, visit_context
from care_beds.visits.words import WORDS

blueprint = Blueprint("visit_exceptions", __name__, url_prefix="/care/exceptions", template_folder="templates")


def decision_context(exception_id: int) -> dict[str, Any]:
    """Gather the page of the visit whose form was refused."""
    with transaction() as session:
        line = queries.get_exception(session, exception_id=exception_id, actor=current_actor())
    return {**visit_context(line.visit.id), "about": exception_id}


@blueprint.get("")
@allow(*READERS)
def list_exceptions() -> str:
    """List what does not fit, the oldest open ones first."""
    given = {name: value for name, value in request.args.items() if value}
    faults = ExceptionFilterIn().validate(given)
    asked = ExceptionFilterIn().load({name: value for name, value in given.items() if name not in faults})
    filters = {"is_open": asked["state"] == "open", "code": asked["code"]}
    with transaction() as session:
        page = queries.list_exceptions(session, actor=current_actor(), **filters, after=given.get("after"))
        waiting = queries.count_exceptions(session, actor=current_actor())
    doubts = {"doubt_names": DOUBT_NAMES, "doubt_name": doubt_name, "tell_doubt": tell_doubt}
    shown = {"page": page, "asked": asked, "waiting": waiting, "now": clock.now()}
    return render_template("visits/exceptions.html", **WORDS, **doubts, **shown)


@blueprint.post("/<int:exception_id>/decision")
@allow(*DECIDERS)
@shows_refusals(ONE, decision_context)
def decide(exception_id: int) -> Response:
    """Decide about something that does not fit."""
    form = read_form(DecisionForm)
    with transaction() as session:
        made = services.decide_exception(
            session, exception_id=exception_id, **form, by=current_actor(), now=clock.now()
        )
        visit_id = made.visit_id
    flash(_("Decided and written down."), "ok")
    return redirect(url_for("visits.show_visit", visit_id=visit_id), 303)  # type: ignore[return-value]

"""What an operator does with an alert: take it, write down each answer, rest it, hand it over, close it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask_babel import gettext as _

from app import clock
from app.auth import allow, current_actor
from app.db import transaction
from app.forms import read_form, shows_refusals
from safety.alerts import services
from safety.alerts.access import load_incident, lock_held
from safety.desk.access import WORKERS
from safety.desk.errors import NoHome
from safety.desk.schemas import EndIn, HandOverIn, ResultIn, ShelfIn, WordsIn
from safety.desk.showing import context, show_desk
from safety.kits.doors import open_home

PAGE = "desk/desk.html"

blueprint = Blueprint("desk_case", __name__, url_prefix="/desk", template_folder="templates")


@blueprint.post("/<int:incident_id>/take")
@allow(*WORKERS)
@shows_refusals(PAGE, context)
def take(incident_id: int) -> Response:
    """Take an alert in hand; of two who press, one gets it."""
    _do(services.take, incident_id)
    return _back(incident_id)


@blueprint.post("/<int:incident_id>/release")
@allow(*WORKERS)
@shows_refusals(PAGE, context)
def release(incident_id: int) -> Response:
    """Give an alert back, so that it rings for everybody again."""
    _do(services.release, incident_id, **read_form(WordsIn))
    return _back(incident_id)


@blueprint.post("/<int:incident_id>/hand-over")
@allow(*WORKERS)
@shows_refusals(PAGE, context)
def hand_over(incident_id: int) -> Response:
    """Hand an alert to a colleague on shift."""
    _do(services.hand_over, incident_id, **read_form(HandOverIn))
    flash(_("Handed over."), "ok")
    return _back(incident_id)


@blueprint.post("/<int:incident_id>/steps/<int:step_id>")
@allow(*WORKERS)
@shows_refusals(PAGE, context)
def record_step(incident_id: int, step_id: int) -> Response:
    """Write down what came of a step."""
    _do(services.record_step, incident_id, step_id=step_id, **read_form(ResultIn))
    return _back(incident_id)


@blueprint.post("/<int:incident_id>/notes")
@allow(*WORKERS)
@shows_refusals(PAGE, context)
def write_note(incident_id: int) -> Response:
    """Write a note, whoever has the alert in hand."""
    _do(services.note, incident_id, **read_form(WordsIn))
    return _back(incident_id)


@blueprint.post("/<int:incident_id>/shelf")
@allow(*WORKERS)
@shows_refusals(PAGE, context)
def shelve(incident_id: int) -> Response:
    """Let an alert rest for a while, with a reason."""
    typed = read_form(ShelfIn)
    _do(services.shelve, incident_id, until=clock.now() + timedelta(minutes=typed["minutes"]), reason=typed["reason"])
    return _back(incident_id)


@blueprint.post("/<int:incident_id>/unshelve")
@allow(*WORKERS)
@shows_refusals(PAGE, context)
def unshelve(incident_id: int) -> Response:
    """Take an alert from the shelf before its time."""
    _do(services.unshelve, incident_id)
    return _back(incident_id)


@blueprint.post("/<int:incident_id>/arrival")
@allow(*WORKERS)
@shows_refusals(PAGE, context)
def attend(incident_id: int) -> Response:
    """Write down who has arrived there."""
    _do(services.attend, incident_id, who=read_form(WordsIn)["words"])
    return _back(incident_id)


@blueprint.post("/<int:incident_id>/end")
@allow(*WORKERS)
@shows_refusals(PAGE, context)
def close(incident_id: int) -> Response:
    """Close an alert with how it ended."""
    _do(services.close, incident_id, **read_form(EndIn))
    flash(_("The alert is closed."), "ok")
    return _back(incident_id)


@blueprint.post("/<int:incident_id>/follow-up")
@allow(*WORKERS)
@shows_refusals(PAGE, context)
def follow_up(incident_id: int) -> Response:
    """Write down how somebody is, who was to be asked again."""
    _do(services.follow_up, incident_id, **read_form(WordsIn))
    return _back(incident_id)


@blueprint.post("/<int:incident_id>/way-in")
@allow(*WORKERS)
@shows_refusals(PAGE, context)
def reveal_way_in(incident_id: int) -> str:
    """Show how to get in to whoever has the alert in hand, once; who looked is written down."""
    now, actor = clock.now(), current_actor()
    with transaction() as session:
        incident = lock_held(session, incident_id=incident_id, actor=actor)
        if incident.home_id is None:
            raise NoHome
        reason = str(_("alert %(number)s", number=incident_id))
        found = open_home(session, home_id=incident.home_id, fields=["way_in"], reason=reason, actor=actor, now=now)
        shown = show_desk(session, now=now, incident_id=incident_id)
    return render_template(PAGE, **shown, way_in=found["way_in"])


def _do(service: Callable[..., Any], incident_id: int, **typed: Any) -> None:
    with transaction() as session:
        load_incident(session, incident_id=incident_id, actor=current_actor())
        service(session, incident_id=incident_id, **typed, by=current_actor(), now=clock.now())


def _back(incident_id: int) -> Response:
    return redirect(url_for("desk.show_case", incident_id=incident_id), 303)  # type: ignore[return-value]

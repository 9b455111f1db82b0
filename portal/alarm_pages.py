"""Alarms at home, for the family: what happened, who acted, how it ended; and the word that one of them is there."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask_babel import gettext as _

from app import clock
from app.auth import allow, current_actor
from app.db import transaction
from app.forms import shows_refusals
from app.people.relatives.reach import Topic
from portal.visiting import VISITORS, visit
from safety.alerts import answering
from safety.desk import family

LIST, ONE = "portal/alarms.html", "portal/alarm.html"

blueprint = Blueprint("family_alarms", __name__, url_prefix="/family", template_folder="templates")


@blueprint.get("/<int:senior_id>/alarms")
@allow(*VISITORS)
def list_alarms(senior_id: int) -> str:
    """Show the alarms of three months, newest first."""
    now = clock.now()
    with transaction() as session:
        reached = visit(session, senior_id=senior_id, topic=Topic.ALERTS, now=now)
        found = family.list_alerts(session, senior_id=senior_id, now=now)
    return render_template(LIST, reached=reached, alarms=found)


def context(senior_id: int, incident_id: int) -> dict[str, Any]:
    """Return what the page of one alarm shows."""
    now = clock.now()
    with transaction() as session:
        reached = visit(session, senior_id=senior_id, topic=Topic.ALERTS, now=now)
        alarm = family.get_alert(session, senior_id=senior_id, incident_id=incident_id, now=now)
    return {"reached": reached, "alarm": alarm}


@blueprint.get("/<int:senior_id>/alarms/<int:incident_id>")
@allow(*VISITORS)
def show_alarm(senior_id: int, incident_id: int) -> str:
    """Tell the story of one alarm."""
    return render_template(ONE, **context(senior_id, incident_id))


@blueprint.post("/<int:senior_id>/alarms/<int:incident_id>/arrival")
@allow(*VISITORS)
@shows_refusals(ONE, context)
def be_there(senior_id: int, incident_id: int) -> Response:
    """Take down that somebody of the family is with the senior."""
    return _answer(
        answering.arrive_as_family, _("Thank you. The desk knows that you are there."), senior_id, incident_id
    )


@blueprint.post("/<int:senior_id>/alarms/<int:incident_id>/coming")
@allow(*VISITORS)
@shows_refusals(ONE, context)
def come(senior_id: int, incident_id: int) -> Response:
    """Take down that somebody of the family is on the way."""
    return _answer(
        answering.come_as_family, _("Thank you. The desk knows that you are coming."), senior_id, incident_id
    )


def _answer(service: Callable[..., Any], told: str, senior_id: int, incident_id: int) -> Response:
    now = clock.now()
    with transaction() as session:
        visit(session, senior_id=senior_id, topic=Topic.ALERTS, now=now)
        family.get_alert(session, senior_id=senior_id, incident_id=incident_id, now=now)
        service(session, incident_id=incident_id, by=current_actor(), now=now)
    flash(told, "ok")
    return redirect(url_for("family_alarms.show_alarm", senior_id=senior_id, incident_id=incident_id), 303)  # type: ignore[return-value]

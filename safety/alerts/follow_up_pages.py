"""Whom somebody promised to ask again after an alert: who, since when, and what came of it."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from marshmallow import Schema

from app import clock
from app.auth import allow, current_actor
from app.clock import business_day
from app.db import transaction
from app.forms import read_form, shows_refusals
from safety.alerts import queries, services
from safety.alerts.access import FOLLOWERS
from safety.alerts.schemas import needed_words
from safety.alerts.words import alarm_name

LIST = "alerts/follow_ups.html"

blueprint = Blueprint("safety_follow_ups", __name__, url_prefix="/safety/follow-ups", template_folder="templates")


class AskedForm(Schema):
    """How they are."""

    words = needed_words()


def list_context(incident_id: int | None = None) -> dict[str, Any]:
    """Gather the list; one of it may be the one whose form was refused."""
    today = business_day(clock.now())
    with transaction() as session:
        after = request.args.get("after") or None
        page = queries.list_follow_ups(session, reach=current_actor(), today=today, after=after)
    return {"page": page, "about": incident_id, "today": today, "alarm_name": alarm_name}


@blueprint.get("")
@allow(*FOLLOWERS)
def list_follow_ups() -> str:
    """List whom somebody promised to ask again."""
    return render_template(LIST, **list_context())


@blueprint.post("/<int:incident_id>")
@allow(*FOLLOWERS)
@shows_refusals(LIST, list_context)
def ask(incident_id: int) -> Response:
    """Write down how they are."""
    told = read_form(AskedForm)
    with transaction() as session:
        services.follow_up(session, incident_id=incident_id, **told, by=current_actor(), now=clock.now())
    flash(_("Written down."), "ok")
    return redirect(url_for("safety_follow_ups.list_follow_ups"), 303)  # type: ignore[return-value]

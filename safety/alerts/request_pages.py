"""Wishes of the green key for the street: who wants something, who calls back, what came of it."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from marshmallow import Schema

from app import clock
from app.auth import allow, current_actor
from app.db import transaction
from app.forms import read_form, shows_refusals
from safety.alerts import queries, services
from safety.alerts.access import SERVERS
from safety.alerts.schemas import needed_words

LIST = "alerts/requests.html"

blueprint = Blueprint("safety_requests", __name__, url_prefix="/safety/requests", template_folder="templates")


class DoneForm(Schema):
    """What came of a wish."""

    words = needed_words()


def list_context(request_id: int | None = None) -> dict[str, Any]:
    """Gather the list; one of it may be the one whose form was refused."""
    is_open = request.args.get("state") != "done"
    with transaction() as session:
        after = request.args.get("after") or None
        page = queries.list_requests(session, reach=current_actor(), is_open=is_open, after=after)
    return {"page": page, "is_open": is_open, "about": request_id, "me": current_actor().account_id}


@blueprint.get("")
@allow(*SERVERS)
def list_requests() -> str:
    """List what was asked for by the green key."""
    return render_template(LIST, **list_context())


@blueprint.post("/<int:request_id>/take")
@allow(*SERVERS)
@shows_refusals(LIST, list_context)
def take(request_id: int) -> Response:
    """Take a wish in hand."""
    with transaction() as session:
        services.take_request(session, request_id=request_id, by=current_actor(), now=clock.now())
    flash(_("It is yours now. Please call back."), "ok")
    return redirect(url_for("safety_requests.list_requests"), 303)  # type: ignore[return-value]


@blueprint.post("/<int:request_id>/done")
@allow(*SERVERS)
@shows_refusals(LIST, list_context)
def finish(request_id: int) -> Response:
    """Write down what came of a wish."""
    told = read_form(DoneForm)
    with transaction() as session:
        services.finish_request(session, request_id=request_id, **told, by=current_actor(), now=clock.now())
    flash(_("Written down."), "ok")
    return redirect(url_for("safety_requests.list_requests"), 303)  # type: ignore[return-value]

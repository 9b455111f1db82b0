"""Telephones of the demonstration: what would ring elsewhere rings on a page, and can be answered there."""

from flask import Blueprint, Response, redirect, render_template, request, url_for

from app import clock
from app.auth import public
from app.db import transaction
from safety.alerts.call_answers import list_demo_calls, take_demo_answer

ANSWERS = ("coming", "well", "help", "none")

blueprint = Blueprint("demo_calls", __name__, url_prefix="/safety/demo-calls", template_folder="templates")


@blueprint.get("")
@public
def show_calls() -> str:
    """Show the telephones that ring; nothing of the kind exists outside the demonstration."""
    with transaction() as session:
        calls = list_demo_calls(session)
    return render_template("alerts/demo_calls.html", calls=calls)


@blueprint.post("/<string:key>")
@public
def answer(key: str) -> Response:
    """Pick up and press a key, or do not."""
    means = request.form.get("means", "none")
    with transaction() as session:
        take_demo_answer(session, key=key, means=means if means in ANSWERS else "none", now=clock.now())
    return redirect(url_for("demo_calls.show_calls"), 303)  # type: ignore[return-value]

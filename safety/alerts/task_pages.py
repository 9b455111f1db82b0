"""Where somebody of the street is asked to go, on a phone: who, where, what happened, and three answers."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from marshmallow import Schema, fields

from app import clock
from app.auth import allow, current_actor
from app.db import transaction
from app.forms import read_form
from safety.alerts.access import GOERS
from safety.alerts.answering import Said, answer_task, get_task_door, list_tasks
from safety.alerts.schemas import optional_words
from safety.alerts.words import alarm_name

blueprint = Blueprint("safety_tasks", __name__, url_prefix="/safety/tasks", template_folder="templates")


class TaskForm(Schema):
    """What somebody answers who is asked to go there."""

    said = fields.Enum(Said, by_value=True, required=True)
    words = optional_words()


def tasks_context() -> dict[str, Any]:
    """Gather where the caller is asked to go."""
    with transaction() as session:
        return {"tasks": list_tasks(session, by=current_actor()), "alarm_name": alarm_name}


@blueprint.get("")
@allow(*GOERS)
def show_tasks() -> str:
    """Show where the caller is asked to go."""
    return render_template("alerts/tasks.html", **tasks_context())


@blueprint.post("/<int:step_id>")
@allow(*GOERS)
def answer(step_id: int) -> Response:
    """Write down what the caller says."""
    told = read_form(TaskForm)
    with transaction() as session:
        answer_task(session, step_id=step_id, **told, by=current_actor(), now=clock.now())
    sentences = {
        Said.COMING: _("The desk knows that you are on your way."),
        Said.THERE: _("The desk knows that you are there."),
        Said.CANNOT: _("Somebody else is asked."),
    }
    flash(sentences[told["said"]], "ok")
    return redirect(url_for("safety_tasks.show_tasks"), 303)  # type: ignore[return-value]


@blueprint.post("/<int:step_id>/door")
@allow(*GOERS)
def show_door(step_id: int) -> str:
    """Show where it is and how to get in; this is written down."""
    with transaction() as session:
        door = get_task_door(session, step_id=step_id, by=current_actor(), now=clock.now())
    return render_template("alerts/tasks.html", **tasks_context(), door=door, door_of=step_id)

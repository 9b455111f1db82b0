"""What families object to, as a page: the supervisor looks at the visit and answers."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app import clock
from app.auth import Role, allow, current_actor
from app.db import transaction
from app.forms import read_form, shows_refusals
from care_beds.rounds import objecting
from care_beds.rounds.objections import ANSWERERS, READERS, list_objections
from care_beds.rounds.page_words import WORDS
from care_beds.rounds.schemas import AnswerIn

PAGE = "rounds/objections.html"

blueprint = Blueprint("care_objections", __name__, template_folder="templates", url_prefix="/care/objections")


def context(objection_id: int | None = None) -> dict[str, Any]:
    """Gather a page of objections; ``objection_id`` is the one whose answer was refused and is shown open."""
    actor, is_open = current_actor(), request.args.get("state") != "answered"
    after = request.args.get("after") if request.method == "GET" else None
    with transaction() as session:
        page = list_objections(session, actor=actor, is_open=is_open, after=after)
    may_answer = Role.SUPERVISOR in actor.roles
    return {**WORDS, "page": page, "is_open": is_open, "may_answer": may_answer, "about": objection_id}


@blueprint.get("")
@allow(*READERS)
def show_objections() -> str:
    """Show what families object to, the oldest first."""
    return render_template(PAGE, **context())


@blueprint.post("/<int:objection_id>/answer")
@allow(*ANSWERERS)
@shows_refusals(PAGE, context)
def answer(objection_id: int) -> Response:
    """Answer a family."""
    form = read_form(AnswerIn)
    with transaction() as session:
        objecting.answer_objection(session, objection_id=objection_id, **form, by=current_actor(), now=clock.now())
    flash(_("Answered. The family gets a message."), "ok")
    return redirect(url_for("care_objections.show_objections"), 303)  # type: ignore[return-value]

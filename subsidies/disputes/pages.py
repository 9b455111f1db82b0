"""The clerk's pages of disputes: the queue, and one with its line, its explanation and its circumstances."""

from datetime import datetime
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from marshmallow import ValidationError
from sqlalchemy.orm import Session

from app import clock
from app.auth import Actor, allow, current_actor
from app.clock import business_day
from app.db import transaction
from app.forms import Form, read_form, shows_refusals
from subsidies import views
from subsidies.disputes import queries, services, wording
from subsidies.disputes.access import ANSWERERS, READERS
from subsidies.disputes.circumstances import find_circumstances
from subsidies.disputes.lines import get_line
from subsidies.disputes.schemas import FamilyAnswerIn, FamilyDisputePlaceIn

blueprint = Blueprint("disputes", __name__, template_folder="templates", url_prefix="/disputes")
ONE = "disputes/one.html"


@blueprint.app_context_processor
def words() -> dict[str, Any]:
    """Give templates the words of disputes."""
    return {"dispute_words": wording}


@blueprint.get("")
@allow(*READERS)
def list_disputes() -> str:
    """Show the disputes that wait, overdue ones first; or others."""
    asked, today, actor = read_place(), business_day(clock.now()), current_actor()
    state = asked.pop("state")
    with transaction() as session:
        which = "" if state == "all" else state
        page = queries.list_disputes(session, actor=actor, today=today, state=which, **asked)
        waiting, overdue = queries.count_open(session, actor=actor, today=today)
    return render_template("disputes/list.html", page=page, state=state, waiting=waiting, overdue=overdue)


@blueprint.get("/<int:dispute_id>")
@allow(*READERS)
def show(dispute_id: int) -> str:
    """Show one dispute with all that its answer needs."""
    return render_template(ONE, form=Form(), **one(dispute_id))


def one(dispute_id: int) -> dict[str, Any]:
    """Return what the page of one dispute shows."""
    actor, today = current_actor(), business_day(clock.now())
    with transaction() as session:
        found = queries.get_dispute(session, dispute_id=dispute_id, actor=actor, today=today)
        line = get_line(session, home=found.senior_id, line_id=found.txn_id)
        around = find_circumstances(session, cause=line.cause, home=found.senior_id, txn_id=found.txn_id, actor=actor)
    may_answer = bool(actor.roles & set(ANSWERERS)) and found.state == "open" and found.account_id != actor.account_id
    return {"shown": found, "line": line, "around": around, "may_answer": may_answer, "today": today, **views.WORDS}


@blueprint.post("/<int:dispute_id>/answer")
@allow(*ANSWERERS)
@shows_refusals(ONE, one)
def answer(dispute_id: int) -> Response:
    """Answer a dispute."""
    typed = read_form(FamilyAnswerIn)
    with transaction() as session:
        services.answer_dispute(session, dispute_id=dispute_id, **typed, by=current_actor(), now=clock.now())
    told = _("Answered. The family is told. Now put the line right.") if typed["is_upheld"] else ""
    flash(told or _("Answered. The family is told."), "ok")
    return redirect(url_for("disputes.show", dispute_id=dispute_id), 303)  # type: ignore[return-value]


def disputes_panel(session: Session, *, senior_id: int, actor: Actor, now: datetime) -> str:
    """Return the piece of a senior's page that tells of disputes; empty where there are none, or none may be seen."""
    if not actor.roles & set(READERS):
        return ""
    lines = queries.list_own_disputes(session, senior_id=senior_id, today=business_day(now), limit=5)
    return render_template("disputes/panel.html", lines=lines) if lines else ""


def read_place() -> dict[str, Any]:
    """Return what the address asks for, without what cannot be read."""
    given = {name: value for name, value in request.args.items() if value}
    try:
        asked: dict[str, Any] = FamilyDisputePlaceIn().load(given)
    except ValidationError as error:
        wrong = error.messages_dict
        return FamilyDisputePlaceIn().load({name: value for name, value in given.items() if name not in wrong})  # type: ignore[no-any-return]
    return asked

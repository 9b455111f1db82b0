"""Pages of assessments: the lists, starting one, its form for a tablet, and its report with the signatures."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app import clock
from app.auth import allow, current_actor
from app.auth.attempts import Visitor
from app.db import transaction
from app.forms import read_form, shows_refusals
from care_beds.assessment import drafting, listing, signing
from care_beds.assessment.access import ASSESSORS, READERS, RECOGNISERS, SIGNERS
from care_beds.assessment.forms import DropForm, InformantForm, SecondForm, StartForm, read_part
from care_beds.assessment.page_words import WORDS
from care_beds.assessment.rules import State
from care_beds.assessment.sheet import read_sheet

FORM, ONE, NEW = "assessment/form.html", "assessment/one.html", "assessment/new.html"

blueprint = Blueprint("assessments", __name__, template_folder="../templates", url_prefix="/care/assessments")


def one_context(assessment_id: int, **_view: Any) -> dict[str, Any]:
    """Gather what the form and the report of an assessment show."""
    actor, now = current_actor(), clock.now()
    with transaction() as session:
        sheet = read_sheet(session, assessment_id=assessment_id, actor=actor, now=now)
    return {**WORDS, "sheet": sheet, "row": sheet.row, **listing.rights(sheet, actor)}


@blueprint.get("")
@allow(*READERS)
def list_assessments() -> str:
    """List assessments, the open ones unless the address says otherwise."""
    return render_template("assessment/list.html", **listing.list_context())


@blueprint.get("/due")
@allow(*READERS)
def list_due() -> str:
    """List the people whom it is time to assess again."""
    return render_template("assessment/due.html", **listing.due_context())


@blueprint.get("/of/<int:senior_id>/new")
@allow(*ASSESSORS)
def show_new(senior_id: int) -> str:
    """Ask why and when a person is assessed."""
    return render_template(NEW, **listing.new_context(senior_id))


@blueprint.post("/of/<int:senior_id>/new")
@allow(*ASSESSORS)
@shows_refusals(NEW, listing.new_context)
def start(senior_id: int) -> Response:
    """Begin to assess a person."""
    form = read_form(StartForm)
    with transaction() as session:
        row = drafting.start_assessment(session, senior_id=senior_id, **form, by=current_actor(), now=clock.now())
    return _go("assessments.show_form", row.id)


@blueprint.get("/<int:assessment_id>/form")
@allow(*ASSESSORS)
def show_form(assessment_id: int) -> str | Response:
    """Show the form, one part a screen; what is finished shows its report."""
    context = one_context(assessment_id)
    if context["row"].state != State.DRAFT:
        return _go("assessments.show_assessment", assessment_id)
    return render_template(FORM, **context)


@blueprint.post("/<int:assessment_id>/parts/<any(self_care,movement,mind,senses,circumstances):part>")
@allow(*ASSESSORS)
@shows_refusals(FORM, one_context)
def save_part(assessment_id: int, part: str) -> Response:
    """Keep the answers of one part, where a browser runs no scripts."""
    actor = current_actor()
    entries, device = read_part(part, request.form), f"plain-{actor.account_id}"
    with transaction() as session:
        saved = drafting.save_answers(
            session, assessment_id=assessment_id, entries=entries, device=device, by=actor, now=clock.now()
        )
    if saved.crossed:
        flash(listing.tell_crossed(saved.crossed), "warn")
    return _go("assessments.show_form", assessment_id, part if saved.crossed else listing.part_after(part))


@blueprint.post("/<int:assessment_id>/completion")
@allow(*ASSESSORS)
@shows_refusals(FORM, one_context)
def complete(assessment_id: int) -> Response:
    """Work out the level."""
    with transaction() as session:
        signing.complete_assessment(session, assessment_id=assessment_id, by=current_actor(), now=clock.now())
    return _go("assessments.show_assessment", assessment_id)


@blueprint.get("/<int:assessment_id>")
@allow(*READERS)
def show_assessment(assessment_id: int) -> str | Response:
    """Show the report, with what is still to be signed."""
    return render_template(ONE, **one_context(assessment_id))


@blueprint.post("/<int:assessment_id>/reopening")
@allow(*ASSESSORS)
@shows_refusals(ONE, one_context)
def reopen(assessment_id: int) -> Response:
    """Go back to the answers."""
    with transaction() as session:
        signing.reopen_assessment(session, assessment_id=assessment_id, by=current_actor(), now=clock.now())
    return _go("assessments.show_form", assessment_id, "finish")


@blueprint.post("/<int:assessment_id>/signature")
@allow(*SIGNERS)
@shows_refusals(ONE, one_context)
def sign(assessment_id: int) -> Response:
    """Sign as oneself."""
    with transaction() as session:
        row = signing.sign_assessment(session, assessment_id=assessment_id, by=current_actor(), now=clock.now())
        _tell(row.state)
    return _go("assessments.show_assessment", assessment_id)


@blueprint.post("/<int:assessment_id>/second")
@allow(*ASSESSORS)
@shows_refusals(ONE, one_context)
def sign_beside(assessment_id: int) -> Response:
    """Let the second assessor sign on this tablet, with their own name and password."""
    given = {**read_form(SecondForm), "visitor": Visitor(address=request.remote_addr or "")}
    with transaction() as session:
        row = signing.sign_beside(
            session, assessment_id=assessment_id, **given, beside=current_actor(), now=clock.now()
        )
        _tell(row.state)
    return _go("assessments.show_assessment", assessment_id)


@blueprint.post("/<int:assessment_id>/informant")
@allow(*ASSESSORS)
@shows_refusals(ONE, one_context)
def sign_as_informant(assessment_id: int) -> Response:
    """Let whoever told us confirm it."""
    form = read_form(InformantForm)
    with transaction() as session:
        row = signing.sign_as_informant(
            session, assessment_id=assessment_id, **form, by=current_actor(), now=clock.now()
        )
        _tell(row.state)
    return _go("assessments.show_assessment", assessment_id)


@blueprint.post("/<int:assessment_id>/dropping")
@allow(*RECOGNISERS)
@shows_refusals(ONE, one_context)
def drop(assessment_id: int) -> Response:
    """Give up an assessment."""
    form = read_form(DropForm)
    with transaction() as session:
        drafting.drop_assessment(session, assessment_id=assessment_id, **form, by=current_actor(), now=clock.now())
    flash(_("Dropped. It stays for whoever asks."), "ok")
    return redirect(url_for("assessments.list_assessments"), 303)  # type: ignore[return-value]


def _tell(state: str) -> None:
    flash(_("Signed by all. The result counts.") if state == State.SIGNED else _("Signed."), "ok")


def _go(endpoint: str, assessment_id: int, anchor: str | None = None) -> Response:
    return redirect(url_for(endpoint, assessment_id=assessment_id, _anchor=anchor), 303)  # type: ignore[return-value]

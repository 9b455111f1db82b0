"""A person's page as a whole, and what is sent from its tabs: notes, and confidential texts asked for."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app import clock
from app.auth import allow, current_actor
from app.auth.actor import Actor
from app.db import transaction
from app.forms import Form, read_form, shows_refusals
from app.people import queries as people
from app.people.access import NOTE_WRITERS, READERS
from app.people.dossier import notes
from app.people.dossier.panels import read_notes
from app.people.dossier.schemas import NoteRevealFormIn, SeniorNoteFormIn
from app.people.dossier.showing import OVERVIEW, show_person

blueprint = Blueprint("dossier", __name__, url_prefix="/people/seniors", template_folder="../templates")

PAGE, NOTES = "people/senior.html", "notes"


def person_page(session: Session, *, senior_id: int, actor: Actor, now: datetime, tab: str = "") -> Mapping[str, Any]:
    """Return what the page of one person shows, with what its own tabs need beside the features' panels.

    :raises NotFound: if there is no such senior within the actor's areas, or no such tab for the reader
    """
    shown = show_person(session, senior_id=senior_id, actor=actor, now=now, tab=tab)
    if shown["tab"] == OVERVIEW:
        return {**shown, "statuses": people.list_statuses(session, senior_id=senior_id)}
    if shown["tab"] == NOTES:
        return {**shown, **read_notes(session, senior_id=senior_id, actor=actor)}
    return shown


def notes_page(senior_id: int, **_view: Any) -> Mapping[str, Any]:
    """Return what the tab of notes shows beside the answer to a form."""
    with transaction() as session:
        return person_page(session, senior_id=senior_id, actor=current_actor(), now=clock.now(), tab=NOTES)


@blueprint.post("/<int:senior_id>/notes")
@allow(*NOTE_WRITERS)
@shows_refusals(PAGE, notes_page)
def write_note(senior_id: int) -> Response:
    """Note something about a person, or correct an earlier note."""
    asked = read_form(SeniorNoteFormIn)
    with transaction() as session:
        notes.write_note(session, senior_id=senior_id, **asked, actor=current_actor(), now=clock.now())
    flash(_("Noted."), "ok")
    return redirect(url_for("seniors.show", senior_id=senior_id, tab=NOTES), 303)  # type: ignore[return-value]


@blueprint.post("/<int:senior_id>/notes/<int:note_id>/reveals")
@allow(*READERS)
@shows_refusals(PAGE, notes_page)
def reveal_note(senior_id: int, note_id: int) -> str:
    """Show a confidential note once, in the answer to the form and nowhere else."""
    asked = read_form(NoteRevealFormIn)
    actor, now = current_actor(), clock.now()
    with transaction() as session:
        text = notes.reveal_note(session, senior_id=senior_id, note_id=note_id, **asked, actor=actor, now=now)
    shown = {**notes_page(senior_id), "opened": {note_id: text}}
    return render_template(PAGE, form=Form(), **shown)

"""A person's timeline and notes over HTTP."""

from typing import Any

from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from app import clock
from app.auth import allow, current_actor
from app.auth.actor import Actor
from app.db import transaction
from app.people.access import NOTE_WRITERS, READERS
from app.people.dossier import notes, queries
from app.people.dossier.schemas import (
    NoteRevealIn,
    NoteRevealOut,
    SeniorNoteIn,
    SeniorNotesIn,
    SeniorNotesOut,
    SeniorNoteWrittenOut,
    TimelineIn,
    TimelineOut,
)
from app.people.dossier.showing import note_reading
from app.people.dossier.timeline import list_moments
from app.people.queries import places_of

blueprint = Blueprint(
    "people_dossier", __name__, url_prefix="/api/v1/people/seniors", description="One person: timeline and notes"
)


@blueprint.get("/<int:senior_id>/timeline")
@allow(*READERS)
@blueprint.arguments(TimelineIn, location="query")
@blueprint.response(200, TimelineOut)
def list_timeline(asked: dict[str, Any], senior_id: int) -> Any:
    """Show what happened to a senior across the product, newest first, as far as the caller may see it."""
    with transaction() as session:
        actor = current_actor()
        places = _places(session, senior_id, actor, "timeline")
        return list_moments(session, senior_id=senior_id, actor=actor, places=places, **asked)


@blueprint.get("/<int:senior_id>/notes")
@allow(*READERS)
@blueprint.arguments(SeniorNotesIn, location="query")
@blueprint.response(200, SeniorNotesOut)
def list_notes(asked: dict[str, Any], senior_id: int) -> Any:
    """Show the notes about a senior, newest first; of confidential ones only who wrote them and when."""
    with transaction() as session:
        actor = current_actor()
        places = _places(session, senior_id, actor, "notes")
        return queries.list_notes(session, senior_id=senior_id, actor=actor, places=places, **asked)


@blueprint.post("/<int:senior_id>/notes")
@allow(*NOTE_WRITERS)
@blueprint.arguments(SeniorNoteIn)
@blueprint.response(201, SeniorNoteWrittenOut)
def write_note(body: dict[str, Any], senior_id: int) -> Any:
    """Note something about a senior, or correct an earlier note; nothing is ever changed or taken away."""
    with transaction() as session:
        note_id = notes.write_note(session, senior_id=senior_id, **body, actor=current_actor(), now=clock.now())
    return {"id": note_id}


@blueprint.post("/<int:senior_id>/notes/<int:note_id>/reveals")
@allow(*READERS)
@blueprint.arguments(NoteRevealIn)
@blueprint.response(201, NoteRevealOut)
def reveal_note(body: dict[str, str], senior_id: int, note_id: int) -> Any:
    """Show the text of a confidential note once; who read it and why is written down."""
    with transaction() as session:
        text = notes.reveal_note(
            session, senior_id=senior_id, note_id=note_id, **body, actor=current_actor(), now=clock.now()
        )
    return {"body": text}


def _places(session: Session, senior_id: int, actor: Actor, part: str) -> tuple[str, str]:
    """Return where a senior lives and is registered, and write down that somebody read this part of their file."""
    places = places_of(session, senior_id=senior_id, actor=actor)
    note_reading(session, senior_id=senior_id, area_code=places[0], part=part, actor=actor, now=clock.now())
    return places

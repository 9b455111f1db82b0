"""The registry's own part of a person's page: the timeline, and the notes."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import render_template
from sqlalchemy.orm import Session

from app.address import read_address
from app.auth.actor import Actor
from app.clock import local
from app.people.access import NOTE_WRITERS, reaching
from app.people.dossier.opening import may_open
from app.people.dossier.queries import list_notes
from app.people.dossier.schemas import NotesPlaceIn, TimelinePlaceIn
from app.people.dossier.timeline import list_moments, list_sorts
from app.people.dossier.wording import KIND_NAMES
from app.people.queries import places_of


def timeline_panel(session: Session, *, senior_id: int, actor: Actor, now: datetime) -> str:
    """Return the piece of a person's page that tells what happened to them, newest first."""
    asked, _faults = read_address(TimelinePlaceIn())
    places = places_of(session, senior_id=senior_id, actor=actor)
    sorts = list_sorts(actor, places)
    sort = asked["sort"] if asked["sort"] in sorts else ""
    page = list_moments(session, senior_id=senior_id, actor=actor, places=places, sort=sort, after=asked["after"])
    return render_template(
        "dossier/timeline.html",
        page=page,
        sorts=sorts,
        sort=sort,
        may_open=may_open,
        local=local,
        this_year=local(now).year,
    )


def no_panel(_session: Session, **_of_person: Any) -> str:
    """Return nothing: the page itself shows what the tab is about."""
    return ""


def read_notes(session: Session, *, senior_id: int, actor: Actor) -> Mapping[str, Any]:
    """Return what the tab of notes shows."""
    asked, _faults = read_address(NotesPlaceIn())
    places = places_of(session, senior_id=senior_id, actor=actor)
    return {
        "notes": list_notes(session, senior_id=senior_id, actor=actor, places=places, after=asked["after"]),
        "may_note": reaching(actor, NOTE_WRITERS, places) is not None,
        "kinds": KIND_NAMES,
        "opened": {},
    }

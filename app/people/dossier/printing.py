"""A person's file on paper: the parts a reader chose and has, masked as on the page, written down with a purpose."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from markupsafe import Markup
from sqlalchemy.orm import Session

from app.audit import services as audit
from app.auth.actor import Actor
from app.clock import business_day
from app.dossier import Moment
from app.errors import Forbidden, Invalid
from app.people import queries
from app.people.access import PRINTERS, reaching
from app.people.dossier.queries import NoteView, list_notes
from app.people.dossier.showing import OVERVIEW, Tab, list_tabs, render_tab
from app.people.dossier.timeline import LARGEST_PAGE, list_moments
from app.people.faults import Misfit
from app.people.rules import read_reason
from app.people.wording import by_field

NOTES = "notes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of the file on paper: what the features tell of it."""

    code: str
    label: Any
    pieces: Sequence[Markup]


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A person's file as it is printed: who printed it when and what for stands on it."""

    senior: queries.SeniorView
    statuses: Sequence[Any]
    moments: Sequence[Moment]
    notes: Sequence[NoteView]
    parts: Sequence[Part]
    purpose: str
    by: str
    at: datetime


def list_parts(session: Session, *, senior_id: int, actor: Actor) -> Mapping[str, Any]:
    """Return the parts that a reader may print of a person, with their labels.

    :raises NotFound: if there is no such senior within the actor's areas
    :raises Forbidden: if the actor takes no file out of the house
    """
    return {tab.code: tab.label for tab in _tabs(session, senior_id, actor)}


def print_person(
    session: Session, *, senior_id: int, parts: Collection[str], purpose: str, actor: Actor, now: datetime
) -> Paper:
    """Put a person's file together for paper, and write down who took which parts and what for.

    :param parts: codes of tabs; those that the reader does not have are left out
    :raises NotFound: if there is no such senior within the actor's areas
    :raises Forbidden: if the actor takes no file out of the house
    :raises Invalid: if no purpose is given
    """
    tabs = [tab for tab in _tabs(session, senior_id, actor) if tab.code in parts]
    try:
        why = read_reason(purpose)
    except Misfit as misfit:
        raise Invalid(errors=by_field({"purpose": misfit})) from misfit
    senior = queries.get_senior(session, senior_id=senior_id, actor=actor, day=business_day(now))
    taken = [tab.code for tab in tabs]
    of_person: dict[str, Any] = {"senior_id": senior_id, "actor": actor, "limit": LARGEST_PAGE}
    of_person["places"] = (senior.residence_area, senior.hukou_area)
    audit.record(
        session,
        actor=actor,
        action="person.printed",
        subject=f"senior:{senior_id}",
        area_code=senior.residence_area,
        new={"parts": taken},
        reason=why,
        now=now,
    )
    return Paper(
        senior=senior,
        statuses=queries.list_statuses(session, senior_id=senior_id),
        moments=list_moments(session, **of_person).items if OVERVIEW in taken else [],
        notes=list_notes(session, **of_person).items if NOTES in taken else [],
        parts=[
            Part(code=tab.code, label=tab.label, pieces=render_tab(session, tab=tab, senior_id=senior_id, now=now))
            for tab in tabs
            if tab.code not in (OVERVIEW, NOTES)
        ],
        purpose=why,
        by=actor.name,
        at=now,
    )


def _tabs(session: Session, senior_id: int, actor: Actor) -> Sequence[Tab]:
    places = queries.places_of(session, senior_id=senior_id, actor=actor)
    if reaching(actor, PRINTERS, places) is None:
        raise Forbidden
    return list_tabs(actor, places)

"""Reading notes: the newest first, confidential ones without their text."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, aliased

from app import vault
from app.auth.actor import Actor
from app.auth.queries import list_names
from app.paging import Page, cut_page, read_cursor, write_cursor
from app.people.dossier.models import SeniorNote
from app.people.dossier.notes import readable
from app.people.dossier.rules import NoteKind

PAGE = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteView:
    """A note as shown; the text of a confidential one only after it was asked for with a reason."""

    id: int
    kind: str
    body: str | None
    written_by: str
    written_at: datetime
    corrects: int | None
    corrected_by: int | None

    @property
    def is_confidential(self) -> bool:
        """Tell whether the text is shown only with a reason."""
        return self.kind == NoteKind.CONFIDENTIAL


def list_notes(
    session: Session,
    *,
    senior_id: int,
    actor: Actor,
    places: Sequence[str],
    after: str | None = None,
    limit: int = PAGE,
) -> Page[NoteView]:
    """Return the notes about a person that the actor may know of, newest first; the caller may see the person.

    :raises Invalid: if ``after`` is no cursor of this list
    """
    query = _select(senior_id, actor, places).order_by(SeniorNote.id.desc()).limit(limit + 1)
    if after:
        query = query.where(SeniorNote.id < read_cursor(after, int)[0])
    rows = session.execute(query).all()
    names = list_names(session, account_ids={note.written_by for note, _corrected_by in rows})
    views = [view_note(note, corrected_by, names.get(note.written_by, "")) for note, corrected_by in rows]
    return cut_page(views, limit, lambda note: write_cursor(note.id))


def view_note(note: SeniorNote, corrected_by: int | None, name: str) -> NoteView:
    """Return a note as shown."""
    return NoteView(
        id=note.id,
        kind=note.kind,
        body=vault.unseal(note.body_sealed) if note.kind == NoteKind.PLAIN else None,
        written_by=name,
        written_at=note.written_at,
        corrects=note.corrects,
        corrected_by=corrected_by,
    )


def _select(senior_id: int, actor: Actor, places: Sequence[str]) -> Select[SeniorNote, int | None]:
    newer = aliased(SeniorNote)
    return (
        select(SeniorNote, newer.id)
        .outerjoin(newer, newer.corrects == SeniorNote.id)
        .where(readable(senior_id, actor, places))
    )

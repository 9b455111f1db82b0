"""Writing notes about people, and opening the confidential ones to those who say why."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app import vault
from app.audit import services as audit
from app.auth.actor import Actor
from app.errors import Forbidden, Invalid
from app.people.access import CONFIDANTS, NOTE_WRITERS, reaching
from app.people.dossier.errors import NoteCorrected, NoteNotFound
from app.people.dossier.models import SeniorNote
from app.people.dossier.rules import NoteKind, read_note
from app.people.faults import Misfit
from app.people.queries import places_of
from app.people.rules import read_reason
from app.people.wording import by_field


def write_note(
    session: Session,
    *,
    senior_id: int,
    body: str,
    kind: NoteKind,
    actor: Actor,
    now: datetime,
    corrects: int | None = None,
) -> int:
    """Note something about a person, or correct an earlier note, and return the note's id.

    :param kind: who may read it; a correction is as confidential as what it corrects
    :raises NotFound: if there is no such senior within the actor's areas
    :raises Forbidden: if the actor writes no notes there
    :raises Invalid: if the text says too little or too much
    :raises NoteNotFound: if what it corrects is not a note of this person that the actor may read
    :raises NoteCorrected: if that note was corrected already
    """
    places = places_of(session, senior_id=senior_id, actor=actor)
    if reaching(actor, NOTE_WRITERS, places) is None:
        raise Forbidden
    try:
        text = read_note(body)
    except Misfit as misfit:
        raise Invalid(errors=by_field({"body": misfit})) from misfit
    if corrects is not None:
        kind = NoteKind(_find(session, senior_id, corrects, actor, places).kind)
    values = {"senior_id": senior_id, "kind": kind, "body_sealed": vault.seal(text), "corrects": corrects}
    statement = insert(SeniorNote).values(**values, written_by=actor.account_id, written_at=now)
    note_id: int | None = session.scalar(
        statement.on_conflict_do_nothing(index_elements=[SeniorNote.corrects]).returning(SeniorNote.id)
    )
    if note_id is None:
        raise NoteCorrected
    new = {"note": note_id, "kind": str(kind), **({"corrects": corrects} if corrects else {})}
    _log(session, "note.written", senior_id, places, new=new, actor=actor, now=now)
    return note_id


def reveal_note(session: Session, *, senior_id: int, note_id: int, reason: str, actor: Actor, now: datetime) -> str:
    """Show the text of a confidential note once, and write down who read it and why.

    :raises NotFound: if there is no such senior within the actor's areas
    :raises NoteNotFound: if there is no such note that the actor may read
    :raises Invalid: if no reason is given
    """
    try:
        why = read_reason(reason)
    except Misfit as misfit:
        raise Invalid(errors=by_field({"reason": misfit})) from misfit
    places = places_of(session, senior_id=senior_id, actor=actor)
    note = _find(session, senior_id, note_id, actor, places)
    _log(session, "reveal.note", senior_id, places, new={"note": note_id}, reason=why, actor=actor, now=now)
    return vault.unseal(note.body_sealed)


def readable(senior_id: int, actor: Actor, places: Sequence[str]) -> ColumnElement[bool]:
    """Return the condition for the notes of a person that an actor may know of: plain, own, and entrusted ones."""
    of_person = SeniorNote.senior_id == senior_id
    if reaching(actor, CONFIDANTS, places):
        return of_person
    return of_person & ((SeniorNote.kind == NoteKind.PLAIN) | (SeniorNote.written_by == actor.account_id))


def _find(session: Session, senior_id: int, note_id: int, actor: Actor, places: Sequence[str]) -> SeniorNote:
    found = session.scalar(select(SeniorNote).where(SeniorNote.id == note_id, readable(senior_id, actor, places)))
    if found is None:
        raise NoteNotFound
    return found


def _log(session: Session, action: str, senior_id: int, places: Sequence[str], **told: Any) -> None:
    audit.record(session, action=action, subject=f"senior:{senior_id}", area_code=places[0], **told)

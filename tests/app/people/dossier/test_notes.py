"""Notes about a person: who writes, who reads, and that nothing is ever changed."""

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from app.audit.models import AuditEntry
from app.auth.actor import Role
from app.errors import Forbidden, Invalid, NotFound
from app.people.dossier import notes, queries
from app.people.dossier.errors import NoteCorrected, NoteNotFound
from app.people.dossier.models import SeniorNote
from app.people.dossier.rules import NoteKind, read_note
from app.people.faults import Misfit
from tests.app.people.factories import OTHER_STREET, STREET, make_actor, make_senior, moved

BODY = "白天听力不好，请按两次门铃。"


@pytest.fixture
def senior(session, clock):
    return make_senior(session)


@pytest.fixture
def clerk(session, senior):
    return make_actor(session)


def write(session, senior, actor, clock, **others):
    asked = {"body": BODY, "kind": NoteKind.PLAIN} | others
    return notes.write_note(session, senior_id=senior.id, **asked, actor=actor, now=clock.now())


def listed(session, senior, actor, **others):
    return queries.list_notes(session, senior_id=senior.id, actor=actor, places=(STREET, STREET), **others)


@pytest.mark.parametrize(
    ("typed", "kept"), [("  两行\r\n第二行 ", "两行\n第二行"), ("ab", "ab"), ("\U00020bb7嗯", "\U00020bb7嗯")]
)
def test_a_note_may_have_lines(typed, kept):
    assert read_note(typed) == kept


@pytest.mark.parametrize(
    ("typed", "code"),
    [(" ", "missing"), ("a", "too_short"), ("字" * 2001, "too_long"), ("a\x00b", "control_characters")],
)
def test_what_is_no_note_is_refused(typed, code):
    with pytest.raises(Misfit) as refused:
        read_note(typed)
    assert refused.value.code == code


def test_a_note_is_kept_sealed_and_written_down(session, senior, clerk, clock):
    note_id = write(session, senior, clerk, clock)
    row = session.get_one(SeniorNote, note_id)
    assert BODY.encode() not in row.body_sealed
    (note,) = listed(session, senior, clerk).items
    assert (note.body, note.written_by, note.is_confidential) == (BODY, clerk.name, False)
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "note.written")).one()
    assert (entry.subject_id, entry.new) == (str(senior.id), {"note": note_id, "kind": "plain"})


def test_a_correction_stands_beside_what_it_corrects_and_happens_once(session, senior, clerk, clock):
    first = write(session, senior, clerk, clock, kind=NoteKind.CONFIDENTIAL)
    second = write(session, senior, clerk, clock, body="不是听力，是门铃坏了。", corrects=first)
    newest, oldest = listed(session, senior, clerk).items
    assert (newest.id, newest.corrects, newest.kind) == (second, first, "confidential")
    assert oldest.corrected_by == second
    with pytest.raises(NoteCorrected):
        write(session, senior, clerk, clock, corrects=first)


def test_a_note_of_another_person_cannot_be_corrected(session, senior, clerk, clock):
    other = write(session, make_senior(session), clerk, clock)
    with pytest.raises(NoteNotFound):
        write(session, senior, clerk, clock, corrects=other)


@pytest.mark.parametrize("statement", ["UPDATE senior_note SET kind = 'plain'", "DELETE FROM senior_note"])
def test_the_database_keeps_notes_as_they_are(session, senior, clerk, clock, statement):
    write(session, senior, clerk, clock)
    with pytest.raises(DBAPIError), session.begin_nested():
        session.execute(text(statement))


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.ADMINISTRATOR])
def test_whoever_checks_writes_no_notes(session, senior, clock, role):
    with pytest.raises(Forbidden):
        write(session, senior, make_actor(session, roles=[role]), clock)


def test_outside_the_area_there_is_nobody_to_write_about(session, senior, clerk, clock):
    with pytest.raises(NotFound):
        write(session, senior, moved(clerk, OTHER_STREET), clock)


def test_an_empty_note_is_refused_by_its_field(session, senior, clerk, clock):
    with pytest.raises(Invalid) as refused:
        write(session, senior, clerk, clock, body="")
    assert list(refused.value.errors) == ["body"]


@pytest.mark.parametrize(
    ("role", "knows"),
    [
        (Role.STREET_CLERK, True),
        (Role.DISTRICT_APPROVER, True),
        (Role.AUDITOR, True),
        (Role.ASSESSOR, False),
        (Role.SUPERVISOR, False),
        (Role.ADMINISTRATOR, False),
    ],
)
def test_what_is_told_in_confidence_is_known_to_few_and_opened_with_a_reason(session, senior, clock, role, knows):
    note_id = write(session, senior, make_actor(session), clock, kind=NoteKind.CONFIDENTIAL)
    reader = make_actor(session, roles=[role], name="何立")
    found = listed(session, senior, reader).items
    assert [note.body for note in found] == ([None] if knows else [])
    asked = {"senior_id": senior.id, "note_id": note_id, "actor": reader, "now": clock.now()}
    if not knows:
        with pytest.raises(NoteNotFound):
            notes.reveal_note(session, reason="准备家访", **asked)
        return
    with pytest.raises(Invalid):
        notes.reveal_note(session, reason="", **asked)
    assert notes.reveal_note(session, reason="准备家访", **asked) == BODY
    assert session.scalars(select(AuditEntry.reason).where(AuditEntry.action == "reveal.note")).all() == ["准备家访"]


def test_the_author_reads_again_what_they_told_in_confidence(session, senior, clock):
    assessor = make_actor(session, roles=[Role.ASSESSOR])
    note_id = write(session, senior, assessor, clock, kind=NoteKind.CONFIDENTIAL)
    assert [note.id for note in listed(session, senior, assessor).items] == [note_id]


def test_notes_come_in_pages(session, senior, clerk, clock):
    written = [write(session, senior, clerk, clock) for _ in range(3)]
    first = listed(session, senior, clerk, limit=2)
    rest = listed(session, senior, clerk, limit=2, after=first.next)
    assert [note.id for note in (*first.items, *rest.items)] == written[::-1]
    assert rest.next is None

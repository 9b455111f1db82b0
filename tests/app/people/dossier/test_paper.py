"""A person's file on paper: for a purpose, by few, masked, in the parts that were chosen, and written down."""

import pytest
from sqlalchemy import select

from app.audit.models import AuditEntry
from app.auth.actor import Role
from app.people.access import PRINTERS, READERS
from app.people.dossier.notes import write_note
from app.people.dossier.rules import NoteKind
from tests.app.areas.factories import make_place
from tests.app.people.factories import (
    OTHER_STREET,
    bearer,
    make_actor,
    make_card,
    make_id_number,
    make_senior,
    make_staff,
)

NUMBER = make_id_number(serial=12)


@pytest.fixture
def senior(session, clock):
    found = make_senior(session, id_number=NUMBER)
    make_card(session, found)
    for body, kind in (("喜欢下棋", NoteKind.PLAIN), ("情绪低落", NoteKind.CONFIDENTIAL)):
        write_note(session, senior_id=found.id, body=body, kind=kind, actor=make_actor(session), now=clock.now())
    return found


def send(client, senior, headers, **form):
    return client.post(f"/people/seniors/{senior.id}/file", data=form, headers=headers)


def test_the_file_holds_what_was_chosen_and_says_what_for(client, session, senior):
    clerk = bearer(session, make_staff(session))
    offered = client.get(f"/people/seniors/{senior.id}/file", headers=clerk).text
    assert all(f'value="{part}"' in offered for part in ("overview", "points", "notes"))
    shown = send(client, senior, clerk, purpose="移交养老机构", parts=["overview", "notes", "relatives", "nothing"])
    assert shown.status_code == 200
    assert "移交养老机构" in shown.text
    assert "喜欢下棋" in shown.text
    for secret in (NUMBER, "情绪低落", "13800138000", "北山路"):
        assert secret not in shown.text
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "person.printed")).one()
    assert (entry.reason, entry.new) == ("移交养老机构", {"parts": ["overview", "relatives", "notes"]})


def test_no_file_without_a_purpose(client, session, senior):
    refused = send(client, senior, bearer(session, make_staff(session)), parts=["notes"])
    assert (refused.status_code, 'id="purpose-error"' in refused.text) == (422, True)
    assert session.scalar(select(AuditEntry.id).where(AuditEntry.action == "person.printed")) is None


@pytest.mark.parametrize("role", READERS)
def test_few_take_a_file_out_of_the_house(client, session, senior, role):
    headers = bearer(session, make_staff(session, role=role))
    allowed = role in PRINTERS
    assert client.get(f"/people/seniors/{senior.id}/file", headers=headers).status_code == (200 if allowed else 403)
    assert send(client, senior, headers, purpose="移交养老机构").status_code == (200 if allowed else 403)


def test_a_person_elsewhere_has_no_file(client, session, senior):
    make_place(session, OTHER_STREET)
    headers = bearer(session, make_staff(session, role=Role.AUDITOR, area_code=OTHER_STREET))
    assert send(client, senior, headers, purpose="移交养老机构").status_code == 404

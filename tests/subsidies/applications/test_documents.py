"""Documents of applications: looked into, sealed, counted, and never opened unseen."""

from datetime import date

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.audit.models import AuditEntry
from app.auth import Actor
from app.errors import NotFound
from app.people.models import Senior
from app.policies.kinds import find_body_faults
from app.policies.models import PolicyDocument
from subsidies.applications import documents, queries, services
from subsidies.applications.errors import DocumentRefused, WrongState
from subsidies.applications.policy import APPLICATION_RULES, describe
from tests.conftest import NOON, FrozenClock
from tests.subsidies.applications.factories import (
    PDF,
    PNG,
    apply,
    make_clerk,
    make_disabled,
    publish_documents,
)


@pytest.fixture
def clerk(session: Session) -> Actor:
    return make_clerk(session)


@pytest.fixture
def number(session: Session, clerk: Actor, clock: FrozenClock) -> int:
    senior: Senior = make_disabled(session)
    publish_documents(session)
    return apply(session, senior, clerk)


def attach(session: Session, number: int, clerk: Actor, content: bytes = PDF) -> int:
    return documents.attach(session, application_id=number, title="收入证明", content=content, actor=clerk, now=NOON)


def test_a_document_is_sealed_and_each_view_is_written_down(session: Session, number: int, clerk: Actor) -> None:
    assert (attach(session, number, clerk), attach(session, number, clerk, PNG)) == (1, 2)
    kept = session.scalar(text("SELECT content_sealed FROM application_document WHERE n = 1"))
    assert PDF not in kept
    found = documents.open_document(session, application_id=number, n=1, actor=clerk, now=NOON)
    assert (found.content, found.media_type, found.name) == (PDF, "application/pdf", f"application-{number}-1.pdf")
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "reveal.application_document")).one()
    assert (entry.subject_kind, entry.subject_id, entry.account_id) == ("application", str(number), clerk.account_id)
    shown = queries.get_application(session, application_id=number, actor=clerk, today=date(2026, 11, 20))
    assert [(each.n, each.media_type, each.size_bytes) for each in shown.documents] == [
        (1, "application/pdf", len(PDF)),
        (2, "image/png", len(PNG)),
    ]


def test_the_same_file_twice_is_kept_once(session: Session, number: int, clerk: Actor) -> None:
    assert attach(session, number, clerk) == attach(session, number, clerk) == 1


@pytest.mark.parametrize("content", [b"MZ\x90\x00 a program", b"<html>", b"%PDF-1.4" + b"\0" * 5_000_001 + b"%%EOF"])
def test_what_is_no_document_or_too_large_is_refused(
    session: Session, number: int, clerk: Actor, content: bytes
) -> None:
    with pytest.raises(DocumentRefused):
        attach(session, number, clerk, content)


def test_there_is_a_most_of_documents(session: Session, number: int, clerk: Actor) -> None:
    for each in range(10):
        attach(session, number, clerk, PDF + str(each).encode())
    with pytest.raises(DocumentRefused):
        attach(session, number, clerk)


def test_nothing_is_added_once_it_is_decided(session: Session, number: int, clerk: Actor) -> None:
    services.withdraw(session, application_id=number, reason="不办了", actor=clerk, now=NOON)
    with pytest.raises(WrongState):
        attach(session, number, clerk)


def test_other_streets_open_nothing(session: Session, number: int, clerk: Actor) -> None:
    attach(session, number, clerk)
    for actor, n in ((make_clerk(session, "330106003"), 1), (clerk, 2)):
        with pytest.raises(NotFound):
            documents.open_document(session, application_id=number, n=n, actor=actor, now=NOON)


def test_the_rules_are_read_and_odd_days_found(session: Session, number: int) -> None:
    body = session.scalars(select(PolicyDocument.body).where(PolicyDocument.kind == "application_rules")).one()
    odd = {**body, "holidays": ["2026-11-21"], "workdays": ["2026-11-20"]}
    faults = find_body_faults(APPLICATION_RULES, odd, "330100")
    assert [fault.path for fault in faults] == [("body", "holidays", 0), ("body", "workdays", 0)]
    doubled = {**body, "holidays": ["2026-10-01", "2026-10-02", "2026-10-01"]}
    assert [fault.path for fault in find_body_faults(APPLICATION_RULES, doubled, "330100")] == [("body", "holidays", 2)]
    loaded = APPLICATION_RULES.schema().load({**body, "holidays": ["2026-10-01"]})
    assert [table.part for table in describe(loaded)] == ["counting", "documents", "holidays", "workdays"]

"""The audit log: nothing in it can be changed, nothing personal stands in it, and everyone sees only their own area."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.audit import queries
from app.audit.models import AuditEntry
from app.audit.queries import Filter
from app.audit.rules import changes, storable
from app.audit.services import record
from app.auth.actor import Actor, Role
from app.vault import seal
from tests.app.areas.factories import make_place
from tests.app.auth.factories import DISTRICT, OTHER_DISTRICT, STREET, make_account, sign_in
from tests.conftest import FrozenClock

ID_NUMBER, PHONE = "330106194103051129", "13800138000"
CLERK = Actor(account_id=7, name="周敏", device="session:1")


def note(session: Session, clock: FrozenClock, **more: Any) -> None:
    values = {"actor": CLERK, "action": "senior.changed", "subject": "senior:17", "area_code": STREET, **more}
    record(session, now=clock.now(), **values)


def entries(session: Session, *area_codes: str, **filters: Any) -> list[AuditEntry]:
    return list(queries.list_entries(session, filters=Filter(**filters), area_codes=area_codes or (DISTRICT,)).items)


def test_an_entry_keeps_who_what_where_old_and_new(session: Session, clock: FrozenClock) -> None:
    note(session, clock, old={"state": "active"}, new={"state": "in_hospital"}, reason="家属来电")
    entry = session.scalars(select(AuditEntry)).one()
    assert (entry.account_id, entry.account_name, entry.action) == (7, "周敏", "senior.changed")
    assert (entry.subject_kind, entry.subject_id, entry.area_code) == ("senior", "17", STREET)
    assert (entry.old, entry.new, entry.reason) == ({"state": "active"}, {"state": "in_hospital"}, "家属来电")
    assert entry.at == clock.now()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET reason = 'nothing happened'",
        "DELETE FROM audit_entry",
        "TRUNCATE audit_entry",
        "INSERT INTO audit_entry (id, at, action, subject_kind) VALUES (1, now(), 'x', 'y')",
    ],
)
def test_the_application_cannot_change_what_is_written(session: Session, clock: FrozenClock, statement: str) -> None:
    note(session, clock)
    with pytest.raises(DBAPIError), session.begin_nested():
        session.execute(text(statement))
    assert session.scalars(select(AuditEntry.action)).all() == ["senior.changed"]


def test_not_even_the_owner_changes_it_by_mistake(session: Session, clock: FrozenClock) -> None:
    note(session, clock)
    triggers = session.scalars(text("SELECT tgname FROM pg_trigger WHERE tgrelid = 'audit_entry'::regclass")).all()
    assert "audit_entry_append_only" in triggers


def test_sealed_values_and_personal_numbers_never_stand_in_it(session: Session, clock: FrozenClock) -> None:
    canary = {
        "id_number": ID_NUMBER,
        "id_number_sealed": seal(ID_NUMBER),
        "note": f"证件 {ID_NUMBER}，电话 {PHONE}",
        "deep": [{"phone": PHONE, "text": PHONE}],
        "password": "three-quiet-boats",
    }
    note(session, clock, old=canary, new=canary, reason=f"本人报 {PHONE}")
    stored = str(session.execute(text("SELECT to_jsonb(audit_entry)::text FROM audit_entry")).scalar_one())
    for secret in (ID_NUMBER, PHONE, "three-quiet-boats"):
        assert secret not in stored


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        (b"\x01\x02", "[sealed]"),
        (datetime(2026, 11, 20, 3, 48, tzinfo=UTC), "2026-11-20T03:48:00+00:00"),
        (date(2026, 11, 20), "2026-11-20"),
        (UUID(int=5), str(UUID(int=5))),
        ({"a": (1, None, True)}, {"a": [1, None, True]}),
        (Role.CASHIER, "cashier"),
        ("长" * 900, "长" * 500),
    ],
)
def test_every_value_becomes_plain_json(value: Any, stored: Any) -> None:
    assert storable({"value": value}) == {"value": stored}


def test_only_what_differs_is_shown() -> None:
    assert changes({"a": 1, "b": 2}, {"a": 1, "b": 3, "c": 4}) == [("b", 2, 3), ("c", None, 4)]
    assert changes(None, None) == []


def test_a_district_auditor_sees_the_district_and_its_streets_only(session: Session, clock: FrozenClock) -> None:
    for code in (STREET, DISTRICT, OTHER_DISTRICT, None):
        note(session, clock, area_code=code, subject=f"place:{code}")
    assert {entry.subject_id for entry in entries(session, DISTRICT)} == {STREET, DISTRICT}
    assert entries(session, OTHER_DISTRICT)[0].subject_id == OTHER_DISTRICT
    everything = queries.list_entries(session, filters=Filter(), area_codes=[DISTRICT], sees_unplaced=True)
    assert {entry.area_code for entry in everything.items} == {STREET, DISTRICT, None}


def test_each_filter_narrows(session: Session, clock: FrozenClock) -> None:
    note(session, clock)
    note(session, clock, action="reveal.id_number", subject="senior:18", reason="核对补贴")
    clock.advance(days=1)
    note(session, clock, actor=None, action="log_in.refused", subject="account:5")
    assert [entry.action for entry in entries(session)] == ["log_in.refused", "reveal.id_number", "senior.changed"]
    assert len(entries(session, account="周敏")) == 2
    assert len(entries(session, action="senior.changed")) == 1
    assert [entry.subject_id for entry in entries(session, reveals=True)] == ["18"]
    assert len(entries(session, subject="senior")) == 2
    assert len(entries(session, subject="senior:17")) == 1
    assert len(entries(session, since=date(2026, 11, 21))) == 1
    assert len(entries(session, until=date(2026, 11, 20))) == 2


def test_pages_follow_each_other_without_gap_or_repeat(session: Session, clock: FrozenClock) -> None:
    for number in range(7):
        note(session, clock, subject=f"senior:{number}")
    seen: list[str] = []
    after: int | None = None
    while True:
        page = queries.list_entries(session, filters=Filter(), area_codes=[DISTRICT], after=after, limit=3)
        seen += [entry.subject_id for entry in page.items]
        after = page.next
        if after is None:
            break
    assert seen == [str(number) for number in reversed(range(7))]


def test_the_kinds_of_entries_are_listed_once_each(session: Session, clock: FrozenClock) -> None:
    for action in ("log_out", "log_in", "log_in", "reveal.phone"):
        note(session, clock, action=action)
    assert queries.list_actions(session) == ["log_in", "log_out", "reveal.phone"]


def test_the_page_shows_the_log_in_words_and_says_what_it_could_not_read(
    client: FlaskClient, session: Session, clock: FrozenClock
) -> None:
    make_place(session, STREET)
    sign_in(client, session, make_account(session, Role.AUDITOR))
    note(session, clock, action="reveal.id_number", reason="核对补贴", area_code=DISTRICT)
    page = client.get("/audit?reveals=true&since=yesterday").get_data(as_text=True)
    assert "查看身份证号" in page
    assert "核对补贴" in page
    assert "since" in page
    assert client.get("/audit?after=99999999999999999999999").status_code == 200


def test_an_empty_page_says_how_to_go_on(client: FlaskClient, session: Session, clock: FrozenClock) -> None:
    sign_in(client, session, make_account(session, Role.AUDITOR))
    page = client.get("/audit?account=nobody").get_data(as_text=True)
    assert "清除全部条件" in page


def test_the_page_asks_the_database_as_often_for_fifty_entries_as_for_one(
    client: FlaskClient, session: Session, clock: FrozenClock, count_statements: Any
) -> None:
    sign_in(client, session, make_account(session, Role.AUDITOR))
    with count_statements() as few:
        client.get("/audit")
    for _ in range(60):
        note(session, clock, area_code=DISTRICT)
    with count_statements() as many:
        client.get("/audit")
    assert len(many) == len(few)

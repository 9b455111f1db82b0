"""Files that leave: with a purpose, masked unless a second person allows it, fetched once, logged, and harmless."""

import csv
import io
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import select

from app.audit.models import AuditEntry
from app.auth import Actor, Role
from app.exports import services
from app.exports.errors import TooLate
from app.exports.models import DataExport
from app.exports.tasks import folder, tend
from tests.app.people.factories import bearer, make_staff
from tests.conftest import FrozenClock
from tests.meals.factories import CITY, STREET
from tests.meals.offices import TODAY, Office

ASKED = {"purpose": "季度抽查", "file_format": "csv"}
SALES = f"/exports/new/sales?from={TODAY}&until={TODAY}"


@pytest.fixture
def auditor(office: Office) -> dict[str, str]:
    return office.log_in(Role.AUDITOR, area_code=CITY)


def ask(client: FlaskClient, headers: dict[str, str], path: str = SALES, **wish: Any) -> str:
    """Ask for a file and return its address."""
    answer = client.post(path, data={**ASKED, **wish}, headers=headers)
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def fetch(client: FlaskClient, headers: dict[str, str], address: str) -> bytes:
    answer = client.post(f"{address}/file", headers=headers, buffered=True)
    assert answer.status_code == 200, answer.text
    return answer.data


def rows_of(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))


def test_a_masked_file_is_ready_at_once_and_logged_with_its_purpose(
    office: Office, client: FlaskClient, auditor: dict[str, str]
) -> None:
    office.sold(office.guest("王玉兰"), number="1-0042")
    office.sold(canteen=office.elsewhere)
    address = ask(client, auditor)
    assert (
        "可以取" in client.get(address, headers=auditor).text or "文件好了" in client.get(address, headers=auditor).text
    )
    data = fetch(client, auditor, address)
    assert data.startswith(b"\xef\xbb\xbf")
    rows = rows_of(data)
    assert len(rows) == 3
    assert {row[0] for row in rows[1:]} >= {"1-0042"}
    assert "王*兰" in data.decode()
    assert "王玉兰" not in data.decode()
    entries = select(AuditEntry).where(AuditEntry.subject_kind == "export").order_by(AuditEntry.id)
    logged = office.session.scalars(entries).all()
    assert [entry.action for entry in logged] == ["export.asked", "export.fetched"]
    assert logged[0].reason == "季度抽查"


def test_excel_holds_ids_as_text_and_no_formula(office: Office, client: FlaskClient, auditor: dict[str, str]) -> None:
    office.sold(office.guest("王玉兰"), number="=1+1")
    data = fetch(client, auditor, ask(client, auditor, file_format="xlsx"))
    sheet = load_workbook(io.BytesIO(data)).active
    assert sheet is not None
    number, ledger_id = sheet.cell(2, 1), sheet.cell(2, 15)
    assert (number.value, number.data_type) == ("=1+1", "s")
    assert ledger_id.data_type == "s"
    assert sheet.cell(2, 9).value == 16


def test_a_csv_neutralises_what_a_spreadsheet_would_calculate(
    office: Office, client: FlaskClient, auditor: dict[str, str]
) -> None:
    office.sold(office.guest("王玉兰"), number="=HYPERLINK(1)")
    assert rows_of(fetch(client, auditor, ask(client, auditor)))[1][0] == "'=HYPERLINK(1)"


def test_names_need_another_person_and_leave_once(office: Office, client: FlaskClient, auditor: dict[str, str]) -> None:
    office.sold(office.guest("王玉兰"))
    address = ask(client, auditor, is_named="true")
    assert client.post(f"{address}/file", headers=auditor).status_code == 403
    assert client.post(f"{address}/permission", headers=auditor).status_code == 403
    outsider = office.log_in(Role.DISTRICT_APPROVER, area_code="330106")
    assert client.post(f"{address}/permission", headers=outsider).status_code == 404
    approver = office.log_in(Role.DISTRICT_APPROVER, area_code=CITY)
    assert address.rpartition("/")[2] in client.get("/exports", headers=approver).text
    assert client.post(f"{address}/permission", headers=approver).status_code == 303
    assert client.post(f"{address}/permission", headers=approver).status_code == 409
    assert client.post(f"{address}/file", headers=approver).status_code == 404
    assert "王玉兰" in fetch(client, auditor, address).decode()
    assert client.post(f"{address}/file", headers=auditor).status_code == 409


def test_a_refusal_says_why_and_nothing_leaves(office: Office, client: FlaskClient, auditor: dict[str, str]) -> None:
    address = ask(client, auditor, is_named="true")
    approver = office.log_in(Role.DISTRICT_APPROVER, area_code=CITY)
    assert client.post(f"{address}/refusal", data={"reason": ""}, headers=approver).status_code == 422
    assert client.post(f"{address}/refusal", data={"reason": "用途不清"}, headers=approver).status_code == 303
    assert "用途不清" in client.get(address, headers=auditor).text
    assert client.post(f"{address}/file", headers=auditor).status_code == 403


def test_after_a_day_the_file_is_gone(
    office: Office, client: FlaskClient, auditor: dict[str, str], clock: FrozenClock
) -> None:
    ask(client, auditor)
    file = services.path_of(office.session.scalars(select(DataExport)).one(), folder())
    assert file.exists()
    clock.advance(days=1, minutes=1)
    found = office.session.scalars(select(DataExport)).one()
    maker = Actor(account_id=found.maker_id, name="")
    with pytest.raises(TooLate):
        services.hand_out(office.session, export_id=found.id, folder=folder(), by=maker, now=clock.now())
    tend()
    assert not file.exists()


def test_a_file_holds_what_its_maker_may_see(office: Office, client: FlaskClient) -> None:
    office.sold(number="1-0001")
    office.sold(canteen=office.elsewhere, number="2-0002")
    clerk = office.log_in(Role.STREET_CLERK)
    assert [row[0] for row in rows_of(fetch(client, clerk, ask(client, clerk)))[1:]] == ["1-0001"]
    other = office.log_in(Role.STREET_CLERK)
    assert client.get(ask(client, clerk), headers=other).status_code == 404


@pytest.mark.parametrize("what", ["guests", "meal_days", "movements"])
def test_every_list_can_be_taken_along(office: Office, client: FlaskClient, auditor: dict[str, str], what: str) -> None:
    office.sold(office.guest("王玉兰"))
    path = f"/exports/new/{what}?from={TODAY}&until={TODAY}&month={TODAY:%Y-%m}"
    assert client.get(path, headers=auditor).status_code == 200
    rows = rows_of(fetch(client, auditor, ask(client, auditor, path)))
    assert len(rows) == (1 if what == "movements" else 2)


def test_a_wish_without_purpose_or_list_is_refused(
    office: Office, client: FlaskClient, auditor: dict[str, str]
) -> None:
    assert client.post(SALES, data={**ASKED, "purpose": ""}, headers=auditor).status_code == 422
    assert client.get("/exports/new/nothing", headers=auditor).status_code == 404
    manager = office.log_in(Role.CANTEEN_MANAGER, canteen=office.first)
    assert client.post(SALES.replace("sales", "movements"), data=ASKED, headers=manager).status_code == 403


def test_more_than_a_file_may_hold_is_refused(
    office: Office, client: FlaskClient, auditor: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    office.sold()
    monkeypatch.setattr(services, "MOST_ROWS", 0)
    assert client.post(SALES, data=ASKED, headers=auditor).status_code == 409


def test_a_large_file_is_left_to_a_worker_that_may_be_killed(
    app: Flask, office: Office, client: FlaskClient, auditor: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    office.sold()
    queued: list[int] = []
    monkeypatch.setattr("app.exports.pages.AT_ONCE", 0)
    monkeypatch.setattr("app.exports.pages.enqueue", lambda _task, export_id: queued.append(export_id))
    address = ask(client, auditor)
    assert "export-progress" in client.get(address, headers=auditor).text
    assert client.post(f"{address}/file", headers=auditor).status_code == 409
    for _twice in range(2):
        services.build(
            office.session,
            export_id=queued[0],
            folder=folder(),
            progress=lambda _rows: None,
            now=office.first.created_at,
        )
    assert len(rows_of(fetch(client, auditor, address))) == 2


def test_staff_of_two_streets_do_not_decide_for_each_other(office: Office, client: FlaskClient) -> None:
    clerk = bearer(office.session, make_staff(office.session, role=Role.STREET_CLERK, area_code=STREET))
    address = ask(client, clerk, is_named="true")
    assert client.post(f"{address}/permission", headers=clerk).status_code == 403

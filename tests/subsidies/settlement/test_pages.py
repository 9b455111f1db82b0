"""Pages and API of settlement: each role, each button, each refusal, within areas."""

import csv
import io
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import event, text
from sqlalchemy.orm import Session

from app import clock as app_clock
from app import vault
from app.audit.models import AuditEntry
from app.auth.actor import Role
from subsidies.settlement import services
from subsidies.settlement.models import Payee, PayeeChange
from subsidies.settlement.rules import State
from tests.app.auth.factories import bearer, form_token, make_account, make_token, sign_in
from tests.conftest import FrozenClock
from tests.subsidies.factories import DISTRICT, STREET
from tests.subsidies.settlement.world import OCTOBER, World, at, open_merchant

NUMBER = "6222021202001234567"
Post = Callable[..., tuple[int, str]]


@pytest.fixture
def made(world: World) -> World:
    world.sell(at(10, 5))
    world.sell(at(10, 9))
    world.make()
    return world


@pytest.fixture
def post(client: FlaskClient, session: Session) -> Post:
    """Return a function that presses a button as somebody with a role, and returns status and text."""
    tokens: dict[str, str] = {}

    def press(role: Role, path: str, area_code: str = DISTRICT, **data: object) -> tuple[int, str]:
        if role not in tokens:
            sign_in(client, session, make_account(session, role, area_code=area_code, name=f"某{role}"))
            tokens.clear()
            tokens[role] = form_token(client, "/account")
        sent = {**data, "csrf_token": tokens[role]}
        answer = client.post(path, data=sent, content_type="multipart/form-data", follow_redirects=True)
        return answer.status_code, answer.get_data(as_text=True)

    return press


def accepted(post: Post, number: int) -> str:
    """Accept the account that waits on a statement's page, and return the page."""
    status, page = post(Role.DISTRICT_APPROVER, f"/settlements/{number}/payee/decision", outcome="accept")
    assert status == 200
    return page


def as_role(client: FlaskClient, session: Session, role: Role, area_code: str = DISTRICT) -> dict[str, str]:
    return bearer(make_token(session, make_account(session, role, area_code=area_code)))


@pytest.mark.parametrize("role", [Role.STREET_CLERK, Role.DISTRICT_APPROVER, Role.AUDITOR, Role.ADMINISTRATOR])
def test_readers_see_lists_statements_sheets_and_files(
    client: FlaskClient, session: Session, made: World, role: Role
) -> None:
    sign_in(client, session, make_account(session, role, area_code=DISTRICT))
    number = made.statement().id
    assert client.get(f"/exports/new/settlement_lines?statement={number}").status_code == 200
    for path in ("", f"/{number}", f"/{number}/print", "/disputes"):
        assert client.get(f"/settlements{path}").status_code == 200, path
    listed = client.get("/settlements").get_data(as_text=True)
    assert ('name="period" value' in listed) == (role in (Role.STREET_CLERK, Role.DISTRICT_APPROVER))


@pytest.mark.parametrize("role", [Role.CASHIER, Role.CANTEEN_MANAGER])
def test_others_do_not(client: FlaskClient, session: Session, made: World, role: Role) -> None:
    sign_in(client, session, make_account(session, role))
    assert client.get("/settlements").status_code == 403


def test_statements_of_other_areas_are_not_there(client: FlaskClient, session: Session, made: World) -> None:
    sign_in(client, session, make_account(session, Role.STREET_CLERK, area_code="330106"))
    assert "文晖二食堂" not in client.get("/settlements").get_data(as_text=True)
    for path in ("", "/print"):
        assert client.get(f"/settlements/{made.statement().id}{path}").status_code == 404


def test_a_clerk_makes_and_sends_and_an_approver_approves(post: Post, world: World) -> None:
    world.sell(at(10, 5))
    world.seal()
    status, page = post(Role.STREET_CLERK, "/settlements/make", period=OCTOBER)
    assert (status, "文晖二食堂" in page) == (200, True)
    number = world.statement().id
    assert post(Role.STREET_CLERK, f"/settlements/{number}/send")[0] == 200
    assert world.statement().state == State.SENT
    assert post(Role.STREET_CLERK, f"/settlements/{number}/confirm")[0] == 409
    world.bring_to(State.CONFIRMED)
    assert post(Role.STREET_CLERK, f"/settlements/{number}/confirm")[0] == 200
    assert post(Role.STREET_CLERK, f"/settlements/{number}/approve")[0] == 403
    assert post(Role.DISTRICT_APPROVER, f"/settlements/{number}/send-back")[0] == 422
    assert post(Role.DISTRICT_APPROVER, f"/settlements/{number}/approve")[0] == 200
    assert post(Role.DISTRICT_APPROVER, f"/settlements/{number}/payment", reference="B-77")[0] == 200
    assert world.statement().bank_reference == "B-77"


@pytest.mark.parametrize(("period", "status"), [("2026-13", 422), ("", 422), ("2026-11", 409)])
def test_a_wrong_period_is_refused_with_words(post: Post, made: World, period: str, status: int) -> None:
    assert post(Role.STREET_CLERK, "/settlements/make", period=period)[0] == status


def test_many_at_once(post: Post, made: World) -> None:
    assert post(Role.STREET_CLERK, "/settlements/steps", period=OCTOBER, step="send")[0] == 200
    assert made.statement().state == State.SENT
    assert post(Role.STREET_CLERK, "/settlements/steps", period=OCTOBER, step="approve")[0] == 403
    assert post(Role.STREET_CLERK, "/settlements/steps", period=OCTOBER, step="pay")[0] == 403


def test_a_reopening_is_asked_and_decided(post: Post, made: World) -> None:
    number = made.bring_to(State.APPROVED).id
    assert post(Role.STREET_CLERK, f"/settlements/{number}/reopening", cause="漏了一天")[0] == 200
    assert post(Role.STREET_CLERK, f"/settlements/{number}/reopening", cause="漏了一天")[0] == 409
    path = f"/settlements/{number}/reopening/decision"
    assert post(Role.STREET_CLERK, path, outcome="reopen")[0] == 403
    assert post(Role.DISTRICT_APPROVER, path, outcome="refuse", reason="下期更正")[0] == 200
    assert post(Role.STREET_CLERK, f"/settlements/{number}/reopening", cause="真的漏了")[0] == 200
    assert post(Role.DISTRICT_APPROVER, path, outcome="reopen")[0] == 200
    assert made.statement().state == State.DRAFTED


# ------------------------------------------------------------------ money goes out


def test_an_account_number_is_sealed_and_masked(post: Post, client: FlaskClient, session: Session, made: World) -> None:
    number = made.statement().id
    about = {"holder": "文晖二食堂", "bank": "杭州银行", "number": "6222 0212 0200 1234 567"}
    status, page = post(Role.STREET_CLERK, f"/settlements/{number}/payee", **about)
    assert (status, "**** 4567" in page, NUMBER in page) == (200, True, False)
    assert session.get(Payee, made.canteen) is None
    assert post(Role.STREET_CLERK, f"/settlements/{number}/payee", **about)[0] == 409
    assert post(Role.STREET_CLERK, f"/settlements/{number}/payee/decision", outcome="accept")[0] == 403
    assert "**** 4567" in accepted(post, number)
    payee = session.get_one(Payee, made.canteen)
    assert (vault.unseal(payee.number), NUMBER.encode() in payee.number) == (NUMBER, False)
    log = [str((entry.old, entry.new)) for entry in session.query(AuditEntry).filter_by(action="settlement.payee")]
    assert len(log) == 1
    assert NUMBER not in log[0]
    assert post(Role.DISTRICT_APPROVER, f"/settlements/{number}/payee/decision", outcome="accept")[0] == 404
    assert post(Role.STREET_CLERK, f"/settlements/{number}/payee", **{**about, "number": "12ab5678"})[0] == 422


def test_the_file_for_the_bank_goes_out_and_comes_back(
    post: Post, client: FlaskClient, session: Session, made: World
) -> None:
    statement = made.bring_to(State.APPROVED)
    assert post(Role.DISTRICT_APPROVER, "/settlements/bank-file", period=OCTOBER)[0] == 409  # no account yet
    about = {"holder": "=cmd|x", "bank": "杭州银行", "number": NUMBER}
    assert post(Role.STREET_CLERK, f"/settlements/{statement.id}/payee", **about)[0] == 200
    assert post(Role.DISTRICT_APPROVER, "/settlements/bank-file", period=OCTOBER)[0] == 409  # nobody accepted it
    accepted(post, statement.id)
    assert post(Role.STREET_CLERK, "/settlements/bank-file", period=OCTOBER)[0] == 403
    status, content = post(Role.DISTRICT_APPROVER, "/settlements/bank-file", period=OCTOBER)
    rows = list(csv.reader(io.StringIO(content.removeprefix("\ufeff"))))
    assert (status, content[0], len(rows)) == (200, "\ufeff", 2)
    assert rows[1][0] == f"JS{statement.id:08d}"
    assert rows[1][2:6] == ["'=cmd|x", "杭州银行", NUMBER, "22.80"]
    rows[1][7] = "BANK-2026-77"
    back = io.StringIO()
    csv.writer(back).writerows(rows)
    sent = (io.BytesIO(back.getvalue().encode("utf-8-sig")), "back.csv")
    assert post(Role.DISTRICT_APPROVER, "/settlements/payments", file=sent)[0] == 200
    assert (made.statement().state, made.statement().bank_reference) == (State.PAID, "BANK-2026-77")


@pytest.mark.parametrize(
    ("row", "part"),
    [
        ("JS{id:08d},22.81,B-1", "22.80"),
        ("JS99999999,22.80,B-1", "第 3 行"),
        ("abc,22.80,B-1", "abc"),
    ],
)
def test_a_file_that_does_not_fit_pays_nobody(post: Post, made: World, row: str, part: str) -> None:
    other = open_merchant(made.session, "A-9")
    made.sell(at(10, 9), merchant=other)
    made.make()
    good, bad = made.bring_to(State.APPROVED, merchant=other), made.bring_to(State.APPROVED)
    lines = f"结算单号,金额,银行流水号\nJS{good.id:08d},11.40,B-0\n{row.format(id=bad.id)}\n"
    sent = (io.BytesIO(lines.encode()), "back.csv")
    status, page = post(Role.DISTRICT_APPROVER, "/settlements/payments", file=sent)
    assert (status, part in page) == (422, True)
    assert made.statement(merchant=other).state == State.APPROVED


def test_whoever_wrote_the_account_does_not_write_the_file(post: Post, made: World) -> None:
    statement = made.bring_to(State.APPROVED)
    about = {"holder": "文晖二食堂", "bank": "杭州银行", "number": NUMBER}
    assert post(Role.DISTRICT_APPROVER, f"/settlements/{statement.id}/payee", **about)[0] == 200
    assert post(Role.DISTRICT_APPROVER, f"/settlements/{statement.id}/payee/decision", outcome="accept")[0] == 403
    services.accept_payee(made.session, merchant=made.canteen, by=made.approver, now=app_clock.now())
    assert post(Role.DISTRICT_APPROVER, "/settlements/bank-file", period=OCTOBER)[0] == 403


def test_a_refused_account_changes_nothing_and_another_may_be_written_down(
    post: Post, session: Session, made: World
) -> None:
    number = made.statement().id
    about = {"holder": "文晖二食堂", "bank": "杭州银行", "number": NUMBER}
    for _time in range(2):
        assert post(Role.STREET_CLERK, f"/settlements/{number}/payee", **about)[0] == 200
        status, _page = post(Role.DISTRICT_APPROVER, f"/settlements/{number}/payee/decision", outcome="refuse")
        assert status == 200
    assert session.get(Payee, made.canteen) is None
    assert [each.state for each in session.query(PayeeChange)] == ["rejected", "rejected"]


def test_the_excel_file_keeps_ids_as_text_and_is_logged_with_its_purpose(
    client: FlaskClient, session: Session, made: World
) -> None:
    sign_in(client, session, make_account(session, Role.AUDITOR, area_code=DISTRICT))
    path = f"/exports/new/settlement_lines?statement={made.statement().id}"
    sent = {"csrf_token": form_token(client, path), "file_format": "xlsx", "purpose": "核对十月结算"}
    asked = client.post(path, data=sent)
    assert asked.status_code == 303, asked.text
    answer = client.post(f"{asked.location}/file", data=sent, buffered=True)
    rows = list(load_workbook(io.BytesIO(answer.data)).worksheets[0].iter_rows())
    assert len(rows) == 3
    assert [cell.data_type for cell in rows[1]][8:11] == ["s", "s", "s"]
    assert rows[1][6].value == 11.4
    entries = session.query(AuditEntry).filter_by(subject_kind="export").order_by(AuditEntry.id)
    assert [entry.action for entry in entries] == ["export.asked", "export.fetched"]
    assert entries[0].reason == "核对十月结算"
    assert entries[0].new["filters"] == f"JS{made.statement().id:08d}"


def test_lines_of_other_areas_and_of_no_statement_are_not_exported(
    client: FlaskClient, session: Session, made: World
) -> None:
    number = made.statement().id
    sign_in(client, session, make_account(session, Role.AUDITOR, area_code="330106"))
    for asked in (str(number), "x", "", "9" * 30):
        assert client.get(f"/exports/new/settlement_lines?statement={asked}").status_code == 404
    assert client.get(f"/exports/new/canteen_settlement_lines?statement={number}").status_code in {403, 404}


def test_the_sheet_carries_the_root_of_the_seal(client: FlaskClient, session: Session, made: World) -> None:
    sign_in(client, session, make_account(session, Role.AUDITOR, area_code=DISTRICT))
    root = session.scalar(text("SELECT encode(root, 'hex') FROM ledger.seal ORDER BY height DESC LIMIT 1"))
    assert root in client.get(f"/settlements/{made.statement().id}/print").get_data(as_text=True)


# ------------------------------------------------------------------ the API


def test_the_api_walks_the_same_way(client: FlaskClient, session: Session, world: World, clock: FrozenClock) -> None:
    world.sell(at(10, 5))
    world.seal()
    clerk = as_role(client, session, Role.STREET_CLERK, STREET)
    approver = as_role(client, session, Role.DISTRICT_APPROVER)
    base = "/api/v1/subsidies/settlements"
    assert client.post(base, json={"period": "2026-11"}, headers=clerk).json["code"] == "period_not_over"
    assert client.post(base, json={"period": OCTOBER, "area": "330106"}, headers=clerk).status_code == 403
    assert client.post(base, json={"period": OCTOBER}, headers=clerk).json == {
        "statements": 1, "completed": 0, "lines": 1,
    }  # fmt: skip
    number = client.get(base, headers=clerk).json["items"][0]["id"]
    steps = f"{base}/{number}/steps"
    assert client.post(steps, json={"step": "send"}, headers=clerk).json["statement"]["state"] == "sent"
    assert client.post(steps, json={"step": "confirm"}, headers=clerk).status_code == 422
    assert client.post(steps, json={"step": "approve"}, headers=clerk).status_code == 403
    refused = client.post(steps, json={"step": "approve"}, headers=approver)
    assert (refused.status_code, refused.json["code"]) == (409, "settlement_out_of_order")
    lines = client.get(f"{base}/{number}/lines", headers=approver).json
    assert [line["points_fen"] + line["public_fen"] for line in lines["items"]] == [1140]
    assert client.get(f"{base}/{number}", headers=approver).json["shares"][0]["public_fen"] == 320
    assert client.get(f"{base}/disputes", headers=approver).json["items"] == []
    assert client.post(f"{base}/{number}/reopening", json={"cause": "漏了"}, headers=clerk).status_code == 409
    assert client.get(f"{base}/{number}", headers=as_role(client, session, Role.AUDITOR, "330106")).status_code == 404


@pytest.fixture
def count(session: Session) -> Iterator[Callable[[Callable[[], Any]], int]]:
    """Return a function that says how often a work asks the database."""
    seen: list[str] = []

    def note(*arguments: Any) -> None:
        seen.append(str(arguments[2]))

    event.listen(session.connection(), "before_cursor_execute", note)

    def counted(work: Callable[[], Any]) -> int:
        before = len(seen)
        work()
        return len(seen) - before

    yield counted
    event.remove(session.connection(), "before_cursor_execute", note)


def test_lists_ask_as_often_however_long_they_are(
    client: FlaskClient, session: Session, made: World, count: Callable[[Callable[[], Any]], int]
) -> None:
    sign_in(client, session, make_account(session, Role.AUDITOR, area_code=DISTRICT))
    pages = ("/settlements", f"/settlements/{made.statement().id}")
    few = [count(lambda path=path: client.get(path)) for path in pages]  # type: ignore[misc]
    for number in range(6):
        made.sell(at(10, 11 + number), merchant=open_merchant(session, f"Q-{number}"))
        made.sell(at(10, 11 + number))
    made.make()
    many = [count(lambda path=path: client.get(path)) for path in pages]  # type: ignore[misc]
    assert many == few
    assert max(few) <= 20


def test_the_api_reopens_by_two_people_and_seals_accounts(client: FlaskClient, session: Session, made: World) -> None:
    made.bring_to(State.APPROVED)
    clerk, approver = (as_role(client, session, role) for role in (Role.STREET_CLERK, Role.DISTRICT_APPROVER))
    base = f"/api/v1/subsidies/settlements/{made.statement().id}"
    decide = {"outcome": "reopen"}
    assert (
        client.post(f"{base}/reopening/decision", json=decide, headers=approver).json["code"] == "reopening_not_found"
    )
    assert client.post(f"{base}/reopening", json={"cause": "漏了一天"}, headers=clerk).status_code == 200
    assert client.post(f"{base}/reopening/decision", json=decide, headers=clerk).status_code == 403
    reopened = client.post(f"{base}/reopening/decision", json=decide, headers=approver).json["statement"]
    assert (reopened["state"], reopened["reopened"]) == ("drafted", 1)
    payee = {"holder": "文晖二食堂", "bank": "杭州银行", "number": NUMBER}
    accept = {"outcome": "accept"}
    assert client.post(f"{base}/payee/decision", json=accept, headers=approver).json["code"] == "payee_not_asked"
    assert client.put(f"{base}/payee", json=payee, headers=clerk).status_code == 202
    assert client.put(f"{base}/payee", json=payee, headers=clerk).json["code"] == "payee_asked"
    assert client.post(f"{base}/payee/decision", json=accept, headers=clerk).status_code == 403
    assert client.post(f"{base}/payee/decision", json=accept, headers=approver).status_code == 204
    assert client.put(f"{base}/payee", json={**payee, "number": "12345678x"}, headers=clerk).status_code == 422
    assert session.get_one(Payee, made.canteen).tail == "4567"

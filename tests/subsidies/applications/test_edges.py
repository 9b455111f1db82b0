"""Applications over HTTP and in the browser: who may call what, and a walk from the counter to the letter."""

import base64
import io
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.orm import Session

from app.auth import Role
from app.db import db
from app.people.models import Senior
from subsidies.applications import services
from tests.app.auth.factories import bearer, form_token, make_account, make_token, sign_in
from tests.conftest import NOON, FrozenClock
from tests.subsidies.applications.factories import (
    CARE,
    DISTRICT,
    PDF,
    STREET,
    apply,
    make_clerk,
    make_disabled,
    publish_documents,
)

API = "/api/v1/subsidies/applications"


@pytest.fixture
def senior(session: Session, clock: FrozenClock) -> Senior:
    found = make_disabled(session)
    publish_documents(session)
    return found


class Caller:
    """A program with a token of one role."""

    def __init__(self, client: FlaskClient, session: Session, role: Role, area_code: str = DISTRICT) -> None:
        self.client = client
        self.headers = bearer(make_token(session, make_account(session, role, area_code=area_code)))

    def post(self, address: str, status: int, **body: Any) -> dict[str, Any]:
        answer = self.client.post(f"{API}{address}", json=body, headers=self.headers)
        assert answer.status_code == status, answer.text
        found: dict[str, Any] = answer.get_json()
        return found

    def get(self, address: str, status: int = 200) -> Any:
        answer = self.client.get(f"{API}{address}", headers=self.headers)
        assert answer.status_code == status, answer.text
        return answer


@pytest.fixture
def clerk(client: FlaskClient, session: Session, senior: Senior) -> Caller:
    return Caller(client, session, Role.STREET_CLERK, STREET)


@pytest.fixture
def approver(client: FlaskClient, session: Session) -> Caller:
    return Caller(client, session, Role.DISTRICT_APPROVER)


def applying(senior: Senior) -> dict[str, Any]:
    return {
        "senior_id": senior.id,
        "programme": CARE,
        "relation": "community",
        "applicant_name": "陈红",
        "applied_on": "2026-11-20",
    }


def test_the_way_through_the_api(clerk: Caller, approver: Caller, senior: Senior) -> None:
    made = clerk.post("", 201, **applying(senior))
    number = made["id"]
    assert (made["state"], made["due_on"], made["title"]["zh"]) == (
        "submitted",
        "2026-11-27",
        "演示项目：拱墅失能照料重阳分",
    )
    assert clerk.post("", 409, **applying(senior))["code"] == "already_applied"
    content = base64.b64encode(PDF).decode()
    assert len(clerk.post(f"/{number}/documents", 201, title="评估报告", content=content)["documents"]) == 1
    wrong = clerk.post(f"/{number}/documents", 422, title="x", content=base64.b64encode(b"MZ").decode())
    assert wrong["code"] == "document_refused"
    clerk.post(f"/{number}/documents", 422, title="x", content="no base64!")
    assert approver.get(f"/{number}/documents/1").data == PDF
    approver.post(f"/{number}/decision", 409, approves=True)
    clerk.post(f"/{number}/check", 200, supports=True)
    approver.post(f"/{number}/decision", 422, approves=False)
    done = approver.post(f"/{number}/decision", 200, approves=False, reason="收入未核实")
    assert done["steps"][-1]["reason"] == "收入未核实"
    assert done["steps"][-1]["explanation"]["en"]
    clerk.post(f"/{number}/appeal", 200, reason="已补")
    assert approver.post(f"/{number}/appeal/decision", 403, approves=True, reason="好")["code"] == "same_person"
    approver.post(f"/{number}/end", 409, until_on="2027-01-01", reason="x")
    assert approver.post(f"/{number}/end/decision", 404, approves=True)["code"] == "ending_not_asked"
    assert clerk.post(f"/{number}/withdrawal", 200, reason="不办了")["state"] == "withdrawn"
    assert [item["id"] for item in clerk.get("?state=withdrawn").get_json()["items"]] == [number]
    clerk.get("/999999", 404)


@pytest.mark.parametrize(
    ("role", "listing", "applying_", "checking", "deciding", "opening"),
    [
        (Role.STREET_CLERK, 200, 201, 200, 403, 404),
        (Role.DISTRICT_APPROVER, 200, 403, 403, 409, 404),
        (Role.AUDITOR, 200, 403, 403, 403, 403),
        (Role.ADMINISTRATOR, 403, 403, 403, 403, 403),
        (Role.CASHIER, 403, 403, 403, 403, 403),
    ],
)
def test_each_role_does_its_part_and_no_other(  # noqa: PLR0917
    client: FlaskClient,
    session: Session,
    senior: Senior,
    role: Role,
    listing: int,
    applying_: int,
    checking: int,
    deciding: int,
    opening: int,
) -> None:
    other = make_disabled(session)
    number = apply(session, other, make_clerk(session))
    caller = Caller(client, session, role, STREET if role is Role.CASHIER else DISTRICT)
    caller.get("", listing)
    caller.post("", applying_, **applying(senior))
    if deciding == 409:
        caller.post(f"/{number}/decision", deciding, approves=True)
    caller.post(f"/{number}/check", checking, supports=True)
    if deciding != 409:
        caller.post(f"/{number}/decision", deciding, approves=True)
    caller.get(f"/{number}/documents/1", opening)


def test_a_clerk_walks_from_the_senior_to_the_application(
    client: FlaskClient, session: Session, senior: Senior
) -> None:
    sign_in(client, session, make_account(session, Role.STREET_CLERK, area_code=STREET))
    assert f"/applications/new/{senior.id}" in client.get(f"/people/seniors/{senior.id}?tab=points").text
    token = form_token(client, f"/applications/new/{senior.id}")
    form = {"csrf_token": token, "programme": CARE, "relation": "self", "applied_on": "2026-11-20"}
    refused = client.post(f"/applications/new/{senior.id}", data={**form, "applied_on": "2026-11-21"})
    assert (refused.status_code, 'aria-invalid="true"' in refused.text) == (422, True)
    answer = client.post(f"/applications/new/{senior.id}", data=form)
    assert answer.status_code == 303, answer.text
    address = answer.headers["Location"]
    page = client.get(address).text
    assert "1300.00" in page
    again = client.post(f"/applications/new/{senior.id}", data=form)
    assert again.status_code == 409
    file = {"csrf_token": token, "title": "证明", "file": (io.BytesIO(PDF), "a.pdf")}
    assert client.post(f"{address}/documents", data=file).status_code == 303
    empty = client.post(f"{address}/documents", data={"csrf_token": token, "title": "证明"})
    assert empty.status_code == 422
    assert client.get(f"{address}/documents/1").data == PDF
    assert client.post(f"{address}/check", data={"csrf_token": token, "supports": "true"}).status_code == 303
    letter = client.get(f"{address}/letter").text
    assert "最迟2026年12月4日办理" in letter
    assert "It will be dealt with by" in letter
    assert client.get("/applications/?state=checked&area=zz").status_code == 200
    assert address in client.get(f"/people/seniors/{senior.id}?tab=points").text


def test_an_approver_decides_and_an_auditor_only_reads(client: FlaskClient, session: Session, senior: Senior) -> None:
    clerk = make_clerk(session)
    number = apply(session, senior, clerk)
    services.check(session, application_id=number, supports=True, reason="", actor=clerk, now=NOON)
    sign_in(client, session, make_account(session, Role.AUDITOR, area_code=DISTRICT))
    page = client.get(f"/applications/{number}").text
    assert "/decision" not in page
    assert senior.name not in page
    sign_in(client, session, make_account(session, Role.DISTRICT_APPROVER, area_code=DISTRICT))
    token = form_token(client, f"/applications/{number}")
    sent = {"csrf_token": token, "approves": "true", "from_on": "2026-12-01"}
    assert client.post(f"/applications/{number}/decision", data=sent).status_code == 303
    assert "1300.00 yuan a month from" in client.get(f"/applications/{number}/letter").text
    again = client.post(f"/applications/{number}/decision", data=sent)
    assert again.status_code == 409
    end = {"csrf_token": token, "until_on": "2027-02-01", "reason": "住进养老院"}
    assert client.post(f"/applications/{number}/end", data={**end, "reason": ""}).status_code == 422
    assert client.post(f"/applications/{number}/end", data=end).status_code == 303
    assert "住进养老院" in client.get(f"/applications/{number}").text
    decision = {"csrf_token": token, "approves": "true"}
    assert client.post(f"/applications/{number}/end/decision", data=decision).status_code == 403
    sign_in(client, session, make_account(session, Role.DISTRICT_APPROVER, area_code=DISTRICT))
    decision["csrf_token"] = form_token(client, f"/applications/{number}")
    assert client.post(f"/applications/{number}/end/decision", data=decision).status_code == 303
    assert client.post(f"/applications/{number}/end/decision", data=decision).status_code == 404


def test_the_queue_costs_the_same_for_one_and_for_many(client: FlaskClient, session: Session, senior: Senior) -> None:
    sign_in(client, session, make_account(session, Role.STREET_CLERK, area_code=STREET))

    def count() -> int:
        seen: list[str] = []

        def note(*args: Any) -> None:
            seen.append(args[2])

        event.listen(db.engine, "before_cursor_execute", note)
        client.get("/applications/")
        event.remove(db.engine, "before_cursor_execute", note)
        return len(seen)

    clerk = make_clerk(session)
    apply(session, senior, clerk)
    client.get("/applications/")
    one = count()
    for _ in range(5):
        apply(session, make_disabled(session), clerk)
    assert count() == one

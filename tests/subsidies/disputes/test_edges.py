"""Disputes over HTTP and on the clerk's pages: who may call what, and a walk from the question to the answer."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.auth.actor import Role
from app.auth.models import Account
from subsidies.disputes.circumstances import find_circumstances
from tests.app.auth.factories import form_token, sign_in
from tests.app.people.factories import bearer, make_staff
from tests.conftest import FrozenClock
from tests.subsidies.disputes.factories import Asked, make_asked

API = "/api/v1/subsidies/disputes"


@pytest.fixture
def asked(session: Session, clock: FrozenClock) -> Asked:
    return make_asked(session)


def daughter_of(asked: Asked) -> dict[str, str]:
    return bearer(asked.session, asked.session.get_one(Account, asked.daughter.account_id))


def test_the_way_through_the_api(asked: Asked, client: FlaskClient) -> None:
    family, clerk = daughter_of(asked), bearer(asked.session, asked.clerk_account)
    body = {"senior_id": asked.senior.id, "txn_id": str(asked.line), "reason": "amount", "words": "少了"}
    made = client.post(API, json=body, headers=family)
    assert (made.status_code, made.get_json()["state"], made.get_json()["due_on"]) == (201, "open", "2026-11-30")
    again = client.post(API, json=body, headers=family)
    assert (again.status_code, again.get_json()["code"]) == (409, "already_disputed")
    one = f"{API}/{made.get_json()['id']}"
    assert [item["words"] for item in client.get(API, headers=clerk).get_json()["items"]] == ["少了"]
    assert client.get(one, headers=clerk).get_json()["senior"] == asked.senior.name
    answered = client.post(f"{one}/answer", json={"is_upheld": True, "answer": "是少了"}, headers=clerk)
    assert (answered.status_code, answered.get_json()["state"]) == (200, "upheld")
    closed = client.post(f"{one}/withdrawal", headers=family)
    assert (closed.status_code, closed.get_json()["code"]) == (409, "dispute_closed")


def test_an_answer_of_blanks_is_none(asked: Asked, client: FlaskClient) -> None:
    one = f"{API}/{asked.open().id}"
    clerk = bearer(asked.session, asked.clerk_account)
    for blank in ("   ", "　　", "\n\n"):
        refused = client.post(f"{one}/answer", json={"is_upheld": False, "answer": blank}, headers=clerk)
        assert (refused.status_code, list(refused.get_json()["errors"])) == (422, ["answer"])


@pytest.mark.parametrize(
    ("role", "opens", "lists", "answers"),
    [
        (Role.STREET_CLERK, 403, 200, 404),
        (Role.AUDITOR, 403, 200, 403),
        (Role.DISTRICT_APPROVER, 403, 200, 403),
        (Role.FAMILY, 404, 403, 403),
        (Role.ELDER, 404, 403, 403),
    ],
)
def test_who_may_call_what(asked: Asked, client: FlaskClient, role: Role, opens: int, lists: int, answers: int) -> None:  # noqa: PLR0917
    headers = bearer(asked.session, make_staff(asked.session, role=role))
    body = {"senior_id": asked.senior.id, "txn_id": str(asked.line), "reason": "other"}
    assert client.post(API, json=body, headers=headers).status_code == opens
    assert client.get(API, headers=headers).status_code == lists
    answer = {"is_upheld": True, "answer": "好的"}
    assert client.post(f"{API}/999999/answer", json=answer, headers=headers).status_code == answers


def test_an_auditor_sees_masked_names(asked: Asked, client: FlaskClient) -> None:
    asked.open()
    auditor = bearer(asked.session, make_staff(asked.session, role=Role.AUDITOR))
    (item,) = client.get(API, headers=auditor).get_json()["items"]
    assert (item["senior"], item["by"]) == ("王*英", "王*")


def test_a_clerk_answers_on_the_page(asked: Asked, client: FlaskClient, clock: FrozenClock) -> None:
    dispute = asked.open(words="不是我们拿的")
    clock.advance(days=11)
    sign_in(client, asked.session, asked.clerk_account)
    queue = client.get("/disputes").text
    assert "1 条异议超过期限" in queue
    page = client.get(f"/disputes/{dispute.id}").text
    for part in ("不是我们拿的", "75.00", "2026年11月30日", asked.senior.name):
        assert part in page
    token = form_token(client, f"/disputes/{dispute.id}")
    refused = client.post(f"/disputes/{dispute.id}/answer", data={"csrf_token": token, "is_upheld": "true"})
    assert refused.status_code == 422
    typed: dict[str, Any] = {"csrf_token": token, "is_upheld": "true", "answer": "多发了一次，已经更正。"}
    assert client.post(f"/disputes/{dispute.id}/answer", data=typed).status_code == 303
    shown = client.get(f"/disputes/{dispute.id}").text
    assert "多发了一次，已经更正。" in shown
    assert "/grants/corrections" in shown
    assert "没有异议等着答复" in client.get("/disputes").text
    assert "家属异议" in client.get(f"/people/seniors/{asked.senior.id}?tab=checks").text


def test_the_queue_puts_up_with_an_address_it_cannot_read(asked: Asked, client: FlaskClient) -> None:
    sign_in(client, asked.session, asked.clerk_account)
    assert client.get("/disputes?state=odd&after=x").status_code == 200


def test_nobody_knows_circumstances_of_a_grant(asked: Asked) -> None:
    around = find_circumstances(
        asked.session, cause={"what": "grant"}, home=asked.senior.id, txn_id=asked.line, actor=asked.clerk
    )
    assert around is None

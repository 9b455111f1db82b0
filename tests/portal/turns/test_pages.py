"""Pages and API of turns of life: preview, record, take back, lists, roles, constant questions."""

import io
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app import vault
from app.auth.actor import Role
from app.auth.models import Account
from app.people.turns import TurnKind
from tests.app.areas.factories import make_place
from tests.app.auth.factories import form_token, make_account, sign_in
from tests.app.conftest import count_statements
from tests.app.people.factories import bearer, make_senior
from tests.meals.factories import DISTRICT, STREET
from tests.portal.turns.cast import DIED, Life

__all__ = ["count_statements"]
Counter = Callable[[], AbstractContextManager[list[str]]]


@pytest.fixture
def clerk(life: Life, session: Session) -> Account:
    return make_account(session, Role.STREET_CLERK, area_code=STREET, name="方琳")


@pytest.fixture
def approver(life: Life, session: Session) -> Account:
    return make_account(session, Role.DISTRICT_APPROVER, area_code=DISTRICT, name="徐建平")


def post(client: FlaskClient, path: str, data: dict[str, Any] | None = None, **more: Any) -> Any:
    return client.post(path, data={"csrf_token": form_token(client, "/turns/lists/"), **(data or {})}, **more)


def form(**more: Any) -> dict[str, Any]:
    return {
        "kind": "death",
        "from_on": DIED.isoformat(),
        "until_on": "",
        "to_area_code": "",
        "reason": "社区核实",
        **more,
    }


def test_a_death_is_previewed_recorded_and_taken_back_on_pages(
    life: Life, session: Session, client: FlaskClient, clerk: Account, approver: Account
) -> None:
    sign_in(client, session, clerk)
    base = f"/people/seniors/{life.senior.id}/turns"
    assert "/turns/preview" in client.get(base).get_data(as_text=True)
    seen = post(client, f"{base}/preview", form())
    assert seen.status_code == 200
    assert life.count("life_turn") == 0
    told = post(client, base, form())
    assert told.status_code == 303
    one = told.headers["Location"]
    assert client.get(one).status_code == 200
    assert client.get("/turns").status_code == 200
    assert client.get(f"/people/seniors/{life.senior.id}").status_code == 200
    again = post(client, base, form())
    assert again.status_code == 409
    assert post(client, f"{one}/undo", {"why": "本人健在，登记错了"}).status_code == 303
    assert post(client, f"{one}/undo/approval").status_code == 403
    sign_in(client, session, approver)
    assert post(client, f"{one}/undo/approval").status_code == 303
    assert client.get(one).status_code == 200
    assert life.balance() == 10_000


def test_a_list_is_sent_decided_and_confirmed_on_pages(
    life: Life, session: Session, client: FlaskClient, clerk: Account
) -> None:
    sign_in(client, session, clerk)
    assert client.get("/turns/lists/").status_code == 200
    assert "身份" not in client.get("/turns/lists/template.csv").get_data(as_text=True)[:3]
    number = vault.unseal(life.senior.id_number_sealed)
    text = f"name,id_number,event,on,source\n王玉兰,{number},death,2026-11-18,police\n坏行,1,death,2026-11-18,police\n"
    file = {"file": (io.BytesIO(text.encode()), "list.csv")}
    sent = post(client, "/turns/lists/", file, content_type="multipart/form-data")
    assert sent.status_code == 303
    page = client.get(sent.headers["Location"]).get_data(as_text=True)
    assert number not in page
    assert number[-4:] in page
    done = post(client, f"{sent.headers['Location']}/confirmation")
    assert done.status_code == 303
    assert life.count("life_turn", "source = 'list'") == 1
    assert post(client, "/turns/lists/", {}).status_code == 422


def test_the_api_records_once_for_a_key(life: Life, session: Session, client: FlaskClient, clerk: Account) -> None:
    head = bearer(session, clerk)
    body = {"senior_id": life.senior.id, "kind": "hospital", "from_on": "2026-11-19", "reason": "医院名单"}
    seen = client.post("/api/v1/turns/preview", json=body, headers=head)
    assert {each["code"] for each in seen.get_json()["effects"]} >= {"status", "home_quiet"}
    assert client.post("/api/v1/turns", json=body, headers=head).get_json()["code"] == "idempotency_key_required"
    first = client.post("/api/v1/turns", json=body, headers={**head, "Idempotency-Key": "a"})
    again = client.post("/api/v1/turns", json=body, headers={**head, "Idempotency-Key": "a"})
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.get_json() == first.get_json()
    other = client.post("/api/v1/turns", json={**body, "reason": "别的"}, headers={**head, "Idempotency-Key": "a"})
    assert other.get_json()["code"] == "key_reused"
    assert client.get("/api/v1/turns", headers=head).get_json()["items"][0]["kind"] == "hospital"


@pytest.mark.parametrize("role", [Role.CASHIER, Role.FAMILY, Role.ASSESSOR, Role.OPERATOR])
def test_others_have_no_business_here(life: Life, session: Session, client: FlaskClient, role: Role) -> None:
    canteen = {"canteen_id": life.lunch.canteen.id} if role is Role.CASHIER else {}
    account = make_account(session, role, area_code=STREET, **canteen)
    for path in ("/api/v1/turns", "/turns", "/turns/lists/", f"/people/seniors/{life.senior.id}/turns"):
        assert client.get(path, headers=bearer(session, account)).status_code in (302, 403)


def test_an_auditor_reads_and_records_nothing(life: Life, session: Session, client: FlaskClient) -> None:
    account = make_account(session, Role.AUDITOR, area_code=DISTRICT)
    sign_in(client, session, account)
    page = client.get(f"/people/seniors/{life.senior.id}/turns").get_data(as_text=True)
    assert "/turns/preview" not in page
    assert post(client, f"/people/seniors/{life.senior.id}/turns", form()).status_code == 403


def test_a_clerk_of_another_street_sees_nothing(life: Life, session: Session, client: FlaskClient) -> None:
    row = life.turn(TurnKind.DEATH)
    account = make_account(session, Role.STREET_CLERK, area_code="330106003")
    sign_in(client, session, account)
    assert client.get(f"/turns/{row.id}").status_code == 404
    assert client.get(f"/people/seniors/{life.senior.id}/turns").status_code == 404
    assert post(client, f"/turns/{row.id}/undo", {"why": "登记错了吧"}).status_code == 404


def test_a_long_list_asks_as_few_questions_as_a_short_one(
    life: Life, session: Session, client: FlaskClient, approver: Account, count_statements: Counter
) -> None:
    sign_in(client, session, approver)
    life.turn(TurnKind.HOSPITAL)
    with count_statements() as few:
        client.get("/turns")
    for number in range(4):
        senior = make_senior(session, name=f"老人{number}", hukou_area=STREET)
        asked = type(life.asked(TurnKind.MOVE))(
            senior_id=senior.id, kind=TurnKind.MOVE, from_on=DIED - timedelta(days=number), reason="迁出"
        )
        life.record(asked)
    with count_statements() as many:
        client.get("/turns")
    assert len(many) == len(few)


@pytest.mark.parametrize("day", ["0001-01-01", "1899-12-31", "9999-12-31"])
def test_a_day_that_cannot_be_is_told_at_the_field(
    life: Life, session: Session, client: FlaskClient, clerk: Account, day: str
) -> None:
    body = {"senior_id": life.senior.id, "kind": "hospital", "from_on": day, "reason": "医院名单"}
    told = client.post("/api/v1/turns/preview", json=body, headers=bearer(session, clerk))
    assert told.status_code == 422
    assert "from_on" in str(told.get_json()["errors"])


def test_a_retry_is_told_what_was_recorded_though_the_person_lives_elsewhere_by_now(
    life: Life, session: Session, client: FlaskClient, clerk: Account
) -> None:
    head = {**bearer(session, clerk), "Idempotency-Key": "move"}
    asked = {"senior_id": life.senior.id, "kind": "move", "from_on": "2026-11-19", "reason": "迁到外区"}
    other = make_place(session, "330106009", "蒋村街道")
    body = {**asked, "to_area_code": other}
    first, again = (client.post("/api/v1/turns", json=body, headers=head) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.get_json()["item"]["id"] == first.get_json()["item"]["id"]


def test_whoever_sees_no_names_sees_none_of_a_daily_list_either(
    life: Life, session: Session, client: FlaskClient, clerk: Account
) -> None:
    number = vault.unseal(life.senior.id_number_sealed)
    wrong = number[:17] + ("0" if number[17] != "0" else "1")
    text = f"name,id_number,event,on,source\n赵外人,{wrong},death,2026-11-18,police\n"
    head = bearer(session, clerk)
    sent = client.post("/api/v1/turns/lists", json={"file_name": "list.csv", "csv": text}, headers=head).get_json()
    sign_in(client, session, clerk)
    assert "赵外人" in client.get(f"/turns/lists/{sent['id']}").get_data(as_text=True)
    sign_in(client, session, make_account(session, Role.AUDITOR, area_code=DISTRICT))
    page = client.get(f"/turns/lists/{sent['id']}").get_data(as_text=True)
    assert "赵外人" not in page
    assert "王玉兰" not in page

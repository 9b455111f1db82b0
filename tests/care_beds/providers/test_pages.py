"""The pages and the API of providers: who opens what, and what a form does."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from app.auth.actor import PERSONAL_ROLES, Role
from app.auth.models import Account
from app.clock import business_day
from care_beds.providers.access import KEEPERS, MANAGERS, READERS, REVIEWERS
from care_beds.providers.models import CareProvider, Carer, CarerCertificate, ProviderReview
from care_beds.providers.tasks import tell_endings
from tests.app.areas.factories import make_place
from tests.app.auth.factories import bearer, form_token, make_account, make_token, sign_in
from tests.app.people.factories import make_card, make_senior
from tests.app.people.relatives.factories import make_relative
from tests.app.pictures.photos import make_photo
from tests.care_beds.factories import CITY, FAR_OFF, LONG_AGO, STREET, make_carer, make_provider
from tests.conftest import NOON, FrozenClock

API, TODAY = "/api/v1/care-beds", business_day(NOON)
FACTS = {
    "name": "和睦居家照护站",
    "area": STREET,
    "licence_number": "杭养备 0171",
    "licence_expires_on": FAR_OFF.isoformat(),
    "agreement_number": "协 2026-3",
    "agreement_from": LONG_AGO.isoformat(),
    "agreement_expires_on": FAR_OFF.isoformat(),
    "capacity": 30,
}
CARER = {
    "name": "赵巧珍",
    "id_number": "330106198005060026",
    "phone": "13700137000",
    "username": "zhaoqz",
    "employed_from": TODAY.isoformat(),
}


@pytest.fixture(autouse=True)
def _today(clock: FrozenClock) -> None:
    clock.set(NOON)


@pytest.fixture
def provider(session: Session) -> CareProvider:
    return make_provider(session)


@pytest.fixture
def log_in(client: FlaskClient, session: Session, provider: CareProvider) -> Callable[[Role], Account]:
    def log_in(role: Role) -> Account:
        account = (
            make_relative(session, role)
            if role in PERSONAL_ROLES
            else make_account(session, role, area_code=STREET, provider_id=provider.id)
        )
        sign_in(client, session, account)
        return account

    return log_in


def send(client: FlaskClient, path: str, **fields: Any) -> Any:
    return client.post(path, data={"csrf_token": form_token(client, "/account"), **fields})


@pytest.mark.parametrize("role", list(Role))
def test_each_role_opens_what_is_its_work(
    client: FlaskClient, session: Session, provider: CareProvider, log_in: Callable[[Role], Account], role: Role
) -> None:
    carer = make_carer(session, provider=provider)
    log_in(role)
    one, person = f"/care/providers/{provider.id}", f"/care/carers/{carer.id}"
    opened = {
        one: role in READERS,
        f"{one}/edit": role in KEEPERS,
        f"{one}/carers/new": role in MANAGERS,
        "/care/providers/ending": role in READERS,
        person: role in READERS,
    }
    for path, may in opened.items():
        expected = 200 if may else 404 if (path, role) == (person, Role.CARER) else 403
        assert client.get(path).status_code == expected, path
    sent = {
        f"{one}/state": role in KEEPERS,
        f"{one}/reviews": role in REVIEWERS,
        f"{person}/suspension": role in MANAGERS,
        f"{person}/kin": role in (*MANAGERS, Role.CARER),
    }
    for path, may in sent.items():
        assert (send(client, path).status_code == 403) is not may, path


def test_a_clerk_takes_in_a_provider_changes_it_and_suspends_it(
    client: FlaskClient, session: Session, log_in: Callable[[Role], Account]
) -> None:
    log_in(Role.STREET_CLERK)
    refused = send(client, "/care/providers/new", **{**FACTS, "code": "HM-01", "capacity": "many"})
    assert refused.status_code == 422
    assert "和睦居家照护站" in refused.get_data(as_text=True)
    opened = send(client, "/care/providers/new", **FACTS, code="HM-01")
    made = session.scalars(select(CareProvider).where(CareProvider.code == "HM-01")).one()
    path = f"/care/providers/{made.id}"
    assert opened.headers["Location"] == path
    assert send(client, f"{path}/edit", **{**FACTS, "capacity": 31}).status_code == 303
    assert send(client, f"{path}/state", state="suspended", words="整改消防").status_code == 303
    assert send(client, f"{path}/state", state="suspended", words="整改消防").status_code == 409
    shown = client.get(path).get_data(as_text=True)
    assert "整改消防" in shown
    assert "31" in shown
    listed = client.get("/care/providers?query=hm-01").get_data(as_text=True)
    assert "和睦居家照护站" in listed
    assert "没有" in client.get("/care/providers?query=nobody").get_data(as_text=True)


def test_a_supervisor_writes_down_a_look_which_the_manager_reads(
    client: FlaskClient, session: Session, provider: CareProvider, log_in: Callable[[Role], Account]
) -> None:
    path = f"/care/providers/{provider.id}"
    log_in(Role.SUPERVISOR)
    assert send(client, f"{path}/reviews", reviewed_on=TODAY, stars=6, words="现场整洁").status_code == 422
    assert send(client, f"{path}/reviews", reviewed_on=TODAY, stars=4, words="现场整洁").status_code == 303
    assert session.scalars(select(ProviderReview.stars)).all() == [4]
    log_in(Role.PROVIDER_MANAGER)
    assert client.get("/care/providers").headers["Location"] == path
    assert "现场整洁" in client.get(path).get_data(as_text=True)


def test_a_manager_takes_on_a_carer_and_records_a_certificate_with_its_photo(
    client: FlaskClient, session: Session, provider: CareProvider, log_in: Callable[[Role], Account]
) -> None:
    log_in(Role.PROVIDER_MANAGER)
    hired = send(client, f"/care/providers/{provider.id}/carers/new", **CARER)
    assert hired.status_code == 200
    carer = session.scalars(select(Carer)).one()
    path = f"/care/carers/{carer.id}"
    certificate = {"kind": "health", "number": "健 1", "issued_on": "2026-03-01", "expires_on": "2026-12-01"}
    bad = {**certificate, "picture": (io.BytesIO(b"<html>"), "health.jpg")}
    refused = send(client, f"{path}/certificates", **bad)
    assert refused.status_code == 422
    assert "这不是照片" in refused.get_data(as_text=True)
    good = {**certificate, "picture": (io.BytesIO(make_photo()), "health.html")}
    assert send(client, f"{path}/certificates", **good).status_code == 303
    recorded = session.scalars(select(CarerCertificate)).one()
    shown = client.get(path).get_data(as_text=True)
    assert f"/pictures/{recorded.picture_id}/small" in shown
    assert "3301061980****0026" not in shown
    assert "330106********0026" in shown
    assert "赵巧珍" in client.get("/care/providers/ending").get_data(as_text=True)
    assert send(client, f"{path}/certificates/{recorded.id}/withdrawal", words="号码输错").status_code == 303
    assert send(client, f"{path}/edit", name="赵巧真", phone="13900139000").status_code == 303
    assert send(client, f"{path}/suspension", words="投诉待查").status_code == 303
    assert send(client, f"{path}/resumption", words="查无此事").status_code == 303
    assert send(client, f"{path}/departure", words="离职", last_on=TODAY).status_code == 303
    assert "离职" in client.get(f"/care/providers/{provider.id}").get_data(as_text=True)
    assert send(client, f"{path}/suspension", words="投诉待查").status_code == 409


def test_a_carer_sees_own_papers_and_declares_kin_and_the_manager_takes_it_back(
    client: FlaskClient, session: Session, provider: CareProvider, log_in: Callable[[Role], Account]
) -> None:
    hired = make_carer(session, provider=provider)
    mother = make_senior(session, name="王玉兰", hukou_area=STREET)
    kin = {"card": make_card(session, mother).number, "name": "王玉兰", "relation": "parent"}
    sign_in(client, session, hired.account)
    path = f"/care/carers/{hired.id}"
    assert client.get("/care/papers").status_code == 200
    assert send(client, f"{path}/kin", **{**kin, "name": "王兰"}).status_code == 409
    assert send(client, f"{path}/kin", **kin, is_cohabitant="true").status_code == 303
    assert "王玉兰" in client.get(path).get_data(as_text=True)
    assert send(client, f"{path}/kin/1/end", words="填错").status_code == 403
    log_in(Role.PROVIDER_MANAGER)
    page = client.get(path).get_data(as_text=True)
    end = page.split(f"{path}/kin/", 1)[1].split("/end", 1)[0]
    assert send(client, f"{path}/kin/{end}/end", words="填错").status_code == 303
    log_in(Role.CARER)
    assert "还没有" in client.get("/care/papers").get_data(as_text=True)


def test_the_api_does_what_the_pages_do(client: FlaskClient, session: Session) -> None:
    make_place(session, STREET)
    clerk = bearer(
        make_token(session, make_account(session, Role.STREET_CLERK, Role.DISTRICT_APPROVER, area_code=CITY))
    )

    def call(method: str, path: str, status: int, **body: Any) -> Any:
        answer = client.open(f"{API}{path}", method=method, headers=clerk, json=body or None)
        assert answer.status_code == status, answer.get_data(as_text=True)
        return answer.get_json() if answer.data else None

    made = call("POST", "/providers", 201, **FACTS, code="hm-01")["id"]
    assert call("GET", "/providers", 200)["items"][0]["code"] == "HM-01"
    assert call("GET", f"/providers/{made}", 200)["capacity"] == 30
    call("PUT", f"/providers/{made}", 200, **{**FACTS, "capacity": 31})
    call("POST", f"/providers/{made}/reviews", 201, reviewed_on=TODAY.isoformat(), stars=5, words="现场整洁")
    hired = call("POST", f"/providers/{made}/carers", 201, **CARER)
    one = f"/carers/{hired['id']}"
    health = call("POST", f"{one}/certificates", 201, kind="health", number="健 1", issued_on="2026-03-01")["id"]
    assert call("GET", f"/providers/{made}/carers", 200)["items"][0]["certificates"][0]["standing"] == "valid"
    call("PUT", one, 200, name="赵巧真", phone="13900139000")
    assert call("POST", f"{one}/suspension", 200, words="投诉待查")["state"] == "suspended"
    assert call("POST", f"{one}/suspension", 409, words="投诉待查")["code"] == "state_unchanged"
    call("POST", f"{one}/resumption", 200, words="查无此事")
    call("POST", f"{one}/certificates/{health}/withdrawal", 204, words="号码输错")
    card = make_card(session, make_senior(session, name="王玉兰", hukou_area=STREET)).number
    kin = call("POST", f"{one}/kin", 201, card=card, name="王玉兰", relation="parent")["id"]
    call("POST", f"{one}/kin/{kin}/end", 204, words="填错了")
    assert call("GET", "/certificates/ending", 200) == {"items": [], "next": None}
    call("POST", f"{one}/departure", 200, last_on=TODAY.isoformat(), words="离职")
    assert call("POST", f"{one}/departure", 409, last_on=TODAY.isoformat(), words="离职")["code"] == "carer_left"
    assert call("POST", f"/providers/{made}/state", 200, state="ended", words="协议到期")["state"] == "ended"
    call("GET", "/providers/999999", 404)
    call("GET", "/carers/999999", 404)
    assert "capacity" in call("POST", "/providers", 422, **{**FACTS, "capacity": -1}, code="hm-02")["errors"]


def test_a_list_asks_as_much_for_many_providers_as_for_one(
    client: FlaskClient, session: Session, provider: CareProvider, log_in: Callable[[Role], Account]
) -> None:
    make_carer(session, provider=provider)
    log_in(Role.STREET_CLERK)

    def count() -> int:
        seen: list[str] = []

        def note(*arguments: Any) -> None:
            seen.append(arguments[2])

        bound = session.connection()
        event.listen(bound, "before_cursor_execute", note)
        client.get("/care/providers")
        event.remove(bound, "before_cursor_execute", note)
        return len(seen)

    count()
    once = count()
    for _ in range(4):
        for _ in range(2):
            make_carer(session, provider=make_provider(session))
    assert 3 < count() == once


def test_the_task_may_run_twice(session: Session, provider: CareProvider) -> None:
    make_carer(session, provider=provider, expires_on=TODAY)
    session.commit()
    tell_endings()
    tell_endings()

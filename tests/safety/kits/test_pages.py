"""The pages of kits: who opens what, and what a form does."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from app.auth.actor import PERSONAL_ROLES, Role
from app.auth.models import Account
from app.clock import business_day
from safety.kits.access import CLERKS, FITTERS, GATEWAY_KEEPERS, READERS
from safety.kits.models import SafetyContact, SafetyDevice, SafetyGateway, SafetyHome, SafetyHomeSetting
from safety.kits.queries import find_gateway
from safety.kits.testing import hear_tests
from safety.kits.thresholds import list_thresholds
from tests.app.auth.factories import STREET, form_token, make_account, sign_in
from tests.app.people.factories import make_senior
from tests.app.people.relatives.factories import make_relative
from tests.conftest import NOON, FrozenClock
from tests.safety.factories import make_contact, make_device, make_gateway, make_home

TODAY = business_day(NOON)
APPLICATION = {"payer": "public", "lives_alone": "true", "agreed_by": "senior", "agreed_on": TODAY.isoformat()}


@pytest.fixture(autouse=True)
def _today(clock: FrozenClock, terms: None) -> None:
    clock.set(NOON)


@pytest.fixture
def log_in(client: FlaskClient, session: Session) -> Callable[[Role], Account]:
    def log_in(role: Role) -> Account:
        is_kin = role in PERSONAL_ROLES
        account = make_relative(session, role) if is_kin else make_account(session, role, area_code=STREET)
        sign_in(client, session, account)
        return account

    return log_in


def send(client: FlaskClient, path: str, **fields: Any) -> Any:
    return client.post(path, data={"csrf_token": form_token(client, "/account"), **fields})


@pytest.mark.parametrize("role", [*READERS, Role.GRID_WORKER, Role.CASHIER, Role.FAMILY])
def test_each_role_opens_what_is_its_work(
    client: FlaskClient, session: Session, log_in: Callable[[Role], Account], role: Role
) -> None:
    home = make_home(session)
    log_in(role)
    one = f"/safety/homes/{home.id}"
    opened = {
        "/safety/homes": READERS,
        one: READERS,
        f"{one}/settings": READERS,
        f"{one}/installing": FITTERS,
        f"{one}/installing/tests": FITTERS,
        "/safety/installing": FITTERS,
        f"/safety/homes/new/{home.senior_id}": CLERKS,
        "/safety/devices": READERS,
        "/safety/gateways": READERS,
    }
    for path, roles in opened.items():
        assert client.get(path).status_code == (200 if role in roles else 403), path
    assert (send(client, "/safety/gateways").status_code == 403) is (role not in GATEWAY_KEEPERS)
    assert (send(client, f"{one}/end").status_code == 403) is (role not in CLERKS)


def test_a_kit_on_pages_from_the_application_to_the_first_day(
    client: FlaskClient, session: Session, log_in: Callable[[Role], Account]
) -> None:
    senior = make_senior(session, hukou_area=STREET)
    log_in(Role.STREET_CLERK)
    new = f"/safety/homes/new/{senior.id}"
    refused = send(client, new, **{**APPLICATION, "kin_near": "true"})
    assert refused.status_code == 409
    assert "配偶" in refused.get_data(as_text=True)
    made = send(client, new, **APPLICATION)
    home = session.scalars(select(SafetyHome)).one()
    one = f"/safety/homes/{home.id}"
    assert made.headers["Location"] == one
    page = client.get(f"/people/seniors/{senior.id}?tab=safety").get_data(as_text=True)
    assert f'href="{one}"' in page
    contact = {"name": "王敏", "phone": "13900139000", "kind": "contact", "relation": "女儿", "has_key": "true"}
    assert send(client, f"{one}/contacts", **{**contact, "phone": "12"}).status_code == 422
    assert send(client, f"{one}/contacts", **contact).status_code == 303
    log_in(Role.INSTALLER)
    gateway = make_gateway(session)
    for kind in ("sos", "motion", "door"):
        stocked = send(client, "/safety/devices", kind=kind, serial=f"SN-{kind}", area=STREET)
        assert stocked.status_code == 303
        put = {"serial": f"SN-{kind}", "place": "entrance", "gateway_id": gateway.id}
        assert send(client, f"{one}/installing/serial", **put).status_code == 303
    assert send(client, f"{one}/installing/serial", **put).status_code == 422
    assert send(client, f"{one}/installing/start").status_code == 409
    assert send(client, f"{one}/installing/test").status_code == 303
    tests = client.get(f"{one}/installing/tests").get_data(as_text=True)
    assert tests.count("还没试过") == 3
    assert "hx-get" in tests
    heard = dict.fromkeys(session.scalars(select(SafetyDevice.id)), NOON)
    hear_tests(session, heard=heard, now=NOON)
    session.commit()
    assert client.get(f"{one}/installing/tests").get_data(as_text=True).count("11:48 试过") == 3
    assert send(client, f"{one}/installing/start").status_code == 303
    session.expire_all()
    assert session.get_one(SafetyHome, home.id).state == "active"
    device = session.scalars(select(SafetyDevice.id)).first()
    assert send(client, f"{one}/installing/devices/{device}/place?from=home", place="hall").headers["Location"] == one
    lost = f"{one}/installing/devices/{device}/loss?from=home"
    assert send(client, lost).status_code == 422
    assert send(client, lost, words="搬家时丢了").status_code == 303
    assert send(client, f"{one}/installing/test/end").status_code == 303


def test_what_is_sealed_is_shown_once_and_never_lies_in_the_page(
    client: FlaskClient, session: Session, log_in: Callable[[Role], Account]
) -> None:
    home = make_home(session, way_in="门禁 2580#")
    contact = make_contact(session, home)
    one = f"/safety/homes/{home.id}"
    log_in(Role.STREET_CLERK)
    page = client.get(one).get_data(as_text=True)
    assert not any(secret in page for secret in ("2580", "观津路", "13900139000"))
    assert send(client, f"{one}/reveals", parts="way_in").status_code == 422
    assert "2580#" in send(client, f"{one}/reveals", parts="way_in", reason="上门安装").get_data(as_text=True)
    assert "观津路" in send(client, f"{one}/installing/reveals", parts="address", reason="上门安装").get_data(
        as_text=True
    )
    phone = send(client, f"{one}/contacts/{contact.id}/phone", reason="核对号码").get_data(as_text=True)
    assert "13900139000" in phone
    health = {"health_agreed_on": TODAY, "illnesses": "高血压"}
    assert send(client, f"{one}/health", **health).status_code == 303
    assert "高血压" not in client.get(one).get_data(as_text=True)
    assert send(client, f"{one}/health/end").status_code == 303
    assert send(client, f"{one}/facts", instructions="说话大声点", way_in="").status_code == 303
    session.expire_all()
    kept = session.get_one(SafetyHome, home.id)
    assert (kept.instructions, kept.way_in_sealed is not None, kept.lives_alone) == ("说话大声点", True, False)


def test_contacts_and_away_on_the_page(
    client: FlaskClient, session: Session, log_in: Callable[[Role], Account]
) -> None:
    home = make_home(session)
    first, second = make_contact(session, home), make_contact(session, home, position=2, name="李芳")
    one = f"/safety/homes/{home.id}"
    log_in(Role.OPERATOR)
    assert send(client, f"{one}/contacts/{second.id}/earlier").status_code == 303
    assert send(client, f"{one}/contacts/{first.id}", name="王小敏", kind="contact").status_code == 303
    assert send(client, f"{one}/contacts/{second.id}/removal").status_code == 303
    left = session.execute(select(SafetyContact.position, SafetyContact.name)).all()
    assert [tuple(row) for row in left] == [(1, "王小敏")]
    assert send(client, f"{one}/away", reason="visit", until_at="yesterday").status_code == 422
    assert send(client, f"{one}/away", reason="visit", until_at="2026-11-22T18:00").status_code == 303
    page = client.get(one).get_data(as_text=True)
    assert "去子女家" in page
    assert "11月22日 18:00" in page
    assert send(client, f"{one}/away/end").status_code == 303


def test_a_gateways_secret_is_in_one_answer_only(
    client: FlaskClient, session: Session, log_in: Callable[[Role], Account]
) -> None:
    log_in(Role.INSTALLER)
    facts = {"code": "gw-0231", "name": "社区网关", "area": STREET, "heartbeat_seconds": "300"}
    assert send(client, "/safety/gateways", **{**facts, "code": "GW 1"}).status_code == 422
    shown = send(client, "/safety/gateways", **facts).get_data(as_text=True)
    token = shown.split('id="secret">', 1)[1].split("<", 1)[0]
    gateway = session.scalars(select(SafetyGateway)).one()
    assert find_gateway(session, token=token) is not None
    assert token not in client.get("/safety/gateways").get_data(as_text=True)
    rolled = send(client, f"/safety/gateways/{gateway.id}/secret").get_data(as_text=True)
    assert token not in rolled
    assert send(client, f"/safety/gateways/{gateway.id}/revocation").status_code == 303
    assert send(client, f"/safety/gateways/{gateway.id}/secret").status_code == 409
    assert "已停用" in client.get("/safety/gateways").get_data(as_text=True)


def test_thresholds_are_wished_and_signed_on_the_page(
    client: FlaskClient, session: Session, log_in: Callable[[Role], Account], one_threshold: str
) -> None:
    home = make_home(session)
    path = f"/safety/homes/{home.id}/settings"
    log_in(Role.STREET_CLERK)
    asked = {one_threshold: "300", "words": "老人午睡很久", "valid_from": TODAY.isoformat()}
    assert send(client, path, **{**asked, one_threshold: "1"}).status_code == 422
    assert send(client, path, **asked).status_code == 303
    made = session.scalars(select(SafetyHomeSetting)).one()
    assert made.overrides == {one_threshold: 300}
    assert send(client, f"{path}/{made.id}/approval").status_code == 403
    log_in(Role.DISTRICT_APPROVER)
    assert send(client, f"{path}/{made.id}/approval").status_code == 303
    assert "已同意" in client.get(path).get_data(as_text=True)
    assert send(client, f"{path}/{made.id}/rejection", reason="不合适").status_code == 409
    assert send(client, f"{path}/{made.id}/end").status_code == 303
    assert len(list_thresholds()) >= 1


def test_lists_cost_the_same_for_many_homes(
    client: FlaskClient, session: Session, log_in: Callable[[Role], Account]
) -> None:
    log_in(Role.STREET_CLERK)

    def count(path: str) -> int:
        found: list[str] = []
        listen = lambda *args: found.append(args[2])  # noqa: E731
        event.listen(session.get_bind(), "before_cursor_execute", listen)
        assert client.get(path).status_code == 200
        event.remove(session.get_bind(), "before_cursor_execute", listen)
        return len(found)

    paths = ("/safety/homes", "/safety/devices", "/safety/installing", "/safety/gateways")
    make_device(session)
    before = [count(path) for path in paths]
    for _ in range(4):
        make_device(session)
    assert [count(path) for path in paths] == before

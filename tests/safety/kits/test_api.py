"""Kits over HTTP: a whole life, what is refused with which code, who may, and what is never told."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.auth.actor import Role
from app.clock import business_day
from safety.kits.access import FITTERS, GATEWAY_KEEPERS, READERS
from safety.kits.testing import hear_tests
from tests.app.auth.factories import STREET, bearer, make_account, make_token
from tests.app.people.factories import make_senior
from tests.conftest import NOON, FrozenClock
from tests.safety.factories import make_device, make_gateway, make_home

API, TODAY = "/api/v1/safety", business_day(NOON).isoformat()
APPLICATION = {
    "payer": "public",
    "lives_alone": True,
    "kin_near": False,
    "agreed_by": "senior",
    "agreed_on": TODAY,
    "address": "观津路 8 号",
}
Call = Callable[..., tuple[int, Any]]


@pytest.fixture(autouse=True)
def _today(clock: FrozenClock, terms: None) -> None:
    clock.set(NOON)


@pytest.fixture
def call(client: FlaskClient, session: Session) -> Call:
    headers: dict[Role, dict[str, str]] = {}

    def call(role: Role, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        if role not in headers:
            headers[role] = bearer(make_token(session, make_account(session, role, area_code=STREET)))
        answer = client.open(f"{API}{path}", method=method, json=body, headers=headers[role])
        return answer.status_code, answer.get_json()

    return call


def test_a_kit_over_http_from_the_application_to_its_return(session: Session, call: Call) -> None:
    clerk, installer = Role.STREET_CLERK, Role.INSTALLER
    senior = make_senior(session, hukou_area=STREET)
    status, home = call(clerk, "POST", "/homes", {"senior_id": senior.id, **APPLICATION})
    assert (status, home["state"], len(home["missing"])) == (201, "pending", 4)
    one = f"/homes/{home['id']}"
    assert call(clerk, "POST", "/homes", {"senior_id": senior.id, **APPLICATION})[1]["code"] == "home_exists"
    assert call(clerk, "POST", f"{one}/contacts", {"name": "王敏", "phone": "13900139000"})[0] == 201
    status, issued = call(installer, "POST", "/gateways", {"code": "gw-1", "name": "网关", "area": STREET})
    assert (status, issued["mqtt_user"], issued["gateway"]["state"]) == (201, "gw-1", "active")
    ids = []
    for kind in ("sos", "motion", "door"):
        body = {"kind": kind, "serial": f"SN-{kind}", "area": STREET}
        status, device = call(installer, "POST", "/devices", body)
        assert (status, device["state"]) == (201, "stocked")
        ids.append(device["id"])
    assert call(installer, "POST", "/devices", body)[1]["code"] == "device_exists"
    assert call(installer, "POST", f"{one}/assignments", {"device_ids": ids})[0] == 200
    for each in ids:
        put = {"device_id": each, "place": "hall", "gateway_id": issued["gateway"]["id"]}
        assert call(installer, "POST", f"{one}/installations", put)[0] == 201
    assert call(installer, "POST", f"{one}/start")[1]["code"] == "home_not_ready"
    assert call(installer, "POST", f"{one}/test")[1]["testing_until"] is not None
    hear_tests(session, heard=dict.fromkeys(ids, NOON), now=NOON)
    session.commit()
    assert call(installer, "DELETE", f"{one}/test")[1]["testing_until"] is None
    assert call(installer, "POST", f"{one}/start")[1]["state"] == "active"
    status, changed = call(clerk, "PATCH", one, {"instructions": "说话大声点", "way_in": "门禁 2580#"})
    assert (status, changed["instructions"]) == (200, "说话大声点")
    assert "2580" not in str(changed)
    assert call(clerk, "POST", f"{one}/end", {"words": "入住养老院"})[1]["code"] == "devices_there"
    assert call(installer, "POST", f"/devices/{ids[0]}/place", {"place": "kitchen"})[1]["place"] == "kitchen"
    assert call(installer, "POST", f"/devices/{ids[0]}/loss", {"words": "搬家时丢了"})[1]["state"] == "lost"
    for each in ids[1:]:
        assert call(installer, "POST", f"/devices/{each}/return", {})[1]["state"] == "returned"
    assert call(installer, "POST", f"/devices/{ids[1]}/return", {})[1]["code"] == "device_unfit"
    assert call(clerk, "POST", f"{one}/end", {"words": "入住养老院"})[1]["state"] == "ended"
    assert call(clerk, "PATCH", one, {"instructions": ""})[1]["code"] == "home_ended"


def test_contacts_away_and_what_is_sealed(session: Session, call: Call) -> None:
    home, operator = make_home(session, way_in="门禁 2580#"), Role.OPERATOR
    one = f"/homes/{home.id}"
    for name in ("王敏", "李芳"):
        _, shown = call(operator, "POST", f"{one}/contacts", {"name": name, "phone": "13900139000"})
    first, second = (each["id"] for each in shown["contacts"])
    assert "13900139000" not in str(shown)
    raised = call(operator, "POST", f"{one}/contacts/{second}/earlier", {})[1]
    assert [each["name"] for each in raised["contacts"]] == ["李芳", "王敏"]
    renamed = call(operator, "PUT", f"{one}/contacts/{second}", {"name": "李小芳"})[1]
    assert renamed["contacts"][0]["name"] == "李小芳"
    assert len(call(operator, "DELETE", f"{one}/contacts/{first}")[1]["contacts"]) == 1
    assert call(operator, "DELETE", f"{one}/contacts/{first}")[0] == 404
    unknown = {"name": "某人", "phone": "13900139000", "account_id": 99}
    assert call(operator, "POST", f"{one}/contacts", unknown)[0] == 422
    assert call(operator, "POST", f"{one}/contacts/{second}/reveals", {"reason": "警报 17"})[1] == {
        "phone": "13900139000"
    }
    other = make_home(session).id
    assert call(operator, "POST", f"/homes/{other}/contacts/{second}/reveals", {"reason": "警报 17"})[0] == 404
    asked = {"parts": ["way_in"], "reason": "警报 17"}
    assert call(operator, "POST", f"{one}/reveals", asked)[1] == {"way_in": "门禁 2580#"}
    assert call(Role.AUDITOR, "POST", f"{one}/reveals", asked)[0] == 403
    until = (NOON + timedelta(days=2)).isoformat()
    assert call(operator, "PUT", f"{one}/away", {"reason": "hospital", "until_at": until})[1]["is_away"] is True
    assert call(operator, "PUT", f"{one}/away", {"reason": "moon"})[0] == 422
    assert call(operator, "DELETE", f"{one}/away")[1]["is_away"] is False


def test_thresholds_over_http(session: Session, call: Call, one_threshold: str) -> None:
    home = make_home(session)
    path = f"/homes/{home.id}/settings"
    wish = {"overrides": {one_threshold: 300}, "words": "老人午睡很久", "valid_from": TODAY}
    assert call(Role.STREET_CLERK, "POST", path, {**wish, "overrides": {"nothing": 5}})[0] == 422
    status, made = call(Role.STREET_CLERK, "POST", path, wish)
    assert (status, made["state"], made["valid_from"], made["valid_until"]) == (201, "submitted", TODAY, None)
    again = call(Role.STREET_CLERK, "POST", path, wish)[1]
    one = f"{path}/{made['id']}"
    assert call(Role.STREET_CLERK, "POST", f"{one}/approval", {})[0] == 403
    assert call(Role.DISTRICT_APPROVER, "POST", f"{one}/approval", {})[1]["state"] == "approved"
    overlapping = call(Role.DISTRICT_APPROVER, "POST", f"{path}/{again['id']}/approval", {})
    assert overlapping[1]["code"] == "setting_overlaps"
    assert call(Role.DISTRICT_APPROVER, "POST", f"{path}/{again['id']}/rejection", {"reason": "重复"})[0] == 200
    assert call(Role.STREET_CLERK, "GET", f"/homes/{home.id}")[1]["overrides"] == {one_threshold: 300}
    assert call(Role.STREET_CLERK, "POST", f"{one}/end", {})[1]["valid_from"] is None
    assert [each["state"] for each in call(Role.AUDITOR, "GET", path)[1]["items"]] == ["rejected", "approved"]


@pytest.mark.parametrize("role", [*READERS, Role.GRID_WORKER])
def test_each_role_reads_and_does_what_is_its_work(session: Session, call: Call, role: Role) -> None:
    home, gateway = make_home(session), make_gateway(session)
    device = make_device(session, home=home, gateway=gateway)
    reads = 200 if role in READERS else 403
    for path in ("/homes", f"/homes/{home.id}", "/devices", "/gateways", f"/homes/{home.id}/settings"):
        assert call(role, "GET", path)[0] == reads, path
    assert (call(role, "POST", f"/devices/{device.id}/place", {"place": "kitchen"})[0] == 200) is (role in FITTERS)
    assert (call(role, "POST", f"/gateways/{gateway.id}/secret", {})[0] == 201) is (role in GATEWAY_KEEPERS)
    assert (call(role, "DELETE", f"/gateways/{gateway.id}")[0] == 200) is (role in GATEWAY_KEEPERS)


def test_lists_page_by_key_and_narrow(session: Session, call: Call) -> None:
    homes = [make_home(session) for _ in range(3)]
    make_device(session, state="stocked", kind="gas")
    _, first = call(Role.AUDITOR, "GET", "/homes?limit=2")
    assert [each["id"] for each in first["items"]] == [homes[2].id, homes[1].id]
    assert first["items"][0]["senior"] == "王*英"
    _, rest = call(Role.AUDITOR, "GET", f"/homes?limit=2&after={first['next']}")
    assert ([each["id"] for each in rest["items"]], rest["next"]) == ([homes[0].id], None)
    assert call(Role.AUDITOR, "GET", "/homes?after=nonsense")[0] == 422
    assert [each["type"] for each in call(Role.AUDITOR, "GET", "/devices?state=stocked")[1]["items"]] == ["gas"]
    assert call(Role.AUDITOR, "GET", "/homes?area=330109")[1]["items"] == []

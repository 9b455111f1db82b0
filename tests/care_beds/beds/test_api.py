"""Beds over HTTP: one good call, the refusals with their codes, who may call what."""

from base64 import b64encode
from datetime import date
from typing import Any

from flask.testing import FlaskClient

from app.auth.actor import Actor, Role
from app.auth.models import Account
from care_beds.beds.rules import State
from tests.app.auth.factories import bearer, make_token
from tests.care_beds.assessment.office import make_level
from tests.care_beds.beds.home import TODAY, Home, a_picture
from tests.care_beds.factories import make_bed, make_bed_in_service, make_care_staff

BEDS = "/api/v1/care-beds/beds"


def headers(home: Home, actor: Actor) -> dict[str, str]:
    return bearer(make_token(home.session, home.session.get_one(Account, actor.account_id)))


def test_a_program_applies_and_takes_steps(home: Home, client: FlaskClient) -> None:
    clerk = headers(home, home.clerk)
    body = {"senior_id": home.senior.id, "programme": "public", "relation": "child", "applied_on": "2026-11-20"}
    made = client.post(BEDS, json=body, headers=clerk)
    assert made.status_code == 201, made.text
    bed = made.json or {}
    assert (bed["state"], bed["next_step"], bed["due_on"]) == ("applied", "assess", "2026-11-30")
    again = client.post(BEDS, json=body, headers=clerk)
    assert (again.status_code, (again.json or {})["code"]) == (409, "bed_exists")
    early = client.post(f"{BEDS}/{bed['id']}/start", json={"on": "2026-11-20"}, headers=clerk)
    assert (early.status_code, (early.json or {})["code"]) == (409, "wrong_step")
    make_level(home.session, home.senior, 3)
    taken = client.post(f"{BEDS}/{bed['id']}/assessment", json={}, headers=headers(home, home.assessor))
    assert (taken.status_code, (taken.json or {})["level"]) == (200, 3)
    listed = client.get(f"{BEDS}?state=assessed", headers=clerk).json or {}
    assert [item["number"] for item in listed["items"]] == [bed["number"]]
    places = client.get(f"{BEDS}/places", headers=clerk).json or {}
    assert places["items"][0]["preparing"] == 1


def test_pictures_come_as_base64(home: Home, client: FlaskClient) -> None:
    bed = make_bed(home.session, state=State.AGREED, senior=home.senior, provider=home.provider)
    manager = headers(home, home.manager)
    added: dict[str, Any] = (
        client.post(f"{BEDS}/{bed.id}/adaptations", json={"item": "grab_bar"}, headers=manager).json or {}
    )
    [item] = added["adaptations"]
    path = f"{BEDS}/{bed.id}/adaptations/{item['id']}"
    assert client.post(f"{path}/before", json={"picture": "no base64!"}, headers=manager).status_code == 422
    before = client.post(f"{path}/before", json={"picture": b64encode(a_picture()).decode()}, headers=manager)
    assert before.status_code == 200, before.text
    done = {"picture": b64encode(a_picture(9)).decode(), "cost_fen": 35_000, "done_on": TODAY.isoformat()}
    after = client.post(f"{path}/completion", json=done, headers=manager)
    assert (after.json or {})["adaptations"][0]["state"] == "done"
    device = {"kind": "sos", "serial": "SN-9", "installed_on": TODAY.isoformat()}
    assert client.post(f"{BEDS}/{bed.id}/devices", json=device, headers=manager).status_code == 200
    finished = client.post(f"{BEDS}/{bed.id}/fitting-out", json={}, headers=manager)
    assert (finished.json or {})["state"] == "adapted"


def test_only_those_who_reach_a_bed_see_it(home: Home, client: FlaskClient) -> None:
    bed = make_bed_in_service(home.session, senior=home.senior, provider=home.provider, on=date(2026, 10, 1))
    shown = client.get(f"{BEDS}/{bed.id}", headers=headers(home, home.manager)).json or {}
    assert [step["step"] for step in shown["steps"]][-1] == "start"
    stranger = make_care_staff(home.session, Role.STREET_CLERK, area_code="330106003")
    assert client.get(f"{BEDS}/{bed.id}", headers=headers(home, stranger)).status_code == 404
    closing = {"reason": "wish", "on": TODAY.isoformat()}
    refused = client.post(f"{BEDS}/{bed.id}/closing", json=closing, headers=headers(home, home.manager))
    assert refused.status_code == 403
    assert client.get(BEDS).status_code == 401

"""Events over HTTP: a gateway's token, a batch, an answer for each event."""

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import clock
from app.auth.actor import Role
from safety.intake.models import SafetyEvent
from tests.app.auth.factories import bearer, make_account, make_token
from tests.safety.factories import make_device, make_gateway, make_home

URL = "/api/v1/safety/events"


@pytest.fixture
def gateway(session: Session) -> dict[str, str]:
    """Return the header with which a gateway with one motion sensor calls."""
    made = make_gateway(session, token="gateway-secret")
    make_device(session, home=make_home(session), gateway=made, kind="motion", ref="pir-1", place="hall")
    return {"Authorization": "Bearer gateway-secret"}


def said(**more: Any) -> dict[str, Any]:
    return {"device": "pir-1", "kind": "motion", "at": clock.now().isoformat(), "state": "on", **more}


def test_a_batch_is_taken_and_each_fault_told(client: FlaskClient, gateway: dict[str, str], session: Session) -> None:
    body = {"events": [said(id="a"), said(device="x"), {"kind": "no"}, said(id="a\0")], "firmware": "1.2"}
    answer = client.post(URL, json=body, headers={**gateway, "Accept-Language": "en"})
    assert answer.status_code == 202
    told = answer.get_json()
    assert (told["accepted"], told["repeated"], sorted(told["errors"])) == (1, 0, ["1", "2", "3"])
    assert told["codes"]["1"] == {"device": "not_installed"}
    assert told["errors"]["2"] == {
        "at": ["This is missing."],
        "device": ["This is missing."],
        "kind": ["This kind of event is not known here."],
    }
    again = client.post(URL, json=body, headers=gateway).get_json()
    assert (again["accepted"], again["repeated"]) == (0, 1)
    assert session.scalar(select(func.count()).select_from(SafetyEvent)) == 1


def test_a_wrong_clock_of_a_gateway_shows(client: FlaskClient, gateway: dict[str, str], session: Session) -> None:
    ahead = clock.now() + timedelta(hours=8)
    body = {"events": [said(at=(ahead - timedelta(minutes=1)).isoformat())], "sent_at": ahead.isoformat()}
    assert client.post(URL, json=body, headers=gateway).status_code == 202
    stored = session.scalars(select(SafetyEvent)).one()
    assert stored.clock_suspect
    assert stored.received_at - stored.occurred_at == timedelta(minutes=1)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"events": [{}] * 1001}, 422),
        ({}, 422),
        ({"events": "all"}, 422),
        ({"events": [], "sent_at": "2026-01-01T00:00:00"}, 202),
        ({"events": [{"place": "x" * 1_000_000}]}, 413),
        ({"events": []}, 202),
        ({"events": [], "sent_at": "0001-01-01T00:00:00+14:00"}, 202),
        ({"events": [], "sent_at": {"at": 1}}, 202),
    ],
)
def test_what_is_no_batch_is_refused_whole(
    client: FlaskClient, gateway: dict[str, str], body: dict[str, Any], status: int
) -> None:
    assert client.post(URL, json=body, headers=gateway).status_code == status


def test_only_a_gateway_may_send(client: FlaskClient, gateway: dict[str, str], session: Session) -> None:
    account = make_account(session, Role.ADMINISTRATOR, Role.OPERATOR, area_code="330100")
    for headers in ({}, {"Authorization": "Bearer wrong"}, bearer(make_token(session, account))):
        assert client.post(URL, json={"events": []}, headers=headers).status_code == 401

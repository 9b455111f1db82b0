"""Devices that call and are installed nowhere, for those who install them, each within their area."""

from datetime import UTC, datetime

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.auth.actor import Role
from safety.intake.arrivals import Source
from safety.intake.services import accept
from tests.app.auth.factories import make_account, sign_in
from tests.safety.factories import make_device, make_gateway

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def test_a_device_that_calls_is_listed_until_it_is_in_stock(session: Session, client: FlaskClient) -> None:
    gateway = make_gateway(session)
    source = Source(id=gateway.id, code=gateway.code, area_code=gateway.area_code, home_id=None)
    told = [{"device": "0x00158d", "kind": "smoke", "state": "on", "at": NOW.isoformat()}]
    accept(session, gateway=source, events=told, sent_at=None, now=NOW)
    sign_in(client, session, make_account(session, Role.INSTALLER, area_code=gateway.area_code))
    page = client.get("/safety/devices/unknown").get_data(as_text=True)
    assert "0x00158d" in page
    assert gateway.name in page
    sign_in(client, session, make_account(session, Role.INSTALLER, area_code="330102"))
    assert "0x00158d" not in client.get("/safety/devices/unknown").get_data(as_text=True)
    make_device(session, gateway=gateway, ref="0x00158d", state="stocked")
    sign_in(client, session, make_account(session, Role.INSTALLER, area_code=gateway.area_code))
    assert "0x00158d" not in client.get("/safety/devices/unknown").get_data(as_text=True)


def test_a_cashier_sees_nothing_of_it(session: Session, client: FlaskClient) -> None:
    sign_in(client, session, make_account(session, Role.CARER))
    assert client.get("/safety/devices/unknown").status_code == 403

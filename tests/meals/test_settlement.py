"""A canteen's manager settles: own statements only, confirming, disputing a line, on pages and over HTTP."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth.actor import Actor, Role
from app.policies.kinds import get_kind
from meals.models import Checkout
from subsidies.seals.keys import sealing_key
from subsidies.seals.sealing import seal_books
from subsidies.services import settlement
from subsidies.settlement.models import Statement
from subsidies.settlement.rules import find_period
from tests.app.auth.factories import form_token, sign_in
from tests.app.people.factories import bearer, make_staff
from tests.conftest import FrozenClock
from tests.meals.factories import CITY, STREET, make_canteen, make_policy
from tests.meals.lunch import Lunch
from tests.subsidies.settlement.world import at

AREA = settlement.Reach(area_codes=(CITY,))


@pytest.fixture
def sent(lunch: Lunch, session: Session, clock: FrozenClock) -> Statement:
    """November's statement of two lunches has been sent."""
    body = get_kind("settlement_rules").example
    make_policy(session, kind="settlement_rules", body=dict(body))
    for _ in range(2):
        assert lunch.sell(lunch.guest()).status_code == 201
    clock.set(at(12, 2))
    seal_books(session, key=sealing_key(), now=clock.now())
    period = find_period("2026-11")
    assert period
    settlement.make_statements(session, period=period, area_code=CITY, by=None, now=clock.now())
    statement = session.query(Statement).one()
    clerk = make_staff(session, role=Role.STREET_CLERK, area_code=STREET)
    by = Actor(account_id=clerk.id, name=clerk.name, device="test")
    settlement.take_step(
        session, step=settlement.Step.SEND, statement_id=statement.id, reach=AREA, by=by, now=clock.now()
    )
    return statement


def test_a_manager_sees_and_confirms(lunch: Lunch, client: FlaskClient, session: Session, sent: Statement) -> None:
    sign_in(client, session, lunch.manager_account)
    assert "2026年11月" in client.get("/meals/settlements").get_data(as_text=True)
    for path in ("", "/print"):
        assert client.get(f"/meals/settlements/{sent.id}{path}").status_code == 200
    assert client.get(f"/exports/new/canteen_settlement_lines?statement={sent.id}").status_code == 200
    token = form_token(client, "/account")
    path = f"/meals/settlements/{sent.id}/confirm"
    assert client.post(path, data={"csrf_token": token}).status_code == 303
    assert client.post(path, data={"csrf_token": token}).status_code == 409
    session.refresh(sent)
    assert (sent.state, sent.confirmed_by) == ("confirmed", lunch.manager_account.id)


def test_a_manager_disputes_a_line_with_a_reason(
    lunch: Lunch, client: FlaskClient, session: Session, sent: Statement
) -> None:
    sign_in(client, session, lunch.manager_account)
    token = form_token(client, "/account")
    path = f"/meals/settlements/{sent.id}/disputes"
    assert client.post(path, data={"csrf_token": token, "n": "2"}).status_code == 422
    assert client.post(path, data={"csrf_token": token, "n": "9", "reason": "不对"}).status_code == 404
    assert client.post(path, data={"csrf_token": token, "n": "2", "reason": "这顿已经退了"}).status_code == 303
    assert "这顿已经退了" in client.get(f"/meals/settlements/{sent.id}").get_data(as_text=True)
    session.refresh(sent)
    assert sent.state == "disputed"


def test_another_canteens_manager_finds_nothing(
    lunch: Lunch, client: FlaskClient, session: Session, sent: Statement
) -> None:
    other = make_canteen(session, area_code=STREET, code="Z-77")
    sign_in(client, session, make_staff(session, role=Role.CANTEEN_MANAGER, area_code=STREET, canteen_id=other.id))
    assert client.get(f"/meals/settlements/{sent.id}").status_code == 404
    assert "2026年11月" not in client.get("/meals/settlements").get_data(as_text=True)


def test_a_cashier_does_not_settle(lunch: Lunch, client: FlaskClient, session: Session, sent: Statement) -> None:
    sign_in(client, session, lunch.cashier_account)
    assert client.get("/meals/settlements").status_code == 403


def test_the_api_does_the_same(lunch: Lunch, client: FlaskClient, session: Session, sent: Statement) -> None:
    base, manager = "/api/v1/meals/settlements", lunch.manager
    items = client.get(base, headers=manager).json["items"]
    assert [(item["id"], item["state"]) for item in items] == [(sent.id, "sent")]
    assert len(client.get(f"{base}/{sent.id}/lines", headers=manager).json["items"]) == 2
    asked = client.post(f"{base}/{sent.id}/disputes", json={"n": 1, "reason": "不对"}, headers=manager)
    assert (asked.status_code, asked.json["state"]) == (201, "open")
    again = client.post(f"{base}/{sent.id}/disputes", json={"n": 1, "reason": "不对"}, headers=manager)
    assert (again.status_code, again.json["code"]) == (409, "already_disputed")
    assert client.post(f"{base}/{sent.id}/confirmation", headers=manager).json["code"] == "settlement_out_of_order"
    assert client.get(f"{base}/{sent.id}", headers=manager).json["statement"]["state"] == "disputed"
    clerk = bearer(session, make_staff(session, role=Role.STREET_CLERK, area_code=STREET))
    assert client.get(base, headers=clerk).status_code == 403


def test_a_sale_of_a_paid_period_can_still_be_undone_and_lands_in_the_next(
    lunch: Lunch, client: FlaskClient, session: Session, sent: Statement, clock: FrozenClock
) -> None:
    people = [make_staff(session, role=Role.DISTRICT_APPROVER, area_code=CITY) for _ in range(2)]
    clerk, approver = (Actor(account_id=each.id, name=each.name, device="test") for each in people)
    manager = Actor(account_id=lunch.manager_account.id, name="m", device="test")
    steps = settlement.Step
    ways = ((steps.CONFIRM, manager), (steps.CONFIRM_FOR_STREET, clerk), (steps.APPROVE, approver), (steps.PAY, clerk))
    for step, by in ways:
        settlement.take_step(session, step=step, statement_id=sent.id, reach=AREA, by=by, now=clock.now(), note="B-1")
    sale = session.scalars(select(Checkout.id)).first()
    assert lunch.undo(str(sale), by=lunch.manager).status_code in (200, 201)
    clock.set(at(12, 31).replace(year=2027, month=1, day=2))
    seal_books(session, key=sealing_key(), now=clock.now())
    period = find_period("2026-12")
    assert period
    settlement.make_statements(session, period=period, area_code=CITY, by=None, now=clock.now())
    december = session.query(Statement).filter(Statement.id != sent.id).one()
    assert (december.corrections, december.total_fen < 0, sent.state) == (1, True, "paid")

"""Statements of a whole city, asked for on the page: made by a worker, district by district, whatever happens to it."""

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock as clocks
from app.auth import Role
from app.db import transaction
from subsidies.settlement import api, making, making_pages, tasks
from subsidies.settlement.errors import MakingNotFound, PeriodNotOver
from subsidies.settlement.models import Making, Statement
from subsidies.settlement.rules import find_period
from tests.app.auth.factories import form_token, make_account, sign_in
from tests.app.people.factories import bearer
from tests.subsidies.settlement.world import CITY, NOVEMBER, OCTOBER, OTHER_STREET, World, at, open_merchant, person


@pytest.fixture
def city(world: World) -> World:
    """Two districts with a canteen each, and a clerk of the city."""
    world.clerk = person(world.session, Role.DISTRICT_APPROVER, CITY)
    world.sell(at(10, 5))
    world.sell(at(10, 6), merchant=open_merchant(world.session, "B-5", OTHER_STREET))
    world.seal()
    world.session.commit()
    return world


@pytest.fixture
def queue(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """Let one merchant be too many to wait for, and collect what is queued."""
    queued: list[tuple[str, int]] = []
    monkeypatch.setattr(making, "AT_ONCE", 1)
    for module in (api, making_pages, tasks):
        monkeypatch.setattr(module, "enqueue", lambda task, *, making_id: queued.append((task, making_id)))
    return queued


def ask(world: World, period: str = OCTOBER) -> int:
    found = find_period(period)
    assert found
    number = making.ask_for_statements(world.session, period=found, by=world.clerk, now=clocks.now())
    world.session.commit()
    return number


def test_a_program_is_told_where_to_look_when_there_are_many(
    city: World, session: Session, client: FlaskClient, queue: list[tuple[str, int]]
) -> None:
    base = "/api/v1/subsidies/settlements"
    by = bearer(session, make_account(session, Role.DISTRICT_APPROVER, area_code=CITY))
    answer = client.post(base, json={"period": OCTOBER}, headers=by)
    number = answer.json["id"]
    assert (answer.status_code, queue) == (202, [(tasks.MAKE, number)])
    assert (answer.json["done"], answer.json["finished_at"]) == (0, None)
    making.make_asked(number, clock=clocks.now)
    shown = client.get(f"{base}/makings/{number}", headers=by).json
    assert (shown["done"], shown["statements"], shown["refusal"]) == (2, 2, "")
    few = client.post(base, json={"period": OCTOBER, "area": "330105"}, headers=by)
    assert few.status_code == 200


def test_the_page_shows_how_far_the_worker_is(
    city: World, session: Session, client: FlaskClient, queue: list[tuple[str, int]]
) -> None:
    sign_in(client, session, make_account(session, Role.DISTRICT_APPROVER, area_code=CITY))
    token = form_token(client, "/settlements")
    answer = client.post("/settlements/make", data={"period": OCTOBER, "csrf_token": token})
    asked = session.scalars(select(Making)).one()
    assert (answer.status_code, answer.location) == (303, f"/settlements/makings/{asked.id}")
    assert queue == [(tasks.MAKE, asked.id)]
    assert asked.areas == ["330105", "330106"]
    assert "making-progress" in client.get(answer.location).text
    with transaction() as inner:
        assert making.make_next(inner, asked.id, now=clocks.now())
    assert "已完成 1 个区域，共 2 个" in client.get(answer.location, headers={"HX-Request": "true"}).text
    tasks.make_asked_statements(making_id=asked.id)
    page = client.get(answer.location)
    assert "所有区域都做完了" in page.text
    assert client.get(answer.location, headers={"HX-Request": "true"}).headers["HX-Refresh"] == "true"
    sign_in(client, session, make_account(session, Role.DISTRICT_APPROVER, area_code=CITY))
    assert client.get(answer.location).status_code == 404


def test_each_district_is_made_once_however_often_it_is_asked(city: World) -> None:
    number = ask(city)
    for _time in range(2):
        tasks.make_asked_statements(making_id=number)
    city.session.expire_all()
    asked = city.session.get_one(Making, number)
    assert (asked.done, asked.statements, asked.completed, asked.lines) == (2, 2, 0, 2)
    assert asked.finished_at is not None
    assert {each.drafted_by for each in city.session.scalars(select(Statement))} == {city.clerk.account_id}


def test_what_is_not_sealed_ends_it_with_a_word(city: World, clock: Any) -> None:
    city.sell(at(11, 25))
    clock.set(at(12, 2))
    number = ask(city, NOVEMBER)
    tasks.make_asked_statements(making_id=number)
    city.session.expire_all()
    asked = city.session.get_one(Making, number)
    assert (asked.refusal, asked.done, asked.finished_at) == ("period_not_sealed", 0, clocks.now())


def test_a_running_period_is_refused_at_once(city: World) -> None:
    with pytest.raises(PeriodNotOver):
        ask(city, NOVEMBER)


def test_only_who_asked_sees_it(city: World) -> None:
    number = ask(city)
    with pytest.raises(MakingNotFound):
        making.get_making(city.session, making_id=number, by=city.approver)


def test_what_a_worker_lost_is_queued_again(city: World, queue: list[tuple[str, int]], clock: Any) -> None:
    number = ask(city)
    tasks.tend_makings()
    assert queue == []
    clock.set(clocks.now() + timedelta(minutes=6))
    tasks.tend_makings()
    assert queue == [(tasks.MAKE, number)]

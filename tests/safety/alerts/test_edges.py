"""Alerts over HTTP and on pages: a good call each, refusals by their codes, roles, and what a phone shows."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.audit.models import AuditEntry
from app.auth.actor import Actor, Role
from app.auth.models import Account
from safety.alerts import answering, calls, services
from safety.alerts.models import AlertCall, Incident
from safety.alerts.running import place_calls
from safety.alerts.telling import KINDS
from tests.app.auth.factories import form_token, sign_in
from tests.app.messages.servers import Gateway, open_gateway, says
from tests.app.people.factories import bearer
from tests.conftest import FrozenClock
from tests.safety.alerts.world import MINUTE, SECOND, Signal, World, make_staff

API = "/api/v1/safety"


class Caller:
    """Calls as one person or another."""

    def __init__(self, client: FlaskClient, world: World) -> None:
        self.client, self.world = client, world

    def __call__(self, method: str, path: str, by: Actor | None = None, **body: Any) -> Any:
        account = self.world.session.get_one(Account, (by or self.world.operator).account_id)
        given: dict[str, Any] = {"json": body} if method == "POST" else {}
        return self.client.open(f"{API}{path}", method=method, headers=bearer(self.world.session, account), **given)


@pytest.fixture
def call(world: World, client: FlaskClient) -> Caller:
    return Caller(client, world)


def test_an_alert_from_its_ring_to_its_end(world: World, call: Caller, clock: FrozenClock) -> None:
    one = f"/alerts/{world.sos().id}"
    listed = call("GET", "/alerts?state=raised").json["items"]
    assert [(each["rule"], each["why"]["code"]) for each in listed] == [("sos", "sos")]
    taken = call("POST", f"{one}/ack")
    assert (taken.status_code, taken.json["state"], taken.json["taken_name"]) == (200, "acknowledged", "李敏")
    other = call("POST", f"{one}/ack", by=world.other)
    assert (other.status_code, other.json["code"], other.json["holder"]) == (409, "taken_by_other", "李敏")
    steps = {each["kind"]: each["id"] for each in call("GET", one).json["steps"]}
    assert call("POST", f"{one}/steps/{steps['contact']}/result", result="coming").status_code == 200
    assert call("POST", f"{one}/steps/{steps['contact']}/result", result="coming").json["code"] == "alert_step_done"
    assert call("POST", f"{one}/steps/{steps['street']}/skip", words="不用").status_code == 200
    assert (
        call("POST", f"{one}/shelf", until="2026-11-20T12:30:00+08:00", reason="搬家").json["code"] == "never_shelved"
    )
    assert call("DELETE", f"{one}/shelf").json["code"] == "alert_moved"
    assert call("POST", f"{one}/notes", words="听到电视声").status_code == 200
    assert call("POST", f"{one}/hand-over", account_id=world.other.account_id).json["taken_name"] == "周航"
    assert call("POST", f"{one}/release", by=world.other).json["state"] == "raised"
    call("POST", f"{one}/ack")
    assert call("POST", f"{one}/arrival", who="女儿").json["arrived_who"] == "女儿"
    refused = call("POST", f"{one}/close", outcome="rescued")
    assert (refused.status_code, list(refused.json["errors"])) == (422, ["follow_up_on"])
    closed = call("POST", f"{one}/close", outcome="rescued", follow_up_on="2026-11-21", words="扶起来了", seen=0)
    assert (closed.status_code, closed.json["outcome"]) == (200, "rescued")
    assert call("POST", f"{one}/ack").json["code"] == "alert_closed"
    assert call("POST", f"{one}/follow-up", words="好多了").status_code == 200
    story = call("GET", one).json
    assert [each["kind"] for each in story["rings"]] == ["new", "released"]
    figures = call("GET", "/targets?from_on=2026-11-20&until_on=2026-11-21").json
    assert [each["goal"]["seconds"] for each in figures["answered"]] == [60, 180]
    assert figures["answered"][0]["met"] == 1


@pytest.mark.parametrize("role", [Role.CASHIER, Role.GRID_WORKER, Role.INSTALLER, Role.FAMILY])
def test_others_see_no_alerts(world: World, call: Caller, role: Role) -> None:
    by = make_staff(world.session, role)
    assert call("GET", "/alerts", by=by).status_code == 403


@pytest.mark.parametrize("role", [Role.STREET_CLERK, Role.AUDITOR])
def test_readers_answer_none(world: World, call: Caller, role: Role) -> None:
    alert, by = world.sos(), make_staff(world.session, role)
    assert call("GET", f"/alerts/{alert.id}", by=by).status_code == 200
    assert call("POST", f"/alerts/{alert.id}/ack", by=by).status_code == 403


def test_a_shift_over_http(world: World, call: Caller) -> None:
    begun = call("POST", "/shifts", by=world.other, area_code=world.home.area_code, sound_heard=True)
    assert (begun.status_code, begun.json["until_at"]) == (201, None)
    assert call("POST", "/shifts/end", by=world.other, words="都好").json["words"] == "都好"
    assert call("POST", "/shifts/end", by=world.other).json["code"] == "no_shift"


@pytest.fixture
def asked(world: World, clock: FrozenClock) -> tuple[Actor, Incident]:
    """A grid worker who was asked to go there."""
    worker = make_staff(world.session, Role.GRID_WORKER, name="沈凯")
    alert = world.sos()
    clock.moment += 6 * MINUTE
    world.go()
    return worker, alert


def test_whoever_is_asked_says_that_they_come_and_are_there(
    world: World, call: Caller, asked: tuple[Actor, Incident], clock: FrozenClock
) -> None:
    worker, alert = asked
    (task,) = call("GET", "/tasks", by=worker).json["items"]
    coming = call("POST", f"/tasks/{task['step_id']}/answer", by=worker, said="coming")
    assert coming.json["items"][0]["is_coming"] is True
    clock.moment += 8 * MINUTE
    assert call("POST", f"/tasks/{task['step_id']}/answer", by=worker, said="there").json["items"] == []
    world.session.refresh(alert)
    assert (alert.arrived_who, alert.attended_at) == ("沈凯", world.now)
    assert call("POST", f"/tasks/{task['step_id']}/answer", by=worker, said="cannot").json["code"] == "alert_step_done"
    stranger = make_staff(world.session, Role.GRID_WORKER, area_code="330106003")
    assert call("POST", f"/tasks/{task['step_id']}/answer", by=stranger, said="there").json["code"] == "not_asked"


def test_whoever_cannot_come_lets_the_next_be_asked_at_once(
    world: World, asked: tuple[Actor, Incident], clock: FrozenClock
) -> None:
    worker, alert = asked
    make_staff(world.session, Role.STREET_CLERK)
    (task,) = answering.list_tasks(world.session, by=worker)
    told: dict[str, Any] = {"said": answering.Said.CANNOT, "by": worker, "now": world.now}
    answering.answer_task(world.session, step_id=task.step_id, **told)
    assert world.told(alert)["grid_worker"] == "none"
    world.go()
    assert world.told(alert)["street"] == "asked"


def test_tasks_on_a_phone(world: World, client: FlaskClient, asked: tuple[Actor, Incident]) -> None:
    worker, _alert = asked
    sign_in(client, world.session, world.session.get_one(Account, worker.account_id))
    page = client.get("/safety/tasks")
    assert page.status_code == 200
    assert "观津路" not in page.text
    token = form_token(client, "/safety/tasks")
    (task,) = answering.list_tasks(world.session, by=worker)
    door = client.post(f"/safety/tasks/{task.step_id}/door", data={"csrf_token": token})
    assert "观津路 8 号" in door.text
    looked = world.session.scalars(select(AuditEntry.action).where(AuditEntry.action.like("reveal.%"))).all()
    assert looked == ["reveal.safety_address"]
    answer = client.post(f"/safety/tasks/{task.step_id}", data={"csrf_token": token, "said": "coming"})
    assert answer.status_code == 303
    assert "在路上" in client.get("/safety/tasks").text


def test_wishes_of_the_green_key_on_a_page_and_over_http(world: World, client: FlaskClient, call: Caller) -> None:
    clerk = make_staff(world.session, Role.STREET_CLERK, name="何立")
    world.hear(Signal("green_key", world.now, 3))
    (wish,) = call("GET", "/requests", by=clerk).json["items"]
    sign_in(client, world.session, world.session.get_one(Account, clerk.account_id))
    token = form_token(client, "/safety/requests")
    one = f"/safety/requests/{wish['id']}"
    assert client.post(f"{one}/take", data={"csrf_token": token}).status_code == 303
    refused = client.post(f"{one}/done", data={"csrf_token": token, "words": ""})
    assert (refused.status_code, "field--bad" in refused.text) == (422, True)
    assert client.post(f"{one}/done", data={"csrf_token": token, "words": "送了药"}).status_code == 303
    assert "送了药" in client.get("/safety/requests?state=done").text
    assert call("POST", f"/requests/{wish['id']}/take", by=clerk).json["code"] == "safety_request_moved"
    assert (
        call("POST", f"/requests/{wish['id'] + 1}/done", by=clerk, words="没有").json["code"]
        == "safety_request_not_found"
    )


def test_whoever_was_rescued_is_asked_again_on_a_page(world: World, client: FlaskClient, clock: FrozenClock) -> None:
    alert, day = world.sos(), (world.now + timedelta(days=1)).date()
    services.take(world.session, incident_id=alert.id, by=world.operator, now=world.now)
    told: dict[str, Any] = {"outcome": "rescued", "who": "邻居", "follow_up_on": day, "words": "扶起来了"}
    services.close(world.session, incident_id=alert.id, **told, by=world.operator, now=world.now)
    clock.moment += timedelta(days=2)
    sign_in(client, world.session, world.session.get_one(Account, world.operator.account_id))
    page = client.get("/safety/follow-ups")
    assert (page.status_code, "扶起来了" in page.text) == (200, True)
    token, one = form_token(client, "/safety/follow-ups"), f"/safety/follow-ups/{alert.id}"
    assert client.post(one, data={"csrf_token": token}).status_code == 422
    assert client.post(one, data={"csrf_token": token, "words": "好多了"}).status_code == 303
    assert "扶起来了" not in client.get("/safety/follow-ups").text
    assert client.post(one, data={"csrf_token": token, "words": "好多了"}).status_code == 409


def test_a_telephone_of_the_demonstration_rings_on_a_page(
    world: World, client: FlaskClient, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert client.get("/safety/demo-calls").status_code == 404
    for module in ("channels", "call_answers", "running"):
        monkeypatch.setattr(f"safety.alerts.{module}.has_demo", lambda session: True)
    alert = world.sos()
    clock.moment += 15 * SECOND
    world.go()
    place_calls(clock=lambda: world.now)
    token = form_token(client, "/safety/demo-calls")
    (call,) = world.session.scalars(select(AlertCall).execution_options(populate_existing=True))
    answered = client.post(f"/safety/demo-calls/{call.key}", data={"csrf_token": token, "means": "help"})
    assert (answered.status_code, world.told(alert)["callback"]) == (303, "help")


def test_the_family_says_that_somebody_is_with_her(world: World) -> None:
    alert, daughter = world.sos(), make_staff(world.session, Role.FAMILY, name="陈芳")
    services.come_as_family(world.session, incident_id=alert.id, by=daughter, now=world.now)
    services.arrive_as_family(world.session, incident_id=alert.id, by=daughter, now=world.now)
    assert (alert.state, alert.arrived_who, alert.attended_at) == ("raised", "陈芳", world.now)
    assert world.told(alert)["contact1"] == "attended"


@pytest.fixture
def gateway(app: Flask) -> Iterator[Gateway]:
    """A voice gateway that the product may use."""
    before = app.config["SETTINGS"]
    with open_gateway() as made:
        app.config["SETTINGS"] = replace(before, call_url=made.url, call_token="word", call_seconds=1)
        yield made
    app.config["SETTINGS"] = before


def test_a_call_goes_out_and_its_answer_comes_back(
    world: World, client: FlaskClient, clock: FrozenClock, gateway: Gateway
) -> None:
    alert = world.sos()
    clock.moment += 15 * SECOND
    world.go()
    assert place_calls(clock=lambda: world.now) == 1
    (call,) = world.session.scalars(select(AlertCall).execution_options(populate_existing=True))
    assert call.state == "ringing"
    path = f"{API}/calls/{call.key}/answer"
    assert client.post(path, json={"means": "help"}).status_code == 401
    assert client.post(path, json={"means": "help"}, headers={"Authorization": "Bearer word"}).status_code == 204
    assert world.told(alert)["callback"] == "help"
    world.session.refresh(call)
    assert call.phone_sealed == b""
    assert (
        client.post(
            f"{API}/calls/x/answer", json={"means": "help"}, headers={"Authorization": "Bearer word"}
        ).status_code
        == 404
    )


def test_a_gateway_that_is_down_holds_up_no_ladder(world: World, clock: FrozenClock, gateway: Gateway) -> None:
    gateway.mood = says(500, {})
    alert = world.sos()
    clock.moment += 15 * SECOND
    world.go()
    for _ in range(calls.MOST_TRIES):
        place_calls(clock=lambda: world.now)
        clock.moment += 5 * SECOND
    world.go()
    assert world.told(alert)["callback"] == "none"


def test_each_message_leads_to_a_page(app: Flask) -> None:
    paths = app.url_map.bind("localhost")
    led = [paths.match(kind.address({"senior_id": 1}))[0] for kind in KINDS if kind.address]
    assert len(led) == 9

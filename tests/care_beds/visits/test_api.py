"""Plans and visits over HTTP: a good call each, the refusals by their codes, and who may call what."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from app.auth.actor import Actor, Role
from app.auth.models import Account
from care_beds.visits import services
from tests.app.people.factories import bearer
from tests.care_beds.factories import make_care_staff, make_visit
from tests.care_beds.visits.town import MONDAY, Town
from tests.conftest import FrozenClock

API = "/api/v1/care-beds"
LINE = {"service": "bathing", "weekdays": [1, 5], "starts": "09:00", "minutes": 60}


class Caller:
    """Calls as one person or another."""

    def __init__(self, client: FlaskClient, town: Town) -> None:
        self.client, self.town = client, town
        self.headers: dict[int, dict[str, str]] = {}

    def __call__(self, method: str, path: str, by: Actor, **body: Any) -> Any:
        if by.account_id not in self.headers:
            account = self.town.session.get_one(Account, by.account_id)
            self.headers[by.account_id] = bearer(self.town.session, account)
        given: dict[str, Any] = {"json": body} if method in ("POST", "PUT") else {}
        return self.client.open(f"{API}{path}", method=method, headers=self.headers[by.account_id], **given)


@pytest.fixture
def call(town: Town, client: FlaskClient) -> Caller:
    return Caller(client, town)


def test_a_plan_from_its_beginning_to_its_visits(town: Town, call: Caller) -> None:
    listed = call("GET", f"/services?bed={town.bed.id}", town.manager).json["items"]
    assert listed[0]["code"] == "bathing"
    made = call("POST", "/plans", town.manager, bed_id=town.bed.id, from_on=MONDAY.isoformat())
    assert made.status_code == 201, made.json
    one = f"/plans/{made.json['id']}"
    assert call("POST", f"{one}/submission", town.manager).json["code"] == "care_plan_empty"
    added = call("POST", f"{one}/lines", town.manager, **LINE, carer_id=town.carer.id)
    assert (added.status_code, added.json["lines"][0]["weekdays"]) == (201, [1, 5])
    assert (added.json["month_visits"], added.json["month_minutes"]) == (9, 514)
    changed = call("PUT", one, town.manager, from_on=MONDAY.isoformat(), note="左耳背")
    assert changed.status_code == 200
    assert call("POST", f"{one}/submission", town.manager).json["state"] == "submitted"
    assert call("POST", f"{one}/agreement", town.manager).status_code == 403
    assert call("POST", f"{one}/return", town.clerk, words="改时间").json["state"] == "draft"
    call("POST", f"{one}/submission", town.manager)
    assert call("POST", f"{one}/agreement", town.clerk).json["state"] == "active"
    assert call("POST", f"{one}/agreement", town.clerk).json["code"] == "care_plan_moved"
    week = call("GET", f"/visits?provider={town.provider.id}&week={MONDAY}", town.manager).json
    assert [each["visit_on"] for each in week["items"]] == ["2026-11-23", "2026-11-27"]
    line = added.json["lines"][0]["id"]
    other = call("PUT", f"{one}/lines/{line}/carer", town.manager, carer_id=town.other.id)
    assert other.json["lines"][0]["carer"] == "李梅"
    assert call("DELETE", f"{one}/lines/{line}", town.manager).json["code"] == "care_plan_moved"
    assert call("GET", one, make_care_staff(town.session, Role.AUDITOR)).json["senior"] == "王*英"


def test_a_visit_is_moved_covered_and_cancelled(town: Town, call: Caller) -> None:
    visit = make_visit(town.session, bed=town.bed, carer=town.carer.carer, on=MONDAY)
    one = f"/visits/{visit.id}"
    moved = call("POST", f"{one}/move", town.manager, starts_at="2026-11-24T14:00:00+08:00", reason="family")
    assert moved.json["moved_from"] == "2026-11-23T01:00:00+00:00"
    covered = call("POST", f"{one}/cover", town.manager, carer_id=town.other.id, reason="carer_ill")
    assert (covered.json["carer"], covered.json["covered"]) == ("李梅", "张慧")
    assert call("POST", f"{one}/miss", town.manager, reason="no_answer").json["code"] == "visit_not_now"
    assert call("POST", f"{one}/cancellation", town.manager, reason="away").status_code == 422
    assert call("POST", f"{one}/cancellation", town.manager, reason="holiday").json["state"] == "cancelled"
    assert call("POST", f"{one}/cancellation", town.manager, reason="holiday").json["code"] == "visit_moved"
    extra = {"bed_id": town.bed.id, "service": "bathing", "carer_id": town.carer.id, "minutes": 30}
    booked = call("POST", "/visits", town.manager, **extra, starts_at="2026-11-24T09:00:00+08:00")
    assert booked.status_code == 201
    again = call("POST", "/visits", town.manager, **extra, starts_at="2026-11-24T09:15:00+08:00")
    assert (again.status_code, again.json["code"]) == (409, "carer_busy")


def test_gaps_and_what_does_not_fit(town: Town, call: Caller, clock: FrozenClock) -> None:
    town.line(weekdays=0b11, carer=None)
    town.generate()
    week = call("GET", f"/visits?provider={town.provider.id}&week={MONDAY}", town.clerk).json
    first, second = week["gaps"]
    assert first["reason"] == "no_carer"
    filled = call("POST", f"/visit-gaps/{first['id']}/visit", town.manager, carer_id=town.carer.id)
    assert (filled.status_code, filled.json["due_on"]) == (201, "2026-11-23")
    dropped = call("POST", f"/visit-gaps/{second['id']}/dropping", town.manager, words="女儿在家")
    assert dropped.json["state"] == "dropped"
    visit = make_visit(town.session, bed=town.bed, carer=town.carer.carer, state="finished")
    services.raise_exceptions(town.session, visit=visit, found={"far": {"m": 430}}, now=clock.now())
    listed = call("GET", "/visit-exceptions?limit=1", town.supervisor).json
    path = f"/visit-exceptions/{listed['items'][0]['id']}/decision"
    assert call("POST", path, town.manager, decision="cleared", words="去过").json["code"] == "own_visit"
    decided = call("POST", path, town.supervisor, decision="cleared", words="电话问过")
    assert (decided.json["decision"], decided.json["visit"]["exception"]) == ("cleared", "cleared")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/plans"),
        ("GET", "/visits?provider=1"),
        ("POST", "/visits/1/move"),
        ("GET", "/visit-exceptions"),
        ("POST", "/visit-exceptions/1/decision"),
    ],
)
def test_a_carer_and_a_cashier_call_none_of_it(town: Town, call: Caller, method: str, path: str) -> None:
    assert call(method, path, town.carer.actor).status_code == 403


def test_others_see_nothing_of_it(town: Town, call: Caller) -> None:
    visit = make_visit(town.session, bed=town.bed, carer=town.carer.carer, on=MONDAY)
    elsewhere = make_care_staff(town.session, Role.STREET_CLERK, area_code="330106003")
    for path in (
        f"/visits/{visit.id}",
        f"/visits?provider={town.provider.id}",
        "/plans/1",
        f"/services?bed={town.bed.id}",
    ):
        assert call("GET", path, elsewhere).status_code == 404, path

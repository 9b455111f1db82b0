"""A manager makes a one-time code, a device trades it for a token; rolling and revoking."""

import pytest
from sqlalchemy import select

from app.audit.models import AuditEntry
from app.auth.models import LogInThrottle
from meals.tills.door import find_device
from meals.tills.errors import TillRevoked
from meals.tills.models import TillDevice, TillEnrolment
from tests.conftest import NOON, FrozenClock
from tests.meals.lunch import Lunch
from tests.meals.tills.counter import Counter, code_in, enrol, offer, trade


def test_a_code_is_traded_for_a_token_a_number_a_canteen_and_limits(lunch: Lunch) -> None:
    answer = trade(lunch, code_in(offer(lunch)), version="2026.11")
    assert answer.status_code == 201
    body = answer.get_json()
    assert body["device"]["number"] == 1
    assert body["till"] == {"id": lunch.till.id, "number": 1}
    assert body["canteen"]["name"] == "文晖一食堂"
    assert body["limits"]["sale_at_most_fen"] == 3000
    assert body["limits"]["roster_hours"] == 24
    device = lunch.session.scalars(select(TillDevice)).one()
    assert device.version == "2026.11"
    assert body["token"].encode() not in device.token_digest


def test_a_code_is_good_once(lunch: Lunch) -> None:
    code = code_in(offer(lunch))
    assert trade(lunch, code).status_code == 201
    again = trade(lunch, code)
    assert (again.status_code, again.get_json()["code"]) == (404, "enrolment_unknown")
    assert len(lunch.session.scalars(select(TillDevice)).all()) == 1


def test_a_code_ends_after_a_quarter_of_an_hour(lunch: Lunch, clock: FrozenClock) -> None:
    code = code_in(offer(lunch))
    clock.advance(minutes=15)
    assert trade(lunch, code).get_json()["code"] == "enrolment_unknown"


def test_who_tries_many_codes_waits(lunch: Lunch) -> None:
    answers = [trade(lunch, f"guess{n}").status_code for n in range(12)]
    assert answers[:10] == [404] * 10
    assert answers[10:] == [429] * 2
    assert lunch.session.scalars(select(LogInThrottle)).all()


def test_the_code_itself_is_kept_nowhere(lunch: Lunch) -> None:
    code = code_in(offer(lunch))
    kept = lunch.session.scalars(select(TillEnrolment)).one()
    assert code.encode() not in kept.code_digest
    assert all(code not in str(entry.new) for entry in lunch.session.scalars(select(AuditEntry)))


def test_a_cashier_makes_no_code_and_a_stranger_no_code_here(lunch: Lunch) -> None:
    assert offer(lunch, by=lunch.cashier).status_code == 403
    other = lunch.client.post(f"/meals/tills/{lunch.till.id + 1}/enrolments", headers=lunch.manager)
    assert other.status_code == 404


def test_two_devices_of_one_till_have_numbers_of_their_own(lunch: Lunch) -> None:
    enrol(lunch)
    enrol(lunch)
    assert sorted(device.number for device in lunch.session.scalars(select(TillDevice))) == [1, 2]


def test_rolling_gives_the_same_device_a_new_token(counter: Counter) -> None:
    lunch = counter.lunch
    counter.send(queue_length=0, last_seq=9)
    page = offer(lunch, path=f"devices/{counter.device_id}/roll")
    code = code_in(page)
    # A browser in which another device's sales wait does not use such a code up; one for a new device names none.
    assert f"&amp;device={counter.device_id}" in page.text
    assert "device=" not in offer(lunch).text
    assert find_device(lunch.session, counter.token, NOON) is not None
    body = trade(lunch, code).get_json()
    assert body["device"] == {"id": counter.device_id, "number": 1, "last_seq": 9}
    assert find_device(lunch.session, counter.token, NOON) is None
    assert find_device(lunch.session, body["token"], NOON) is not None


def test_a_revoked_device_is_told_so(counter: Counter) -> None:
    lunch = counter.lunch
    roll = code_in(offer(lunch, path=f"devices/{counter.device_id}/roll"))
    answer = lunch.client.post(f"/meals/tills/devices/{counter.device_id}/revoke", headers=lunch.manager)
    assert answer.status_code == 303
    with pytest.raises(TillRevoked):
        find_device(lunch.session, counter.token, NOON)
    assert trade(lunch, roll).status_code == 404


def test_a_token_of_a_till_opens_nothing_else(counter: Counter) -> None:
    client = counter.lunch.client
    assert client.get("/api/v1/meals/canteens", headers=counter.headers).status_code == 401
    assert client.get("/meals/tills", headers=counter.headers).status_code in {302, 401}


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Till wrong"}, {"Authorization": "Till "}])
def test_without_a_good_token_nobody_is_a_till(lunch: Lunch, headers: dict[str, str]) -> None:
    answer = lunch.client.get("/api/v1/meals/tills/roster", headers=headers or lunch.cashier)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Till"


def test_the_page_shows_how_a_device_stands(counter: Counter, clock: FrozenClock) -> None:
    lunch = counter.lunch
    device = lunch.session.get_one(TillDevice, counter.device_id)
    device.queue_length, device.clock_skew_ms, device.is_persistent, device.last_seq = 12, 240_000, False, 30
    page = lunch.client.get("/meals/tills", headers=lunch.manager).text
    for words in ("设备 1-1", "12 笔", "快 4 分钟", "浏览器可能会清除"):
        assert words in page
    clock.advance(minutes=20)
    assert "没有消息" in lunch.client.get("/meals/tills", headers=lunch.manager).text


def test_the_page_costs_as_much_for_many_devices(counter: Counter) -> None:
    lunch = counter.lunch
    for _ in range(3):
        enrol(lunch)
    page = lunch.client.get("/meals/tills", headers=lunch.manager)
    assert page.text.count("换新令牌") == 4

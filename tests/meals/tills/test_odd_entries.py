"""Entries that no till of ours should write: each is answered, so that none holds a queue up for ever."""

import json
from datetime import timedelta
from typing import Any

import pytest
from werkzeug.test import TestResponse

from app.auth.actor import Role
from app.tokens import new_id
from tests.app.people.factories import make_staff
from tests.conftest import FrozenClock
from tests.meals.factories import STREET
from tests.meals.tills.counter import API, Counter, enrol, quote, reasons, write_file
from tests.meals.tills.test_rescue import book, look

MOMENTS = ["0001-01-01T00:00:00+08:00", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "9999-12-31T23:59:59-12:00"]


def send_text(counter: Counter, thing: dict[str, Any], **odd: str) -> TestResponse:
    """Send an entry with texts put into it as no JSON writer would."""
    text = json.dumps({"device_state": {}, "sales": [thing]})
    for name, other in odd.items():
        assert name in text
        text = text.replace(name, other)
    headers = {**counter.headers, "Content-Type": "application/json"}
    return counter.lunch.client.post(f"{API}/sales", data=text.encode(), headers=headers)


@pytest.mark.parametrize("letter", ["\\u0000", "\\ud83d"])
def test_half_a_letter_in_a_reason_holds_nothing_up(counter: Counter, letter: str) -> None:
    sale = counter.sale(counter.lunch.guest(), seq=1)
    counter.send(sale)
    undo = counter.undo(sale, seq=2, reason="WORDS")
    (answer,) = send_text(counter, undo, WORDS=f"按错了{letter}").json["answers"]
    assert (answer["outcome"], answer["findings"]) == ("booked", [])
    (again,) = send_text(counter, undo, WORDS=f"按错了{letter}").json["answers"]
    assert again["outcome"] == "replayed"


@pytest.mark.parametrize("odd", ["NaN", "Infinity", "1e400", '"\\u0000"', '"\\udc00"', "[" * 300 + "]" * 300])
def test_what_cannot_be_kept_as_it_came_is_kept_as_it_can_be(counter: Counter, odd: str) -> None:
    thing = counter.sale(counter.lunch.guest(), seq=1, kind="what", more="ODD")
    (answer,) = send_text(counter, thing, **{'"ODD"': odd}).json["answers"]
    assert (answer["id"], answer["outcome"]) == (thing["id"], "refused_shape")


@pytest.mark.parametrize("at", MOMENTS)
@pytest.mark.parametrize("kind", ["sale", "undo"])
def test_a_moment_beyond_all_calendars_is_kept_and_shown(counter: Counter, at: str, kind: str) -> None:
    sale = counter.sale(counter.lunch.guest(), seq=1)
    counter.send(sale)
    thing = counter.sale(counter.lunch.guest(), seq=2) if kind == "sale" else counter.undo(sale, seq=2)
    thing["occurred_at"] = at
    page = look(counter, write_file(counter, [thing], exported_at=at))
    assert page.status_code == 200
    assert [each["outcome"] for each in counter.send(thing, oldest_queued_at=at)] == ["refused_shape"]
    assert book(counter, page).status_code == 200
    assert counter.lunch.client.get("/meals/tills", headers=counter.lunch.manager).status_code == 200


def test_the_undoing_of_an_undoing_holds_nothing_up(counter: Counter) -> None:
    lunch = counter.lunch
    sale = counter.sale(lunch.guest(), seq=1)
    counter.send(sale)
    undo = counter.undo(sale, seq=2)
    lunch.undo(sale["id"], key=undo["id"])
    assert counter.send(undo)[0]["outcome"] == "replayed"
    assert len(counter.send(counter.undo(undo, seq=3))) == 1


def test_a_subsidy_of_a_device_out_of_use_is_found(counter: Counter, clock: FrozenClock) -> None:
    lunch = counter.lunch
    lunch.client.post(f"/meals/tills/devices/{counter.device_id}/revoke", headers=lunch.manager)
    before, after = clock.moment - timedelta(minutes=1), clock.moment + timedelta(minutes=1)
    full = quote(public_fen=0, points_fen=0, cash_fen=1600)
    sales = [
        counter.sale(lunch.guest(), seq=1, at=before),
        counter.sale(lunch.guest(), seq=2, at=after),
        counter.sale(lunch.guest(), seq=3, at=after, quote=full),
    ]
    clock.advance(minutes=10)
    other = enrol(lunch)
    told = [reasons(each) for each in other.send(*[{**each, "device": counter.device_id} for each in sales])]
    assert ["device_revoked" in each.get("OFF5", []) for each in told] == [False, True, False]
    done = book(counter, look(counter, write_file(counter, [{**sales[1], "id": str(new_id())}])))
    assert "停用之后" in done.text


def test_who_brings_meals_is_no_cashier(counter: Counter) -> None:
    lunch = counter.lunch
    bearer_of_meals = make_staff(lunch.session, role=Role.DELIVERER, area_code=STREET, canteen_id=lunch.canteen.id)
    (answer,) = counter.send(counter.sale(lunch.guest(), cashier=bearer_of_meals.id))
    assert reasons(answer)["OFF5"] == ["cashier_unknown"]

"""The roster: who is in it, what it says of them, what a delta brings, and how large it is."""

import gzip
import json
from datetime import date
from typing import Any

import pytest
from sqlalchemy import text

from app.people.models import Card, Senior
from tests.app.areas.factories import make_place
from tests.conftest import FrozenClock
from tests.meals.factories import STREET, make_closure
from tests.meals.tills.counter import Counter

OTHER_STREET = "330105012"


def people(body: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the rows of a roster by card, each by its columns."""
    return {row[1]: dict(zip(body["columns"], row, strict=True)) for row in body["people"]}


def delta(counter: Counter, version: str) -> dict[str, Any]:
    body: dict[str, Any] = counter.roster(version).get_json()
    assert not body["full"]
    return body


def test_a_guest_is_there_with_what_decides_a_price_and_no_name(counter: Counter) -> None:
    card = counter.lunch.guest(name="王秀英", points_fen=12_600, residence_area=STREET)
    answer = counter.roster()
    row = people(answer.get_json())[card.number]
    assert row["name"] == "王*英"
    assert (row["birth_year"], row["age"], row["points_fen"]) == (1944, 82, 12_600)
    assert (row["status"], row["card_state"], row["income"]) == ("active", "issued", "none")
    assert (row["month"], row["meals"], row["birthday_on"]) == ([0, 0], [], None)
    assert "王秀英" not in answer.text
    assert row["id"] == card.senior_id


def test_the_roster_carries_all_that_a_price_needs(counter: Counter) -> None:
    body = counter.roster().get_json()
    assert body["full"]
    assert [day["on"] for day in body["days"]] == ["2026-11-20", "2026-11-21", "2026-11-22"]
    assert body["days"][0]["items"][0]["name"] == "A 套餐"
    assert body["terms"][body["days"][0]["terms"]]["terms"]["windows"][0]["name"] == "lunch"
    assert body["till_rules"]["roster_hours"] == 24
    assert body["sale_rules"]["upload_within_hours"] == 24
    assert body["keys"][0]["algorithm"] == "Ed25519"
    assert body["canteen"]["licence_expires_on"] == "2027-12-31"


def test_a_closed_day_is_said(counter: Counter) -> None:
    make_closure(counter.lunch.session, canteen=counter.lunch.canteen, closed_on=date(2026, 11, 21))
    assert [day["open"] for day in counter.roster().get_json()["days"]] == [True, False, True]


def test_meals_taken_today_are_told_by_window_and_those_of_the_month_are_counted(
    counter: Counter, clock: FrozenClock
) -> None:
    lunch = counter.lunch
    card = lunch.guest()
    lunch.sell(card)
    clock.advance(days=1)
    lunch.sell(card)
    row = people(counter.roster().get_json())[card.number]
    assert row["month"] == [2, 1600]
    assert row["meals"] == [["lunch", 800, "11:48", "文晖一食堂", "1", True]]


def test_points_are_told_by_what_they_pay_for_and_when_they_end(counter: Counter) -> None:
    lunch = counter.lunch
    card = lunch.guest(points_fen=1000, residence_area=STREET)
    for purpose, fen, expires_on in (("care", 70, date(2026, 11, 20)), ("care.meals", 500, date(2026, 11, 21))):
        lunch.grant(card.senior_id, points_fen=fen, expires_on=expires_on, purpose=purpose)
    row = people(counter.roster().get_json())[card.number]
    assert (row["points_fen"], row["balance_fen"]) == (1500, 1570)
    assert row["expiring"] == [["2026-11-20", 0, 70], ["2026-11-21", 500, 500]]
    asked = {"card": card.number, "canteen_id": lunch.canteen.id, "items": [{"dish_id": lunch.dish.id}]}
    assert (
        lunch.client.post("/api/v1/meals/quotes", json=asked, headers=lunch.cashier).get_json()["balance_fen"] == 1570
    )


def test_who_lives_elsewhere_and_never_ate_here_is_not_in_it(counter: Counter) -> None:
    lunch = counter.lunch
    stranger = lunch.guest(residence_area="330106003", hukou_area="330106003")
    eater = lunch.guest(residence_area="330106003", hukou_area="330106003")
    assert lunch.sell(eater).status_code == 201
    found = people(counter.roster().get_json())
    assert eater.number in found
    assert stranger.number not in found


def test_a_lost_card_stays_in_it_as_lost(counter: Counter) -> None:
    card = counter.lunch.guest(card_state="lost", residence_area=STREET)
    assert people(counter.roster().get_json())[card.number]["card_state"] == "lost"


@pytest.mark.parametrize(
    ("birth_on", "told"),
    [(date(1956, 11, 20), None), (date(1956, 11, 21), "2026-11-21"), (date(1956, 11, 23), "2026-11-23"),
     (date(1956, 11, 24), None)],
)  # fmt: skip
def test_a_birthday_is_told_only_when_it_is_near(counter: Counter, birth_on: date, told: str | None) -> None:
    card = counter.lunch.guest(birth_on=birth_on, residence_area=STREET)
    assert people(counter.roster().get_json())[card.number]["birthday_on"] == told


def test_a_delta_brings_only_those_about_whom_something_was_written(counter: Counter, clock: FrozenClock) -> None:
    lunch = counter.lunch
    eater, still, rich = (lunch.guest(residence_area=STREET) for _ in range(3))
    clock.advance(minutes=10)
    version = counter.roster().get_json()["version"]
    clock.advance(minutes=5)
    assert delta(counter, version)["people"] == []
    lunch.sell(eater)
    lunch.grant(rich.senior_id, points_fen=500)
    found = people(delta(counter, version))
    assert set(found) == {eater.number, rich.number}
    assert found[eater.number]["meals"]
    assert found[rich.number]["points_fen"] == 10_500
    assert still.number not in found


def test_a_delta_brings_a_lost_card_a_new_status_and_an_undone_sale(counter: Counter, clock: FrozenClock) -> None:
    lunch = counter.lunch
    loser, eater = lunch.guest(residence_area=STREET), lunch.guest(residence_area=STREET)
    sold = lunch.sell(eater).get_json()
    clock.advance(minutes=10)
    version = counter.roster().get_json()["version"]
    clock.advance(minutes=5)
    lost = lunch.session.get_one(Card, loser.number)
    lost.state, lost.changed_at = "lost", clock.now()
    lunch.undo(sold["id"])
    found = people(delta(counter, version))
    assert found[loser.number]["card_state"] == "lost"
    assert found[eater.number]["meals"] == []


def test_what_was_committed_late_comes_with_the_next_delta(counter: Counter, clock: FrozenClock) -> None:
    card = counter.lunch.guest(residence_area=STREET)
    clock.advance(minutes=10)
    version = counter.roster().get_json()["version"]
    clock.advance(seconds=-90)
    counter.lunch.grant(card.senior_id, points_fen=100)  # written a minute before the roster was read, seen after it
    clock.advance(minutes=5)
    assert card.number in people(delta(counter, version))


def test_who_moved_away_is_gone(counter: Counter, clock: FrozenClock) -> None:
    card = counter.lunch.guest(residence_area=STREET, hukou_area=STREET)
    clock.advance(minutes=10)
    version = counter.roster().get_json()["version"]
    clock.advance(minutes=5)
    senior = counter.lunch.session.get_one(Senior, card.senior_id)
    make_place(counter.lunch.session, OTHER_STREET)
    senior.residence_area_code, senior.updated_at = OTHER_STREET, clock.now()
    assert card.number in delta(counter, version)["gone"]


@pytest.mark.parametrize(
    "version", ["", "x", "99999999999999999-2026-11-20", "1-2026-11-19", "4000000000000-2026-11-20"]
)
def test_a_version_that_is_none_of_today_brings_all(counter: Counter, version: str) -> None:
    assert counter.roster(version).get_json()["full"]


def test_a_new_day_brings_all(counter: Counter, clock: FrozenClock) -> None:
    version = counter.roster().get_json()["version"]
    clock.advance(days=1)
    assert counter.roster(version).get_json()["full"]


def test_the_same_content_is_not_sent_twice(counter: Counter, clock: FrozenClock) -> None:
    counter.lunch.guest(residence_area=STREET)
    clock.advance(minutes=10)
    first = counter.roster()
    version = first.get_json()["version"]
    clock.advance(minutes=5)
    empty = counter.roster(version)
    clock.advance(minutes=5)
    again = counter.roster(version, **{"If-None-Match": empty.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_each_roster_is_noted_at_the_device(counter: Counter, clock: FrozenClock) -> None:
    counter.roster()
    page = counter.lunch.client.get("/meals/tills", headers=counter.lunch.manager).text
    assert "最近名单" in page
    assert "11:48" in page


def test_ten_thousand_people_are_under_three_megabytes(counter: Counter) -> None:
    session, lunch = counter.lunch.session, counter.lunch
    lunch.guest(residence_area=STREET)
    session.flush()
    # Where the tables were found empty a moment ago, plans that read them whole would do so ten thousand times.
    session.execute(text("DISCARD PLANS"))
    session.execute(text("SET LOCAL enable_seqscan = off"))
    session.execute(
        text(
            """
            WITH made AS (
                INSERT INTO senior (name, birth_on, sex, id_number_sealed, id_number_index, hukou_area_code,
                                    residence_area_code, income_class, living_situation, ability_level,
                                    registered_at, updated_at)
                SELECT '欧阳秀英', date '1930-01-01' + n, 'female', '\\x00', sha256(n::text::bytea), :place, :place,
                       'low_margin', 'with_family', 2, now(), now() FROM generate_series(1, 10000) AS n RETURNING id
            ), carded AS (
                INSERT INTO card (number, senior_id, state, issued_at, changed_at)
                SELECT '60219' || lpad(id::text, 14, '0'), id, 'issued', now(), now() FROM made
            )
            SELECT ledger.open_book(id) FROM made
            """
        ),
        {"place": STREET},
    )
    answer = counter.roster(**{"Accept-Encoding": "gzip"})
    whole = gzip.decompress(answer.data)
    assert len(json.loads(whole)["people"]) == 10_001
    assert len(whole) < 3_000_000
    assert len(answer.data) < 600_000

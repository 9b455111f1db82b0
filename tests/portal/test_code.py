"""The page of the meal code: a fresh code each time, for whom the senior let see the points, kept by nobody."""

import re

import pytest
from sqlalchemy import func, select

from app.people.payment_codes.models import PaymentCode
from app.people.payment_codes.picture import draw_code
from app.people.relatives.models import Look
from app.people.relatives.rules import Relation, Topic
from portal.codes_pages import FRESH_TIMES, read_times
from tests.conftest import FrozenClock
from tests.portal.conftest import Home, open_home

NUMBER = re.compile(r'translate="no">(88[ \d]+)<')


def number_on(page: str) -> str:
    found = NUMBER.search(page)
    assert found
    return found[1]


def codes(home: Home) -> int:
    return home.session.scalar(select(func.count()).select_from(PaymentCode)) or 0


def test_the_digits_below_the_code_pay_at_the_till(home: Home) -> None:
    number = number_on(home.page("/code"))
    sold = home.lunch.sell(number.replace(" ", ""))
    assert (sold.status_code, sold.get_json()["guest"]["card_tail"]) == (201, home.card.number[-8:])
    assert home.lunch.sell(number.replace(" ", "")).get_json()["code"] == "code_used"


def test_each_look_brings_a_fresh_code_and_nobody_keeps_the_page(home: Home) -> None:
    first, second = home.page("/code"), home.page("/code")
    assert number_on(first) != number_on(second)
    answer = home.client.get(f"/family/{home.senior_id}/code")
    assert answer.headers["Cache-Control"] == "no-store"
    assert "100.00" in first.replace("<small>", "")


def test_who_looked_is_noted_once_and_not_each_time_the_page_renews_itself(home: Home) -> None:
    for rest in ("/code", "/code?again=1", "/code?again=2"):
        home.page(rest)
    look = home.session.scalars(select(Look)).one()
    assert (look.topic, look.times, codes(home)) == (Topic.BALANCE, 1, 3)


def test_an_address_that_says_it_renews_itself_is_a_look_all_the_same(home: Home) -> None:
    home.page("/code?again=3")
    look = home.session.scalars(select(Look)).one()
    assert (look.topic, look.times) == (Topic.BALANCE, 1)


def test_without_scripts_the_page_loads_itself_anew_each_minute_but_not_for_ever(home: Home) -> None:
    assert f'content="60;url=/family/{home.senior_id}/code?again=1"' in home.page("/code")
    assert "again=4" in home.page("/code?again=3")
    last = home.page(f"/code?again={FRESH_TIMES}")
    assert 'http-equiv="refresh"' not in last
    assert "换一个新码" in last


@pytest.mark.parametrize(("text", "times"), [("", 0), ("3", 3), ("99", 10), ("-1", 0), ("x", 0), ("1" * 50, 0)])
def test_an_odd_address_begins_afresh(text: str, times: int) -> None:
    assert read_times(text) == times


def test_only_whom_the_senior_let_see_the_points_gets_a_code(home: Home, clock: FrozenClock) -> None:
    meals_only = open_home(home.session, home.client, clock, topics=[Topic.MEALS], lunch=home.lunch)
    assert meals_only.status("/code") == meals_only.status("/code?again=2") == 403
    assert meals_only.status("/code", senior_id=home.senior_id) == 404
    assert codes(home) == 0
    assert "/code" not in meals_only.page()


def test_the_first_page_of_seniors_leads_to_their_own_code(home: Home, clock: FrozenClock) -> None:
    self = open_home(home.session, home.client, clock, relation=Relation.SELF, lunch=home.lunch)
    assert f'href="/family/{self.senior_id}/code"' in self.page()
    assert number_on(self.page("/code"))


def test_without_a_card_in_use_the_page_says_what_to_do(home: Home) -> None:
    home.card.state = "lost"
    home.session.flush()
    answer = home.client.get(f"/family/{home.senior_id}/code")
    assert (answer.status_code, "补办新卡" in answer.text) == (409, True)


def test_every_code_is_drawn_equally_large() -> None:
    drawn = {draw_code("CY1" + letter * 130) for letter in "AZ7"}
    assert len(drawn) == 3
    assert all(max(int(number) for number in re.findall(r"M\d+ (\d+)", path)) == 40 for path in drawn)

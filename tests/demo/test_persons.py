"""Invented seniors: each could stand in a register, and none can be mistaken for a real person."""

from collections import Counter
from datetime import date, timedelta

import pytest

from app.people.card_numbers import is_card_number
from app.people.drafts import read_new
from app.people.rules import Status, age_on
from demo.files import community_codes, read_places
from demo.persons import SHOW_COMMUNITY, SHOWN, Person, Span, invent_persons

TODAY = date(2026, 11, 20)
SPAN = Span(TODAY - timedelta(days=92), TODAY)


@pytest.fixture(scope="module")
def persons() -> list[Person]:
    return list(invent_persons(1500, SPAN))


def test_the_register_takes_every_one(persons: list[Person]) -> None:
    faults = [reading.faults for reading in (read_new(person.fields, today=TODAY) for person in persons)]
    assert [fault for fault in faults if fault] == []


def test_fewer_seniors_are_the_first_of_more(persons: list[Person]) -> None:
    assert list(invent_persons(40, SPAN)) == persons[:40]


def test_nobody_has_the_number_or_card_of_another(persons: list[Person]) -> None:
    numbers = [person.fields["id_number"] for person in persons]
    cards = [card.number for person in persons for card in person.cards]
    assert len(set(numbers)) == len(numbers)
    assert len(set(cards)) == len(cards)
    assert all(map(is_card_number, cards))


def test_phones_and_communities_can_be_seen_to_be_invented(persons: list[Person]) -> None:
    phones = {person.fields["phone"] for person in persons} - {""}
    assert all(phone.startswith("1990000") for phone in phones)
    assert all("901" <= code[9:] <= "999" for code in community_codes())


def test_ten_streets_and_sixty_communities() -> None:
    assert Counter(len(place.code) for place in read_places()) == {9: 10, 12: 60}
    assert {place.code[:6] for place in read_places()} == {"330102", "330105"}


def test_ages_are_those_of_a_city(persons: list[Person]) -> None:
    ages = [age_on(person.birth_on, TODAY) for person in persons]
    assert min(ages) >= 60
    assert max(ages) <= 102
    assert 0.11 < sum(age >= 80 for age in ages) / len(ages) < 0.18  # 14 % in Hangzhou, 2024


def test_some_live_elsewhere_than_they_are_registered(persons: list[Person]) -> None:
    apart = sum(person.fields["hukou_area"] != person.home for person in persons)
    assert 0.12 < apart / len(persons) < 0.18


def test_every_fate_occurs(persons: list[Person]) -> None:
    assert {person.timeline[-1].status for person in persons} == set(Status)
    assert any(len(person.timeline) == 3 for person in persons)
    assert {str(card.state) for person in persons for card in person.cards} == {
        "issued",
        "lost",
        "replaced",
        "cancelled",
    }


def test_those_the_greeting_names_are_as_it_says(persons: list[Person]) -> None:
    for number, shown in SHOWN.items():
        person = persons[number]
        assert age_on(person.birth_on, TODAY) == shown.age
        assert person.home == SHOW_COMMUNITY
        assert [card.state for card in person.cards] == [shown.card]
        assert [period.status for period in person.timeline] == [Status.ACTIVE]

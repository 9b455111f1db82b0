"""Which document decides, and which a person may read."""

from datetime import date

import pytest

from app import clock
from app.policies import queries, services
from app.policies.errors import PolicyNotFound
from app.policies.queries import Filter
from tests.app.areas.factories import make_place
from tests.app.policies.factories import (
    CITY,
    COMMUNITY,
    DISTRICT,
    OTHER_DISTRICT,
    SPRING,
    STREET,
    SUMMER,
    loaded,
    make_maker,
    make_published,
)

BEFORE_SPRING, LAST_OF_SPRING = date(2027, 2, 28), date(2027, 5, 31)


@pytest.fixture(autouse=True)
def places(session, clock):
    make_place(session, OTHER_DISTRICT)
    make_place(session, COMMUNITY)


def cups(session, area_code, on):
    found = queries.find_policy(session, kind="tea", area_code=area_code, on=on)
    return found.body["cups"] if found else None


@pytest.mark.parametrize(
    ("area_code", "cups_there"),
    [
        (COMMUNITY, 3),
        (STREET, 3),
        (DISTRICT, 1),
        ("330106004", 1),
        (CITY, 1),
        (OTHER_DISTRICT, 1),
        ("330000", None),
        ("310101", None),
    ],
)
def test_the_nearest_place_up_the_tree_decides(session, area_code, cups_there):
    make_published(session, area=CITY, cups=1)
    make_published(session, area=STREET, cups=3)
    assert cups(session, area_code, SPRING) == cups_there


@pytest.mark.parametrize(
    ("on", "cups_then"), [(BEFORE_SPRING, None), (SPRING, 2), (LAST_OF_SPRING, 2), (SUMMER, 4), (date(2099, 1, 1), 4)]
)
def test_a_document_holds_from_its_first_day_to_the_day_before_its_end(session, on, cups_then):
    make_published(session, valid_until=SUMMER)
    make_published(session, valid_from=SUMMER, cups=4)
    assert cups(session, STREET, on) == cups_then


def test_after_its_end_the_place_above_decides_again(session):
    make_published(session, area=CITY, cups=1)
    make_published(session, valid_until=SUMMER, cups=3)
    assert (cups(session, STREET, LAST_OF_SPRING), cups(session, STREET, SUMMER)) == (3, 1)


def test_only_published_documents_decide(session):
    maker = make_maker(session)
    policy = services.draft_policy(session, document=loaded(), by=maker, now=clock.now())
    assert cups(session, STREET, SPRING) is None
    services.submit_policy(session, policy_id=policy.id, by=maker, now=clock.now())
    assert cups(session, STREET, SPRING) is None


def test_the_deciding_document_is_asked_for_by_name(session):
    with pytest.raises(PolicyNotFound):
        queries.get_effective(session, kind="tea", area_code=STREET, on=SPRING)
    made = make_published(session)
    assert queries.get_effective(session, kind="tea", area_code=STREET, on=SPRING) is made


@pytest.mark.parametrize(
    ("reader", "sees"), [(CITY, 3), (DISTRICT, 2), (STREET, 2), (COMMUNITY, 2), (OTHER_DISTRICT, 2), ("310101", 0)]
)
def test_a_reader_sees_what_holds_within_and_above(session, reader, sees):
    made = [make_published(session, area=area) for area in (CITY, STREET, OTHER_DISTRICT)]
    page = queries.list_policies(session, area_codes=[reader], filters=Filter())
    assert len(page.items) == sees
    assert sum(is_readable(session, policy, reader) for policy in made) == sees


def is_readable(session, policy, reader):
    try:
        return queries.get_policy_for(session, policy.id, area_codes=[reader]) is policy
    except PolicyNotFound:
        return False


def test_who_sees_no_area_sees_nothing(session):
    make_published(session)
    assert queries.list_policies(session, area_codes=[], filters=Filter()).items == []


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        (Filter(), 3),
        (Filter(kind="tea"), 3),
        (Filter(kind="coffee"), 0),
        (Filter(state="published"), 3),
        (Filter(state="draft"), 0),
        (Filter(area=STREET), 2),
        (Filter(area=CITY), 3),
        (Filter(on=SPRING), 2),
        (Filter(on=SUMMER), 2),
        (Filter(area=STREET, on=BEFORE_SPRING), 0),
    ],
)
def test_filters(session, filters, found):
    make_published(session, area=CITY)
    make_published(session, valid_until=SUMMER)
    make_published(session, valid_from=SUMMER)
    assert len(queries.list_policies(session, area_codes=[CITY], filters=filters).items) == found


def test_pages_by_number(session):
    made = [make_published(session, area=area) for area in (CITY, DISTRICT, STREET)]
    first = queries.list_policies(session, area_codes=[CITY], filters=Filter(), limit=2)
    second = queries.list_policies(session, area_codes=[CITY], filters=Filter(), limit=2, after=first.next)
    assert [each.id for each in (*first.items, *second.items)] == [each.id for each in reversed(made)]
    assert (first.next, second.next) == (made[1].id, None)


def test_the_document_before_is_the_one_it_replaced_else_the_one_above(session):
    city = make_published(session, area=CITY)
    first = make_published(session, cups=3)
    second = make_published(session, valid_from=SUMMER, cups=4)
    assert queries.find_before(session, second) is first
    assert queries.find_before(session, first) is city
    assert queries.find_before(session, city) is None


def test_what_follows_an_end(session):
    make_published(session, area=CITY)
    first = make_published(session)
    second = make_published(session, valid_from=SUMMER)
    assert queries.find_follower(session, first) is second
    assert queries.find_follower(session, second) is None

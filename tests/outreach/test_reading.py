"""Lists and figures: the worker's way, what is overdue, coverage of a month, one person, referrals."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.auth.actor import Role
from outreach.outcomes import Result
from outreach.queries import coverage, list_key_people, list_tasks
from outreach.reading.people import find_standing, read_story
from outreach.reading.referrals import list_referrals, list_suggested
from outreach.reading.tasks import TaskFilter, count_due, list_round
from outreach.referring import open_referral
from outreach.terms import Factor, Help, Way
from outreach.visiting import record_visit
from tests.conftest import FrozenClock
from tests.outreach.factories import (
    COMMUNITY,
    DISTRICT,
    OTHER_COMMUNITY,
    SEVENTY,
    STREET,
    found,
    make_person,
    make_someone,
    publish_rules,
    rescore,
)

TODAY, MONTH = date(2026, 11, 20), date(2026, 11, 1)


@pytest.fixture
def world(session: Session, clock: FrozenClock) -> dict[str, Any]:
    """Two red people in one community, an orange one in the next, a yellow one who is no key person."""
    publish_rules(session)
    people = {
        "red": make_person(session, name="王玉兰"),
        "also": make_person(session, name="孙根法"),
        "orange": make_person(session, area_code=OTHER_COMMUNITY, birth_on=SEVENTY),
        "yellow": make_person(session, area_code=OTHER_COMMUNITY, living_situation="with_family"),
    }
    rescore(session, *people.values())
    return people


def test_coverage_by_community_and_who_is_missing(session: Session, world: dict[str, Any], clock: FrozenClock) -> None:
    worker = make_someone(session)
    clerk = make_someone(session, Role.STREET_CLERK, area_code=STREET)
    clock.advance(days=8)
    record_visit(session, senior_id=world["red"].id, found=found(), by=worker, now=clock.now())
    record_visit(session, senior_id=world["also"].id, found=found(way=Way.PHONE), by=worker, now=clock.now())
    rows = coverage(session, month=MONTH, area_codes=[DISTRICT])
    assert [(each.area_code, each.due, each.visited, each.overdue, each.percent) for each in rows] == [
        (COMMUNITY, 2, 1, 1, 50),
        (OTHER_COMMUNITY, 1, 0, 0, 0),
    ]
    missing = list_key_people(session, month=MONTH, area_code=COMMUNITY, reach=clerk, only_missing=True).items
    assert [(each.name, each.is_overdue, each.last_on) for each in missing] == [("孙根法", True, None)]
    everybody = list_key_people(session, month=MONTH, area_code=STREET, reach=clerk, limit=2)
    assert len(everybody.items) == 2
    rest = list_key_people(session, month=MONTH, area_code=STREET, reach=clerk, limit=2, after=everybody.next)
    assert [each.senior_id for each in rest.items] == [world["orange"].id]
    assert list_key_people(session, month=MONTH, area_code="330106", reach=clerk).items == []


def test_a_month_that_has_ended_counts_by_the_bands_of_its_last_day(
    session: Session, world: dict[str, Any], clock: FrozenClock
) -> None:
    clock.advance(days=30)
    world["also"].living_situation = "with_family"
    session.flush()
    rescore(session, world["also"])
    past, now = (coverage(session, month=month, area_codes=[COMMUNITY])[0] for month in (MONTH, date(2026, 12, 1)))
    assert (past.due, now.due) == (2, 1)


def test_the_workers_way_goes_by_community_and_hides_who_is_tried_another_day(
    session: Session, world: dict[str, Any], clock: FrozenClock
) -> None:
    worker = make_someone(session, area_code=STREET)
    assert list_round(session, reach=worker, today=TODAY, ahead_days=3) == {}
    way = list_round(session, reach=worker, today=TODAY, ahead_days=31)
    assert {code: [each.name for each in stops] for code, stops in way.items()} == {
        COMMUNITY: ["王玉兰", "孙根法"],
        OTHER_COMMUNITY: [world["orange"].name],
    }
    told = found(Result.NOT_HOME, next_on=TODAY + timedelta(days=2))
    record_visit(session, senior_id=world["red"].id, found=told, by=worker, now=clock.now())
    assert [each.name for each in list_round(session, reach=worker, today=TODAY, ahead_days=31)[COMMUNITY]] == [
        "孙根法"
    ]
    again = list_round(session, reach=worker, today=TODAY + timedelta(days=2), ahead_days=31)
    assert len(again[COMMUNITY]) == 2


def test_what_is_due_is_listed_by_its_day_and_counted_by_band(
    session: Session, world: dict[str, Any], clock: FrozenClock
) -> None:
    auditor = make_someone(session, Role.AUDITOR, area_code=DISTRICT)
    page = list_tasks(session, reach=auditor, today=TODAY, limit=3)
    assert [each.band for each in page.items] == ["red", "red", "orange"]
    assert page.items[0].name == "王*兰"
    assert [each.band for each in list_tasks(session, reach=auditor, today=TODAY, after=page.next).items] == ["yellow"]
    late = TaskFilter(is_late=True, band="red", kind="regular", area_code=COMMUNITY)
    assert len(list_tasks(session, reach=auditor, today=TODAY + timedelta(days=8), filters=late).items) == 2
    counted = count_due(session, reach=auditor, today=TODAY + timedelta(days=8), ahead_days=3)
    assert {band: (each.people, each.due, each.overdue) for band, each in counted.items()} == {
        "red": (2, 2, 2),
        "orange": (1, 0, 0),
        "yellow": (1, 0, 0),
    }


def test_one_person_with_everything(session: Session, world: dict[str, Any], clock: FrozenClock) -> None:
    worker = make_someone(session)
    told = found(Result.HELP, words="要人陪诊", refer=(Help.MEALS,))
    record_visit(session, senior_id=world["red"].id, found=told, by=worker, now=clock.now())
    standing = find_standing(session, senior_id=world["red"].id)
    assert standing is not None
    assert [each.factor for each in standing.reasons] == [Factor.LIVING, Factor.AGE]
    assert find_standing(session, senior_id=10**9) is None
    story = read_story(session, senior_id=world["red"].id)
    assert [(each.result, each.by) for each in story.visits] == [("help", "沈阿根")]
    assert [each.kind for each in story.referrals] == ["meals"]
    assert [each.words for each in story.problems] == ["要人陪诊"]


def test_referrals_due_first_and_who_could_be_helped(
    session: Session, world: dict[str, Any], clock: FrozenClock
) -> None:
    clerk = make_someone(session, Role.STREET_CLERK, area_code=STREET)
    open_referral(session, senior_id=world["red"].id, kind=Help.KIT, by=clerk, now=clock.now())
    open_referral(session, senior_id=world["also"].id, kind=Help.MEALS, by=clerk, now=clock.now())
    page = list_referrals(session, reach=clerk, today=TODAY, limit=1)
    assert [each.kind for each in page.items] == ["meals"]
    assert [each.kind for each in list_referrals(session, reach=clerk, today=TODAY, after=page.next).items] == ["kit"]
    later = TODAY + timedelta(days=11)
    assert [each.is_overdue for each in list_referrals(session, reach=clerk, today=later, state="overdue").items] == [
        True
    ]
    assert list_referrals(session, reach=clerk, today=TODAY, state="ended").items == []
    # Whom one help was opened for stands no longer among those whom nobody has looked at.
    assert list_suggested(session, reach=clerk).items == []

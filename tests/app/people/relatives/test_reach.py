"""Whom the account of a relative or a senior reaches: by links and consents only, and never by area."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock as clocks
from app.auth.actor import PERSONAL_ROLES, Role
from app.clock import business_day
from app.errors import NotFound
from app.people.relatives.models import Look
from app.people.relatives.reach import (
    ConsentMissing,
    Topic,
    followers,
    get_reached,
    list_reached,
    note_look,
)
from app.people.relatives.rules import Relation, State
from tests.app.people.factories import make_actor, make_senior
from tests.app.people.relatives.factories import be, follow, make_family_actor, make_link, make_relative
from tests.conftest import FrozenClock

TODAY = date(2026, 11, 20)
NOBODY = 999_999_999


def test_a_relative_reaches_those_linked_with_the_topics_agreed_to(session: Session) -> None:
    mother, father, _stranger = (make_senior(session) for _ in range(3))
    account = make_relative(session)
    make_link(session, mother, account, topics=(Topic.BALANCE, Topic.MEALS))
    make_link(session, father, account, topics=(Topic.MEALS,), is_guardian=True)
    found = list_reached(session, actor=make_family_actor(account), today=TODAY)
    assert [(item.senior_id, item.topics, item.is_guardian, item.is_self) for item in found] == [
        (mother.id, {Topic.BALANCE, Topic.MEALS}, False, False),
        (father.id, {Topic.MEALS}, True, False),
    ]


def test_a_senior_reaches_the_own_person_whole_and_first(session: Session) -> None:
    husband, wife = make_senior(session), make_senior(session)
    account = make_relative(session, Role.ELDER, Role.FAMILY)
    make_link(session, husband, account, topics=(Topic.MEALS,), relation=Relation.SPOUSE)
    make_link(session, wife, account, relation=Relation.SELF)
    found = list_reached(session, actor=make_family_actor(account, *PERSONAL_ROLES), today=TODAY)
    assert [(item.senior_id, item.is_self, len(item.topics)) for item in found] == [
        (wife.id, True, 4),
        (husband.id, False, 1),
    ]


@pytest.mark.parametrize(
    ("role", "reaches_self", "reaches_relative"),
    [(role, role is Role.ELDER, role is Role.FAMILY) for role in Role],
)
def test_each_role_opens_its_own_kind_of_link_and_staff_none(
    session: Session, role: Role, reaches_self: bool, reaches_relative: bool
) -> None:
    own, other = make_senior(session), make_senior(session)
    account = make_relative(session, Role.ELDER, Role.FAMILY)
    make_link(session, own, account, relation=Relation.SELF)
    make_link(session, other, account)
    found = {item.senior_id for item in list_reached(session, actor=make_family_actor(account, role), today=TODAY)}
    assert found == ({own.id} if reaches_self else set()) | ({other.id} if reaches_relative else set())


def test_personal_roles_reach_no_area(session: Session) -> None:
    for role in PERSONAL_ROLES:
        assert make_actor(roles=(role,)).area_codes == ()
    assert make_actor(roles=(Role.FAMILY, Role.STREET_CLERK)).area_codes != ()


@pytest.mark.parametrize("state", [State.REQUESTED, State.REFUSED, State.ENDED])
def test_a_link_that_is_not_in_force_opens_nothing(session: Session, state: State) -> None:
    senior, account = make_senior(session), make_relative(session)
    make_link(session, senior, account, state=state)
    actor = make_family_actor(account)
    assert list_reached(session, actor=actor, today=TODAY) == []
    with pytest.raises(NotFound):
        get_reached(session, actor=actor, senior_id=senior.id, topic=None, today=TODAY)
    assert followers(session, senior_ids=[senior.id], topic=Topic.MEALS, today=TODAY) == {}


def test_a_person_not_linked_and_a_person_who_is_not_there_get_the_same_answer(session: Session) -> None:
    actor, stranger = follow(session, make_senior(session)), make_senior(session)
    told = []
    for senior_id in (stranger.id, NOBODY):
        with pytest.raises(NotFound) as refused:
            get_reached(session, actor=actor, senior_id=senior_id, topic=Topic.MEALS, today=TODAY)
        told.append((refused.value.code, str(refused.value.detail)))
    assert told[0] == told[1]


@pytest.mark.parametrize("topic", list(Topic))
def test_a_topic_not_agreed_to_is_refused_and_the_others_are_not(session: Session, topic: Topic) -> None:
    senior = make_senior(session)
    others = [other for other in Topic if other is not topic]
    actor = follow(session, senior, *others)
    with pytest.raises(ConsentMissing):
        get_reached(session, actor=actor, senior_id=senior.id, topic=topic, today=TODAY)
    for other in (*others, None):
        assert get_reached(session, actor=actor, senior_id=senior.id, topic=other, today=TODAY).senior_id == senior.id


@pytest.mark.parametrize(
    ("given_on", "until_on", "is_open"),
    [
        (TODAY, None, True),
        (TODAY - timedelta(days=9), TODAY, False),
        (TODAY, TODAY + timedelta(days=1), True),
        (TODAY + timedelta(days=1), None, False),
    ],
)
def test_a_consent_holds_from_its_first_day_until_before_its_end(
    session: Session, given_on: date, until_on: date | None, is_open: bool
) -> None:
    senior, account = make_senior(session), make_relative(session)
    make_link(session, senior, account, topics=(Topic.MEALS,), given_on=given_on, until_on=until_on)
    found = list_reached(session, actor=make_family_actor(account), today=TODAY)
    assert (Topic.MEALS in found[0].topics) is is_open
    told = followers(session, senior_ids=[senior.id], topic=Topic.MEALS, today=TODAY)
    assert (account.id in told.get(senior.id, ())) is is_open


def test_followers_of_many_are_found_in_one_statement(session: Session, count_statements) -> None:  # type: ignore[no-untyped-def]
    first, second, alone = (make_senior(session) for _ in range(3))
    own = be(session, first)
    near, far = follow(session, first, Topic.MEALS), follow(session, second, Topic.BALANCE)
    ids = [first.id, second.id, alone.id]
    with count_statements() as sent:
        meals = followers(session, senior_ids=ids, topic=Topic.MEALS, today=TODAY)
    assert len(sent) == 1
    assert meals == {first.id: [own.account_id, near.account_id]}
    balance = followers(session, senior_ids=ids, topic=Topic.BALANCE, today=TODAY)
    assert balance == {first.id: [own.account_id], second.id: [far.account_id]}


def test_looks_of_a_day_are_one_row_and_the_own_ones_none(session: Session, clock: FrozenClock) -> None:
    senior = make_senior(session)
    own, daughter = be(session, senior), follow(session, senior)
    for actor in (own, daughter, daughter):
        note_look(session, actor=actor, senior_id=senior.id, topic=Topic.MEALS, now=clocks.now())
        clock.advance(minutes=5)
    note_look(session, actor=daughter, senior_id=senior.id, topic=None, now=clocks.now())
    clock.advance(days=1)
    note_look(session, actor=daughter, senior_id=senior.id, topic=Topic.MEALS, now=clocks.now())
    rows = session.scalars(select(Look).order_by(Look.on_day, Look.topic)).all()
    assert [(row.account_id, row.topic, row.times) for row in rows] == [
        (daughter.account_id, "meals", 2),
        (daughter.account_id, "overview", 1),
        (daughter.account_id, "meals", 1),
    ]
    assert rows[0].last_at - rows[0].first_at == timedelta(minutes=5)
    assert rows[2].on_day == business_day(clocks.now())


def test_nobody_without_a_link_leaves_a_look(session: Session, clock: FrozenClock) -> None:
    senior, other = make_senior(session), make_senior(session)
    note_look(session, actor=follow(session, other), senior_id=senior.id, topic=Topic.MEALS, now=clocks.now())
    assert session.scalars(select(Look)).all() == []

"""Families hear of points that are about to be lost: once for each term, and only those who may know."""

from datetime import date, timedelta

import pytest
from flask_babel import force_locale
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.messages.kinds import get_kind
from app.messages.models import Notice
from app.people.models import Senior
from app.people.relatives.family_rules import FAMILY_RULES
from app.people.relatives.rules import Topic
from app.people.rules import Status
from subsidies.expiry import telling
from subsidies.expiry.tasks import tell_ending
from subsidies.expiry.telling import find_term
from tests.app.people.factories import make_senior
from tests.app.people.relatives.factories import make_link, make_relative
from tests.conftest import FrozenClock
from tests.meals.factories import make_policy
from tests.subsidies.factories import Accounts, grant

FRIDAY = date(2026, 11, 20)


@pytest.fixture
def senior(session: Session, clock: FrozenClock, accounts: Accounts) -> Senior:
    make_policy(session, kind="family_rules", body=FAMILY_RULES.example)
    found = make_senior(session, name="王玉兰")
    grant(session, found.id, 1500, funder=accounts.city, expires_on=FRIDAY + timedelta(days=30))
    grant(session, found.id, 700, funder=accounts.city, expires_on=FRIDAY + timedelta(days=30))
    grant(session, found.id, 9000, funder=accounts.city, expires_on=FRIDAY + timedelta(days=300))
    return found


def notices(session: Session) -> list[Notice]:
    return list(session.scalars(select(Notice).where(Notice.kind == telling.ENDING).order_by(Notice.id)))


def test_whoever_may_know_the_balance_is_told_once_a_term(session: Session, clock: FrozenClock, senior: Senior) -> None:
    daughter, neighbour = make_relative(session), make_relative(session)
    make_link(session, senior, daughter, topics=[Topic.BALANCE])
    make_link(session, senior, neighbour, topics=[Topic.MEALS])
    for _ in range(2):
        tell_ending()
    (told,) = notices(session)
    assert (told.account_id, told.senior_id) == (daughter.id, senior.id)
    with force_locale("en"):
        words = get_kind(told.kind).text(told.params)
    assert words == "王玉兰: 22.00 yuan of points end on 20 Dec 2026, if they are not spent by then."
    clock.advance(days=10)
    tell_ending()
    assert len(notices(session)) == 1
    clock.advance(days=13)
    tell_ending()
    assert len(notices(session)) == 2


def test_nobody_is_told_of_seniors_whom_nobody_follows(session: Session, clock: FrozenClock, senior: Senior) -> None:
    tell_ending()
    assert notices(session) == []


def test_nobody_is_told_of_the_points_of_the_dead(
    session: Session, clock: FrozenClock, accounts: Accounts, senior: Senior
) -> None:
    dead = make_senior(session, name="李阿福", status=Status.DECEASED)
    grant(session, dead.id, 1500, funder=accounts.city, expires_on=FRIDAY + timedelta(days=30))
    make_link(session, dead, make_relative(session), topics=[Topic.BALANCE])
    tell_ending()
    assert notices(session) == []


def test_many_are_told_part_by_part(
    session: Session, clock: FrozenClock, accounts: Accounts, senior: Senior, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telling, "SENIORS_AT_ONCE", 2)
    daughter = make_relative(session)
    for _ in range(4):
        other = make_senior(session)
        grant(session, other.id, 100, funder=accounts.city, expires_on=FRIDAY + timedelta(days=7))
        make_link(session, other, daughter, topics=[Topic.BALANCE])
    make_link(session, senior, daughter, topics=[Topic.BALANCE])
    tell_ending()
    assert len(notices(session)) == 5


@pytest.mark.parametrize(
    ("left_days", "expected"), [(31, None), (30, 30), (27, 30), (26, None), (8, None), (7, 7), (4, 7), (3, None)]
)
def test_a_term_is_reached_on_its_day_and_caught_up_with_for_three(left_days: int, expected: int | None) -> None:
    assert find_term([30, 7], left_days=left_days) == expected

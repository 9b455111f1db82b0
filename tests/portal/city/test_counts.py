"""What each feature counts: points, people, beds, visits, alerts, findings, each as its own pages tell it."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from app import clock as clocks
from app.auth import Role
from app.clock import business_day
from app.people.models import Senior
from app.people.rules import Status
from outreach.visiting import record_visit
from portal.city import folding
from safety.alerts import queries as alerts
from safety.alerts import services as answering
from safety.alerts.policy_example import EXAMPLE
from subsidies.findings import services as judging
from tests.app.areas.factories import make_place
from tests.app.people.factories import make_actor, make_card, make_senior, make_status
from tests.care_beds.factories import make_bed, make_bed_in_service, make_visit
from tests.conftest import FrozenClock
from tests.meals.factories import CITY, DISTRICT, STREET, make_policy
from tests.meals.lunch import Lunch
from tests.outreach import factories as visiting
from tests.portal.city.test_folding import OTHER_STREET, TODAY, kept
from tests.safety.alerts.world import answer_after, make_world
from tests.subsidies.factories import grant, open_accounts, reverse, spend
from tests.subsidies.findings.factories import make_finding


def fold(session: Session, clock: FrozenClock, days: int = 3) -> None:
    folding.fold(session, counts=folding.list_counts(), days=days, now=clock.now())


def told(session: Session, area: str, *codes: str, day: date = TODAY) -> list[int]:
    return [kept(session, area, day, code) for code in codes]


def test_a_lunch_counts_as_a_meal_and_its_points_as_spent_where_it_was_eaten(lunch: Lunch, clock: FrozenClock) -> None:
    card = lunch.guest(points_fen=10_000)
    lunch.sell(card)
    fold(lunch.session, clock)
    assert told(lunch.session, CITY, "meals", "meals_subsidised", "points_granted") == [1, 1, 10_000]
    assert kept(lunch.session, STREET, TODAY, "points_spent") > 0


def test_points_are_counted_net_and_where_somebody_moves_later_changes_nothing(
    session: Session, clock: FrozenClock
) -> None:
    accounts, now = open_accounts(session), clock.now()
    make_place(session, OTHER_STREET)
    senior = make_senior(session, hukou_area=STREET)
    grant(session, senior.id, 5000, funder=accounts.district, now=now)
    paid = spend(session, senior.id, 800, merchant=accounts.canteen, now=now)
    spend(session, senior.id, 300, merchant=accounts.canteen, now=now)
    assert paid.txn_id
    reverse(session, senior.id, paid.txn_id, now=now)
    fold(session, clock)
    codes = ("points_granted", "points_spent", "people_granted")
    assert told(session, STREET, *codes) == [5000, 300, 1]
    session.get_one(Senior, senior.id).residence_area_code = OTHER_STREET
    session.flush()
    fold(session, clock, days=62)
    assert told(session, STREET, *codes[:2]) == [5000, 300]
    grant(session, senior.id, 1000, funder=accounts.district, now=now)
    fold(session, clock)
    # The day was counted anew, and with it the place: the sum of all places is exact in any case.
    assert told(session, CITY, *codes) == [6000, 300, 1]


@pytest.mark.parametrize(
    ("birth_on", "status", "counts"),
    [
        (date(1966, 11, 20), Status.ACTIVE, [1, 0]),
        (date(1966, 11, 21), Status.ACTIVE, [0, 0]),
        (date(1946, 11, 20), Status.IN_HOSPITAL, [1, 1]),
        (date(1946, 11, 21), Status.ACTIVE, [1, 0]),
        (date(1940, 1, 1), Status.DECEASED, [0, 0]),
        (date(1940, 1, 1), Status.MOVED_AWAY, [0, 0]),
    ],
)
def test_people_count_from_their_birthdays_on_and_while_they_live_here(
    session: Session, clock: FrozenClock, birth_on: date, status: Status, counts: list[int]
) -> None:
    senior = make_senior(session, birth_on=birth_on, hukou_area=STREET, status=status)
    make_card(session, senior)
    fold(session, clock)
    assert told(session, DISTRICT, "people_60", "people_80") == counts
    assert told(session, DISTRICT, "cards_60", "cards_80") == counts


def test_a_card_reported_lost_is_none_and_a_death_tomorrow_is_not_yet(session: Session, clock: FrozenClock) -> None:
    make_card(session, make_senior(session, hukou_area=STREET), state="lost")
    senior = make_senior(session, hukou_area=STREET)
    tomorrow = TODAY + timedelta(days=1)
    session.execute(
        text("UPDATE senior_status SET until_on = :day WHERE senior_id = :id"), {"day": tomorrow, "id": senior.id}
    )
    make_status(session, senior, status=Status.DECEASED, from_on=tomorrow)
    fold(session, clock)
    assert told(session, STREET, "people_60", "cards_60") == [2, 0]


def test_beds_and_visits_count_by_how_they_stand(session: Session, clock: FrozenClock) -> None:
    bed = make_bed_in_service(session)
    make_bed(session)
    for hour, state in ((9, "confirmed"), (11, "missed"), (13, "planned"), (15, "cancelled")):
        make_visit(session, bed=bed, state=state, start=clocks.local(clock.now()).time().replace(hour=hour, minute=0))
    fold(session, clock)
    area = bed.area_code
    assert told(session, area, "bed_in_service", "bed_applied", "bed_closed") == [1, 1, 0]
    assert told(session, area, "visits_done", "visits_missed", "visits_ahead") == [1, 1, 1]


def test_alerts_are_counted_as_the_desk_measures_them(session: Session, clock: FrozenClock) -> None:
    world = make_world(session)
    answer_after(world, clock, 40, 100, 400)
    world.sos()
    fold(session, clock)
    days = {"from_on": TODAY, "until_on": TODAY + timedelta(days=1)}
    measured = alerts.count_targets(session, reach=world.operator, **days, now=world.now)
    area = world.home.area_code
    assert kept(session, area, TODAY, "alerts") == 4
    assert [score.met for score in measured.answered] == [1, 2]
    for word, scores in (("answered", measured.answered), ("attended", measured.attended)):
        for score in scores:
            seconds = int(score.goal.within.total_seconds())
            assert told(session, area, f"{word}_of_{seconds}", f"{word}_in_{seconds}") == [score.counted, score.met]


def test_a_month_keeps_the_promise_it_was_judged_by_when_the_next_one_promises_something_else(
    session: Session, clock: FrozenClock
) -> None:
    world = make_world(session)
    incident = world.sos()
    clock.advance(seconds=40)
    answering.take(session, incident_id=incident.id, by=world.operator, now=world.now)
    for seconds, holds in ((50, {"valid_until": date(2026, 12, 1)}), (45, {"valid_from": date(2026, 12, 1)})):
        body = {**EXAMPLE, "answered": [{"seconds": seconds, "permille": 900}]}
        make_policy(session, kind="safety_ladders", body=body, **holds)
    fold(session, clock)
    codes, area = ("answered_of_50", "answered_in_50"), world.home.area_code
    before = told(session, area, *codes)
    clock.set(datetime(2026, 12, 1, 9, 0, tzinfo=clocks.ZONE))
    fold(session, clock, days=62)
    assert told(session, area, *codes) == before == [1, 1]
    assert told(session, area, "answered_of_45", "answered_in_45") == [1, 1]


def test_findings_are_open_until_somebody_decided(session: Session, clock: FrozenClock) -> None:
    make_finding(session)
    decided = make_finding(session, key="other")
    fold(session, clock)
    assert told(session, STREET, "findings_found", "findings_open") == [2, 2]
    clock.advance(days=1)
    auditor = make_actor(session, roles=[Role.AUDITOR], area_code=CITY)
    judging.dismiss_finding(session, finding_id=decided.id, words="查过了", by=auditor, now=clock.now())
    fold(session, clock)
    assert told(session, STREET, "findings_open") == [2]
    assert told(session, STREET, "findings_open", day=TODAY + timedelta(days=1)) == [1]


def test_visiting_care_counts_as_its_own_pages_tell_it(session: Session, clock: FrozenClock) -> None:
    visiting.publish_rules(session)
    people = [visiting.make_person(session, name=name) for name in ("王玉兰", "孙根法")]
    visiting.rescore(session, *people)
    clock.advance(days=8)
    worker = visiting.make_someone(session)
    record_visit(session, senior_id=people[0].id, found=visiting.found(), by=worker, now=clock.now())
    fold(session, clock)
    codes = ("outreach_due", "outreach_visited", "outreach_overdue")
    assert told(session, visiting.DISTRICT, *codes, day=business_day(clock.now())) == [2, 1, 1]

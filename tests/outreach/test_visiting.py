"""Visits written down: what they end, what comes again, what somebody must see to, and what goes up when overdue."""

from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.auth.actor import Role
from app.errors import NotFound
from app.messages.models import Notice
from app.people.models import Senior, SeniorStatus
from app.people.rules import Status
from outreach.errors import (
    HelpUnderWay,
    KeyTaken,
    NoOutreachRules,
    NotVisited,
    ProblemClosed,
    ReferralEnded,
    ReferralNotFound,
    ReferralOpenAlready,
)
from outreach.escalating import escalate
from outreach.models import OutreachProblem, OutreachReferral, OutreachTask, OutreachVisit
from outreach.nights import score_everybody
from outreach.outcomes import NextStep, ReferralStep, Result
from outreach.reading.doors import open_door
from outreach.referring import close_problem, follow_referral, open_referral, settle_referrals
from outreach.reporting import report_change
from outreach.terms import Help, Reported, Way
from outreach.visiting import record_visit
from tests.app.people.factories import make_senior, make_status
from tests.conftest import FrozenClock
from tests.meals.lunch import make_lunch
from tests.outreach.factories import (
    COMMUNITY,
    DISTRICT,
    OTHER_COMMUNITY,
    OVER_EIGHTY,
    SEVENTY,
    STREET,
    found,
    make_person,
    make_someone,
    open_tasks,
    publish_rules,
    rescore,
    risk_of,
)
from tests.safety.factories import make_home

TODAY = date(2026, 11, 20)
YOUNG: dict[str, Any] = {"birth_on": SEVENTY, "living_situation": "with_family"}


@pytest.fixture
def rules(session: Session, clock: FrozenClock) -> int:
    return publish_rules(session)


def test_a_visit_ends_what_was_due_and_the_next_one_is_due_a_week_later(
    session: Session, rules: int, clock: FrozenClock
) -> None:
    senior, worker = make_person(session), make_someone(session)
    rescore(session, senior)
    clock.advance(days=3)
    visit = record_visit(session, senior_id=senior.id, found=found(), by=worker, now=clock.now())
    assert (visit.counts, visit.is_met, visit.band, visit.visit_on) == (True, True, "red", TODAY + timedelta(days=3))
    assert open_tasks(session, senior)["regular"].due_on == TODAY + timedelta(days=10)
    done = session.scalars(select(OutreachTask).where(OutreachTask.state == "done")).one()
    assert done.visit_id == visit.id
    assert risk_of(session, senior).last_visit_on == TODAY + timedelta(days=3)


def test_the_same_visit_told_twice_is_one(session: Session, rules: int, clock: FrozenClock) -> None:
    senior, other, worker = make_person(session), make_person(session), make_someone(session)
    told = found()
    first = record_visit(session, senior_id=senior.id, found=told, by=worker, now=clock.now())
    assert record_visit(session, senior_id=senior.id, found=told, by=worker, now=clock.now()) is first
    with pytest.raises(KeyTaken):
        record_visit(session, senior_id=other.id, found=told, by=worker, now=clock.now())


def test_a_call_ends_a_check_but_no_visit_that_the_band_asks_for_at_the_door(
    session: Session, rules: int, clock: FrozenClock
) -> None:
    senior, worker = make_person(session), make_someone(session)
    rescore(session, senior)
    report_change(session, senior_id=senior.id, reported=Reported.FALL, by=worker, now=clock.now())
    assert open_tasks(session, senior)["important"].due_on == TODAY + timedelta(days=1)
    visit = record_visit(session, senior_id=senior.id, found=found(way=Way.PHONE), by=worker, now=clock.now())
    assert not visit.counts
    assert set(open_tasks(session, senior)) == {"regular"}
    assert risk_of(session, senior).last_visit_on is None


def test_who_was_not_at_home_is_tried_again_and_after_three_times_the_street_hears(
    session: Session, rules: int, clock: FrozenClock
) -> None:
    senior, worker = make_person(session), make_someone(session)
    make_someone(session, Role.STREET_CLERK, area_code=STREET)
    rescore(session, senior)
    for _try in range(3):
        record_visit(session, senior_id=senior.id, found=found(Result.NOT_HOME), by=worker, now=clock.now())
    task = open_tasks(session, senior)["regular"]
    assert (task.attempts, task.next_on, task.level) == (3, TODAY + timedelta(days=1), 0)
    assert escalate(session, now=clock.now()) == 1
    assert escalate(session, now=clock.now()) == 0
    notices = session.scalars(select(Notice).where(Notice.kind == "outreach.overdue")).all()
    assert [each.params["count"] for each in notices] == [1]


def test_an_overdue_visit_goes_to_the_street_then_to_the_district(
    session: Session, rules: int, clock: FrozenClock
) -> None:
    senior = make_person(session)
    clerk = make_someone(session, Role.STREET_CLERK, area_code=STREET)
    approver = make_someone(session, Role.DISTRICT_APPROVER, area_code=DISTRICT)
    rescore(session, senior)
    levels = []
    for day in (7, 8, 9, 10):
        clock.set(clock.moment.replace(day=20) + timedelta(days=day))
        escalate(session, now=clock.now())
        levels.append(open_tasks(session, senior)["regular"].level)
    assert levels == [0, 1, 1, 2]
    told = session.execute(select(Notice.account_id, Notice.kind).order_by(Notice.id)).all()
    assert [tuple(each) for each in told] == [
        (clerk.account_id, "outreach.overdue"),
        (approver.account_id, "outreach.overdue"),
    ]


def test_workers_hear_once_of_an_important_change(session: Session, rules: int, clock: FrozenClock) -> None:
    senior, worker = make_person(session), make_someone(session)
    rescore(session, senior)
    report_change(session, senior_id=senior.id, reported=Reported.ILLNESS, by=worker, now=clock.now())
    report_change(session, senior_id=senior.id, reported=Reported.BEREAVEMENT, by=worker, now=clock.now())
    for _round in range(2):
        escalate(session, now=clock.now())
    assert session.scalars(select(Notice.kind)).all() == ["outreach.look_into"]
    assert open_tasks(session, senior)["important"].causes == ["bereaved", "reported"]


def test_a_problem_stays_open_until_its_help_has_ended(session: Session, rules: int, clock: FrozenClock) -> None:
    senior, worker = make_person(session), make_someone(session)
    clerk = make_someone(session, Role.STREET_CLERK, area_code=STREET)
    told = found(Result.HELP, words="走路不稳，一个人洗不了澡", refer=(Help.KIT, Help.OTHER), office="残联")
    record_visit(session, senior_id=senior.id, found=told, by=worker, now=clock.now())
    problem = session.scalars(select(OutreachProblem)).one()
    kit, office = session.scalars(select(OutreachReferral).order_by(OutreachReferral.id)).all()
    assert (kit.due_on, office.due_on, office.office) == (
        TODAY + timedelta(days=30),
        TODAY + timedelta(days=15),
        "残联",
    )
    with pytest.raises(HelpUnderWay):
        close_problem(session, problem_id=problem.id, words="已经办好", by=clerk, now=clock.now())
    with pytest.raises(DBAPIError, match="under way"), session.begin_nested():
        session.execute(text("UPDATE outreach_problem SET closed_at = now(), closed_by = 1, closing_words = 'x'"))
    follow_referral(session, referral_id=office.id, step=ReferralStep.ACCEPT, by=clerk, now=clock.now())
    follow_referral(
        session, referral_id=office.id, step=ReferralStep.REFUSE, outcome="不符合条件", by=clerk, now=clock.now()
    )
    with pytest.raises(ReferralEnded):
        follow_referral(session, referral_id=office.id, step=ReferralStep.FINISH, by=clerk, now=clock.now())
    make_home(session, senior=senior, area_code=STREET)
    assert settle_referrals(session, now=clock.now()) == 1
    assert settle_referrals(session, now=clock.now()) == 0
    session.expire_all()
    assert (kit.state, kit.ended_on) == ("done", TODAY)
    close_problem(session, problem_id=problem.id, words="装了设备", by=clerk, now=clock.now())
    with pytest.raises(ProblemClosed):
        close_problem(session, problem_id=problem.id, words="装了设备", by=clerk, now=clock.now())


def test_the_same_help_is_asked_for_once_at_a_time(session: Session, rules: int, clock: FrozenClock) -> None:
    senior, worker = make_person(session), make_someone(session)
    open_referral(session, senior_id=senior.id, kind=Help.BED, by=worker, now=clock.now())
    with pytest.raises(ReferralOpenAlready):
        open_referral(session, senior_id=senior.id, kind=Help.BED, by=worker, now=clock.now())
    told = found(Result.ILL, words="头晕", refer=(Help.BED,))
    record_visit(session, senior_id=senior.id, found=told, by=worker, now=clock.now())
    referral = session.scalars(select(OutreachReferral)).one()
    assert referral.problem_id == session.scalars(select(OutreachProblem.id)).one()


def test_whoever_works_elsewhere_reaches_nobody_here(session: Session, rules: int, clock: FrozenClock) -> None:
    senior, here = make_person(session), make_someone(session)
    stranger = make_someone(session, area_code=OTHER_COMMUNITY)
    with pytest.raises(NotFound):
        record_visit(session, senior_id=senior.id, found=found(), by=stranger, now=clock.now())
    with pytest.raises(NotFound):
        report_change(session, senior_id=senior.id, reported=Reported.FALL, by=stranger, now=clock.now())
    referral = open_referral(session, senior_id=senior.id, kind=Help.BED, by=here, now=clock.now())
    with pytest.raises(ReferralNotFound):
        follow_referral(session, referral_id=referral.id, step=ReferralStep.ACCEPT, by=stranger, now=clock.now())


def test_the_dead_are_not_visited(session: Session, rules: int, clock: FrozenClock) -> None:
    senior, worker = make_person(session, status=Status.MOVED_AWAY), make_someone(session)
    with pytest.raises(NotVisited):
        record_visit(session, senior_id=senior.id, found=found(), by=worker, now=clock.now())
    with pytest.raises(NotVisited):
        report_change(session, senior_id=senior.id, reported=Reported.FALL, by=worker, now=clock.now())


def test_without_rules_nothing_is_written(session: Session, clock: FrozenClock) -> None:
    senior, worker = make_person(session), make_someone(session)
    with pytest.raises(NoOutreachRules):
        record_visit(session, senior_id=senior.id, found=found(), by=worker, now=clock.now())
    assert session.scalars(select(OutreachVisit)).all() == []


def test_a_worker_of_the_place_of_registration_has_nothing_to_do_with_who_lives_elsewhere(
    session: Session, rules: int, clock: FrozenClock
) -> None:
    make_person(session, area_code=OTHER_COMMUNITY)
    senior = make_senior(session, hukou_area=OTHER_COMMUNITY, residence_area=COMMUNITY)
    stranger = make_someone(session, area_code=OTHER_COMMUNITY)
    told: dict[str, Any] = {"senior_id": senior.id, "by": stranger, "now": clock.now()}
    for act in (
        lambda: record_visit(session, found=found(), **told),
        lambda: report_change(session, reported=Reported.FALL, **told),
        lambda: open_referral(session, kind=Help.BED, **told),
        lambda: open_door(session, **told),
    ):
        with pytest.raises(NotFound):
            act()
    clerk = make_someone(session, Role.STREET_CLERK, area_code=OTHER_COMMUNITY)
    open_referral(session, senior_id=senior.id, kind=Help.BED, by=clerk, now=clock.now())


def test_nobody_is_referred_anywhere_after_their_death(session: Session, rules: int, clock: FrozenClock) -> None:
    senior, worker = make_person(session, status_from=date(2026, 1, 1)), make_someone(session)
    visited_at = clock.now()
    clock.advance(days=2)
    session.query(SeniorStatus).where(SeniorStatus.senior_id == senior.id).update({"until_on": date(2026, 11, 22)})
    make_status(session, senior, status=Status.DECEASED, from_on=date(2026, 11, 22))
    with pytest.raises(NotVisited):
        open_referral(session, senior_id=senior.id, kind=Help.BED, by=worker, now=clock.now())
    told = found(Result.HELP, words="行走不便", refer=(Help.BED,))
    visit = record_visit(session, senior_id=senior.id, found=told, by=worker, now=clock.now(), occurred_at=visited_at)
    assert (visit.visit_on, session.scalars(select(OutreachReferral)).all()) == (TODAY, [])


def test_goods_points_are_not_the_allowance_somebody_was_referred_to(
    session: Session, client: FlaskClient, rules: int, clock: FrozenClock
) -> None:
    lunch = make_lunch(session, client)
    senior = session.get_one(Senior, lunch.guest(birth_on=OVER_EIGHTY, points_fen=0).senior_id)
    worker = make_someone(session, area_code=senior.residence_area_code)
    referral = open_referral(session, senior_id=senior.id, kind=Help.ALLOWANCE, by=worker, now=clock.now())
    clock.advance(days=1)
    lunch.grant(senior.id, points_fen=500, purpose="goods")
    rescore(session, senior)
    assert "allowance" in risk_of(session, senior).suggests
    assert settle_referrals(session, now=clock.now()) == 0
    lunch.grant(senior.id, points_fen=7500, purpose="day_care.meals")
    rescore(session, senior)
    assert "allowance" not in risk_of(session, senior).suggests
    assert settle_referrals(session, now=clock.now()) == 1
    assert session.get_one(OutreachReferral, referral.id, populate_existing=True).state == "done"


@pytest.mark.parametrize(("facts", "days", "due"), [({}, 3, 3), ({}, 20, 7), (YOUNG, 12, 12)])
@pytest.mark.usefixtures("rules")
def test_a_promise_to_come_again_is_kept(
    session: Session, clock: FrozenClock, facts: dict[str, Any], days: int, due: int
) -> None:
    senior, worker = make_person(session, **facts), make_someone(session)
    told = found(next_step=NextStep.AGAIN, next_on=TODAY + timedelta(days=days))
    record_visit(session, senior_id=senior.id, found=told, by=worker, now=clock.now())
    assert open_tasks(session, senior)["regular"].due_on == TODAY + timedelta(days=due)
    clock.advance(days=1)
    score_everybody(clock=clock.now)
    assert open_tasks(session, senior)["regular"].due_on == TODAY + timedelta(days=due)

"""A month's grants: proposed with reasons, approved by another person, posted once, whatever happens."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app import clock as app_clock
from app.approvals.errors import NotDraft, NotSubmitted, NotTheMaker, SelfApproval
from app.db import transaction
from app.errors import DomainError
from app.people.models import Senior
from app.people.rules import Status
from subsidies.allowance import queries, runs, services
from subsidies.allowance.errors import (
    MonthTooFar,
    NoProgramme,
    NotApproved,
    NotDueYet,
    NotLookedThrough,
    OutsideOwnArea,
    RunNotFound,
    RunOpen,
)
from subsidies.allowance.looking import look_through
from subsidies.allowance.models import GrantDecision, GrantPart, GrantReasoning, GrantRun
from subsidies.allowance.posting import post_run
from subsidies.allowance.rules import Why
from subsidies.ledger.verify import verify
from subsidies.models import Txn
from tests.app.people.factories import make_actor, make_senior
from tests.subsidies.allowance.factories import (
    CODE,
    DECEMBER,
    NOVEMBER,
    OCTOBER,
    Office,
    approved,
    decisions,
    lots,
    make_office,
    make_old,
    posted,
    publish,
    start,
)
from tests.subsidies.allowance.programmes import IN_SHANGCHENG, IN_XIAOSHAN, SHANGCHENG, XIAOSHAN


@pytest.fixture
def office(session: Session, clock: Any) -> Office:
    made = make_office(session)
    publish(session, made)
    return made


def test_a_run_finds_who_is_new_who_drops_out_and_who_changes(session: Session, office: Office) -> None:
    old, turns_ninety, dies = make_old(session, 84), make_senior_of(session, date(1936, 10, 20)), make_old(session, 82)
    posted(session, office, OCTOBER)
    newcomer, young = make_old(session, 80), make_old(session, 70)
    die(session, dies, date(2026, 10, 15))
    run = start(session, office)
    assert decisions(session, run) == {
        old.id: ("same", 7500, 7500),
        turns_ninety.id: ("more", 15000, 7500),
        dies.id: ("lost", 0, 7500),
        newcomer.id: ("new", 7500, 0),
    }
    assert young.id not in decisions(session, run)
    totals = run.totals
    assert totals is not None
    assert totals["all"] == {"people": 3, "fen": 30000, "before": 3, "before_fen": 22500, "new": 1, "lost": 1}
    assert totals["areas"] == {IN_XIAOSHAN[:9]: totals["all"]}
    assert (run.people, run.looked_at) == (5, 5)


def test_why_not_is_told_for_those_a_run_kept_nothing_of(session: Session, office: Office) -> None:
    young = make_old(session, 70)
    run = start(session, office)
    assert queries.find_kept(session, run, senior_id=young.id) is None
    found = queries.explain_now(session, senior_id=young.id, on=run.issue_on)
    assert found is not None
    (reason,) = queries.about(found[1], CODE)
    assert reason.code is Why.NO_TIER
    assert queries.explain_now(session, senior_id=10**9, on=run.issue_on) is None


def test_who_applied_and_gets_nothing_is_kept_with_the_reason(session: Session, office: Office) -> None:
    publish(session, office, code="care-points", by="application", who=[{"when": {"ability": [3]}, "points": 9}])
    applicant = make_old(session, 70, ability_level=1)
    services.approve_entry(session, senior_id=applicant.id, programme="care-points", from_on=OCTOBER)
    run = runs.start_run(
        session, programme="care-points", month=NOVEMBER, area_code=XIAOSHAN, by=office.maker, now=app_clock.now()
    )
    look_through(run.id, clock=app_clock.now)
    assert decisions(session, run) == {applicant.id: ("near", 0, 0)}
    kept = queries.find_kept(session, run, senior_id=applicant.id)
    assert kept is not None
    assert kept.facts.applied == {"care-points"}
    assert [each.params["missing"][0][0] for each in kept.reasons] == ["ability"]


def test_facts_are_kept_as_they_were_known(session: Session, office: Office) -> None:
    senior = make_old(session, 84, income_class="low_income", living_situation="alone")
    run = start(session, office)
    senior.income_class, senior.living_situation = "none", "with_family"
    session.flush()
    kept = queries.find_kept(session, run, senior_id=senior.id)
    assert kept is not None
    assert (kept.facts.income, kept.facts.living, kept.age) == ("low_income", "alone", 84)


def test_posting_grants_lots_with_the_programmes_terms(session: Session, office: Office) -> None:
    senior = make_old(session, 84)
    run = posted(session, office)
    assert lots(session, senior.id) == [(7500, 7500, "meals", date(2027, 10, 31))]
    assert (run.posted, run.posted_fen, run.posted_at is not None) == (1, 7500, True)
    cause = session.scalar(select(Txn.cause).where(Txn.home == senior.id))
    assert (cause["run"], cause["month"], cause["reasons"][0]["code"]) == (run.id, "2026-11", "entitled")
    assert list(verify(session)) == []


def test_posting_twice_grants_once(session: Session, office: Office) -> None:
    senior = make_old(session, 84)
    run = posted(session, office)
    post_run(run.id, clock=app_clock.now)
    # Even if the run had forgotten how far it was.
    run.posted_at, run.posted = None, 0
    session.execute(update(GrantPart).values(posted_at=None))
    session.commit()
    post_run(run.id, clock=app_clock.now)
    assert (len(lots(session, senior.id)), run.posted) == (1, 1)


def test_a_second_run_of_the_month_is_for_those_who_have_nothing_yet(session: Session, office: Office) -> None:
    had = make_old(session, 84)
    posted(session, office)
    late = make_old(session, 88)
    run = posted(session, office)
    assert decisions(session, run) == {had.id: ("done", 0, 0), late.id: ("new", 7500, 0)}
    assert len(lots(session, had.id)) == 1


def test_people_are_the_run_of_the_place_that_the_programme_follows(session: Session, office: Office) -> None:
    away = make_old(session, 84, residence_area=IN_SHANGCHENG)  # registered here, lives elsewhere
    make_old(session, 84, hukou_area=IN_SHANGCHENG, residence_area=IN_XIAOSHAN)
    assert list(decisions(session, start(session, office))) == [away.id]


def test_only_what_is_looked_through_is_handed_in(session: Session, office: Office) -> None:
    run = runs.start_run(
        session, programme=CODE, month=NOVEMBER, area_code=XIAOSHAN, by=office.maker, now=app_clock.now()
    )
    with pytest.raises(NotLookedThrough):
        runs.hand_in(session, run_id=run.id, by=office.maker, now=app_clock.now())


def test_nothing_is_posted_that_nobody_approved(session: Session, office: Office) -> None:
    run = start(session, office)
    for _step in range(2):
        with pytest.raises(NotApproved):
            post_run(run.id, clock=app_clock.now)
        run = session.get_one(GrantRun, run.id)
        if run.state == "draft":
            runs.hand_in(session, run_id=run.id, by=office.maker, now=app_clock.now())


def test_nobody_approves_what_they_made(session: Session, office: Office) -> None:
    run = start(session, office)
    with pytest.raises(NotTheMaker):
        runs.hand_in(session, run_id=run.id, by=office.checker, now=app_clock.now())
    runs.hand_in(session, run_id=run.id, by=office.maker, now=app_clock.now())
    with pytest.raises(SelfApproval):
        runs.approve(session, run_id=run.id, by=office.maker, now=app_clock.now())
    with pytest.raises(NotDraft):
        runs.start_over(session, run_id=run.id, by=office.maker, now=app_clock.now())


def test_a_run_sent_back_leaves_room_for_another(session: Session, office: Office) -> None:
    run = start(session, office)
    with pytest.raises(RunOpen):
        start(session, office)
    runs.hand_in(session, run_id=run.id, by=office.maker, now=app_clock.now())
    runs.reject(session, run_id=run.id, reason="少了清波街道", by=office.checker, now=app_clock.now())
    assert start(session, office).id != run.id


def test_a_draft_may_be_looked_through_anew(session: Session, office: Office) -> None:
    senior = make_old(session, 84)
    run = start(session, office)
    senior.residence_area_code, senior.hukou_area_code = (
        IN_XIAOSHAN,
        make_old(session, 60, hukou_area=IN_SHANGCHENG).hukou_area_code,
    )
    session.flush()
    runs.start_over(session, run_id=run.id, by=office.maker, now=app_clock.now())
    session.commit()
    look_through(run.id, clock=app_clock.now)
    assert decisions(session, run) == {}


@pytest.mark.parametrize(
    ("asked", "refusal"),
    [
        ((date(2027, 1, 1), XIAOSHAN, CODE), MonthTooFar),
        ((date(2025, 10, 1), XIAOSHAN, CODE), MonthTooFar),
        ((NOVEMBER, XIAOSHAN, "no-such"), NoProgramme),
        ((NOVEMBER, SHANGCHENG, CODE), OutsideOwnArea),
    ],
)
def test_what_cannot_be_prepared(
    session: Session, office: Office, asked: tuple[date, str, str], refusal: type[DomainError]
) -> None:
    month, area, code = asked
    with pytest.raises(refusal):
        runs.start_run(session, programme=code, month=month, area_code=area, by=office.maker, now=app_clock.now())


def test_next_month_is_approved_early_and_posted_on_its_day(session: Session, office: Office, clock: Any) -> None:
    senior = make_old(session, 84, on=DECEMBER)
    run = approved(session, office, DECEMBER)
    with pytest.raises(NotDueYet):
        post_run(run.id, clock=app_clock.now)
    clock.advance(days=11)
    post_run(run.id, clock=app_clock.now)
    assert len(lots(session, senior.id)) == 1


def test_a_run_is_nobodys_business_elsewhere(session: Session, office: Office) -> None:
    run = start(session, office)
    stranger = make_actor(session, area_code=SHANGCHENG)
    with pytest.raises(RunNotFound):
        runs.get_run(session, run_id=run.id, area_codes=stranger.area_codes)
    assert queries.list_runs(session, area_codes=stranger.area_codes).items == []


def test_what_was_handed_in_is_kept_by_the_database(session: Session, office: Office) -> None:
    make_old(session, 84)
    run = approved(session, office)
    for table in (GrantDecision, GrantReasoning):
        with pytest.raises(DBAPIError, match="kept"), session.begin_nested():
            session.execute(delete(table).where(table.run_id == run.id))  # type: ignore[attr-defined]


def test_many_people_share_one_way_of_reasoning(session: Session, office: Office) -> None:
    for _person in range(5):
        make_old(session, 84)
    run = start(session, office)
    assert session.scalar(select(func.count()).where(GrantReasoning.run_id == run.id)) == 1


def test_two_who_approve_at_once_one_wins_and_the_other_is_told(app: Flask, committed_db: Session, clock: Any) -> None:
    office = make_office(committed_db)
    publish(committed_db, office)
    make_old(committed_db, 84)
    run = start(committed_db, office)
    runs.hand_in(committed_db, run_id=run.id, by=office.maker, now=app_clock.now())
    other = make_office(committed_db).checker
    committed_db.commit()
    run_id, both = run.id, Barrier(2)

    def decide(by: Any) -> str:
        with app.app_context():
            both.wait(timeout=10)
            try:
                with transaction() as session:
                    runs.approve(session, run_id=run_id, by=by, now=app_clock.now())
            except NotSubmitted:
                return "told"
            return "won"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(decide, [office.checker, other])) == ["told", "won"]


@pytest.mark.parametrize("hands", [1, 3])
def test_two_who_post_at_once_take_turns(app: Flask, committed_db: Session, clock: Any, hands: int) -> None:
    office = make_office(committed_db)
    publish(committed_db, office)
    people = [make_old(committed_db, 84).id for _number in range(12)]
    run_id = approved(committed_db, office).id
    both = Barrier(2)

    def post(_number: int) -> None:
        with app.app_context():
            both.wait(timeout=10)
            post_run(run_id, clock=app_clock.now, at_once=1, hands=hands)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(post, range(2)))
    committed_db.expire_all()
    run = committed_db.get_one(GrantRun, run_id)
    assert (run.posted, run.posted_fen) == (12, 90000)
    assert [len(lots(committed_db, each)) for each in people] == [1] * 12
    assert committed_db.scalar(text("SELECT count(*) FROM audit_entry WHERE action = 'grants.posted'")) == 1


def make_senior_of(session: Session, birth_on: date) -> Senior:
    return make_senior(session, birth_on=birth_on, hukou_area=IN_XIAOSHAN)


def die(session: Session, senior: Senior, on: date) -> None:
    """Record a death that ends what was before it."""
    session.execute(text("UPDATE senior_status SET until_on = :on WHERE senior_id = :id"), {"on": on, "id": senior.id})
    session.execute(
        text("INSERT INTO senior_status (senior_id, status, from_on, recorded_at) VALUES (:id, :status, :on, :now)"),
        {"id": senior.id, "status": str(Status.DECEASED), "on": on, "now": app_clock.now()},
    )

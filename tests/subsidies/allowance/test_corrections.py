"""Facts that come late: found, proposed, signed by two, booked; and trying a programme writes nothing."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app import clock as app_clock
from app.approvals.errors import NotSubmitted, SelfApproval
from app.audit.models import AuditEntry
from app.db import db
from app.people.models import Senior
from subsidies import queries as ledger
from subsidies.allowance import corrections, services
from subsidies.allowance.errors import CorrectionNotFound, NothingToCorrect, OutsideOwnArea
from subsidies.allowance.models import GrantCorrection
from subsidies.allowance.trying import try_programme
from subsidies.ledger.verify import verify
from subsidies.models import Txn
from tests.app.people.factories import make_actor
from tests.subsidies.allowance.factories import (
    CODE,
    NOVEMBER,
    OCTOBER,
    Office,
    draft,
    lots,
    make_office,
    make_old,
    posted,
    publish,
)
from tests.subsidies.allowance.programmes import IN_SHANGCHENG, IN_XIAOSHAN, SHANGCHENG
from tests.subsidies.allowance.test_runs import die
from tests.subsidies.factories import open_accounts, spend

DIED_ON = date(2026, 9, 20)


@pytest.fixture
def office(session: Session, clock: Any) -> Office:
    made = make_office(session)
    publish(session, made)
    return made


def granted_after_death(session: Session, office: Office) -> Senior:
    """Make somebody whose death of September is recorded after two months were posted."""
    senior = make_old(session, 84)
    for month in (OCTOBER, NOVEMBER):
        posted(session, office, month)
    app_clock_later()
    die(session, senior, DIED_ON)
    return senior


def app_clock_later() -> None:
    """Let an hour pass on the frozen clock."""
    later = app_clock.now() + timedelta(hours=1)
    app_clock.set_source(lambda: later)


def propose(session: Session, senior: Senior, office: Office, since: date = OCTOBER) -> list[GrantCorrection]:
    return corrections.propose(
        session,
        senior_id=senior.id,
        programme=CODE,
        since=since,
        why="去世 2026-09-20",
        by=office.maker,
        now=app_clock.now(),
    )


def test_a_death_known_late_is_found_and_claimed_back(session: Session, office: Office) -> None:
    senior = granted_after_death(session, office)
    accounts = open_accounts(session)
    spend(session, senior.id, 2500, merchant=accounts.canteen)
    today = app_clock.now().date()
    (late,) = corrections.list_late(session, area_codes=office.maker.area_codes, today=today)
    assert (late.senior_id, late.months, late.granted_fen, late.status, late.from_on) == (
        senior.id,
        2,
        15000,
        "deceased",
        DIED_ON,
    )
    made = propose(session, senior, office)
    assert [(each.month, each.kind, each.granted_fen, each.due_fen) for each in made] == [
        (OCTOBER, "claw_back", 7500, 0),
        (NOVEMBER, "claw_back", 7500, 0),
    ]
    assert corrections.list_late(session, area_codes=office.maker.area_codes, today=today) == []
    booked = [
        corrections.approve(session, correction_id=each.id, by=office.checker, now=app_clock.now()) for each in made
    ]
    assert [(each.from_lot_fen, each.receivable_fen) for each in booked] == [(5000, 2500), (7500, 0)]
    assert [remaining for _granted, remaining, _purpose, _last in lots(session, senior.id)] == [0, 0]
    assert list(verify(session)) == []
    assert booked[0].txn_id
    movement = ledger.get_transaction(session, home=senior.id, txn_id=booked[0].txn_id)
    assert "应发 0.00 元" in movement.explanation["zh"][1]
    assert "已去世" in movement.explanation["zh"][2]


def test_what_was_granted_is_never_edited(session: Session, office: Office) -> None:
    senior = granted_after_death(session, office)
    (first, _second) = propose(session, senior, office)
    before = session.execute(select(Txn.id, Txn.hash).where(Txn.home == senior.id).order_by(Txn.seq)).all()
    corrections.approve(session, correction_id=first.id, by=office.checker, now=app_clock.now())
    after = session.execute(select(Txn.id, Txn.hash).where(Txn.home == senior.id).order_by(Txn.seq)).all()
    assert after[: len(before)] == before
    assert len(after) == len(before) + 1


def test_two_people_sign_a_correction_and_only_once(session: Session, office: Office) -> None:
    senior = granted_after_death(session, office)
    correction = propose(session, senior, office, NOVEMBER)[0]
    with pytest.raises(SelfApproval):
        corrections.approve(session, correction_id=correction.id, by=office.maker, now=app_clock.now())
    corrections.approve(session, correction_id=correction.id, by=office.checker, now=app_clock.now())
    with pytest.raises(NotSubmitted):
        corrections.approve(session, correction_id=correction.id, by=office.checker, now=app_clock.now())
    with pytest.raises(NothingToCorrect):
        propose(session, senior, office, NOVEMBER)
    actions = set(session.scalars(select(AuditEntry.action).where(AuditEntry.action.like("correction.%"))))
    assert actions == {"correction.proposed", "correction.approved"}


def test_a_correction_sent_back_moves_nothing_and_may_be_proposed_again(session: Session, office: Office) -> None:
    senior = granted_after_death(session, office)
    correction = propose(session, senior, office, NOVEMBER)[0]
    corrections.reject(session, correction_id=correction.id, reason="日期不对", by=office.checker, now=app_clock.now())
    assert correction.txn_id is None
    assert len(propose(session, senior, office, NOVEMBER)) == 1


def test_months_that_were_due_are_nothing_to_correct(session: Session, office: Office) -> None:
    senior = make_old(session, 84)
    posted(session, office, OCTOBER)
    with pytest.raises(NothingToCorrect):
        propose(session, senior, office)


def test_too_little_is_added_only_where_the_policy_says_so(session: Session, clock: Any) -> None:
    office = make_office(session)
    who = [{"when": {"ability": [level]}, "points": points} for level, points in ((2, 100), (3, 300))]
    publish(session, office, who=who, late={"top_up": True})
    senior = make_old(session, 70, ability_level=2)
    posted(session, office, OCTOBER)
    senior.ability_level = 3  # assessed anew
    session.flush()
    (correction,) = propose(session, senior, office)
    assert (correction.kind, correction.granted_fen, correction.due_fen) == ("top_up", 10000, 30000)
    corrections.approve(session, correction_id=correction.id, by=office.checker, now=app_clock.now())
    assert sum(granted for granted, *_rest in lots(session, senior.id)) == 30000
    assert list(verify(session)) == []


def test_a_stranger_neither_proposes_nor_decides(session: Session, office: Office) -> None:
    senior = granted_after_death(session, office)
    stranger = make_actor(session, area_code=SHANGCHENG)
    with pytest.raises(OutsideOwnArea):
        propose(session, senior, Office(stranger, stranger))
    (correction, *_rest) = propose(session, senior, office)
    with pytest.raises(CorrectionNotFound):
        corrections.approve(session, correction_id=correction.id, by=stranger, now=app_clock.now())


def test_an_approved_entry_ends_and_begins_again(session: Session, office: Office) -> None:
    senior = make_old(session, 84)
    services.approve_entry(session, senior_id=senior.id, programme="care", from_on=OCTOBER)
    assert services.end_entry(session, senior_id=senior.id, programme="care", until_on=NOVEMBER) == 1
    assert services.end_entry(session, senior_id=senior.id, programme="care", until_on=NOVEMBER) == 0
    services.approve_entry(session, senior_id=senior.id, programme="care", from_on=NOVEMBER)
    assert services.end_entry(session, senior_id=senior.id, programme="care", until_on=OCTOBER) == 2


def test_a_trial_tells_cost_winners_and_losers_and_writes_nothing(session: Session, office: Office) -> None:
    make_old(session, 84)
    make_old(session, 95)
    make_old(session, 70)
    make_old(session, 84, hukou_area=IN_SHANGCHENG)
    who = [
        {"when": {"age": {"from": 70, "until": 90}, "hukou": True}, "points": 60},
        {"when": {"age": {"from": 90}, "hukou": True}, "points": 200},
    ]
    candidate = draft(session, office, who=who)
    session.flush()
    rows = "SELECT sum(n_tup_ins + n_tup_upd + n_tup_del) FROM pg_stat_xact_all_tables"
    before = session.execute(text(rows)).scalar_one()
    trial = try_programme(session, candidate, month=OCTOBER)
    assert session.execute(text(rows)).scalar_one() == before
    assert (trial.all.before_fen, trial.all.after_fen, trial.all.cost_fen) == (22500, 32000, 9500)
    assert (trial.all.winners, trial.all.won_fen, trial.all.losers, trial.all.lost_fen) == (2, 11000, 1, 1500)
    assert list(trial.areas) == [IN_XIAOSHAN[:9]]
    assert [each.after_fen - each.before_fen for each in trial.losers] == [-1500]
    assert session.scalar(select(func.count()).select_from(GrantCorrection)) == 0
    assert db.session.new == db.session.dirty

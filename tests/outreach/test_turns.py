"""What turns of life do to visits and referrals: foreseen without a trace, carried out, taken back."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.people.models import Senior, SeniorStatus
from app.people.relatives.rules import Relation
from app.people.rules import Status
from app.people.turns import Turn, TurnKind
from outreach.models import OutreachReferral
from outreach.referring import open_referral
from outreach.tasks import raise_overdue, score_all
from outreach.terms import Help
from outreach.turns import TURN_EFFECT
from tests.app.people.factories import make_status
from tests.app.people.relatives.factories import make_link, make_relative
from tests.conftest import FrozenClock
from tests.outreach.factories import (
    OTHER_COMMUNITY,
    make_person,
    make_someone,
    open_tasks,
    publish_rules,
    rescore,
    risk_of,
)

TODAY = date(2026, 11, 20)


@pytest.fixture
def couple(session: Session, clock: FrozenClock) -> tuple[Senior, Senior]:
    """Two who are linked as spouses; the first has a referral under way."""
    publish_rules(session)
    one, other = make_person(session), make_person(session)
    account = make_relative(session, name="老伴")
    make_link(session, one, account, relation=Relation.SELF)
    make_link(session, other, account, relation=Relation.SPOUSE)
    rescore(session, one, other)
    worker = make_someone(session)
    open_referral(session, senior_id=one.id, kind=Help.KIT, by=worker, now=clock.now())
    return one, other


def turn_of(session: Session, senior: Senior, kind: TurnKind, clock: FrozenClock) -> Turn:
    told: dict[str, Any] = {"by": make_someone(session), "now": clock.now()}
    return Turn(id=None, kind=kind, senior_id=senior.id, from_on=TODAY, **told)


def become(session: Session, senior: Senior, status: Status) -> None:
    """Say in the register what a turn says there before anybody acts on it."""
    session.query(SeniorStatus).where(SeniorStatus.senior_id == senior.id).update({"until_on": TODAY})
    make_status(session, senior, status=status, from_on=TODAY)


def test_a_death_ends_visits_and_referrals_and_somebody_looks_in_on_who_is_left(
    session: Session, couple: tuple[Senior, Senior], clock: FrozenClock
) -> None:
    dead, left = couple
    turn = turn_of(session, dead, TurnKind.DEATH, clock)
    with session.begin_nested() as foreseeing:
        session.execute(text("SET TRANSACTION READ ONLY"))
        foreseen = [(each.code, each.count) for each in TURN_EFFECT.foresee(session, turn)]
        foreseeing.rollback()
    assert foreseen == [("outreach_tasks", 1), ("outreach_bereaved", 1), ("outreach_referrals", 1)]
    assert set(open_tasks(session, dead)) == {"regular"}
    become(session, dead, Status.DECEASED)
    done = TURN_EFFECT.carry_out(session, turn)
    assert [(each.code, each.count) for each in done] == foreseen
    assert open_tasks(session, dead) == {}
    assert risk_of(session, dead).band == "none"
    assert session.scalars(select(OutreachReferral.state)).all() == ["refused"]
    assert open_tasks(session, left)["important"].causes == ["bereaved"]
    kept = TURN_EFFECT.take_back(session, turn, done)
    assert [(each.code, each.count) for each in kept] == [("outreach_visits", 1), ("kept_outreach_referrals", 1)]


def test_a_stay_in_hospital_rests_the_visits_and_coming_home_asks_for_one_soon(
    session: Session, couple: tuple[Senior, Senior], clock: FrozenClock
) -> None:
    senior, _other = couple
    become(session, senior, Status.IN_HOSPITAL)
    turn = turn_of(session, senior, TurnKind.HOSPITAL, clock)
    assert [each.code for each in TURN_EFFECT.carry_out(session, turn)] == ["outreach_tasks"]
    assert open_tasks(session, senior) == {}
    # It was somebody else: the stay is taken back, and the visit is due as before.
    stay = session.scalars(select(SeniorStatus).where(SeniorStatus.status == Status.IN_HOSPITAL)).one()
    stay.status = Status.ACTIVE
    session.flush()
    TURN_EFFECT.take_back(session, turn, ())
    assert set(open_tasks(session, senior)) == {"regular"}
    stay.status = Status.IN_HOSPITAL
    session.flush()
    TURN_EFFECT.carry_out(session, turn)
    clock.advance(days=5)
    stay.until_on = date(2026, 11, 25)
    session.flush()
    make_status(session, senior, from_on=date(2026, 11, 25))
    home = turn_of(session, senior, TurnKind.DISCHARGE, clock)
    assert [each.code for each in TURN_EFFECT.foresee(session, home)] == ["outreach_discharged"]
    TURN_EFFECT.carry_out(session, home)
    tasks = open_tasks(session, senior)
    assert tasks["important"].causes == ["discharged"]
    assert set(tasks) == {"regular", "important"}
    # The day after, for a red person.
    assert tasks["important"].due_on == date(2026, 11, 26)
    assert session.scalars(select(OutreachReferral.state)).all() == ["opened"]


def test_what_runs_by_itself_may_run_twice(session: Session, couple: tuple[Senior, Senior], clock: FrozenClock) -> None:
    clock.advance(days=9)
    for _twice in range(2):
        score_all()
        raise_overdue()
    assert [open_tasks(session, each)["regular"].level for each in couple] == [1, 1]


def test_a_move_within_the_places_that_are_known_takes_the_visits_along(
    session: Session, couple: tuple[Senior, Senior], clock: FrozenClock
) -> None:
    senior, _other = couple
    make_person(session, area_code=OTHER_COMMUNITY)
    told: dict[str, Any] = {"by": make_someone(session), "now": clock.now(), "to_area_code": OTHER_COMMUNITY}
    turn = Turn(id=None, kind=TurnKind.MOVE, senior_id=senior.id, from_on=TODAY, **told)
    assert TURN_EFFECT.foresee(session, turn) == []
    senior.residence_area_code = OTHER_COMMUNITY
    session.flush()
    assert TURN_EFFECT.carry_out(session, turn) == []
    assert open_tasks(session, senior)["regular"].area_code == OTHER_COMMUNITY


def test_a_stay_that_is_over_when_it_is_recorded_ends_no_visit_and_asks_for_a_look(
    session: Session, couple: tuple[Senior, Senior], clock: FrozenClock
) -> None:
    senior, _other = couple
    session.query(SeniorStatus).where(SeniorStatus.senior_id == senior.id).update({"until_on": date(2026, 11, 10)})
    stay = make_status(session, senior, status=Status.IN_HOSPITAL, from_on=date(2026, 11, 10))
    stay.until_on = date(2026, 11, 18)
    session.flush()
    make_status(session, senior, from_on=date(2026, 11, 18))
    told: dict[str, Any] = {"by": make_someone(session), "now": clock.now(), "until_on": date(2026, 11, 18)}
    turn = Turn(id=None, kind=TurnKind.HOSPITAL, senior_id=senior.id, from_on=date(2026, 11, 10), **told)
    assert TURN_EFFECT.foresee(session, turn) == []
    assert TURN_EFFECT.carry_out(session, turn) == []
    assert set(open_tasks(session, senior)) == {"regular", "important"}

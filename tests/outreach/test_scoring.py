"""Everybody scored from what is known, kept where it differs, with the visits and checks that follow."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.people.models import Senior, SeniorStatus
from app.people.relatives.rules import Relation
from app.people.rules import Status
from outreach.models import OutreachChange, RiskScore
from outreach.nights import score_everybody
from outreach.rules import reason_from_json
from outreach.terms import Factor
from tests.app.people.factories import make_status
from tests.app.people.relatives.factories import make_link, make_relative
from tests.conftest import FrozenClock
from tests.meals.lunch import make_lunch
from tests.outreach.factories import (
    OTHER_COMMUNITY,
    OTHER_STREET,
    SEVENTY,
    make_person,
    open_tasks,
    publish_rules,
    rescore,
    risk_of,
)

TODAY = date(2026, 11, 20)


def factors(session: Session, senior: Senior) -> dict[Factor, int]:
    return {each.factor: each.points for each in map(reason_from_json, risk_of(session, senior).reasons)}


def history(session: Session, senior: Senior) -> list[RiskScore]:
    query = select(RiskScore).where(RiskScore.senior_id == senior.id).order_by(RiskScore.id)
    return list(session.scalars(query))


def test_somebody_alone_and_over_eighty_is_red_with_reasons_and_a_visit_within_the_week(
    session: Session, clock: FrozenClock
) -> None:
    publish_rules(session)
    senior = make_person(session)
    rescore(session, senior)
    risk = risk_of(session, senior)
    assert (risk.score, risk.band, risk.band_since_on) == (65, "red", TODAY)
    assert factors(session, senior) == {Factor.LIVING: 35, Factor.AGE: 30}
    assert risk.suggests == ["allowance", "meals", "kit"]
    task = open_tasks(session, senior)["regular"]
    assert (task.due_on, task.band, task.level) == (TODAY + timedelta(days=7), "red", 0)


def test_where_no_rules_hold_nobody_is_scored(session: Session, clock: FrozenClock) -> None:
    senior = make_person(session)
    rescore(session, senior)
    assert history(session, senior) == []


def test_a_second_night_writes_nothing(session: Session, clock: FrozenClock) -> None:
    publish_rules(session)
    people = [make_person(session), make_person(session, area_code=OTHER_COMMUNITY, birth_on=SEVENTY)]
    for _night in range(2):
        score_everybody(clock=clock.now)
        clock.advance(days=1)
    assert [len(history(session, each)) for each in people] == [1, 1]
    assert open_tasks(session, people[0])["regular"].due_on == TODAY + timedelta(days=7)
    assert open_tasks(session, people[1])["regular"].band == "orange"


def test_a_street_with_rules_of_its_own_follows_them(session: Session, clock: FrozenClock) -> None:
    publish_rules(session)
    own = publish_rules(session, area_code=OTHER_STREET, key_bands=["red"])
    here, there = make_person(session), make_person(session, area_code=OTHER_STREET + "001")
    score_everybody(clock=clock.now)
    assert risk_of(session, there).policy_id == own
    assert risk_of(session, here).policy_id != own


def test_what_has_come_newly_is_looked_into_in_time_and_once(session: Session, clock: FrozenClock) -> None:
    publish_rules(session)
    senior = make_person(session, birth_on=SEVENTY, living_situation="with_family", ability_level=2)
    rescore(session, senior)
    senior.ability_level, senior.living_situation = 3, "alone"
    session.flush()
    rescore(session, senior)
    tasks = open_tasks(session, senior)
    # The band has become red: an important change is looked into within a day, an ordinary one within seven.
    assert risk_of(session, senior).band == "red"
    assert (tasks["important"].due_on, tasks["important"].causes) == (TODAY + timedelta(days=1), ["ability"])
    assert (tasks["ordinary"].due_on, tasks["ordinary"].causes) == (TODAY + timedelta(days=7), ["living"])
    assert tasks["regular"].band == "red"
    rescore(session, senior)
    assert session.scalar(select(func.count()).select_from(OutreachChange)) == 2
    assert [(each.before_band, each.band) for each in history(session, senior)] == [(None, "yellow"), ("yellow", "red")]


def test_who_came_home_from_hospital_is_looked_in_on(session: Session, clock: FrozenClock) -> None:
    publish_rules(session)
    senior = make_person(session)
    rescore(session, senior)
    session.execute(text("UPDATE senior_status SET until_on = '2026-11-05' WHERE senior_id = :id"), {"id": senior.id})
    stay = make_status(session, senior, status=Status.IN_HOSPITAL, from_on=date(2026, 11, 5))
    rescore(session, senior)
    assert risk_of(session, senior).band == "none"
    assert open_tasks(session, senior) == {}
    stay.until_on = TODAY
    session.flush()
    make_status(session, senior, from_on=TODAY)
    rescore(session, senior)
    assert factors(session, senior)[Factor.DISCHARGED] == 20
    assert set(open_tasks(session, senior)) == {"regular", "important"}


def test_whose_spouse_has_died_counts_as_bereaved(session: Session, clock: FrozenClock) -> None:
    publish_rules(session)
    senior, spouse = make_person(session), make_person(session)
    own = make_relative(session, name="老伴")
    make_link(session, senior, own, relation=Relation.SPOUSE)
    make_link(session, spouse, own, relation=Relation.SELF)
    rescore(session, senior, spouse)
    assert Factor.BEREAVED not in factors(session, senior)
    session.query(SeniorStatus).where(SeniorStatus.senior_id == spouse.id).update({"until_on": date(2026, 11, 18)})
    make_status(session, spouse, status=Status.DECEASED, from_on=date(2026, 11, 18))
    rescore(session, senior, spouse)
    assert factors(session, senior)[Factor.BEREAVED] == 20
    assert open_tasks(session, senior)["important"].causes == ["bereaved"]
    assert open_tasks(session, spouse) == {}


def test_who_ate_daily_and_stopped_is_noticed_and_left_points_are(
    session: Session, clock: FrozenClock, client: object
) -> None:
    publish_rules(session)
    lunch = make_lunch(session, client)  # type: ignore[arg-type]
    card = lunch.guest(birth_on=SEVENTY)
    senior = session.get_one(Senior, card.senior_id)
    noon = clock.moment
    for ago in range(40, 26, -1):
        clock.set(noon - timedelta(days=ago))
        assert lunch.sell(card).status_code == 201
    clock.set(noon)
    rescore(session, senior)
    assert Factor.NO_MEALS in factors(session, senior)
    assert "meals" not in risk_of(session, senior).suggests
    assert Factor.IDLE_POINTS not in factors(session, senior)
    lunch.grant(senior.id, points_fen=3000, expires_on=date(2027, 12, 31))
    clock.set(noon + timedelta(days=100))
    rescore(session, senior)
    # So long after, it is no habit any more; but the points have lain for 90 days.
    assert Factor.NO_MEALS not in factors(session, senior)
    assert Factor.IDLE_POINTS in factors(session, senior)


def test_who_moves_takes_open_visits_along(session: Session, clock: FrozenClock) -> None:
    publish_rules(session)
    senior = make_person(session)
    make_person(session, area_code=OTHER_COMMUNITY)
    rescore(session, senior)
    senior.residence_area_code = OTHER_COMMUNITY
    session.flush()
    rescore(session, senior)
    assert open_tasks(session, senior)["regular"].area_code == OTHER_COMMUNITY
    assert risk_of(session, senior).area_code == OTHER_COMMUNITY


@pytest.mark.parametrize("name", ["outreach_score", "outreach_change", "outreach_visit"])
def test_what_was_written_stays(session: Session, clock: FrozenClock, name: str) -> None:
    with pytest.raises(DBAPIError, match="permission denied"):
        session.execute(text(f"UPDATE {name} SET area_code = '110000'"))


def test_a_large_part_costs_no_more_statements(session: Session, clock: FrozenClock, count_statements: Any) -> None:
    publish_rules(session)
    make_person(session)
    with count_statements() as few:
        score_everybody(clock=clock.now)
    for _each in range(12):
        make_person(session)
    with count_statements() as many:
        score_everybody(clock=clock.now)
    assert len(many) <= len(few)

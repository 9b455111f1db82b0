"""Ways in which somebody at risk could slip through, each of them closed."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth.actor import Role
from app.messages.models import Notice
from app.people.models import Senior, SeniorStatus
from app.people.queries import list_statuses
from app.people.rules import Status
from app.people.services import restore_statuses
from app.people.turns import Turn, TurnKind
from outreach import scoring, telling
from outreach.escalating import escalate
from outreach.judging import Verdicts
from outreach.models import OutreachChange
from outreach.nights import score_everybody
from outreach.outcomes import Result
from outreach.queries import coverage
from outreach.reading import tasks as way
from outreach.reading.tasks import list_round
from outreach.reporting import report_change
from outreach.terms import Reported
from outreach.turns import TURN_EFFECT
from outreach.visiting import record_visit
from tests.app.people.factories import make_status
from tests.conftest import FrozenClock
from tests.outreach.factories import (
    COMMUNITY,
    DISTRICT,
    OTHER_COMMUNITY,
    SEVENTY,
    STREET,
    found,
    make_body,
    make_person,
    make_someone,
    open_tasks,
    publish_rules,
    rescore,
    risk_of,
)

TODAY = date(2026, 11, 20)


def be(session: Session, senior: Senior, status: Status, on: date) -> None:
    """Let the register say so from a day on."""
    session.query(SeniorStatus).where(SeniorStatus.senior_id == senior.id, SeniorStatus.until_on.is_(None)).update(
        {"until_on": on}
    )
    make_status(session, senior, status=status, from_on=on)


def change(session: Session, senior: Senior, **facts: Any) -> None:
    """Change what the register knows, and score the person anew."""
    for name, value in facts.items():
        setattr(senior, name, value)
    session.flush()
    rescore(session, senior)


def test_whoever_was_never_visited_is_not_put_off_by_getting_worse(session: Session, clock: FrozenClock) -> None:
    publish_rules(session)
    senior = make_person(session, birth_on=SEVENTY)
    rescore(session, senior)
    assert open_tasks(session, senior)["regular"].due_on == TODAY + timedelta(days=30)
    clock.advance(days=29)
    change(session, senior, ability_level=3)
    task = open_tasks(session, senior)["regular"]
    assert (task.band, task.due_on) == ("red", TODAY + timedelta(days=29))


def test_what_is_overdue_stays_so_when_the_band_changes(session: Session, clock: FrozenClock) -> None:
    publish_rules(session, escalate_days={"street": 5, "district": 9})
    senior = make_person(session)
    rescore(session, senior)
    clock.advance(days=10)
    change(session, senior, living_situation="with_family")
    task = open_tasks(session, senior)["regular"]
    assert (task.band, task.due_on) == ("yellow", TODAY + timedelta(days=7))


def test_whose_month_is_short_is_visited_in_it_though_never_before(session: Session, clock: FrozenClock) -> None:
    publish_rules(session)
    clock.set(clock.moment.replace(year=2027, month=1, day=31))
    senior = make_person(session, birth_on=SEVENTY)
    rescore(session, senior)
    assert open_tasks(session, senior)["regular"].due_on == date(2027, 2, 28)


def test_a_visit_told_late_ends_no_look_after_what_happened_since(session: Session, clock: FrozenClock) -> None:
    publish_rules(session)
    senior, worker = make_person(session), make_someone(session)
    rescore(session, senior)
    clock.advance(hours=2)
    visited_at = clock.now()
    clock.advance(hours=4)
    report_change(session, senior_id=senior.id, reported=Reported.FALL, by=worker, now=clock.now())
    clock.advance(hours=1)
    record_visit(session, senior_id=senior.id, found=found(), by=worker, now=clock.now(), occurred_at=visited_at)
    assert open_tasks(session, senior)["important"].causes == ["reported"]
    assert open_tasks(session, senior)["regular"].due_on == TODAY + timedelta(days=7)
    record_visit(session, senior_id=senior.id, found=found(), by=worker, now=clock.now())
    assert set(open_tasks(session, senior)) == {"regular"}


def test_an_old_visit_told_late_does_not_end_the_one_that_is_overdue(session: Session, clock: FrozenClock) -> None:
    publish_rules(session)
    senior, worker = make_person(session), make_someone(session)
    rescore(session, senior)
    long_ago = clock.now()
    clock.advance(days=2)
    record_visit(session, senior_id=senior.id, found=found(), by=worker, now=clock.now())
    clock.advance(days=9)
    escalate(session, now=clock.now())
    record_visit(session, senior_id=senior.id, found=found(), by=worker, now=clock.now(), occurred_at=long_ago)
    task = open_tasks(session, senior)["regular"]
    assert (task.level, task.due_on) == (1, TODAY + timedelta(days=9))


def test_whoever_lay_in_hospital_when_the_rules_came_is_looked_in_on_at_home(
    session: Session, clock: FrozenClock
) -> None:
    publish_rules(session)
    senior = make_person(session)
    be(session, senior, Status.IN_HOSPITAL, TODAY - timedelta(days=3))
    score_everybody(clock=clock.now)
    assert (risk_of(session, senior).band, open_tasks(session, senior)) == ("none", {})
    clock.advance(days=4)
    be(session, senior, Status.ACTIVE, TODAY + timedelta(days=4))
    score_everybody(clock=clock.now)
    assert open_tasks(session, senior)["important"].causes == ["discharged"]


def test_what_happens_after_a_return_is_looked_into(session: Session, clock: FrozenClock) -> None:
    publish_rules(session)
    senior = make_person(session, birth_on=SEVENTY, living_situation="with_family", ability_level=0)
    factors = {**make_body()["factors"], "age": []}
    publish_rules(session, area_code=DISTRICT, factors=factors)
    rescore(session, senior)
    be(session, senior, Status.IN_INSTITUTION, TODAY)
    rescore(session, senior)
    clock.advance(days=5)
    be(session, senior, Status.ACTIVE, TODAY + timedelta(days=5))
    rescore(session, senior)
    clock.advance(days=60)
    change(session, senior, ability_level=3)
    assert open_tasks(session, senior)["important"].causes == ["ability"]


def test_a_turn_recorded_by_mistake_brings_back_what_was_due(session: Session, clock: FrozenClock) -> None:
    publish_rules(session)
    senior, worker = make_person(session), make_someone(session)
    rescore(session, senior)
    report_change(session, senior_id=senior.id, reported=Reported.FALL, by=worker, now=clock.now())
    clock.advance(hours=1)
    before = list_statuses(session, senior_id=senior.id)
    be(session, senior, Status.IN_HOSPITAL, TODAY)
    after = list_statuses(session, senior_id=senior.id)
    told: dict[str, Any] = {
        "id": None,
        "kind": TurnKind.HOSPITAL,
        "senior_id": senior.id,
        "from_on": TODAY,
        "by": worker,
    }
    done = TURN_EFFECT.carry_out(session, Turn(**told, now=clock.now()))
    assert open_tasks(session, senior) == {}
    clock.advance(days=9)
    restore_statuses(session, senior_id=senior.id, before=before, after=after, actor=worker, now=clock.now())
    TURN_EFFECT.take_back(session, Turn(**told, now=clock.now()), done)
    assert {kind: each.due_on for kind, each in open_tasks(session, senior).items()} == {
        "regular": TODAY + timedelta(days=7),
        "important": TODAY + timedelta(days=1),
    }


def test_where_no_rules_hold_any_more_a_death_still_ends_what_was_due(session: Session, clock: FrozenClock) -> None:
    publish_rules(session, area_code=STREET)
    senior, worker = make_person(session), make_someone(session)
    make_person(session, area_code="330105012001")
    rescore(session, senior)
    senior.residence_area_code = "330105012001"
    be(session, senior, Status.DECEASED, TODAY)
    turn = Turn(id=None, kind=TurnKind.DEATH, senior_id=senior.id, from_on=TODAY, by=worker, now=clock.now())
    TURN_EFFECT.carry_out(session, turn)
    assert open_tasks(session, senior) == {}


def test_a_night_that_saw_somebody_in_hospital_ends_no_look_opened_since(session: Session, clock: FrozenClock) -> None:
    publish_rules(session)
    senior, worker = make_person(session), make_someone(session)
    rescore(session, senior)
    night = clock.now()
    clock.advance(minutes=1)
    report_change(session, senior_id=senior.id, reported=Reported.FALL, by=worker, now=clock.now())
    scoring.write(session, Verdicts(away=[senior.id]), now=night)
    assert set(open_tasks(session, senior)) == {"important"}


def test_all_workers_hear_however_many_changes_a_night_brings(
    session: Session, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish_rules(session)
    worker = make_someone(session)
    people = [make_person(session) for _each in range(3)]
    for senior in people:
        report_change(session, senior_id=senior.id, reported=Reported.FALL, by=worker, now=clock.now())
    monkeypatch.setattr(telling, "MOST", 2)
    telling.tell_checks(session, now=clock.now())
    assert session.scalars(select(Notice.kind)).all() == ["outreach.look_into"] * 3


def test_what_presses_most_is_on_the_way_however_long_the_list(
    session: Session, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish_rules(session)
    worker = make_someone(session, area_code=STREET)
    many = [make_person(session) for _each in range(2)]
    urgent = make_person(session, area_code=OTHER_COMMUNITY)
    rescore(session, *many, urgent)
    report_change(session, senior_id=urgent.id, reported=Reported.FALL, by=worker, now=clock.now())
    monkeypatch.setattr(way, "LARGEST_DAY", 2)
    stops = list_round(session, reach=worker, today=TODAY, ahead_days=31)
    assert [each.senior_id for each in stops[OTHER_COMMUNITY]] == [urgent.id]
    assert list(stops) == [COMMUNITY, OTHER_COMMUNITY]


def test_coming_again_is_never_put_off_beyond_the_day_by_which_it_is_due(session: Session, clock: FrozenClock) -> None:
    publish_rules(session)
    senior, worker = make_person(session), make_someone(session)
    rescore(session, senior)
    told = found(Result.NOT_HOME, next_on=date(2062, 11, 22))
    record_visit(session, senior_id=senior.id, found=told, by=worker, now=clock.now())
    assert open_tasks(session, senior)["regular"].next_on == TODAY + timedelta(days=7)
    # Something new is looked into at once, whatever day was meant before.
    report_change(session, senior_id=senior.id, reported=Reported.ILLNESS, by=worker, now=clock.now())
    told = found(Result.NOT_HOME, next_on=date(2062, 11, 22))
    record_visit(session, senior_id=senior.id, found=told, by=worker, now=clock.now())
    assert open_tasks(session, senior)["important"].next_on == TODAY + timedelta(days=1)


def test_who_moved_within_a_month_is_counted_once_and_where_they_live(session: Session, clock: FrozenClock) -> None:
    publish_rules(session)
    senior = make_person(session)
    make_person(session, area_code=OTHER_COMMUNITY, living_situation=None, birth_on=SEVENTY)
    rescore(session, senior)
    clock.advance(days=2)
    change(session, senior, residence_area_code=OTHER_COMMUNITY)
    clock.advance(days=20)
    change(session, senior, living_situation="empty_nest")
    for month in (date(2026, 11, 1), date(2026, 12, 1)):
        for place in (DISTRICT, STREET):
            rows = coverage(session, month=month, area_codes=[place])
            assert [(each.area_code, each.due) for each in rows] == [(OTHER_COMMUNITY, 1)]
        assert coverage(session, month=month, area_codes=[COMMUNITY]) == []


def test_a_month_that_has_ended_keeps_the_bands_of_the_rules_of_its_time(session: Session, clock: FrozenClock) -> None:
    publish_rules(session)
    senior = make_person(session, birth_on=SEVENTY)
    rescore(session, senior)
    clock.advance(days=2)
    bands = make_body()["bands"]
    bands["orange"]["from"], bands["red"]["from"] = 50, 70
    publish_rules(session, area_code=DISTRICT, bands=bands)
    rescore(session, senior)
    assert risk_of(session, senior).band == "yellow"
    clock.advance(days=20)
    assert coverage(session, month=date(2026, 11, 1), area_codes=[DISTRICT]) == []
    assert session.scalars(select(OutreachChange)).all() == []


def test_other_points_for_the_same_are_no_news_of_anybody(session: Session, clock: FrozenClock) -> None:
    publish_rules(session)
    senior = make_person(session, ability_level=2)
    other = make_person(session, ability_level=2)
    rescore(session, senior, other)
    factors = make_body()["factors"]
    factors["living"][0]["points"] += 5
    factors["ability"] = [{"from": 1, "points": 15}, {"from": 2, "points": 20}, {"from": 3, "points": 30}]
    publish_rules(session, area_code=DISTRICT, factors=factors)
    other.ability_level = 3
    session.flush()
    rescore(session, senior, other)
    assert set(open_tasks(session, senior)) == {"regular"}
    assert open_tasks(session, other)["important"].causes == ["ability"]


def test_what_goes_straight_to_the_district_is_told_to_the_street_too(session: Session, clock: FrozenClock) -> None:
    publish_rules(session)
    senior = make_person(session)
    clerk = make_someone(session, Role.STREET_CLERK, area_code=STREET)
    approver = make_someone(session, Role.DISTRICT_APPROVER, area_code=DISTRICT)
    rescore(session, senior)
    clock.advance(days=12)
    assert escalate(session, now=clock.now()) == 1
    assert set(session.scalars(select(Notice.account_id))) == {clerk.account_id, approver.account_id}

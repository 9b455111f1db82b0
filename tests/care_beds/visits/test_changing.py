"""Visits to come are moved, covered and cancelled; what was not made is missed, with a reason; gaps are filled."""

from datetime import datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import IntegrityError, InternalError

from app.audit.models import AuditEntry
from app.clock import ZONE
from app.errors import Invalid
from app.messages.kinds import get_kind
from app.messages.models import Notice
from app.paging import Page
from app.people.models import Senior, SeniorStatus
from care_beds.visits import queries, services
from care_beds.visits.errors import (
    BedRests,
    CarerBusy,
    CarerUnfit,
    DayFull,
    GapNotFound,
    NotNow,
    SeniorBusy,
    VisitMoved,
    VisitNotFound,
)
from care_beds.visits.models import CareVisit, VisitException, VisitGap
from care_beds.visits.planning import call_off_soon
from care_beds.visits.rules import Cancelled, Change, Missed
from tests.app.people.relatives.factories import make_link, make_relative
from tests.care_beds.factories import (
    hold_care_documents,
    make_carer,
    make_provider,
    make_provider_manager,
)
from tests.care_beds.visits.town import MONDAY, NINE, TEN, Town, planned
from tests.conftest import FrozenClock


def at(hour: int, minute: int = 0, days: int = 0) -> datetime:
    """Return a moment of the week to come."""
    return datetime.combine(MONDAY + timedelta(days=days), time(hour, minute), tzinfo=ZONE)


def move(town: Town, clock: FrozenClock, visit: CareVisit, to: datetime, **more: Any) -> CareVisit:
    asked = {"visit_id": visit.id, "starts_at": to, "reason": Change.FAMILY, "by": town.manager, "now": clock.now()}
    return services.move_visit(town.session, **{**asked, **more})


def cover(town: Town, clock: FrozenClock, visit: CareVisit, carer_id: int, **more: Any) -> CareVisit:
    asked = {"visit_id": visit.id, "carer_id": carer_id, "reason": Change.CARER_ILL, "by": town.manager}
    return services.cover_visit(town.session, **{**asked, "now": clock.now(), **more})


def test_a_moved_visit_keeps_where_it_came_from(town: Town, clock: FrozenClock) -> None:
    visit = planned(town)
    first = visit.planned
    move(town, clock, visit, at(14, days=1))
    move(town, clock, visit, at(15, days=2))
    assert (visit.visit_on, visit.moved_from, visit.change_reason) == (MONDAY + timedelta(days=2), first, "family")
    assert visit.due_on == MONDAY
    (entry, *_) = town.session.scalars(select(AuditEntry).where(AuditEntry.action == "visit.moved"))
    assert (entry.subject_id, entry.area_code) == (str(visit.id), town.bed.area_code)


def test_no_carer_is_in_two_places(town: Town, clock: FrozenClock) -> None:
    visit = planned(town)
    planned(town, bed=town.bed_of_another(), start=TEN)
    with pytest.raises(CarerBusy):
        move(town, clock, visit, at(9, 30))
    assert town.session.get_one(CareVisit, visit.id).planned.lower == at(9)
    move(town, clock, visit, at(11))


def test_nobody_is_visited_by_two_at_once(town: Town, clock: FrozenClock) -> None:
    visit = planned(town)
    planned(town, carer=town.other.carer, start=TEN)
    with pytest.raises(SeniorBusy):
        move(town, clock, visit, at(10, 30))


def test_what_is_over_makes_room(town: Town, clock: FrozenClock) -> None:
    visit = planned(town)
    planned(town, start=TEN, state="cancelled")
    move(town, clock, visit, at(10))


@pytest.mark.parametrize(
    ("to", "refusal"),
    [
        (datetime(2026, 11, 20, 11, 48, tzinfo=ZONE), NotNow),
        (at(9, days=8), NotNow),
        (at(23, 30), Invalid),
    ],
)
def test_a_visit_is_not_moved_anywhere(town: Town, clock: FrozenClock, to: datetime, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        move(town, clock, planned(town), to)


def test_another_reason_needs_words(town: Town, clock: FrozenClock) -> None:
    with pytest.raises(Invalid) as refused:
        move(town, clock, planned(town), at(14), reason=Change.OTHER)
    assert "words" in refused.value.errors
    move(town, clock, planned(town, start=time(16)), at(14), reason=Change.OTHER, words="社区停电")


def test_nobody_is_visited_while_the_bed_rests(town: Town, clock: FrozenClock) -> None:
    rests = (
        "INSERT INTO bed_suspension (bed_id, during, reason, recorded_at, recorded_by)"
        f" VALUES ({town.bed.id}, '[2026-11-24,2026-11-26)', 'hospital', now(), {town.clerk.account_id})"
    )
    town.session.execute(text(rests))
    visit = planned(town)
    with pytest.raises(BedRests):
        move(town, clock, visit, at(9, days=1))
    move(town, clock, visit, at(9, days=3))


def test_a_carer_covers_for_another_and_back(town: Town, clock: FrozenClock) -> None:
    visit = planned(town)
    cover(town, clock, visit, town.other.id)
    assert (visit.carer_id, visit.covers_carer_id) == (town.other.id, town.carer.id)
    third = make_carer(town.session, provider=town.provider).id
    cover(town, clock, visit, third)
    assert (visit.carer_id, visit.covers_carer_id) == (third, town.carer.id)
    cover(town, clock, visit, town.carer.id)
    assert (visit.carer_id, visit.covers_carer_id) == (town.carer.id, None)
    with pytest.raises(Invalid):
        cover(town, clock, visit, town.carer.id)


def test_who_may_not_visit_does_not_cover(town: Town, clock: FrozenClock) -> None:
    visit = planned(town)
    kin = (
        "INSERT INTO carer_kin (carer_id, senior_id, relation, is_cohabitant, declared_on, declared_by)"
        f" VALUES ({town.other.id}, {town.bed.senior_id}, 'none', true, '2026-11-01', {town.other.account.id})"
    )
    town.session.execute(text(kin))
    gone = make_carer(town.session, provider=town.provider, employed_until=MONDAY).id
    elsewhere = make_carer(town.session, provider=make_provider(town.session)).id
    for carer in (town.other.id, gone, elsewhere):
        with pytest.raises(CarerUnfit):
            cover(town, clock, visit, carer)
    busy = make_carer(town.session, provider=town.provider)
    planned(town, bed=town.bed_of_another(), carer=busy.carer, start=time(9, 59))
    with pytest.raises(CarerBusy):
        cover(town, clock, visit, busy.id)


def test_nobody_works_more_hours_than_the_rules_allow(town: Town, clock: FrozenClock) -> None:
    hold_care_documents(town.session, hours_per_day=2)
    planned(town, bed=town.bed_of_another(), carer=town.other.carer, start=time(12), minutes=90)
    visit = planned(town)
    with pytest.raises(DayFull):
        cover(town, clock, visit, town.other.id)
    # Moving within a day does not count the visit twice.
    planned(town, bed=town.bed_of_another(), start=time(13))
    move(town, clock, visit, at(15))


def test_a_visit_whose_time_came_is_missed_and_one_to_come_is_cancelled(town: Town, clock: FrozenClock) -> None:
    missed, later = planned(town, start=NINE), planned(town, start=time(15))
    asked = {"by": town.manager}
    clock.set(at(12))
    with pytest.raises(NotNow):
        services.cancel_visit(town.session, visit_id=missed.id, reason=Cancelled.FAMILY, now=clock.now(), **asked)
    with pytest.raises(NotNow):
        services.miss_visit(town.session, visit_id=later.id, reason=Missed.NO_ANSWER, now=clock.now(), **asked)
    services.miss_visit(town.session, visit_id=missed.id, reason=Missed.NO_ANSWER, now=clock.now(), **asked)
    services.cancel_visit(town.session, visit_id=later.id, reason=Cancelled.FAMILY, now=clock.now(), **asked)
    assert (missed.state, missed.missed_reason) == ("missed", "no_answer")
    assert (later.state, later.cancel_reason) == ("cancelled", "family")
    for visit in (missed, later):
        with pytest.raises(VisitMoved):
            move(town, clock, visit, at(18))


def test_a_carer_says_that_their_own_visit_was_missed_and_no_other(town: Town, clock: FrozenClock) -> None:
    own, others = planned(town), planned(town, carer=town.other.carer, bed=town.bed_of_another())
    clock.set(at(12))
    asked = {"reason": Missed.NOT_HOME, "by": town.carer.actor, "now": clock.now()}
    services.miss_visit(town.session, visit_id=own.id, **asked)
    with pytest.raises(VisitNotFound):
        services.miss_visit(town.session, visit_id=others.id, **asked)
    with pytest.raises(VisitNotFound):
        move(town, clock, own, at(15), by=town.carer.actor)


def test_other_providers_and_offices_move_nothing(town: Town, clock: FrozenClock) -> None:
    visit = planned(town)
    stranger = make_provider_manager(town.session, make_provider(town.session))
    for by in (stranger, town.clerk, town.supervisor):
        with pytest.raises(VisitNotFound):
            move(town, clock, visit, at(15), by=by)


def test_what_was_begun_stays_where_and_whose_it_was(town: Town, clock: FrozenClock) -> None:
    visit = planned(town, state="started")
    with pytest.raises(VisitMoved):
        cover(town, clock, visit, town.other.id)
    for change in ("carer_id = carer_id + 1", "started_at = started_at - interval '1 hour'"):
        with pytest.raises((IntegrityError, InternalError), match="stays as it was"), town.session.begin_nested():
            town.session.execute(text(f"UPDATE care_visit SET {change} WHERE id = {visit.id}"))
    confirmed = planned(town, on=MONDAY + timedelta(days=1), state="confirmed")
    with pytest.raises((IntegrityError, InternalError), match="stays as it was"), town.session.begin_nested():
        town.session.execute(text(f"UPDATE care_visit SET items_done = '[\"wash\"]' WHERE id = {confirmed.id}"))


def test_an_extra_visit_is_booked_for_who_calls(town: Town, clock: FrozenClock) -> None:
    asked = {"bed_id": town.bed.id, "service": "bathing", "carer_id": town.carer.id, "minutes": 30, "by": town.manager}
    visit = services.book_visit(town.session, starts_at=at(9), now=clock.now(), **asked)
    assert (visit.plan_line_id, visit.visit_on, visit.made_by) == (None, MONDAY, town.manager.account_id)
    # Nobody agreed to it: no money flows before a supervisor has looked.
    raised = select(VisitException.code).where(VisitException.visit_id == visit.id)
    assert (visit.exception, town.session.scalars(raised).all()) == ("open", ["unplanned"])
    with pytest.raises(CarerBusy):
        services.book_visit(town.session, starts_at=at(9, 15), now=clock.now(), **asked)
    with pytest.raises(Invalid):
        services.book_visit(town.session, starts_at=at(12), now=clock.now(), **{**asked, "service": "cooking"})
    with pytest.raises(VisitNotFound):
        services.book_visit(town.session, starts_at=at(12), now=clock.now(), **{**asked, "by": town.carer.actor})


def gap_of(town: Town) -> VisitGap:
    town.line(weekdays=1, carer=None)
    town.generate()
    return town.session.scalars(select(VisitGap)).one()


def test_a_gap_is_filled_by_somebody_at_another_hour(town: Town, clock: FrozenClock) -> None:
    gap = gap_of(town)
    asked = {"gap_id": gap.id, "by": town.manager, "now": clock.now()}
    with pytest.raises(GapNotFound):
        services.fill_gap(town.session, carer_id=town.other.id, **{**asked, "by": town.clerk})
    visit = services.fill_gap(town.session, carer_id=town.other.id, starts_at=at(14), **asked)
    assert (visit.plan_line_id, visit.due_on, visit.carer_id) == (gap.plan_line_id, MONDAY, town.other.id)
    assert (visit.change_reason, visit.covers_carer_id) == ("gap", None)
    assert (gap.state, gap.visit_id) == ("filled", visit.id)
    with pytest.raises(VisitMoved):
        services.fill_gap(town.session, carer_id=town.other.id, **asked)
    assert town.generate().made == 0


def test_a_gap_is_left_empty_with_words(town: Town, clock: FrozenClock) -> None:
    gap = gap_of(town)
    services.drop_gap(town.session, gap_id=gap.id, words="女儿来住一周", by=town.manager, now=clock.now())
    assert (gap.state, gap.words) == ("dropped", "女儿来住一周")


def follow(town: Town) -> None:
    make_link(town.session, town.session.get_one(Senior, town.bed.senior_id), make_relative(town.session))


def test_families_are_told_of_a_visit_that_is_cancelled_and_of_a_day_left_empty(town: Town, clock: FrozenClock) -> None:
    follow(town)
    visit = planned(town, start=time(15))
    asked = {"by": town.manager, "now": clock.now()}
    services.cancel_visit(town.session, visit_id=visit.id, reason=Cancelled.HOLIDAY, **asked)
    services.drop_gap(town.session, gap_id=gap_of(town).id, words="女儿来住一周", **asked)
    notices = town.session.scalars(select(Notice).order_by(Notice.id)).all()
    assert [(each.kind, each.params["why"]) for each in notices] == [
        ("care_beds.visit_cancelled", "holiday"),
        ("care_beds.visit_cancelled", "nobody"),
    ]
    for each in notices:
        assert get_kind(each.kind).text(each.params).startswith(each.params["name"])


def test_lists_show_the_week_the_day_and_what_does_not_fit(town: Town, clock: FrozenClock) -> None:
    visit = planned(town)
    planned(town, on=MONDAY + timedelta(days=2), carer=town.other.carer, state="missed")
    planned(town, on=MONDAY + timedelta(days=3), state="cancelled")
    gap_of(town)
    week = queries.list_week(town.session, provider_id=town.provider.id, week=MONDAY + timedelta(days=6))
    assert (week.monday, week.visit_count, week.gap_count) == (MONDAY, 1, 1)
    assert {each.carer: [len(found) for found in each.days.values()] for each in week.carers} == {
        "张慧": [1],
        "李梅": [1],
    }
    assert [each.id for each in queries.list_day(town.session, carer_id=town.carer.id, on=MONDAY)] == [visit.id]
    assert len(queries.list_visits_of(town.session, senior_id=town.bed.senior_id)) == 3
    clock.set(at(9, 16))
    late = queries.list_late(town.session, provider_id=town.provider.id, now=clock.now(), grace_minutes=15)
    assert [each.id for each in late] == [visit.id]
    services.raise_exceptions(town.session, visit=visit, found={"far": {"m": 430}}, now=clock.now())
    page: Page[Any] = queries.list_exceptions(town.session, actor=town.supervisor)
    assert [(line.code, line.visit.carer) for line in page.items] == [("far", "张慧")]
    assert queries.list_exceptions(town.session, actor=town.supervisor, is_open=False).items == []


def test_the_night_misses_what_nobody_told_of_and_confirms_what_stood(town: Town, clock: FrozenClock) -> None:
    silent, stood = planned(town), planned(town, start=TEN, state="finished")
    doubted = planned(town, start=time(11), state="finished", exception="open")
    objected = planned(town, start=time(12), state="finished")
    town.session.execute(
        text(
            "INSERT INTO visit_objection (visit_id, words, by_account, at)"
            f" VALUES ({objected.id}, '没来', {town.clerk.account_id}, now())"
        )
    )
    clock.set(at(9, days=1))
    assert services.miss_unrecorded(town.session, now=clock.now()) == []
    clock.set(at(11, days=1))
    assert services.miss_unrecorded(town.session, now=clock.now()) == [silent.id]
    clock.set(at(10, 59, days=3))
    assert services.confirm_lapsed(town.session, now=clock.now()) == 0
    clock.set(at(20, days=3))
    assert services.confirm_lapsed(town.session, now=clock.now()) == 1
    assert services.confirm_lapsed(town.session, now=clock.now()) == 0
    town.session.expire_all()
    assert [each.state for each in (silent, stood, doubted, objected)] == [
        "missed",
        "confirmed",
        "finished",
        "finished",
    ]
    assert silent.missed_reason == "not_recorded"


def test_a_visit_that_nobody_checked_out_of_ends_without_a_minute_and_is_looked_at(
    town: Town, clock: FrozenClock
) -> None:
    left, there = planned(town, state="started"), planned(town, on=MONDAY + timedelta(days=2), state="started")
    clock.set(at(9, 59, days=2))
    assert services.close_left_open(town.session, now=clock.now()) == 0
    clock.set(at(10, days=2))
    assert services.close_left_open(town.session, now=clock.now()) == 1
    assert services.close_left_open(town.session, now=clock.now()) == 0
    town.session.expire_all()
    assert (left.state, left.finished_at, left.exception, there.state) == (
        "finished",
        left.started_at,
        "open",
        "started",
    )
    assert [each.code for each in queries.list_exceptions_of(town.session, visit_id=left.id)] == ["no_check_out"]


def test_nobody_rings_this_afternoon_where_somebody_died_this_morning(town: Town, clock: FrozenClock) -> None:
    soon, later = planned(town), planned(town, on=MONDAY + timedelta(days=3))
    clock.set(at(8))
    assert call_off_soon(town.session, now=clock.now()) == 0
    town.session.execute(
        update(SeniorStatus)
        .where(SeniorStatus.senior_id == town.bed.senior_id)
        .values(status="deceased", from_on=MONDAY)
    )
    assert call_off_soon(town.session, now=clock.now()) == 1
    town.session.expire_all()
    assert (soon.state, soon.cancel_reason, later.state) == ("cancelled", "away", "planned")

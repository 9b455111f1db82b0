"""Plans become visits: on their days, once, by whoever may come; what cannot be becomes a gap with its reason."""

from datetime import date, time, timedelta

import pytest
from sqlalchemy import text, update

from app import clock as clocks
from app.people.models import Senior
from app.people.rules import Status
from care_beds.providers import carers
from care_beds.providers import services as providers
from care_beds.providers.models import Carer
from care_beds.providers.policy import PROVIDER_RULES
from care_beds.visits.models import CareVisit, VisitGap
from care_beds.visits.planning import Planned, call_off_visits, generate_visits
from tests.app.people.factories import make_status
from tests.care_beds.factories import (
    hold_care_documents,
    hold_document,
    make_bed_in_service,
    make_carer,
    make_provider,
    make_visit,
)
from tests.care_beds.visits.town import ELEVEN, MONDAY, NINE, TEN, WEEK, Town
from tests.conftest import FrozenClock

EVERY_DAY = 127
FRIDAY = MONDAY + timedelta(days=4)


def test_a_line_falls_on_its_weekdays_in_its_hours(town: Town) -> None:
    town.line(weekdays=0b0100101, start=time(14, 30), minutes=45)
    assert town.generate() == Planned(3, 0, 0)
    assert town.starts() == ["Mon 14:30", "Wed 14:30", "Sat 14:30"]
    visit = town.visits()[0]
    assert (visit.visit_on, visit.due_on, visit.state) == (MONDAY, MONDAY, "planned")
    assert (visit.planned.upper - visit.planned.lower) == timedelta(minutes=45)  # type: ignore[operator]


def test_planning_twice_makes_nothing_twice(town: Town) -> None:
    town.line()
    assert town.generate() == Planned(2, 0, 0)
    assert town.generate() == Planned(0, 0, 0)
    assert town.generate(until_on=MONDAY + 2 * WEEK) == Planned(2, 0, 0)


def test_every_second_week_counts_from_the_week_of_the_first_day(town: Town) -> None:
    town.line(town.plan(from_on=date(2026, 11, 18)), weekdays=1, every_weeks=2)
    town.generate(until_on=MONDAY + 4 * WEEK)
    assert [each.visit_on for each in town.visits()] == [MONDAY + WEEK, MONDAY + 3 * WEEK]


def test_a_plan_has_a_first_day_and_a_last_one(town: Town) -> None:
    town.line(town.plan(from_on=MONDAY + timedelta(days=2), until_on=FRIDAY), weekdays=EVERY_DAY)
    town.generate()
    assert [f"{each.visit_on:%a}" for each in town.visits()] == ["Wed", "Thu"]


def test_nothing_is_planned_into_the_past(town: Town, clock: FrozenClock) -> None:
    today = date(2026, 11, 20)
    town.line(weekdays=EVERY_DAY, start=NINE)
    town.line(town.plan(town.bed_of_another()), weekdays=EVERY_DAY, start=time(15))
    town.generate(today - WEEK, today + timedelta(days=1))
    assert town.starts() == ["Fri 15:00"]


@pytest.mark.parametrize("state", ["draft", "submitted", "ended", "dropped"])
def test_only_a_plan_that_holds_asks_for_visits(town: Town, state: str) -> None:
    until = date(2026, 11, 22) if state == "ended" else None
    town.line(town.plan(state=state, until_on=until))
    assert town.generate() == Planned(0, 0, 0)


def test_a_bed_that_rests_is_not_visited(town: Town, clock: FrozenClock) -> None:
    town.line(weekdays=EVERY_DAY)
    town.generate()
    rests = (
        "INSERT INTO bed_suspension (bed_id, during, reason, recorded_at, recorded_by)"
        f" VALUES ({town.bed.id}, '[2026-11-24,2026-11-26)', 'hospital', now(), {town.clerk.account_id})"
    )
    town.session.execute(text(rests))
    assert call_off_visits(town.session, bed_id=town.bed.id, now=clock.now()) == 2
    assert town.generate() == Planned(0, 0, 0)
    assert len(town.visits()) == 5
    cancelled = town.session.query(CareVisit).filter_by(state="cancelled").all()
    assert {(each.visit_on.day, each.cancel_reason) for each in cancelled} == {(24, "resting"), (25, "resting")}


def test_who_is_not_at_home_is_not_visited_until_they_are_back(town: Town) -> None:
    town.line(weekdays=EVERY_DAY)
    town.generate()
    town.session.execute(text("UPDATE senior_status SET until_on = '2026-11-25'"))
    senior = town.session.get_one(Senior, town.bed.senior_id)
    away = make_status(town.session, senior, status=Status.IN_HOSPITAL, from_on=date(2026, 11, 25))
    assert town.generate().called_off == 5
    away.until_on = date(2026, 11, 28)
    town.session.flush()
    assert town.generate() == Planned(2, 0, 0)
    assert [each.visit_on.day for each in town.visits()] == [23, 24, 28, 29]


def test_two_homes_at_once_leave_a_gap_for_the_later_line(town: Town) -> None:
    town.line(weekdays=1, start=NINE)
    town.line(town.plan(town.bed_of_another()), weekdays=1, start=time(9, 30))
    assert town.generate() == Planned(1, 1, 0)
    assert town.gaps() == [(MONDAY, "carer_busy", "open")]


def test_one_visit_may_begin_as_another_ends(town: Town) -> None:
    town.line(weekdays=1, start=NINE, minutes=60)
    town.line(town.plan(town.bed_of_another()), weekdays=1, start=TEN)
    assert town.generate() == Planned(2, 0, 0)


def test_nobody_is_visited_by_two_at_once(town: Town) -> None:
    plan = town.plan()
    town.line(plan, weekdays=1, start=NINE)
    town.line(plan, weekdays=1, start=time(9, 30), carer=town.other.carer)
    assert town.generate() == Planned(1, 1, 0)
    assert town.gaps() == [(MONDAY, "senior_busy", "open")]


def test_a_visit_that_was_there_before_goes_first(town: Town) -> None:
    make_visit(town.session, bed=town.bed_of_another(), carer=town.carer.carer, on=MONDAY, start=time(9, 59))
    town.line(weekdays=1, start=NINE)
    assert town.generate() == Planned(0, 1, 0)


def test_a_gap_is_filled_as_soon_as_somebody_may_come(town: Town) -> None:
    line = town.line(weekdays=1, carer=None)
    town.generate()
    assert town.gaps() == [(MONDAY, "no_carer", "open")]
    line.carer_id = town.carer.id
    assert town.generate() == Planned(1, 0, 0)
    assert town.gaps() == [(MONDAY, "no_carer", "filled")]


def test_a_gap_that_was_left_empty_stays_so(town: Town) -> None:
    town.line(weekdays=1, carer=None)
    town.generate()
    dropped = "UPDATE visit_gap SET state = 'dropped', words = '家里有人', closed_at = now(), closed_by = "
    town.session.execute(text(f"{dropped}{town.manager.account_id}"))
    assert town.generate() == Planned(0, 0, 0)
    assert town.gaps() == [(MONDAY, "no_carer", "dropped")]


def test_a_gap_whose_day_passed_or_whose_plan_ended_lapses(town: Town, clock: FrozenClock) -> None:
    plan = town.plan()
    town.line(plan, weekdays=0b11, carer=None)
    town.generate()
    plan.until_on = MONDAY + timedelta(days=1)
    town.generate()
    assert town.gaps() == [(MONDAY, "no_carer", "open"), (MONDAY + timedelta(days=1), "no_carer", "lapsed")]
    clock.advance(days=5)
    town.generate(MONDAY + timedelta(days=2), MONDAY + WEEK)
    assert {state for *_, state in town.gaps()} == {"lapsed"}


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"employed_until": date(2026, 11, 23)}, "not_employed"),
        ({"employed_from": date(2026, 11, 24)}, "not_employed"),
        ({"state": "suspended"}, "suspended"),
        ({"certificates": ("care_worker",)}, "certificate_missing"),
        ({"expires_on": date(2026, 11, 22)}, "certificate_expired"),
    ],
)
def test_who_may_not_come_leaves_a_gap_that_says_why(town: Town, facts: dict[str, object], reason: str) -> None:
    hold_provider_rules(town)
    carer = make_carer(town.session, provider=town.provider, name="王芳", **facts).carer  # type: ignore[arg-type]
    town.line(weekdays=1, carer=carer)
    assert town.generate() == Planned(0, 1, 0)
    assert town.gaps() == [(MONDAY, reason, "open")]


def test_the_last_good_day_of_a_certificate_is_a_good_one(town: Town) -> None:
    hold_provider_rules(town)
    carer = make_carer(town.session, provider=town.provider, expires_on=MONDAY).carer
    town.line(weekdays=0b11, carer=carer)
    assert town.generate() == Planned(1, 1, 0)
    assert town.gaps() == [(MONDAY + timedelta(days=1), "certificate_expired", "open")]


def test_a_carer_does_not_visit_their_own(town: Town) -> None:
    kin = (
        "INSERT INTO carer_kin (carer_id, senior_id, relation, is_cohabitant, declared_on, declared_by)"
        f" VALUES ({town.carer.id}, {town.bed.senior_id}, 'parent', false, '2026-11-01', {town.carer.account.id})"
    )
    town.session.execute(text(kin))
    town.line(weekdays=1)
    town.generate()
    assert town.gaps() == [(MONDAY, "kin", "open")]


def test_a_provider_whose_licence_ended_visits_nobody(town: Town) -> None:
    town.provider.licence_expires_on = MONDAY
    town.line(weekdays=0b11)
    assert town.generate() == Planned(1, 1, 0)
    assert town.gaps() == [(MONDAY + timedelta(days=1), "provider_rests", "open")]


def test_a_day_has_so_many_hours_and_what_clashes_takes_none_of_them(town: Town) -> None:
    hold_care_documents(town.session, hours_per_day=3)
    for start in (NINE, time(9, 30), TEN, ELEVEN, time(12)):
        town.line(town.plan(town.bed_of_another()), weekdays=1, start=start)
    assert town.generate() == Planned(3, 2, 0)
    assert town.starts() == ["Mon 09:00", "Mon 10:00", "Mon 11:00"]
    assert sorted(reason for _, reason, _ in town.gaps()) == ["carer_busy", "day_full"]


def test_a_bed_that_changed_hands_is_planned_by_its_new_provider_alone(town: Town) -> None:
    town.line(weekdays=EVERY_DAY)
    town.generate()
    town.session.execute(text("UPDATE care_bed SET provider_id = :new"), {"new": make_provider(town.session).id})
    assert town.generate() == Planned(0, 0, 7)


def test_other_providers_are_left_alone(town: Town, clock: FrozenClock) -> None:
    town.line(weekdays=1)
    other = make_provider(town.session)
    carer = make_carer(town.session, provider=other).carer
    town.line(town.plan(make_bed_in_service(town.session, provider=other)), weekdays=1, carer=carer)
    done = generate_visits(town.session, from_on=MONDAY, until_on=MONDAY + WEEK, provider_id=other.id, now=clock.now())
    assert (done.made, [each.provider_id for each in town.visits()]) == (1, [other.id])


def test_gaps_keep_when_they_were_found(town: Town, clock: FrozenClock) -> None:
    town.line(weekdays=1, carer=None)
    town.generate()
    found = town.session.query(VisitGap).one().found_at
    clock.advance(hours=3)
    town.generate()
    assert town.session.query(VisitGap).one().found_at == found


def hold_provider_rules(town: Town) -> None:
    """Publish that a care worker's and a health certificate are needed."""
    hold_document(town.session, PROVIDER_RULES.name, PROVIDER_RULES.example)


def test_visits_after_the_papers_of_a_provider_become_gaps_and_come_back_with_them(town: Town) -> None:
    town.line(weekdays=0b0010001)
    town.generate()
    assert town.starts() == ["Mon 09:00", "Fri 09:00"]
    ends = {"licence_expires_on": MONDAY + timedelta(days=2)}
    given = {"provider_id": town.provider.id, "by": town.clerk, "now": clocks.now()}
    providers.change_provider(town.session, changes=ends, **given)
    town.session.expire_all()
    assert town.starts()[:1] == ["Mon 09:00"]
    assert [each for each in town.gaps() if each[0] == FRIDAY] == [(FRIDAY, "provider_rests", "open")]
    providers.change_provider(town.session, changes={"licence_expires_on": date(2030, 1, 1)}, **given)
    town.session.expire_all()
    assert town.starts()[:2] == ["Mon 09:00", "Fri 09:00"]
    assert {state for _, _, state in town.gaps()} == {"filled"}


def test_papers_that_lapse_by_themselves_are_seen_by_the_nightly_planning(town: Town) -> None:
    town.line()
    town.generate()
    town.provider.agreement_expires_on = MONDAY
    town.generate()
    assert town.starts() == ["Mon 09:00"]
    assert town.gaps() == [(FRIDAY, "provider_rests", "open")]


def test_a_carer_who_is_suspended_during_the_day_visits_nobody_this_afternoon(town: Town) -> None:
    today = date(2026, 11, 20)
    town.line(town.plan(from_on=today), weekdays=EVERY_DAY, start=time(15))
    town.generate(from_on=today)
    given = {"carer_id": town.carer.carer.id, "words": "家属投诉", "by": town.manager, "now": clocks.now()}
    carers.suspend_carer(town.session, **given)
    town.session.expire_all()
    assert town.visits() == []
    assert (today, "suspended", "open") in town.gaps()
    carers.resume_carer(town.session, **given)
    town.session.expire_all()
    assert town.visits()[0].visit_on == today
    assert {state for _, _, state in town.gaps()} == {"filled"}


def test_a_carer_who_left_is_waited_for_no_more(town: Town, clock: FrozenClock) -> None:
    town.line()
    town.generate()
    wednesday, friday = MONDAY + timedelta(days=2), MONDAY + timedelta(days=4)
    town.session.execute(update(Carer).where(Carer.id == town.carer.carer.id).values(employed_until=wednesday))
    town.generate()
    assert [each.visit_on for each in town.visits()] == [MONDAY]
    assert town.gaps() == [(friday, "not_employed", "open")]

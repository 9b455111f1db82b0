"""A plan is made by the provider, agreed to by another person, and replaced from a day on."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError, InternalError

from app.auth.actor import Actor, HeldRole, Role, holding
from app.errors import DomainError, Invalid
from care_beds.beds.following import tell_step
from care_beds.beds.rules import State, Step
from care_beds.visits import services
from care_beds.visits.errors import BedNotReady, PlanEmpty, PlanExists, PlanMoved, PlanNotFound, SamePerson
from care_beds.visits.following import follow_bed
from care_beds.visits.models import CarePlan, CareVisit, PlanLine
from care_beds.visits.rules import Change
from care_beds.visits.services import Line
from tests.care_beds.factories import make_bed, make_carer, make_provider, make_provider_manager, take_step
from tests.care_beds.visits.town import MONDAY, Town
from tests.conftest import FrozenClock

BATHING = Line(service="bathing", weekdays=0b0010001, start_minute=540, minutes=60)


def made(town: Town, clock: FrozenClock, *lines: Line, from_on: date = MONDAY) -> CarePlan:
    """Make a plan and hand it in."""
    plan = services.make_plan(town.session, bed_id=town.bed.id, from_on=from_on, by=town.manager, now=clock.now())
    for line in lines or (BATHING,):
        services.add_line(town.session, plan_id=plan.id, line=line, by=town.manager, now=clock.now())
    return services.submit_plan(town.session, plan_id=plan.id, by=town.manager, now=clock.now())


def test_a_plan_that_is_agreed_to_becomes_visits_at_once(town: Town, clock: FrozenClock) -> None:
    line = Line(service="bathing", weekdays=1, start_minute=540, minutes=60, carer_id=town.carer.id)
    plan = made(town, clock, line)
    services.agree_plan(town.session, plan_id=plan.id, by=town.clerk, now=clock.now())
    assert plan.state == "active"
    # Four weeks from Friday 20 November on have four Mondays.
    assert [each.visit_on for each in town.visits()] == [MONDAY + timedelta(weeks=n) for n in range(4)]


def test_a_surveyed_bed_is_planned_by_its_plan(town: Town, clock: FrozenClock) -> None:
    today = clock.now().date()
    bed = make_bed(town.session, state=State.SURVEYED, provider=town.provider, on=today)
    add_survey(town, bed.id, today)
    plan = services.make_plan(town.session, bed_id=bed.id, from_on=MONDAY, by=town.manager, now=clock.now())
    services.add_line(town.session, plan_id=plan.id, line=BATHING, by=town.manager, now=clock.now())
    services.submit_plan(town.session, plan_id=plan.id, by=town.manager, now=clock.now())
    services.agree_plan(town.session, plan_id=plan.id, by=town.clerk, now=clock.now())
    town.session.refresh(bed)
    assert (bed.state, bed.plan_id) == ("planned", plan.id)


def test_a_new_plan_begins_with_the_lines_of_the_old_one_and_ends_it(town: Town, clock: FrozenClock) -> None:
    old = town.plan()
    town.line(old, weekdays=127)
    town.generate(until_on=MONDAY + timedelta(days=14))
    plan = services.make_plan(
        town.session, bed_id=town.bed.id, from_on=MONDAY + timedelta(days=7), by=town.manager, now=clock.now()
    )
    (line,) = town.session.scalars(select(PlanLine).where(PlanLine.plan_id == plan.id))
    assert (line.service, line.weekdays, line.carer_id) == ("bathing", 127, town.carer.id)
    services.drop_line(town.session, plan_id=plan.id, line_id=line.id, by=town.manager)
    later = Line(service="bathing", weekdays=1, start_minute=600, minutes=60, carer_id=town.carer.id)
    services.add_line(town.session, plan_id=plan.id, line=later, by=town.manager, now=clock.now())
    services.submit_plan(town.session, plan_id=plan.id, by=town.manager, now=clock.now())
    services.agree_plan(town.session, plan_id=plan.id, by=town.clerk, now=clock.now())
    assert old.until_on == MONDAY + timedelta(days=7)
    # Saturday and Sunday of this week by the old plan, then a whole week; three Mondays by the new one.
    assert len(town.starts()) == 2 + 7 + 3
    assert town.starts()[-4:] == ["Sun 09:00", "Mon 10:00", "Mon 10:00", "Mon 10:00"]
    replanned = town.session.scalars(select(CareVisit.cancel_reason).where(CareVisit.state == "cancelled")).all()
    assert set(replanned) == {"replanned"}


def test_nobody_agrees_to_their_own_plan(town: Town, clock: FrozenClock) -> None:
    plan = made(town, clock)
    both = holding(
        Actor(account_id=town.manager.account_id, name="钱国英"),
        [HeldRole(Role.STREET_CLERK, town.bed.area_code), *town.manager.held],
    )
    with pytest.raises(SamePerson):
        services.agree_plan(town.session, plan_id=plan.id, by=both, now=clock.now())
    with pytest.raises(IntegrityError, match="ck_care_plan_two_people"), town.session.begin_nested():
        town.session.execute(text("UPDATE care_plan SET state = 'active', decided_by = made_by, decided_at = now()"))


def test_a_plan_is_sent_back_with_words_and_handed_in_again(town: Town, clock: FrozenClock) -> None:
    plan = made(town, clock)
    services.return_plan(town.session, plan_id=plan.id, words="助浴一周三次", by=town.clerk, now=clock.now())
    assert (plan.state, plan.words, plan.submitted_at) == ("draft", "助浴一周三次", None)
    services.submit_plan(town.session, plan_id=plan.id, by=town.manager, now=clock.now())
    assert plan.state == "submitted"


def test_what_was_handed_in_is_not_rewritten(town: Town, clock: FrozenClock) -> None:
    plan = made(town, clock)
    with pytest.raises(PlanMoved):
        services.add_line(town.session, plan_id=plan.id, line=BATHING, by=town.manager, now=clock.now())
    with pytest.raises((IntegrityError, InternalError), match="not rewritten"), town.session.begin_nested():
        town.session.execute(text("UPDATE plan_line SET minutes = 600"))
    with pytest.raises((IntegrityError, InternalError), match="not rewritten"), town.session.begin_nested():
        town.session.execute(text("DELETE FROM plan_line"))


def test_one_plan_is_in_the_making_at_a_time_and_an_empty_one_is_not_handed_in(town: Town, clock: FrozenClock) -> None:
    plan = services.make_plan(town.session, bed_id=town.bed.id, from_on=MONDAY, by=town.manager, now=clock.now())
    with pytest.raises(PlanExists):
        services.make_plan(town.session, bed_id=town.bed.id, from_on=MONDAY, by=town.manager, now=clock.now())
    with pytest.raises(PlanEmpty):
        services.submit_plan(town.session, plan_id=plan.id, by=town.manager, now=clock.now())
    services.drop_plan(town.session, plan_id=plan.id, by=town.manager, now=clock.now())
    services.make_plan(town.session, bed_id=town.bed.id, from_on=MONDAY, by=town.manager, now=clock.now())


def test_a_plan_belongs_to_the_beds_own_provider(town: Town, clock: FrozenClock) -> None:
    stranger = make_provider_manager(town.session, make_provider(town.session))
    with pytest.raises(PlanNotFound):
        services.make_plan(town.session, bed_id=town.bed.id, from_on=MONDAY, by=stranger, now=clock.now())
    plan = made(town, clock)
    with pytest.raises(PlanNotFound):
        services.return_plan(town.session, plan_id=plan.id, words="不行", by=stranger, now=clock.now())
    with pytest.raises(PlanNotFound):
        services.agree_plan(town.session, plan_id=plan.id, by=town.carer.actor, now=clock.now())


def test_no_plan_is_made_before_the_survey(town: Town, clock: FrozenClock) -> None:
    bed = make_bed(town.session, state=State.ASSESSED, provider=town.provider)
    with pytest.raises(BedNotReady):
        services.make_plan(town.session, bed_id=bed.id, from_on=MONDAY, by=town.manager, now=clock.now())


@pytest.mark.parametrize(
    ("days", "field"),
    [
        ({"from_on": date(2026, 11, 19)}, "from_on"),
        ({"from_on": date(2028, 1, 1)}, "from_on"),
        ({"from_on": MONDAY, "until_on": MONDAY}, "until_on"),
    ],
)
def test_days_that_make_no_sense_are_refused(town: Town, clock: FrozenClock, days: dict[str, date], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        services.make_plan(town.session, bed_id=town.bed.id, by=town.manager, now=clock.now(), **days)  # type: ignore[arg-type]
    assert field in refused.value.errors


def test_lines_that_make_no_sense_are_refused_by_field(town: Town, clock: FrozenClock) -> None:
    plan = services.make_plan(town.session, bed_id=town.bed.id, from_on=MONDAY, by=town.manager, now=clock.now())
    elsewhere = make_carer(town.session, provider=make_provider(town.session))
    kin = (
        "INSERT INTO carer_kin (carer_id, senior_id, relation, is_cohabitant, declared_on, declared_by)"
        f" VALUES ({town.other.id}, {town.bed.senior_id}, 'sibling', false, '2026-11-01', {town.other.account.id})"
    )
    town.session.execute(text(kin))
    cases = [
        ({"service": "cooking"}, "service"),
        ({"start_minute": 1400}, "minutes"),
        ({"carer_id": elsewhere.id}, "carer_id"),
        ({"carer_id": town.other.id}, "carer_id"),
    ]
    for parts, field in cases:
        line = Line(**{"service": "bathing", "weekdays": 1, "start_minute": 540, "minutes": 60, **parts})  # type: ignore[arg-type]
        with pytest.raises(Invalid) as refused:
            services.add_line(town.session, plan_id=plan.id, line=line, by=town.manager, now=clock.now())
        assert list(refused.value.errors) == [field]


def test_another_carer_for_a_line_comes_from_tomorrow_on(town: Town, clock: FrozenClock) -> None:
    plan = town.plan()
    line = town.line(plan, weekdays=1)
    town.generate(until_on=MONDAY + timedelta(days=21))
    kept = town.visits()[0]
    services.cover_visit(
        town.session,
        visit_id=kept.id,
        carer_id=make_carer(town.session, provider=town.provider).id,
        reason=Change.CARER_ILL,
        by=town.manager,
        now=clock.now(),
    )
    services.change_carer(
        town.session, plan_id=plan.id, line_id=line.id, carer_id=town.other.id, by=town.manager, now=clock.now()
    )
    carers = [each.carer_id for each in town.visits()]
    assert carers[0] == kept.carer_id
    assert set(carers[1:]) == {town.other.id}


def test_a_bed_that_closes_is_visited_no_more(town: Town, clock: FrozenClock) -> None:
    plan = town.plan()
    town.line(plan, weekdays=127)
    town.generate()
    close(town, clock)
    town.session.expire_all()
    assert plan.until_on is not None
    assert town.visits() == []


def test_a_carer_and_an_auditor_make_no_plans(town: Town, clock: FrozenClock) -> None:
    for by in (town.carer.actor, town.clerk):
        with pytest.raises(DomainError):
            services.make_plan(town.session, bed_id=town.bed.id, from_on=MONDAY, by=by, now=clock.now())


def add_survey(town: Town, bed_id: int, on: date) -> None:
    town.session.execute(
        text(
            "INSERT INTO bed_survey (bed_id, surveyed_on, by_id, at, dwelling, has_lift, has_network,"
            " agrees_to_devices, lives_with) VALUES (:bed, :on, :by, now(), 'flat', true, true, true, 'alone')"
        ),
        {"bed": bed_id, "on": on, "by": town.clerk.account_id},
    )


def close(town: Town, clock: FrozenClock) -> None:
    """Close the bed as its own step does, with those who follow it."""
    today = clock.now().date()
    take_step(town.session, town.bed, Step.CLOSE, on=today)
    tell_step(town.session, bed=town.bed, step=Step.CLOSE, on=today, by=town.clerk, now=clock.now())


def test_another_provider_makes_its_plan_whatever_the_one_before_left(town: Town, clock: FrozenClock) -> None:
    left = services.make_plan(town.session, bed_id=town.bed.id, from_on=MONDAY, by=town.manager, now=clock.now())
    follow_bed(town.session, bed=town.bed, step=Step.CHOOSE, on=MONDAY, now=clock.now())
    assert left.state == "draft"
    other = make_provider(town.session)
    town.bed.provider_id = other.id
    follow_bed(town.session, bed=town.bed, step=Step.REPLACE, on=MONDAY, now=clock.now())
    manager = make_provider_manager(town.session, other)
    made = services.make_plan(town.session, bed_id=town.bed.id, from_on=MONDAY, by=manager, now=clock.now())
    assert (left.state, made.provider_id) == ("dropped", other.id)

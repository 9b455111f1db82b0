"""The database itself: a bed moves by its history alone, and the history stays; no two beds for one person."""

from datetime import date

import psycopg
import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.people.models import Senior
from care_beds.beds import queries
from care_beds.beds.models import BedStep, CareBed
from care_beds.beds.rules import State, Step
from tests.app.people.factories import make_status
from tests.care_beds.factories import make_bed, make_bed_in_service, make_care_staff, make_provider, take_step
from tests.conftest import FrozenClock

ON = date(2026, 10, 1)


def test_a_bed_moves_with_the_step_that_is_written_down(session: Session, clock: FrozenClock) -> None:
    bed = make_bed_in_service(session, on=ON)
    assert bed.state == "in_service"
    assert bed.active_during is not None
    assert (bed.active_during.lower, bed.active_during.upper) == (ON, None)
    take_step(session, bed, Step.CLOSE, on=date(2026, 11, 3))
    assert (bed.state, bed.since_on, bed.active_during.upper) == ("closing", date(2026, 11, 3), date(2026, 11, 3))
    steps = session.scalars(select(BedStep.step).where(BedStep.bed_id == bed.id).order_by(BedStep.id)).all()
    assert steps == ["apply", "assess", "survey", "plan", "agree", "adapt", "accept", "start", "close"]


@pytest.mark.parametrize("step", [Step.SURVEY, Step.START, Step.ACCEPT, Step.APPLY])
def test_no_step_can_be_skipped_or_taken_twice(session: Session, clock: FrozenClock, step: Step) -> None:
    bed = make_bed(session)
    with pytest.raises(DBAPIError, match="does not lead"):
        take_step(session, bed, step, on=ON)


@pytest.mark.parametrize("change", ["state = 'in_service'", "due_on = '2030-01-01'", "active_during = NULL"])
def test_nobody_writes_a_state_by_hand(session: Session, clock: FrozenClock, change: str) -> None:
    bed = make_bed(session)
    with pytest.raises(DBAPIError) as refused:
        session.execute(text(f"UPDATE care_bed SET {change} WHERE id = {bed.id}"))
    assert isinstance(refused.value.orig, psycopg.errors.InsufficientPrivilege)


@pytest.mark.parametrize("statement", ["UPDATE bed_step SET words = 'x'", "DELETE FROM bed_step"])
def test_the_history_stays(session: Session, clock: FrozenClock, statement: str) -> None:
    make_bed(session)
    with pytest.raises(DBAPIError):
        session.execute(text(statement))


def test_a_person_has_one_live_bed(session: Session, clock: FrozenClock) -> None:
    bed = make_bed_in_service(session)
    senior = session.get_one(Senior, bed.senior_id)
    with pytest.raises(DBAPIError, match="uq_care_bed_live"):
        make_bed(session, senior=senior)


def test_two_beds_never_serve_one_person_on_the_same_day(session: Session, clock: FrozenClock) -> None:
    first = make_bed_in_service(session, on=ON)
    senior = session.get_one(Senior, first.senior_id)
    take_step(session, first, Step.CLOSE, on=date(2026, 11, 10))
    with pytest.raises(DBAPIError, match="ex_care_bed_active"):
        make_bed_in_service(session, senior=senior, on=date(2026, 11, 9))


def test_a_bed_serves_on_its_days_unless_it_rests_or_its_person_died(session: Session, clock: FrozenClock) -> None:
    bed = make_bed_in_service(session, on=ON)
    senior = session.get_one(Senior, bed.senior_id)
    assert [queries.is_in_service(session, bed_id=bed.id, on=date(2026, 10, day)) for day in (1, 2)] == [True, True]
    assert not queries.is_in_service(session, bed_id=bed.id, on=date(2026, 9, 30))
    session.execute(
        text(
            "INSERT INTO bed_suspension (bed_id, during, reason, recorded_at, recorded_by)"
            f" VALUES ({bed.id}, '[2026-10-05,2026-10-08)', 'hospital', now(), {bed.applied_by})"
        )
    )
    assert not queries.is_in_service(session, bed_id=bed.id, on=date(2026, 10, 7))
    assert queries.is_in_service(session, bed_id=bed.id, on=date(2026, 10, 8))
    session.execute(text(f"DELETE FROM senior_status WHERE senior_id = {senior.id}"))
    make_status(session, senior, status="deceased", from_on=date(2026, 11, 2))  # type: ignore[arg-type]
    assert queries.is_in_service(session, bed_id=bed.id, on=date(2026, 11, 1))
    assert not queries.is_in_service(session, bed_id=bed.id, on=date(2026, 11, 2))
    assert not queries.is_in_service(session, bed_id=bed.id + 999, on=ON)


def test_the_bed_of_a_day_is_the_one_that_serves(session: Session, clock: FrozenClock) -> None:
    bed = make_bed_in_service(session, on=ON)
    senior_id = bed.senior_id
    assert queries.find_bed_of(session, senior_id=senior_id, on=date(2026, 9, 30)) is None
    found = queries.find_bed_of(session, senior_id=senior_id, on=ON)
    assert found is not None
    assert found.id == bed.id
    assert queries.get_bed(session, bed_id=bed.id).number == bed.number


def test_lists_show_what_is_due_first_and_page_by_key(session: Session, clock: FrozenClock) -> None:
    beds = [make_bed(session), make_bed_in_service(session), make_bed(session, state=State.AGREED)]
    session.execute(update(CareBed).values(proposal="close", proposal_reason="deceased", proposed_on=ON))
    clerk = make_care_staff(session, "street_clerk")  # type: ignore[arg-type]
    today = date(2026, 11, 20)
    first = queries.list_beds(session, reach=clerk, today=today, limit=2)
    second = queries.list_beds(session, reach=clerk, today=today, limit=2, after=first.next)
    assert sorted(each.id for each in (*first.items, *second.items)) == [bed.id for bed in beds]
    assert second.next is None
    only = queries.list_beds(session, reach=clerk, today=today, states=["agreed"])
    assert [each.state for each in only.items] == ["agreed"]
    counted = queries.count_states(session, reach=clerk, today=today)
    assert {state: found.count for state, found in counted.items()} == {"applied": 1, "agreed": 1, "in_service": 1}
    elsewhere = make_care_staff(session, "street_clerk", area_code="330106003")  # type: ignore[arg-type]
    assert not queries.list_beds(session, reach=elsewhere, today=today).items
    [place] = queries.count_places(session, reach=clerk, today=today)
    assert (place.preparing, place.in_service, place.total) == (2, 1, 3)


def test_a_provider_sees_its_own_beds(session: Session, clock: FrozenClock) -> None:
    from tests.care_beds.factories import make_provider_manager

    provider = make_provider(session)
    bed = make_bed_in_service(session, provider=provider)
    make_bed_in_service(session)
    found = queries.list_beds(session, reach=make_provider_manager(session, provider), today=date(2026, 11, 20))
    assert [each.id for each in found.items] == [bed.id]

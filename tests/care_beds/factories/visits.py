"""Plans and visits for tests."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from app import clock
from care_beds.beds.models import CareBed
from care_beds.providers.models import CareProvider, Carer
from care_beds.visits.models import CarePlan, CareVisit, PlanLine
from tests.app.auth.factories import make_account
from tests.care_beds.factories.beds import make_bed_in_service
from tests.care_beds.factories.documents import hold_care_documents
from tests.care_beds.factories.providers import make_carer


def make_plan(
    session: Session,
    *,
    bed: CareBed,
    from_on: date = date(2026, 11, 1),
    until_on: date | None = None,
    state: str = "active",
) -> CarePlan:
    """Make a plan of a bed, agreed to by somebody else unless told otherwise."""
    assert bed.provider_id is not None
    now, (maker, checker) = clock.now(), (make_account(session), make_account(session))
    is_in, is_decided = state != "draft", state in ("active", "ended")
    plan = CarePlan(
        bed_id=bed.id,
        senior_id=bed.senior_id,
        provider_id=bed.provider_id,
        area_code=bed.area_code,
        state=state,
        from_on=from_on,
        until_on=until_on,
        made_by=maker.id,
        made_at=now,
        submitted_by=maker.id if is_in else None,
        submitted_at=now if is_in else None,
        decided_by=checker.id if is_decided else None,
        decided_at=now if is_decided else None,
    )
    session.add(plan)
    session.flush()
    return plan


def make_line(
    session: Session,
    *,
    plan: CarePlan,
    carer: Carer | None,
    service: str = "bathing",
    weekdays: int = 0b0010001,
    every_weeks: int = 1,
    start: time = time(9),
    minutes: int = 60,
) -> PlanLine:
    """Make a line of a plan, past the guard that keeps plans in force: Mondays and Fridays unless told otherwise."""
    state, plan.state = plan.state, "draft"
    kept = (plan.submitted_by, plan.submitted_at, plan.decided_by, plan.decided_at)
    session.flush()
    line = PlanLine(
        plan_id=plan.id,
        service=service,
        weekdays=weekdays,
        every_weeks=every_weeks,
        start_minute=start.hour * 60 + start.minute,
        minutes=minutes,
        carer_id=carer.id if carer else None,
    )
    session.add(line)
    session.flush()
    plan.state = state
    plan.submitted_by, plan.submitted_at, plan.decided_by, plan.decided_at = kept
    session.flush()
    return line


def make_visit(
    session: Session,
    *,
    bed: CareBed | None = None,
    carer: Carer | None = None,
    on: date | None = None,
    start: time = time(9),
    minutes: int = 60,
    service: str = "bathing",
    state: str = "planned",
    line: PlanLine | None = None,
    started_at: datetime | None = None,
    finished_at: datetime | None = None,
    items_done: Sequence[str] = (),
    exception: str = "none",
) -> CareVisit:
    """Make a visit as it stands, without what led there: today at nine unless told otherwise.

    Started visits began when they were planned to, finished ones ended so, unless told otherwise.
    """
    hold_care_documents(session)
    bed = bed or make_bed_in_service(session)
    assert bed.provider_id is not None
    carer = carer or make_carer(session, provider=session.get_one(CareProvider, bed.provider_id)).carer
    on = on or clock.business_day(clock.now())
    begins = datetime.combine(on, start, tzinfo=clock.ZONE)
    ends = begins + timedelta(minutes=minutes)
    has_begun, has_ended = state in ("started", "finished", "confirmed"), state in ("finished", "confirmed")
    visit = CareVisit(
        bed_id=bed.id,
        senior_id=bed.senior_id,
        provider_id=bed.provider_id,
        carer_id=carer.id,
        plan_line_id=line.id if line else None,
        area_code=bed.area_code,
        service=service,
        due_on=on,
        visit_on=on,
        planned=Range(begins, ends),
        state=state,
        missed_reason="not_home" if state == "missed" else "",
        cancel_reason="family" if state == "cancelled" else "",
        started_at=(started_at or begins) if has_begun else None,
        finished_at=(finished_at or ends) if has_ended else None,
        items_done=list(items_done),
        exception=exception,
        made_at=clock.now(),
    )
    session.add(visit)
    session.flush()
    return visit

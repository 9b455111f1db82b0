"""Beds for tests, as far along as a test needs."""

from datetime import date
from itertools import count
from typing import Any

from sqlalchemy.orm import Session

from app import clock
from app.auth.actor import Role
from app.people.models import Senior
from care_beds.beds.models import BedAgreement, BedStep, CareBed
from care_beds.beds.rules import PREPARING, State, Step, leads_to
from care_beds.providers.models import CareProvider
from tests.app.auth.factories import make_account
from tests.app.people.factories import make_senior
from tests.care_beds.factories.documents import hold_bed_rules
from tests.care_beds.factories.places import STREET
from tests.care_beds.factories.providers import make_provider

_numbers = count(1)
# The steps of a bed from the application to its service, and as many days before it began.
WAY = (Step.APPLY, Step.ASSESS, Step.SURVEY, Step.PLAN, Step.AGREE, Step.ADAPT, Step.ACCEPT, Step.START)


def make_bed(
    session: Session,
    *,
    state: State = State.APPLIED,
    senior: Senior | None = None,
    provider: CareProvider | None = None,
    area_code: str = STREET,
    on: date = date(2026, 10, 1),
    level: int = 3,
    programme: str = "public",
    lat: float | None = None,
    lon: float | None = None,
    by: int | None = None,
) -> CareBed:
    """Make a bed that has come as far as a state of its preparation, or serves; each step taken on one day."""
    policy = hold_bed_rules(session)
    senior = senior or make_senior(session, hukou_area=area_code, income_class="low_income", ability_level=level)
    provider = provider or make_provider(session, area_code=area_code)
    by = by or make_account(session, Role.STREET_CLERK, area_code=area_code).id
    number = next(_numbers)
    bed = CareBed(
        number=f"{area_code[:6]}-{900_000 + number}",
        senior_id=senior.id,
        provider_id=provider.id,
        area_code=area_code,
        lat=lat,
        lon=lon,
        programme=programme,
        policy_id=policy.id,
        since_on=on,
        assessment_id=None if state is State.APPLIED else number,
        level=None if state is State.APPLIED else level,
        plan_id=number if state in (*PREPARING[3:], State.IN_SERVICE) else None,
        applied_on=on,
        applied_by=by,
        relation="child",
    )
    session.add(bed)
    session.flush()
    for step in WAY:
        take_step(session, bed, step, on=on, by=by)
        if step is Step.AGREE:
            make_agreement(session, bed, on=on, by=by)
        if bed.state == state:
            break
    return bed


def make_bed_in_service(session: Session, *, on: date = date(2026, 10, 1), **others: Any) -> CareBed:
    """Make a bed that serves since a day; the rest as ``make_bed`` takes it."""
    return make_bed(session, state=State.IN_SERVICE, on=on, **others)


def take_step(
    session: Session, bed: CareBed, step: Step, *, on: date, by: int | None = None, detail: dict[str, Any] | None = None
) -> None:
    """Write a step of a bed down as the services do, without what it needs."""
    before = None if step is Step.APPLY else State(bed.state)
    session.add(
        BedStep(
            bed_id=bed.id,
            step=step,
            from_state=before,
            to_state=leads_to(step, before or State.APPLIED),
            on_day=on,
            at=clock.now(),
            by_id=by,
            detail=detail or {},
        )
    )
    session.flush()
    session.refresh(bed)


def make_agreement(session: Session, bed: CareBed, *, on: date, by: int) -> BedAgreement:
    """Make an agreement that binds a bed for a year."""
    assert bed.provider_id is not None
    agreement = BedAgreement(
        bed_id=bed.id,
        provider_id=bed.provider_id,
        from_on=on,
        until_on=on.replace(year=on.year + 1),
        state="signed",
        drawn_up_at=clock.now(),
        drawn_up_by=by,
    )
    session.add(agreement)
    session.flush()
    return agreement

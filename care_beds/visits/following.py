"""What a step in a bed's life, or who may visit no more, does to plans and visits, in the same transaction."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from care_beds.beds.models import CareBed
from care_beds.beds.rules import Step
from care_beds.providers.models import CareProvider
from care_beds.visits.models import CarePlan, CareVisit, VisitGap
from care_beds.visits.planning import call_off_visits
from care_beds.visits.plans import drop_open_plans, end_plans, plan_ahead

# After these nobody visits as the plan says; another provider makes a plan of its own.
ENDING = frozenset({Step.CLOSE, Step.REPLACE, Step.WITHDRAW, Step.REFUSE})
# What a provider had begun and nobody agreed to must not stand in the way of the next one's plan.
HANDING_ON = frozenset({Step.CHOOSE, Step.REPLACE})
PLACED = (CarePlan, CareVisit, VisitGap)
TO_COME = ("draft", "submitted", "active", "planned", "open")
BEGINNING = frozenset({Step.START, Step.RESUME})


def follow_bed(session: Session, *, bed: CareBed, step: Step, on: date, now: datetime, **_others: Any) -> None:
    """Call visits off when a bed closes, rests or changes hands, and plan them when it begins or goes on."""
    if step in HANDING_ON:
        drop_open_plans(session, bed_id=bed.id, but_of=bed.provider_id)
    elif step in ENDING:
        drop_open_plans(session, bed_id=bed.id)
    if step in ENDING:
        end_plans(session, bed_id=bed.id, from_on=on, now=now)
    elif step is Step.SUSPEND:
        call_off_visits(session, bed_id=bed.id, now=now)
    elif step in BEGINNING and bed.provider_id is not None:
        plan_ahead(session, provider_id=bed.provider_id, area_code=bed.area_code, now=now)
    elif step is Step.MOVE:
        _follow_move(session, bed)


def follow_fitness(session: Session, *, provider: CareProvider, now: datetime) -> None:
    """Plan a provider's visits anew: those that nobody may make any more become gaps at once, today's too."""
    plan_ahead(session, provider_id=provider.id, area_code=provider.area_code, now=now)


def _follow_move(session: Session, bed: CareBed) -> None:
    """Take what is to come along to the street that looks after it now; what was stays where it was."""
    for table in PLACED:
        here = update(table).where(table.bed_id == bed.id, table.state.in_(TO_COME))
        session.execute(here.values(area_code=bed.area_code).execution_options(synchronize_session="fetch"))

"""One provider with carers and a bed that serves, for the tests of visits."""

from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.auth.actor import Actor, Role
from care_beds.beds.models import CareBed
from care_beds.providers.models import CareProvider
from care_beds.visits.models import CarePlan, CareVisit, PlanLine, VisitGap
from care_beds.visits.planning import Planned, generate_visits
from tests.care_beds.factories import (
    Hired,
    hold_care_documents,
    make_bed_in_service,
    make_care_staff,
    make_carer,
    make_line,
    make_plan,
    make_provider,
    make_provider_manager,
    make_visit,
)

# The tests stand on Friday 2026-11-20, 11:48; their week is the next one.
MONDAY = date(2026, 11, 23)
WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Town:
    """Who is there."""

    session: Session
    provider: CareProvider
    manager: Actor
    clerk: Actor
    supervisor: Actor
    carer: Hired
    other: Hired
    bed: CareBed

    def plan(self, bed: CareBed | None = None, **more: object) -> CarePlan:
        """Make a plan that holds."""
        return make_plan(self.session, bed=bed or self.bed, **more)

    def line(self, plan: CarePlan | None = None, **more: object) -> PlanLine:
        """Make a line, Mondays and Fridays at nine by the first carer unless told otherwise."""
        return make_line(self.session, plan=plan or self.plan(), **{"carer": self.carer.carer, **more})

    def bed_of_another(self, **more: object) -> CareBed:
        """Make a bed of another person with the same provider."""
        return make_bed_in_service(self.session, provider=self.provider, **more)

    def generate(self, from_on: date = MONDAY, until_on: date = MONDAY + WEEK) -> Planned:
        """Plan a week, the next one unless told otherwise."""
        self.session.flush()
        done = generate_visits(self.session, from_on=from_on, until_on=until_on, now=clock.now())
        self.session.expire_all()
        return done

    def visits(self) -> list[CareVisit]:
        """Return all visits that stand, in the order of the hours."""
        query = select(CareVisit).where(CareVisit.state != "cancelled").order_by(CareVisit.planned, CareVisit.id)
        return list(self.session.scalars(query))

    def gaps(self) -> list[tuple[date, str, str]]:
        """Return all gaps: day, reason, state."""
        query = select(VisitGap).order_by(VisitGap.due_on, VisitGap.id)
        return [(each.due_on, each.reason, each.state) for each in self.session.scalars(query)]

    def starts(self) -> list[str]:
        """Return when visits begin, as people write it."""
        return [f"{clock.local(each.planned.lower):%a %H:%M}" for each in self.visits()]  # type: ignore[arg-type]


def make_town(session: Session, **rules: object) -> Town:
    """Make the provider, two carers, the offices and a bed."""
    hold_care_documents(session, **rules)
    provider = make_provider(session)
    return Town(
        session=session,
        provider=provider,
        manager=make_provider_manager(session, provider),
        clerk=make_care_staff(session, Role.STREET_CLERK),
        supervisor=make_care_staff(session, Role.SUPERVISOR),
        carer=make_carer(session, provider=provider, name="张慧"),
        other=make_carer(session, provider=provider, name="李梅"),
        bed=make_bed_in_service(session, provider=provider),
    )


NINE, TEN, ELEVEN = time(9), time(10), time(11)


def planned(town: Town, **more: Any) -> CareVisit:
    """Make a visit of Monday at nine, unless more is said."""
    return make_visit(town.session, **{"bed": town.bed, "carer": town.carer.carer, "on": MONDAY, **more})

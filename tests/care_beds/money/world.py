"""A bed with its person, provider, carer and documents; short ways to visit, to give points and to pay."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy.orm import Session

from app import clock
from app.auth import Actor, Role
from app.clock import ZONE
from care_beds.beds.models import CareBed
from care_beds.catalogue.policy import CARE_CATALOGUE
from care_beds.money import services
from care_beds.money.models import VisitPayment
from care_beds.money.policy import BED_SUBSIDY, CARE_PAYMENT
from care_beds.providers.models import CareProvider, Carer
from care_beds.visits.models import CareVisit
from subsidies.services import open_account
from tests.care_beds.factories import (
    CITY,
    DISTRICT,
    hold_care_documents,
    hold_document,
    make_bed_in_service,
    make_care_staff,
    make_carer,
    make_provider,
    make_visit,
)
from tests.subsidies.factories import grant

CATALOGUE = {
    "services": [
        {
            "code": "cleaning",
            "name": {"zh": "助洁", "en": "Cleaning"},
            "group": "cleaning",
            "unit": "hour",
            "minutes": 60,
            "price_fen": 3500,
            "purpose": "home_help",
            "items": [{"code": "rooms", "name": {"zh": "打扫房间", "en": "Clean the rooms"}}],
        }
    ]
}
OCTOBER = date(2026, 10, 1)
LATER = date(2027, 6, 30)


@dataclass
class CareWorld:
    """One bed in service, and those who pay, propose and approve."""

    session: Session
    provider: CareProvider
    bed: CareBed
    carer: Carer
    clerk: Actor
    approver: Actor

    @property
    def home(self) -> int:
        """Return the senior's book."""
        return self.bed.senior_id

    def give_points(self, fen: int, *, purpose: str = "any", expires_on: date = LATER) -> None:
        """Give the senior points."""
        city = open_account(self.session, kind="city", area_code=CITY, name="杭州市")
        grant(self.session, self.home, fen, funder=city, purpose=purpose, expires_on=expires_on)

    def visit(
        self,
        on: date = OCTOBER,
        *,
        service: str = "cleaning",
        present: timedelta = timedelta(minutes=60),
        state: str = "confirmed",
        start: time = time(9),
        **others: Any,
    ) -> CareVisit:
        """Make a visit that was done."""
        begins = datetime.combine(on, start, tzinfo=ZONE)
        return make_visit(
            self.session,
            bed=self.bed,
            carer=self.carer,
            on=on,
            start=start,
            service=service,
            state=state,
            finished_at=begins + present if state in ("finished", "confirmed") else None,
            **others,
        )

    def pay(self, visit: CareVisit, **others: Any) -> VisitPayment:
        """Pay a visit."""
        return services.pay_visit(self.session, visit_id=visit.id, by=None, now=clock.now(), **others)

    def month_of_visits(self, times: int = 4, *, month: date = OCTOBER) -> list[CareVisit]:
        """Make and pay visits of a month."""
        visits = [self.visit(month + timedelta(days=3 * n)) for n in range(times)]
        for each in visits:
            self.pay(each)
        return visits


def make_world(
    session: Session, *, payment: Mapping[str, Any] | None = None, subsidy: Mapping[str, Any] | None = None, **bed: Any
) -> CareWorld:
    """Publish the documents, build the bed, hire people."""
    hold_document(session, CARE_CATALOGUE.name, CATALOGUE)
    hold_care_documents(session)
    hold_document(session, CARE_PAYMENT.name, {**CARE_PAYMENT.example, **(payment or {})})
    hold_document(session, BED_SUBSIDY.name, {**BED_SUBSIDY.example, **(subsidy or {})})
    provider = make_provider(session)
    return CareWorld(
        session=session,
        provider=provider,
        bed=make_bed_in_service(session, provider=provider, **bed),
        carer=make_carer(session, provider=provider).carer,
        clerk=make_care_staff(session, Role.STREET_CLERK, name="周敏"),
        approver=make_care_staff(session, Role.DISTRICT_APPROVER, area_code=DISTRICT, name="徐建平"),
    )

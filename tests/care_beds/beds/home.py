"""A home that is to get a bed, and everybody who has a hand in it, for tests."""

from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import Any

from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.auth.actor import Actor, Role
from app.clock import business_day
from app.people.models import Senior
from care_beds.beds import services
from care_beds.beds.agreeing import Signer
from care_beds.beds.applying import Applicant
from care_beds.beds.models import BedAdaptation, BedDevice, BedStep, CareBed
from care_beds.beds.preparing import Survey
from care_beds.beds.rules import Party
from care_beds.providers.models import CareProvider
from tests.app.people.factories import make_senior
from tests.care_beds.assessment.office import make_level
from tests.care_beds.factories import (
    STREET,
    hold_bed_rules,
    make_care_staff,
    make_provider,
    make_provider_manager,
)

TODAY = date(2026, 11, 20)
YEAR_ON = date(2027, 11, 20)
DAUGHTER = Applicant(relation="child", name="陈敏", phone="13900139000")


def a_picture(shade: int = 100) -> bytes:
    """Return a small photo; another shade is another one."""
    image = Image.new("RGB", (64, 48))
    image.putdata([((x * shade) % 256, (x * 7) % 256, shade) for x in range(64 * 48)])
    out = BytesIO()
    image.save(out, "JPEG")
    return out.getvalue()


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """A person's home, the people who bring a bed into it, and each step with as little said as it needs."""

    session: Session
    senior: Senior
    provider: CareProvider
    clerk: Actor
    assessor: Actor
    supervisor: Actor
    manager: Actor

    def apply(self, **others: Any) -> CareBed:
        """Apply for a bed."""
        asked = {"programme": "public", "applicant": DAUGHTER, "applied_on": TODAY, **others}
        return services.apply(self.session, senior_id=self.senior.id, **asked, actor=self.clerk, now=clock.now())

    def assess(self, bed: CareBed, level: int = 3) -> None:
        """Make an assessment stand, and take it over."""
        make_level(self.session, self.senior, level)
        self.do(services.take_over_assessment, bed, self.assessor)

    def survey(self, **others: Any) -> Survey:
        """Return what was found at home."""
        found: dict[str, Any] = {
            "surveyed_on": TODAY,
            "dwelling": "flat",
            "lives_with": "alone",
            "has_lift": False,
            "has_network": True,
            "agrees_to_devices": True,
            "floor": 3,
            "hazards": ("wet_floor",),
            "lat": 30.2875,
            "lon": 120.1625,
            "items": ("grab_bar",),
        }
        return Survey(**{**found, **others})

    def do(self, service: Any, bed: CareBed, actor: Actor, **more: Any) -> Any:
        """Take a step."""
        return service(self.session, bed_id=bed.id, actor=actor, now=clock.now(), **more)

    def plan(self, bed: CareBed) -> None:
        """Survey, choose the provider, and approve a plan."""
        self.do(services.record_survey, bed, self.assessor, survey=self.survey())
        self.do(services.choose_provider, bed, self.clerk, provider_id=self.provider.id)
        services.adopt_plan(self.session, bed_id=bed.id, plan_id=7, by=self.clerk, now=clock.now())

    def sign(self, bed: CareBed, party: Party) -> bool:
        """Sign for a party; the senior's daughter on paper."""
        signers = {
            Party.STREET: (Signer(party=party, name="方琳"), self.clerk),
            Party.PROVIDER: (Signer(party=party, name="钱国英"), self.manager),
            Party.SENIOR: (Signer(party=party, name="陈敏", relation="child", is_paper=True), self.clerk),
        }
        signer, actor = signers[party]
        done: bool = self.do(services.sign, bed, actor, signer=signer)
        return done

    def agree(self, bed: CareBed, **others: Any) -> None:
        """Draw an agreement up and have all three sign it."""
        days = {"from_on": TODAY, "until_on": YEAR_ON, **others}
        self.do(services.draw_up, bed, self.clerk, **days)
        for party in Party:
            self.sign(bed, party)

    def build(self, bed: CareBed) -> None:
        """Change what the survey asks for, and install every device."""
        for item in self.items(bed):
            self.do(services.keep_before, bed, self.manager, item_id=item.id, data=a_picture(40 + item.id % 50))
            done = {"cost_fen": 35_000, "done_on": business_day(clock.now())}
            self.do(
                services.finish_item, bed, self.manager, item_id=item.id, data=a_picture(130 + item.id % 50), **done
            )
        for device in self.devices(bed):
            stands = {"kind": device.kind, "serial": f"SN-{device.id}", "installed_on": business_day(clock.now())}
            self.do(services.install, bed, self.manager, **stands)
        self.do(services.finish_building, bed, self.manager)

    def accept(self, bed: CareBed) -> None:
        """Test every device and accept what was built."""
        for device in self.devices(bed):
            self.do(services.record_test, bed, self.supervisor, device_id=device.id, works=True)
        self.do(services.accept, bed, self.supervisor)

    def serve(self) -> CareBed:
        """Bring a bed through all its steps, into service today."""
        bed = self.apply()
        self.assess(bed)
        self.plan(bed)
        self.agree(bed)
        self.build(bed)
        self.accept(bed)
        self.do(services.start, bed, self.clerk, on=TODAY)
        return bed

    def items(self, bed: CareBed) -> list[BedAdaptation]:
        """Return the changes to the home."""
        query = select(BedAdaptation).where(BedAdaptation.bed_id == bed.id).order_by(BedAdaptation.id)
        return list(self.session.scalars(query))

    def devices(self, bed: CareBed) -> list[BedDevice]:
        """Return the devices."""
        query = select(BedDevice).where(BedDevice.bed_id == bed.id).order_by(BedDevice.id)
        return list(self.session.scalars(query))


def make_home(session: Session, *, capacity: int = 40) -> Home:
    """Make a home on Friday 2026-11-20."""
    hold_bed_rules(session)
    provider = make_provider(session, capacity=capacity)
    return Home(
        session=session,
        senior=make_senior(session, name="王玉兰", hukou_area=STREET, income_class="low_income"),
        provider=provider,
        clerk=make_care_staff(session, Role.STREET_CLERK, name="方琳"),
        assessor=make_care_staff(session, Role.ASSESSOR, name="孙医生"),
        supervisor=make_care_staff(session, Role.SUPERVISOR, name="罗督导"),
        manager=make_provider_manager(session, provider),
    )


def steps_of(home: Home, bed: CareBed) -> list[str]:
    return list(home.session.scalars(select(BedStep.step).where(BedStep.bed_id == bed.id).order_by(BedStep.id)))

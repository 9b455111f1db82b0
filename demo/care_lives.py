"""The life of a care bed in the demonstration, each step taken by its service on the day it was due."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth import Actor
from app.clock import ZONE
from care_beds.beds import services as beds
from care_beds.beds.agreeing import Signer
from care_beds.beds.applying import Applicant
from care_beds.beds.models import BedAdaptation, BedDevice, CareBed
from care_beds.beds.preparing import Survey
from care_beds.beds.rules import Party, State
from care_beds.visits import services as visits
from care_beds.visits.services import Line
from demo.care_assessments import assess
from demo.care_photos import draw_photo
from demo.care_staff import CareStaff
from demo.choices import Choices

Row = TypeVar("Row", BedAdaptation, BedDevice)

OFFICE_HOUR = time(10, 5)
# Days after the application on which each step was taken.
DAYS = {
    State.ASSESSED: 5,
    State.SURVEYED: 9,
    State.PLANNED: 14,
    State.AGREED: 20,
    State.ADAPTED: 33,
    State.ACCEPTED: 36,
    State.IN_SERVICE: 38,
}
ITEMS = (("grab_bar",), ("bath_chair",), ("toilet",))
HAZARDS = (("wet_floor", "dark"), ("wet_floor",), ("stairs",))
COSTS_FEN = {"grab_bar": 38_000, "bath_chair": 26_000, "toilet": 45_000}
# Homes lie within a few streets of each other.
MIDDLE_LAT, MIDDLE_LON, FARTHEST = 30.2862, 120.1571, 400
YEAR = timedelta(days=364)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A bed that the demonstration shows: whose, how far it is, and what its plan asks for."""

    senior_id: int
    level: int
    programme: str
    provider: int
    applied_on: date
    state: State
    lines: Sequence[Line] = ()
    applicant: Applicant = field(
        default_factory=lambda: Applicant(relation="child", name="陈志明", phone="19800000003")
    )


class Life:
    """Brings one bed from the application to where it stands."""

    def __init__(self, session: Session, wish: Wish, *, staff: CareStaff, clerk: Actor) -> None:
        self.session, self.wish, self.staff, self.clerk = session, wish, staff, clerk
        self.drawn = Choices("care bed", wish.senior_id)
        self.provider_id = staff.providers[wish.provider]
        self.manager = staff.managers[self.provider_id]

    def live(self) -> CareBed:
        """Take the steps up to the state that is wished for, in their order."""
        bed = beds.apply(
            self.session,
            senior_id=self.wish.senior_id,
            programme=self.wish.programme,
            applicant=self.wish.applicant,
            applied_on=self.wish.applied_on,
            actor=self.clerk,
            now=self.at(self.wish.applied_on),
        )
        for state, days in DAYS.items():
            if bed.state == self.wish.state:
                break
            self._step(bed, state, self.wish.applied_on + timedelta(days=days))
            self.session.refresh(bed)
        return bed

    def at(self, day: date) -> datetime:
        """Return the hour of a day at which offices work."""
        return datetime.combine(day, OFFICE_HOUR, tzinfo=ZONE)

    def _step(self, bed: CareBed, state: State, on: date) -> None:
        steps = {
            State.ASSESSED: self._assess,
            State.SURVEYED: self._survey,
            State.PLANNED: self._plan,
            State.AGREED: self._agree,
            State.ADAPTED: self._build,
            State.ACCEPTED: self._accept,
            State.IN_SERVICE: self._start,
        }
        steps[state](bed, on)

    def _assess(self, bed: CareBed, on: date) -> None:
        level = self.wish.level
        assess(self.session, senior_id=bed.senior_id, level=level, staff=self.staff, on=on - timedelta(days=1))
        beds.take_over_assessment(self.session, bed_id=bed.id, actor=self.staff.assessor, now=self.at(on))

    def _survey(self, bed: CareBed, on: date) -> None:
        chosen = self.drawn.below(len(ITEMS))
        survey = Survey(
            surveyed_on=on,
            dwelling="flat",
            lives_with=self.drawn.pick(("alone", "spouse", "family")),
            has_lift=self.drawn.chance(0.4),
            has_network=True,
            agrees_to_devices=True,
            floor=self.drawn.between(1, 6),
            hazards=HAZARDS[chosen],
            lat=MIDDLE_LAT + self.drawn.between(-FARTHEST, FARTHEST) / 100_000,
            lon=MIDDLE_LON + self.drawn.between(-FARTHEST, FARTHEST) / 100_000,
            items=ITEMS[chosen],
        )
        beds.record_survey(self.session, bed_id=bed.id, survey=survey, actor=self.staff.assessor, now=self.at(on))

    def _plan(self, bed: CareBed, on: date) -> None:
        at = self.at(on)
        beds.choose_provider(self.session, bed_id=bed.id, provider_id=self.provider_id, actor=self.clerk, now=at)
        plan = visits.make_plan(self.session, bed_id=bed.id, from_on=on, by=self.manager, now=at)
        for line in self.wish.lines:
            visits.add_line(self.session, plan_id=plan.id, line=line, by=self.manager, now=at)
        visits.submit_plan(self.session, plan_id=plan.id, by=self.manager, now=at)
        visits.agree_plan(self.session, plan_id=plan.id, by=self.clerk, now=at)

    def _agree(self, bed: CareBed, on: date) -> None:
        at, asked = self.at(on), self.wish.applicant
        beds.draw_up(self.session, bed_id=bed.id, from_on=on, until_on=on + YEAR, actor=self.clerk, now=at)
        family = Signer(party=Party.SENIOR, name=asked.name, relation=asked.relation, is_paper=True)
        for signer, actor in (
            (family, self.clerk),
            (Signer(party=Party.PROVIDER, name=self.manager.name), self.manager),
            (Signer(party=Party.STREET, name=self.clerk.name), self.clerk),
        ):
            beds.sign(self.session, bed_id=bed.id, signer=signer, actor=actor, now=at)

    def _build(self, bed: CareBed, on: date) -> None:
        by: dict[str, Any] = {"bed_id": bed.id, "actor": self.manager, "now": self.at(on)}
        for item in self._rows(BedAdaptation, bed):
            before, after = (draw_photo("home", bed.id, item.item, when) for when in ("before", "after"))
            beds.keep_before(self.session, item_id=item.id, data=before, **by)
            done: dict[str, Any] = {"cost_fen": COSTS_FEN[item.item], "done_on": on}
            beds.finish_item(self.session, item_id=item.id, data=after, **done, **by)
        for device in self._rows(BedDevice, bed):
            serial = f"HZ-{self.drawn.digits(8)}"
            beds.install(self.session, kind=device.kind, serial=serial, installed_on=on, **by)
        beds.finish_building(self.session, **by)

    def _accept(self, bed: CareBed, on: date) -> None:
        by: dict[str, Any] = {"bed_id": bed.id, "actor": self.staff.supervisor, "now": self.at(on)}
        for device in self._rows(BedDevice, bed):
            beds.record_test(self.session, device_id=device.id, works=True, **by)
        beds.accept(self.session, **by)

    def _start(self, bed: CareBed, on: date) -> None:
        beds.start(self.session, bed_id=bed.id, on=on, actor=self.clerk, now=self.at(on))

    def _rows(self, table: type[Row], bed: CareBed) -> Sequence[Row]:
        return self.session.scalars(select(table).where(table.bed_id == bed.id).order_by(table.id)).all()

"""Visits of the demonstration as they happen: a carer comes, works and leaves, and the family says so."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth import Actor
from app.clock import ZONE
from app.idempotency import Key, fingerprint
from care_beds.beds.models import CareBed
from care_beds.catalogue.queries import get_catalogue
from care_beds.rounds import stickers
from care_beds.rounds.confirming import confirm_by_tap
from care_beds.rounds.evidence import Mark
from care_beds.rounds.marking import check_in, check_out
from care_beds.rounds.marks import Report
from care_beds.rounds.rules import Fix, Point
from care_beds.visits.models import CareVisit
from demo.care_photos import draw_photo
from demo.choices import Choices

METRES_IN_DEGREE = 111_195
DEVICE, OFFICE_HOUR = "Android 13", time(11)
SEEN_AFTER = timedelta(minutes=40)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a phone tells of coming or leaving; an honest one is near the home and sure of it."""

    metres_off: int = 12
    accuracy_m: int = 18
    age_seconds: int = 5
    is_blind: bool = False
    photo: tuple[object, ...] = ()


HONEST = Told()


class Rounds:
    """Lets carers make the visits they were planned for."""

    def __init__(self, session: Session, *, carers: Mapping[int, Actor], clerk: Actor) -> None:
        self.session, self.carers, self.clerk = session, carers, clerk
        self._codes: dict[int, str] = {}

    def list_due(self, bed: CareBed, *, since: date, until: date) -> Sequence[CareVisit]:
        """Return the visits of a bed that wait to be made, from a day to before another, in their order."""
        query = select(CareVisit).where(
            CareVisit.bed_id == bed.id,
            CareVisit.state == "planned",
            CareVisit.visit_on >= since,
            CareVisit.visit_on < until,
        )
        return self.session.scalars(query.order_by(CareVisit.visit_on, CareVisit.id)).all()

    def list_done(self, bed: CareBed) -> Sequence[CareVisit]:
        """Return the visits of a bed that were made, in their order."""
        query = select(CareVisit).where(CareVisit.bed_id == bed.id, CareVisit.finished_at.is_not(None))
        return self.session.scalars(query.order_by(CareVisit.visit_on, CareVisit.id)).all()

    def make(
        self,
        visit: CareVisit,
        *,
        late: int | None = None,
        lasts: int | None = None,
        came: Told = HONEST,
        left: Told = HONEST,
    ) -> None:
        """Make a visit: so many minutes after it was planned to begin, for so many minutes."""
        drawn = Choices("round", visit.id)
        starts, ends = visit.planned.lower, visit.planned.upper
        assert starts is not None
        assert ends is not None
        minutes = int((ends - starts).total_seconds()) // 60
        begins = starts + timedelta(minutes=drawn.between(-4, 7) if late is None else late)
        leaves = begins + timedelta(minutes=drawn.between(minutes - 3, minutes + 6) if lasts is None else lasts)
        check_in(self.session, **self._mark(visit, begins, came, "in"))
        report = self._report(visit, drawn)
        check_out(self.session, report=report, **self._mark(visit, leaves, left, "out"))

    def tap(self, visit: CareVisit, *, by: Actor) -> None:
        """Let the family confirm a visit on its own page, some time after the carer has left."""
        assert visit.finished_at is not None
        at = visit.finished_at + SEEN_AFTER
        confirm_by_tap(self.session, senior_id=visit.senior_id, visit_id=visit.id, by=by, now=at)

    def _mark(self, visit: CareVisit, at: datetime, told: Told, way: str) -> Mapping[str, Any]:
        by, bed = self.carers[visit.carer_id], self.session.get_one(CareBed, visit.bed_id)
        key = f"{by.account_id}:{Choices('mark', visit.id, way).uuid7(at)}"
        mark = Mark(
            occurred_at=at,
            sticker=self._sticker(bed),
            fix=None if told.is_blind else _fix(bed, told),
            no_fix_reason="denied" if told.is_blind else "",
            device=DEVICE,
        )
        return {
            "key": Key(key, fingerprint(way, visit.id)),
            "visit_id": visit.id,
            "mark": mark,
            "picture_data": draw_photo(*(told.photo or ("visit", visit.id, way))),
            "by": by,
            "now": at + timedelta(seconds=2),
        }

    def _sticker(self, bed: CareBed) -> str:
        if bed.id not in self._codes:
            at = datetime.combine(bed.since_on, OFFICE_HOUR, tzinfo=ZONE)
            self._codes[bed.id] = stickers.issue_sticker(self.session, bed_id=bed.id, by=self.clerk, now=at).text
        return self._codes[bed.id]

    def _report(self, visit: CareVisit, drawn: Choices) -> Report:
        service = get_catalogue(self.session, area_code=visit.area_code, on=visit.visit_on).find(visit.service)
        assert service is not None
        pressure = drawn.between(118, 148)
        measured = {"systolic": pressure, "diastolic": pressure * 6 // 10, "pulse": drawn.between(64, 82)}
        return Report(items=[item.code for item in service.items], vitals=measured if service.vitals else {})


def _fix(bed: CareBed, told: Told) -> Fix:
    assert bed.lat is not None
    assert bed.lon is not None
    at = Point(bed.lat + told.metres_off / METRES_IN_DEGREE, bed.lon)
    return Fix(at=at, accuracy_m=told.accuracy_m, age_seconds=told.age_seconds)

"""What is shown of visits, gaps and plans: values made from rows, names looked up in one statement for many."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session, aliased

from app.auth import Actor
from app.people.queries import names_of
from app.vault import mask_name
from care_beds.beds.access import knows_name
from care_beds.beds.models import CareBed
from care_beds.catalogue.queries import find_catalogues
from care_beds.catalogue.rules import CareService
from care_beds.providers.models import CareProvider, Carer
from care_beds.visits.models import CareVisit, VisitGap
from care_beds.visits.rules import State

_covered = aliased(Carer, name="covered")
VisitRow = tuple[CareVisit, str, str, str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitView:
    """A visit as staff see it. ``service`` is the catalogue's entry, where there still is one."""

    id: int
    bed_id: int
    bed_number: str
    senior_id: int
    senior: str
    provider_id: int
    provider: str
    carer_id: int
    carer: str
    covered: str | None
    area_code: str
    plan_line_id: int | None
    service_code: str
    service: CareService | None
    due_on: date
    visit_on: date
    starts_at: datetime
    ends_at: datetime
    moved_from: datetime | None
    state: State
    change_reason: str
    missed_reason: str
    cancel_reason: str
    words: str
    started_at: datetime | None
    finished_at: datetime | None
    items_done: Sequence[Any]
    vitals: Mapping[str, Any] | None
    exception: str

    @property
    def minutes(self) -> int:
        """Return for how long the visit was planned."""
        return int((self.ends_at - self.starts_at).total_seconds()) // 60


@dataclass(frozen=True, slots=True, kw_only=True)
class GapView:
    """A gap as planners see it."""

    id: int
    plan_line_id: int
    bed_id: int
    senior_id: int
    senior: str
    provider_id: int
    area_code: str
    carer_id: int | None
    carer: str | None
    service_code: str
    service: CareService | None
    due_on: date
    starts_at: datetime
    ends_at: datetime
    reason: str
    state: str
    visit_id: int | None
    words: str


Shown = TypeVar("Shown", VisitView, GapView)


def select_visits() -> Select[*VisitRow]:
    """Return the query whose rows ``view_visits`` takes."""
    return (
        select(
            CareVisit,
            CareBed.number.label("bed_number"),
            CareProvider.name.label("provider"),
            Carer.name.label("carer"),
            _covered.name.label("covered"),
        )
        .join(CareBed, CareBed.id == CareVisit.bed_id)
        .join(CareProvider, CareProvider.id == CareVisit.provider_id)
        .join(Carer, Carer.id == CareVisit.carer_id)
        .outerjoin(_covered, _covered.id == CareVisit.covers_carer_id)
    )


def view_visits(session: Session, rows: Sequence[Row[*VisitRow]]) -> list[VisitView]:
    """Make what is shown of visits, names and services looked up for all of them at once."""
    visits: list[CareVisit] = [row.CareVisit for row in rows]
    names = names_of(session, senior_ids={each.senior_id for each in visits}) if visits else {}
    services = services_of(session, [(each.area_code, each.visit_on) for each in visits])
    return [_visit(row, names, services) for row in rows]


def view_gaps(session: Session, rows: Sequence[Row[VisitGap, str]]) -> list[GapView]:
    """Make what is shown of gaps; rows are pairs of a gap and the name of whoever should have come."""
    gaps = [gap for gap, _ in rows]
    names = names_of(session, senior_ids={each.senior_id for each in gaps}) if gaps else {}
    services = services_of(session, [(each.area_code, each.due_on) for each in gaps])
    return [_gap(gap, carer, names, services) for gap, carer in rows]


def known_to(view: Shown, actor: Actor | None) -> Shown:
    """Leave a name to whoever needs it for their work; the others see it masked."""
    knows = knows_name(actor, area_code=view.area_code, provider_id=view.provider_id)
    return view if knows else replace(view, senior=mask_name(view.senior))


Services = Mapping[str, Mapping[str, CareService]]


def services_of(session: Session, asked: Collection[tuple[str, date]]) -> Services:
    """Return the services of places by code, as the catalogues of the last day among those asked for name them."""
    if not asked:
        return {}
    on = max(on for _, on in asked)
    found = find_catalogues(session, area_codes={place for place, _ in asked}, on=on)
    return {place: catalogue.services for place, catalogue in found.items()}


COPIED = (
    "id",
    "bed_id",
    "senior_id",
    "provider_id",
    "carer_id",
    "area_code",
    "plan_line_id",
    "due_on",
    "visit_on",
    "change_reason",
    "missed_reason",
    "cancel_reason",
    "words",
    "started_at",
    "finished_at",
    "items_done",
    "vitals",
    "exception",
)
GAP_COPIED = (
    "id",
    "plan_line_id",
    "bed_id",
    "senior_id",
    "provider_id",
    "area_code",
    "carer_id",
    "due_on",
    "reason",
    "state",
    "visit_id",
    "words",
)


def _visit(row: Row[*VisitRow], names: Mapping[int, str], services: Services) -> VisitView:
    visit = row.CareVisit
    assert visit.planned.lower is not None
    assert visit.planned.upper is not None
    return VisitView(
        **{name: getattr(visit, name) for name in COPIED},
        bed_number=row.bed_number,
        senior=names.get(visit.senior_id, ""),
        provider=row.provider,
        carer=row.carer,
        covered=row.covered,
        service_code=visit.service,
        service=services.get(visit.area_code, {}).get(visit.service),
        starts_at=visit.planned.lower,
        ends_at=visit.planned.upper,
        moved_from=visit.moved_from.lower if visit.moved_from else None,
        state=State(visit.state),
    )


def _gap(gap: VisitGap, carer: str | None, names: Mapping[int, str], services: Services) -> GapView:
    assert gap.planned.lower is not None
    assert gap.planned.upper is not None
    return GapView(
        **{name: getattr(gap, name) for name in GAP_COPIED},
        senior=names.get(gap.senior_id, ""),
        carer=carer,
        service_code=gap.service,
        service=services.get(gap.area_code, {}).get(gap.service),
        starts_at=gap.planned.lower,
        ends_at=gap.planned.upper,
    )

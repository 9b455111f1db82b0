"""What is shown of care plans: the lines with who comes, and what they come to in a month."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Row, select
from sqlalchemy.orm import Session

from app import vault
from app.auth import Actor
from app.paging import Page, cut_page, no_cursor, read_cursor, write_cursor
from app.people.queries import names_of
from app.vault import mask_name
from care_beds.beds.access import knows_name
from care_beds.beds.models import CareBed
from care_beds.catalogue.rules import CareService
from care_beds.providers.models import CareProvider, Carer
from care_beds.visits.access import visible_plans
from care_beds.visits.errors import PlanNotFound
from care_beds.visits.models import CarePlan, PlanLine
from care_beds.visits.rules import PlanState, list_due_days, month_visits
from care_beds.visits.views import services_of

PAGE = 50
# A line comes back after eight weeks at the latest, and its weekday within another one.
LONGEST_TURN = timedelta(weeks=9)
OPEN = (PlanState.DRAFT, PlanState.SUBMITTED)


@dataclass(frozen=True, slots=True, kw_only=True)
class LineView:
    """A service of a plan, and what it comes to in a month of 30 days."""

    id: int
    service_code: str
    service: CareService | None
    mask: int
    every_weeks: int
    start_minute: int
    minutes: int
    carer_id: int | None
    carer: str | None
    month_visits: float
    first_on: date | None

    @property
    def weekdays(self) -> list[int]:
        """Return the ISO weekdays."""
        return [day for day in range(1, 8) if self.mask >> day - 1 & 1]

    @property
    def starts(self) -> str:
        """Return when a visit begins, as 09:30."""
        return f"{self.start_minute // 60:02d}:{self.start_minute % 60:02d}"

    @property
    def month_fen(self) -> int:
        """Return about what a month costs by the catalogue, in whole visits."""
        return self.service.price_of(self.minutes) * round(self.month_visits) if self.service else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanView:
    """A care plan as staff see it."""

    id: int
    bed_id: int
    bed_number: str
    senior_id: int
    senior: str
    provider_id: int
    provider: str
    area_code: str
    state: str
    from_on: date
    until_on: date | None
    note: str
    words: str
    made_by: int
    submitted_by: int | None
    submitted_at: datetime | None
    decided_at: datetime | None
    lines: Sequence[LineView]

    @property
    def month_visits(self) -> int:
        """Return about how many visits a month has."""
        return round(sum(line.month_visits for line in self.lines))

    @property
    def month_minutes(self) -> int:
        """Return about how many minutes a month has."""
        return round(sum(line.month_visits * line.minutes for line in self.lines))

    @property
    def month_fen(self) -> int:
        """Return what a month costs by the catalogue."""
        return sum(line.month_fen for line in self.lines)


def get_plan(session: Session, *, plan_id: int, actor: Actor) -> PlanView:
    """Return a plan that an actor may see.

    :raises PlanNotFound: if there is none with this id among them
    """
    found = _views(session, [CarePlan.id == plan_id, visible_plans(actor)], limit=1)
    if not found:
        raise PlanNotFound
    return _known_to(found[0], actor)


def list_plans(
    session: Session,
    *,
    actor: Actor,
    states: Sequence[PlanState] = OPEN,
    bed_id: int | None = None,
    after: str | None = None,
    limit: int = PAGE,
) -> Page[PlanView]:
    """List the plans of an actor in some states, the latest first.

    :raises Invalid: if ``after`` is no cursor of this list
    """
    conditions = [visible_plans(actor), CarePlan.state.in_(states)]
    if bed_id is not None:
        conditions.append(CarePlan.bed_id == bed_id)
    if after is not None:
        (last,) = read_cursor(after, int)
        if not 0 < last < 2**63:
            raise no_cursor()
        conditions.append(CarePlan.id < last)
    found = [_known_to(plan, actor) for plan in _views(session, conditions, limit=limit + 1)]
    return cut_page(found, limit, lambda plan: write_cursor(plan.id))


def find_plans_of(session: Session, *, bed_id: int, reader: Actor, limit: int = 5) -> Sequence[PlanView]:
    """Return the plans of a bed that were not dropped, the latest first, to somebody who may see the bed."""
    found = _views(session, [CarePlan.bed_id == bed_id, CarePlan.state != PlanState.DROPPED], limit=limit)
    return [_known_to(plan, reader) for plan in found]


def _known_to(plan: PlanView, actor: Actor) -> PlanView:
    """Leave a name, and what to know at the door, to whoever needs them for their work."""
    knows = knows_name(actor, area_code=plan.area_code, provider_id=plan.provider_id)
    return plan if knows else replace(plan, senior=mask_name(plan.senior), note="")


def _views(session: Session, conditions: Sequence[ColumnElement[bool]], *, limit: int) -> list[PlanView]:
    query = (
        select(CarePlan, CareBed.number, CareProvider.name)
        .join(CareBed, CareBed.id == CarePlan.bed_id)
        .join(CareProvider, CareProvider.id == CarePlan.provider_id)
        .where(*conditions)
        .order_by(CarePlan.id.desc())
        .limit(limit)
    )
    rows = session.execute(query).all()
    plans = [plan for plan, *_ in rows]
    names = names_of(session, senior_ids={plan.senior_id for plan in plans}) if plans else {}
    services = services_of(session, [(plan.area_code, plan.from_on) for plan in plans])
    named = {plan.id: services.get(plan.area_code, {}) for plan in plans}
    lines = _lines(session, named, {plan.id: (plan.from_on, plan.until_on) for plan in plans})
    return [_view(row, names, lines.get(row.CarePlan.id, ())) for row in rows]


def _first_day(line: PlanLine, days: tuple[date, date | None]) -> date | None:
    """Return the first day of a plan on which a line falls; nothing where the plan ends before."""
    from_on, until_on = days
    due = list_due_days(
        since=from_on,
        until=from_on + LONGEST_TURN,
        from_on=from_on,
        until_on=until_on,
        weekdays=line.weekdays,
        every_weeks=line.every_weeks,
    )
    return next(due, None)


def _lines(
    session: Session,
    services: Mapping[int, Mapping[str, CareService]],
    days: Mapping[int, tuple[date, date | None]],
) -> Mapping[int, Sequence[LineView]]:
    if not services:
        return {}
    query = (
        select(PlanLine, Carer.name)
        .outerjoin(Carer, Carer.id == PlanLine.carer_id)
        .where(PlanLine.plan_id.in_(services))
        .order_by(PlanLine.start_minute, PlanLine.id)
    )
    found: dict[int, list[LineView]] = {}
    for line, carer in session.execute(query):
        found.setdefault(line.plan_id, []).append(
            LineView(
                id=line.id,
                service_code=line.service,
                service=services[line.plan_id].get(line.service),
                mask=line.weekdays,
                every_weeks=line.every_weeks,
                start_minute=line.start_minute,
                minutes=line.minutes,
                carer_id=line.carer_id,
                carer=carer,
                month_visits=month_visits(weekdays=line.weekdays, every_weeks=line.every_weeks),
                first_on=_first_day(line, days[line.plan_id]),
            )
        )
    return found


COPIED = (
    "id",
    "bed_id",
    "senior_id",
    "provider_id",
    "area_code",
    "state",
    "from_on",
    "until_on",
    "words",
    "made_by",
    "submitted_by",
    "submitted_at",
    "decided_at",
)


def _view(row: Row[CarePlan, str, str], names: Mapping[int, str], lines: Sequence[LineView]) -> PlanView:
    plan, number, provider = row
    return PlanView(
        **{name: getattr(plan, name) for name in COPIED},
        bed_number=number,
        senior=names.get(plan.senior_id, ""),
        provider=provider,
        note=vault.unseal(plan.note_sealed) if plan.note_sealed else "",
        lines=lines,
    )

"""What is due: a worker's list by community, and a place's list with what is overdue first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, Row, Select, case, func, or_, select
from sqlalchemy.orm import Session

from app.areas import queries as areas
from app.auth.actor import Actor
from app.paging import Page, cut_page, no_cursor, read_cursor, write_cursor
from outreach.access import shown_names, within
from outreach.models import OutreachTask, Risk
from outreach.reading import in_reach
from outreach.terms import BANDS, Kind

PAGE, LARGEST_DAY = 50, 200
FIRST = case({str(Kind.IMPORTANT): 0, str(Kind.REGULAR): 1}, value=OutreachTask.kind, else_=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskItem:
    """A visit that is due."""

    id: int
    senior_id: int
    name: str
    area_code: str
    kind: str
    band: str
    causes: Sequence[str]
    due_on: date
    next_on: date | None
    attempts: int
    level: int
    last_visit_on: date | None
    days_late: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskFilter:
    """What to look for; every part narrows."""

    area_code: str = ""
    band: str = ""
    kind: str = ""
    is_late: bool = False
    level: int = 0


@dataclass(frozen=True, slots=True)
class BandCount:
    """How many people are in a band, how many of them have a visit due in some days, and how many wait too long."""

    people: int
    due: int
    overdue: int


@dataclass(frozen=True, slots=True)
class Stop:
    """A person on a worker's way, with everything that is due there."""

    senior_id: int
    name: str
    band: str
    tasks: Sequence[TaskItem]

    @property
    def due_on(self) -> date:
        """Return the earliest day of what is due."""
        return min(each.due_on for each in self.tasks)


def list_tasks(
    session: Session,
    *,
    reach: Actor,
    today: date,
    filters: TaskFilter | None = None,
    after: str | None = None,
    limit: int = PAGE,
) -> Page[TaskItem]:
    """List the visits due in somebody's areas, the longest overdue first.

    :raises Invalid: if ``after`` is no cursor of this list
    """
    query = _select().where(within(OutreachTask.area_code, reach), *_conditions(filters or TaskFilter(), today))
    if after is not None:
        day, last = _read_cursor(after)
        query = query.where(or_(OutreachTask.due_on > day, (OutreachTask.due_on == day) & (OutreachTask.id > last)))
    rows = session.execute(query.order_by(OutreachTask.due_on, OutreachTask.id).limit(limit + 1)).all()
    page = cut_page(rows, limit, lambda row: write_cursor(row[0].due_on.isoformat(), row[0].id))
    return Page(items=_items(session, page.items, reach, today), next=page.next)


def list_round(session: Session, *, reach: Actor, today: date, ahead_days: int) -> Mapping[str, Sequence[Stop]]:
    """Return a worker's way by community: who is due within some days, what is most pressing first.

    Who was not found stands here again from the day on which somebody comes again.
    """
    until = today + timedelta(days=ahead_days)
    again = func.coalesce(OutreachTask.next_on, today) <= today
    query = _select().where(within(OutreachTask.area_code, reach), OutreachTask.due_on <= until, again)
    ordered = query.order_by(FIRST, OutreachTask.due_on, OutreachTask.id)
    rows = session.execute(ordered.limit(LARGEST_DAY)).all()
    found: dict[str, dict[int, list[TaskItem]]] = {}
    for item in _items(session, rows, reach, today):
        found.setdefault(item.area_code, {}).setdefault(item.senior_id, []).append(item)
    return {
        code: [Stop(senior_id, tasks[0].name, tasks[0].band, tasks) for senior_id, tasks in people.items()]
        for code, people in sorted(found.items())
    }


def count_due(session: Session, *, reach: Actor, today: date, ahead_days: int) -> Mapping[str, BandCount]:
    """Count people by band in somebody's areas, with what is due within some days and what is overdue."""
    until = today + timedelta(days=ahead_days)
    people = session.execute(
        select(Risk.band, func.count()).where(within(Risk.area_code, reach), Risk.band != "none").group_by(Risk.band)
    )
    counted = {row[0]: row[1] for row in people}
    theirs = session.execute(
        select(
            OutreachTask.band,
            func.count(OutreachTask.senior_id.distinct()).filter(OutreachTask.due_on <= until),
            func.count(OutreachTask.senior_id.distinct()).filter(OutreachTask.due_on < today),
        )
        .where(within(OutreachTask.area_code, reach), OutreachTask.state == "open")
        .group_by(OutreachTask.band)
    )
    due = {band: (soon, late) for band, soon, late in theirs}
    return {band: BandCount(counted.get(band, 0), *due.get(band, (0, 0))) for band in map(str, BANDS)}


def count_levels(session: Session, *, reach: Actor) -> Mapping[int, int]:
    """Count the open visits that went to the street, and to the district."""
    query = select(OutreachTask.level, func.count()).where(
        within(OutreachTask.area_code, reach), OutreachTask.state == "open", OutreachTask.level > 0
    )
    return {row[0]: row[1] for row in session.execute(query.group_by(OutreachTask.level))}


def _select() -> Select[OutreachTask, date | None, str | None]:
    return (
        select(OutreachTask, Risk.last_visit_on, Risk.band)
        .outerjoin(Risk, Risk.senior_id == OutreachTask.senior_id)
        .where(OutreachTask.state == "open")
    )


def _conditions(filters: TaskFilter, today: date) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if filters.area_code:
        found.append(areas.within(OutreachTask.area_code, [filters.area_code]))
    if filters.band:
        found.append(OutreachTask.band == filters.band)
    if filters.kind:
        found.append(OutreachTask.kind == filters.kind)
    if filters.is_late:
        found.append(OutreachTask.due_on < today)
    if filters.level:
        found.append(OutreachTask.level >= filters.level)
    return found


def _items(
    session: Session, rows: Sequence[Row[OutreachTask, date | None, str | None]], reach: Actor, today: date
) -> list[TaskItem]:
    names = shown_names(session, senior_ids={row[0].senior_id for row in rows}, reach=reach)
    copied = ("id", "senior_id", "area_code", "kind", "causes", "due_on", "next_on", "attempts", "level")
    return [
        TaskItem(
            **{name: getattr(task, name) for name in copied},
            name=names.get(task.senior_id, ""),
            band=band or task.band,
            last_visit_on=last_on,
            days_late=max((today - task.due_on).days, 0),
        )
        for task, last_on, band in rows
    ]


def _read_cursor(cursor: str) -> tuple[date, int]:
    day, last = read_cursor(cursor, str, int)
    try:
        return date.fromisoformat(day), in_reach(last)
    except ValueError as error:
        raise no_cursor() from error

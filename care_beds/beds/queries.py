"""Reading beds: one of them, a person's, whether it serves on a day, and lists with the most pressing first."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from app.areas import queries as areas
from app.auth.actor import Actor
from app.paging import Page, cut_page, no_cursor, read_cursor, write_cursor
from app.people.queries import profile_on
from app.people.rules import Status
from care_beds.beds.access import show_name
from care_beds.beds.errors import BedNotFound
from care_beds.beds.models import BedSuspension, CareBed
from care_beds.beds.reach import get_within, visible_to
from care_beds.beds.rules import ENDED, PREPARING, State
from care_beds.beds.tables import AREA, PROVIDER, SENIOR

PAGE = 50
OPEN, OVERDUE, IN_PREPARATION = "open", "overdue", "preparing"
# The day that stands for "never due": behind every day there is.
NEVER = date(9999, 12, 31)


@dataclass(frozen=True, slots=True, kw_only=True)
class BedFilter:
    """Which beds to list; every part narrows. ``state`` may be ``open`` (not ended), ``overdue`` or ``preparing``."""

    state: str = OPEN
    area_code: str = ""
    provider_id: int | None = None
    programme: str = ""
    proposed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class BedItem:
    """A bed in a list; the name masked for whoever may not see it."""

    id: int
    number: str
    senior_id: int
    senior: str
    area_code: str
    place: str
    place_en: str
    provider_id: int | None
    provider: str
    programme: str
    state: str
    level: int | None
    since_on: date
    due_on: date | None
    is_overdue: bool
    proposal: str | None


def get_bed(session: Session, *, bed_id: int, actor: Actor | None = None) -> CareBed:
    """Return a bed.

    :param actor: only if it is one of theirs
    :raises BedNotFound: if there is none
    """
    if actor is not None:
        return get_within(session, bed_id=bed_id, within=visible_to(actor))
    found = session.get(CareBed, bed_id)
    if found is None:
        raise BedNotFound
    return found


def find_bed_of(session: Session, *, senior_id: int, on: date) -> CareBed | None:
    """Return the bed that a person has or waits for on a day, or nothing; one that serves comes before others."""
    query = select(CareBed).where(
        CareBed.senior_id == senior_id,
        or_(CareBed.active_during.contains(on), CareBed.state.in_(PREPARING) & (CareBed.applied_on <= on)),
    )
    return session.scalars(query.order_by(CareBed.active_during.is_(None), CareBed.id.desc()).limit(1)).first()


def list_beds_of(session: Session, *, senior_id: int, limit: int = 5) -> Sequence[CareBed]:
    """Return a person's beds, the latest first; asks nobody's leave."""
    query = select(CareBed).where(CareBed.senior_id == senior_id).order_by(CareBed.id.desc()).limit(limit)
    return session.scalars(query).all()


def is_reached(session: Session, *, bed: CareBed, actor: Actor) -> bool:
    """Say whether a bed is one of those that somebody reaches."""
    return session.scalar(select(CareBed.id).where(CareBed.id == bed.id, visible_to(actor))) is not None


def is_in_service(session: Session, *, bed_id: int, on: date) -> bool:
    """Say whether a bed serves on a day: begun, not ended, not resting, and its person lives."""
    query = select(CareBed.senior_id).where(CareBed.id == bed_id, *serving_on(on))
    senior_id = session.scalar(query)
    if senior_id is None:
        return False
    return profile_on(session, senior_id=senior_id, day=on).status is not Status.DECEASED


def serving_on(on: date) -> Sequence[ColumnElement[bool]]:
    """Return the conditions that a bed serves on a day, by its own history: for lists of many."""
    rests = exists().where(BedSuspension.bed_id == CareBed.id, BedSuspension.during.contains(on))
    return (CareBed.active_during.contains(on), ~rests)


def list_beds(
    session: Session,
    *,
    reach: Actor,
    today: date,
    filters: BedFilter | None = None,
    states: Collection[str] = (),
    after: str | None = None,
    limit: int = PAGE,
) -> Page[BedItem]:
    """List beds that somebody reaches, the one whose next step is due first standing first.

    :param states: only those in one of these, besides what the filters say
    :raises Invalid: if ``after`` is no cursor of this list
    """
    due = func.coalesce(CareBed.due_on, NEVER)
    query = select_items().where(visible_to(reach), *conditions(filters or BedFilter(), today))
    if states:
        query = query.where(CareBed.state.in_(states))
    if after is not None:
        day, bed_id = _read_cursor(after)
        query = query.where(or_(due > day, and_(due == day, CareBed.id > bed_id)))
    rows = session.execute(query.order_by(due, CareBed.id).limit(limit + 1)).all()
    page = cut_page(rows, limit, _cursor)
    return Page(items=[_item(row, reach, today) for row in page.items], next=page.next)


def conditions(filters: BedFilter, today: date) -> list[ColumnElement[bool]]:
    """Return what a filter asks of beds."""
    of_several: Mapping[str, list[ColumnElement[bool]]] = {
        "": [],
        OPEN: [CareBed.state.not_in(ENDED)],
        OVERDUE: [CareBed.state.not_in(ENDED), CareBed.due_on < today],
        IN_PREPARATION: [CareBed.state.in_(PREPARING)],
    }
    found = [*of_several.get(filters.state, [CareBed.state == filters.state])]
    if filters.area_code:
        found.append(areas.within(CareBed.area_code, [filters.area_code]))
    if filters.provider_id is not None:
        found.append(CareBed.provider_id == filters.provider_id)
    if filters.programme:
        found.append(CareBed.programme == filters.programme)
    if filters.proposed:
        found.append(CareBed.proposal.is_not(None))
    return found


@dataclass(frozen=True, slots=True)
class StateCount:
    """How many beds are in a state, and how many of them are overdue."""

    count: int
    overdue: int


def count_states(session: Session, *, reach: Actor, today: date, area_code: str = "") -> Mapping[str, StateCount]:
    """Return how many beds somebody reaches in each state; states without any are left out."""
    query = select(CareBed.state, func.count(), func.count().filter(CareBed.due_on < today)).where(visible_to(reach))
    if area_code:
        query = query.where(areas.within(CareBed.area_code, [area_code]))
    rows = session.execute(query.group_by(CareBed.state))
    return {state: StateCount(count, 0 if State(state) in ENDED else overdue) for state, count, overdue in rows}


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceCount:
    """A community's beds, by how far they are."""

    area_code: str
    preparing: int
    in_service: int
    suspended: int
    closing: int
    overdue: int

    @property
    def total(self) -> int:
        """Return all that are not ended."""
        return self.preparing + self.in_service + self.suspended + self.closing


def count_places(session: Session, *, reach: Actor, today: date, limit: int = 400) -> Sequence[PlaceCount]:
    """Return beds by community in the order of their codes: the map as a table."""

    def of(*states: State) -> ColumnElement[int]:
        return func.count().filter(CareBed.state.in_(states))

    query = select(
        CareBed.area_code,
        of(*PREPARING).label("preparing"),
        of(State.IN_SERVICE).label("in_service"),
        of(State.SUSPENDED).label("suspended"),
        of(State.CLOSING).label("closing"),
        func.count().filter(CareBed.due_on < today).label("overdue"),
    ).where(visible_to(reach), CareBed.state.not_in(ENDED))
    rows = session.execute(query.group_by(CareBed.area_code).order_by(CareBed.area_code).limit(limit))
    return [PlaceCount(**row._mapping) for row in rows]


def select_items() -> Select[Any]:
    """Return the statement of lists: beds with the names of persons, places and providers."""
    return (
        select(
            CareBed,
            SENIOR.c.name.label("senior"),
            AREA.c.name.label("place"),
            AREA.c.name_en.label("place_en"),
            PROVIDER.c.name.label("provider"),
        )
        .join(SENIOR, SENIOR.c.id == CareBed.senior_id)
        .join(AREA, AREA.c.code == CareBed.area_code)
        .outerjoin(PROVIDER, PROVIDER.c.id == CareBed.provider_id)
    )


def is_overdue(bed: CareBed, today: date) -> bool:
    """Say whether the next step of a bed should have been taken by now."""
    return State(bed.state) not in ENDED and bed.due_on is not None and bed.due_on < today


def _item(row: Row[Any], actor: Actor, today: date) -> BedItem:
    bed: CareBed = row.CareBed
    copied = ("id", "number", "senior_id", "area_code", "provider_id", "programme", "state", "level", "since_on")
    return BedItem(
        **{name: getattr(bed, name) for name in copied},
        senior=show_name(actor, row.senior, area_code=bed.area_code, provider_id=bed.provider_id),
        place=row.place,
        place_en=row.place_en,
        provider=row.provider or "",
        due_on=bed.due_on,
        is_overdue=is_overdue(bed, today),
        proposal=bed.proposal,
    )


def _cursor(row: Row[Any]) -> str:
    bed: CareBed = row.CareBed
    return write_cursor((bed.due_on or NEVER).isoformat(), bed.id)


def _read_cursor(cursor: str) -> tuple[date, int]:
    day, bed_id = read_cursor(cursor, str, int)
    if not 0 < bed_id < 2**63:
        raise no_cursor()
    try:
        return date.fromisoformat(day), bed_id
    except ValueError as error:
        raise no_cursor() from error

"""Reading canteens: lists, one canteen with its days and tills, and whether its papers are in order."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from app.areas import queries as areas
from app.auth import Actor
from app.auth.workplaces import Workplace
from app.paging import Page, cut_page, read_cursor, write_cursor
from meals.models import Canteen, CanteenClosure, Till
from meals.reading.neighbours import area
from meals.scope import CanteenNotFound, canteens_within, visible_canteens

# A month to renew: long enough for an inspection, short enough to be news.
SOON = timedelta(days=30)


class Papers(StrEnum):
    """Whether a licence or agreement holds; the day it expires on is its last good one."""

    VALID = "valid"
    ENDING = "ending"
    LAPSED = "lapsed"


class Opening(StrEnum):
    """Whether a canteen opens on a day, and if not, why."""

    OPEN = "open"
    WEEKDAY = "weekday"
    CLOSURE = "closure"
    GIVEN_UP = "given_up"


@dataclass(frozen=True, slots=True, kw_only=True)
class CanteenLine:
    """A canteen as lists show it, with what holds on the day of asking."""

    id: int
    code: str
    kind: str
    name: str
    name_en: str
    area_code: str
    area_name: str
    area_name_en: str
    kitchen_id: int | None
    seats: int
    weekdays: tuple[int, ...]
    licence_expires_on: date
    agreement_expires_on: date
    closed_from: date | None
    licence: Papers
    agreement: Papers
    opening: Opening


@dataclass(frozen=True, slots=True)
class ClosureLine:
    """A day on which a canteen stays closed."""

    closed_on: date
    reason: str


@dataclass(frozen=True, slots=True)
class TillLine:
    """A till."""

    id: int
    canteen_id: int
    number: int
    withdrawn_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CanteenPage:
    """One canteen with the days on which it stays closed from the day of asking on, its tills and its kitchen."""

    canteen: CanteenLine
    kitchen: str | None
    closures: Sequence[ClosureLine]
    tills: Sequence[TillLine]


@dataclass(frozen=True, slots=True, kw_only=True)
class CanteenCounts:
    """How many canteens run, and for how many the licence or agreement lapsed or ends within a month."""

    running: int
    lapsed: int
    ending: int


def papers_on(expires_on: date, on: date) -> Papers:
    """Say whether a licence or agreement holds on a day."""
    if expires_on < on:
        return Papers.LAPSED
    return Papers.ENDING if expires_on - on < SOON else Papers.VALID


def list_canteens(
    session: Session,
    *,
    actor: Actor,
    on: date,
    query: str = "",
    papers: Papers | None = None,
    after: str | None = None,
    limit: int = 50,
) -> Page[CanteenLine]:
    """List an actor's canteens by area and code.

    :param query: a part of the name, or the code
    :param papers: only those whose licence or agreement, whichever ends first, stands so
    :raises Invalid: if ``after`` is no cursor of this list
    """
    chosen = _lines(on).where(visible_canteens(actor))
    if query:
        part = f"%{_escape(query)}%"
        chosen = chosen.where(or_(Canteen.name.ilike(part), Canteen.name_en.ilike(part), Canteen.code == query))
    if papers:
        chosen = chosen.where(_standing(papers, on), _runs(on))
    if after:
        place, code = read_cursor(after, str, str)
        chosen = chosen.where(or_(Canteen.area_code > place, (Canteen.area_code == place) & (Canteen.code > code)))
    rows = session.execute(chosen.order_by(Canteen.area_code, Canteen.code).limit(limit + 1)).all()
    lines = [_line(row, on) for row in rows]
    return cut_page(lines, limit, lambda line: write_cursor(line.area_code, line.code))


def list_canteen_names(session: Session, *, actor: Actor) -> Sequence[Row[int, str, str]]:
    """List id, name and English name of all of an actor's canteens, for choosing one."""
    query = select(Canteen.id, Canteen.name, Canteen.name_en).where(visible_canteens(actor))
    return session.execute(query.order_by(Canteen.area_code, Canteen.code)).all()


def list_workplaces(
    session: Session, *, area_codes: Collection[str] | None, ids: Collection[int] | None
) -> Sequence[Workplace]:
    """List canteens within some areas, or those of some ids, for giving roles and for the frame of pages."""
    query = select(Canteen.id, Canteen.name, Canteen.area_code).order_by(Canteen.area_code, Canteen.code)
    if area_codes is not None:
        query = query.where(areas.within(Canteen.area_code, area_codes))
    if ids is not None:
        query = query.where(Canteen.id.in_(ids))
    return [Workplace(id=row.id, name=row.name, area_code=row.area_code) for row in session.execute(query)]


def count_canteens(session: Session, *, actor: Actor, on: date, area: str | None = None) -> CanteenCounts:
    """Count an actor's canteens that still run, and those whose papers lapsed or soon will."""
    query = select(
        func.count().label("running"),
        func.count().filter(_standing(Papers.LAPSED, on)).label("lapsed"),
        func.count().filter(_standing(Papers.ENDING, on)).label("ending"),
    ).where(canteens_within(actor, area), _runs(on))
    row = session.execute(query).one()
    return CanteenCounts(running=row.running, lapsed=row.lapsed, ending=row.ending)


def list_kitchens(session: Session, *, actor: Actor) -> Sequence[Row[int, str, str]]:
    """List id, name and English name of an actor's central kitchens."""
    query = select(Canteen.id, Canteen.name, Canteen.name_en).where(visible_canteens(actor))
    return session.execute(query.where(Canteen.kind == "central_kitchen").order_by(Canteen.code)).all()


def get_canteen(session: Session, *, canteen_id: int, actor: Actor, on: date) -> CanteenLine:
    """Return one canteen.

    :raises CanteenNotFound: if it is none of the actor's
    """
    row = session.execute(_lines(on).where(Canteen.id == canteen_id, visible_canteens(actor))).one_or_none()
    if row is None:
        raise CanteenNotFound
    return _line(row, on)


def get_canteen_page(session: Session, *, canteen_id: int, actor: Actor, on: date) -> CanteenPage:
    """Return one canteen with the closed days to come, its tills, and the kitchen that cooks for it.

    :raises CanteenNotFound: if it is none of the actor's
    """
    line = get_canteen(session, canteen_id=canteen_id, actor=actor, on=on)
    closures = select(CanteenClosure.closed_on, CanteenClosure.reason).where(
        CanteenClosure.canteen_id == canteen_id, CanteenClosure.closed_on >= on
    )
    tills = (
        select(Till.id, Till.canteen_id, Till.number, Till.withdrawn_on)
        .where(Till.canteen_id == canteen_id)
        .order_by(Till.number)
    )
    kitchen = select(Canteen.name).where(Canteen.id == line.kitchen_id)
    return CanteenPage(
        canteen=line,
        kitchen=session.scalar(kitchen) if line.kitchen_id else None,
        closures=[ClosureLine(*row) for row in session.execute(closures.order_by(CanteenClosure.closed_on))],
        tills=[TillLine(*row) for row in session.execute(tills)],
    )


def _lines(on: date) -> Select[Canteen, str, str, bool]:
    closed = (
        select(CanteenClosure.canteen_id)
        .where(CanteenClosure.canteen_id == Canteen.id, CanteenClosure.closed_on == on)
        .exists()
    )
    return select(Canteen, area.c.name, area.c.name_en, closed).join(area, area.c.code == Canteen.area_code)


def _line(row: Row[Canteen, str, str, bool], on: date) -> CanteenLine:
    canteen, area_name, area_name_en, closed = row
    return CanteenLine(
        id=canteen.id,
        code=canteen.code,
        kind=canteen.kind,
        name=canteen.name,
        name_en=canteen.name_en,
        area_code=canteen.area_code,
        area_name=area_name,
        area_name_en=area_name_en,
        kitchen_id=canteen.kitchen_id,
        seats=canteen.seats,
        weekdays=tuple(canteen.weekdays),
        licence_expires_on=canteen.licence_expires_on,
        agreement_expires_on=canteen.agreement_expires_on,
        closed_from=canteen.closed_from,
        licence=papers_on(canteen.licence_expires_on, on),
        agreement=papers_on(canteen.agreement_expires_on, on),
        opening=_opening(canteen, on, closed=closed),
    )


def _standing(papers: Papers, on: date) -> ColumnElement[bool]:
    """Return the condition that the paper that ends first stands so."""
    first = func.least(Canteen.licence_expires_on, Canteen.agreement_expires_on)
    conditions: dict[Papers, ColumnElement[bool]] = {
        Papers.LAPSED: first < on,
        Papers.ENDING: and_(first >= on, first < on + SOON),
        Papers.VALID: first >= on + SOON,
    }
    return conditions[papers]


def _runs(on: date) -> ColumnElement[bool]:
    return or_(Canteen.closed_from.is_(None), Canteen.closed_from > on)


def _opening(canteen: Canteen, on: date, *, closed: bool) -> Opening:
    if canteen.closed_from is not None and canteen.closed_from <= on:
        return Opening.GIVEN_UP
    if closed:
        return Opening.CLOSURE
    return Opening.OPEN if on.isoweekday() in canteen.weekdays else Opening.WEEKDAY


def _escape(query: str) -> str:
    return query.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")

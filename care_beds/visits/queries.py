"""Reading visits: a carer's day, a provider's week, one person's visits, what does not fit."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Row, func, or_, select, true
from sqlalchemy.orm import Session

from app.areas import queries as areas
from app.auth import Actor
from app.clock import business_day
from app.paging import Page, cut_page, no_cursor, read_cursor, write_cursor
from care_beds.providers.models import Carer
from care_beds.visits.access import managed_providers, visible_visits
from care_beds.visits.errors import ExceptionNotFound, GapNotFound, VisitNotFound
from care_beds.visits.models import CareVisit, VisitConfirmation, VisitException, VisitGap, VisitMark
from care_beds.visits.rules import WEEK, GapState, State, monday_of
from care_beds.visits.views import GapView, VisitView, known_to, select_visits, view_gaps, view_visits

GONE = (State.MISSED, State.CANCELLED)
# Nobody visits more homes in a day; a provider's page of carers is turned.
LARGEST_DAY = 60
CARERS_A_PAGE = 15
MOST_GAPS = 100
OPEN = "open"


@dataclass(frozen=True, slots=True, kw_only=True)
class CarerWeek:
    """What one carer does in a week, by day."""

    carer_id: int
    carer: str
    days: Mapping[date, Sequence[VisitView]]
    minutes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """A provider's week: carers with their visits, and the days that nobody can come."""

    provider_id: int
    monday: date
    carers: Sequence[CarerWeek]
    gaps: Sequence[GapView]
    gap_count: int
    visit_count: int
    next: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExceptionLine:
    """Something about a visit that does not fit, with its visit."""

    id: int
    code: str
    detail: Mapping[str, object]
    raised_at: datetime
    decision: str | None
    decided_at: datetime | None
    words: str
    visit: VisitView


def get_visit(session: Session, *, visit_id: int, actor: Actor) -> VisitView:
    """Return one visit that an actor may see.

    :raises VisitNotFound: if there is none with this id among them
    """
    rows = session.execute(select_visits().where(CareVisit.id == visit_id, visible_visits(actor))).all()
    if not rows:
        raise VisitNotFound
    return known_to(view_visits(session, rows)[0], actor)


def list_day(session: Session, *, carer_id: int, on: date) -> Sequence[VisitView]:
    """List a carer's visits of a day by the hours, also what was missed or cancelled. Asks nobody's leave."""
    query = select_visits().where(CareVisit.carer_id == carer_id, CareVisit.visit_on == on)
    rows = session.execute(query.order_by(func.lower(CareVisit.planned), CareVisit.id).limit(LARGEST_DAY)).all()
    return view_visits(session, rows)


def list_week(
    session: Session, *, provider_id: int, week: date, after: str | None = None, reader: Actor | None = None
) -> Week:
    """Return a provider's week around a day, some carers at a time by name, with all of its open gaps' number.

    :param reader: only what they may see of it; names are masked for who does not need them

    :raises Invalid: if ``after`` is no cursor of this list
    """
    monday = monday_of(week)
    sunday = monday + timedelta(days=WEEK - 1)
    ours = (CareVisit.provider_id == provider_id, CareVisit.visit_on.between(monday, sunday), _seen(reader))
    page = _page_carers(session, provider_id=provider_id, since=monday, until=sunday, after=after)
    shown = [row.id for row in page.items]
    query = select_visits().where(*ours, CareVisit.carer_id.in_(shown), CareVisit.state != State.CANCELLED)
    rows = session.execute(query.order_by(func.lower(CareVisit.planned), CareVisit.id)).all() if shown else []
    visits = [known_to(each, reader) for each in view_visits(session, rows)]
    return Week(
        provider_id=provider_id,
        monday=monday,
        carers=[_carer_week(row, visits) for row in page.items],
        gaps=list_gaps(session, provider_id=provider_id, since=monday, until=sunday, reader=reader),
        gap_count=count_gaps(session, provider_id=provider_id, since=monday, until=sunday, reader=reader),
        visit_count=session.scalar(select(func.count()).where(*ours, CareVisit.state.not_in(GONE))) or 0,
        next=page.next,
    )


def list_visits_of(
    session: Session,
    *,
    senior_id: int | None = None,
    bed_id: int | None = None,
    since: date | None = None,
    until: date | None = None,
    states: Collection[State] = (),
    limit: int = 50,
) -> Sequence[VisitView]:
    """List the visits of a person or of a bed, the latest first; ``until`` is not included. Asks nobody's leave."""
    query = select_visits()
    if senior_id is not None:
        query = query.where(CareVisit.senior_id == senior_id)
    if bed_id is not None:
        query = query.where(CareVisit.bed_id == bed_id)
    if since is not None:
        query = query.where(CareVisit.visit_on >= since)
    if until is not None:
        query = query.where(CareVisit.visit_on < until)
    if states:
        query = query.where(CareVisit.state.in_(states))
    latest = query.order_by(CareVisit.visit_on.desc(), func.lower(CareVisit.planned).desc(), CareVisit.id.desc())
    return view_visits(session, session.execute(latest.limit(limit)).all())


def list_late(
    session: Session, *, provider_id: int, now: datetime, grace_minutes: int, reader: Actor | None = None
) -> Sequence[VisitView]:
    """List the visits that should have begun by now, or be over, the longest waited for first."""
    before = now - timedelta(minutes=grace_minutes)
    late = (CareVisit.state == State.PLANNED) & (func.lower(CareVisit.planned) < before)
    still = (CareVisit.state == State.STARTED) & (func.upper(CareVisit.planned) < before)
    today = business_day(now)
    days = CareVisit.visit_on.between(today - timedelta(days=1), today)
    query = select_visits().where(CareVisit.provider_id == provider_id, days, late | still, _seen(reader))
    rows = session.execute(query.order_by(func.lower(CareVisit.planned), CareVisit.id).limit(LARGEST_DAY)).all()
    return [known_to(each, reader) for each in view_visits(session, rows)]


def list_gaps(
    session: Session, *, provider_id: int, since: date, until: date, reader: Actor | None = None
) -> Sequence[GapView]:
    """List the open gaps of a provider from one day to another, both included, in the order of the days."""
    query = select(VisitGap, Carer.name).outerjoin(Carer, Carer.id == VisitGap.carer_id)
    query = query.where(*_open_gaps(provider_id, since, until, reader))
    rows = session.execute(query.order_by(func.lower(VisitGap.planned), VisitGap.id).limit(MOST_GAPS)).all()
    return [known_to(each, reader) for each in view_gaps(session, rows)]


def count_gaps(session: Session, *, provider_id: int, since: date, until: date, reader: Actor | None = None) -> int:
    """Count the open gaps of a provider from one day to another, both included."""
    return session.scalar(select(func.count()).where(*_open_gaps(provider_id, since, until, reader))) or 0


def sees_visits_of(session: Session, *, provider_id: int, actor: Actor) -> bool:
    """Say whether a provider visits anybody whose visits an actor may see."""
    query = select(CareVisit.id).where(CareVisit.provider_id == provider_id, visible_visits(actor))
    return session.scalar(query.limit(1)) is not None


def get_gap(session: Session, *, gap_id: int, actor: Actor) -> GapView:
    """Return a gap of the providers somebody manages, or of their areas.

    :raises GapNotFound: if there is none with this id among them
    """
    query = select(VisitGap, Carer.name).outerjoin(Carer, Carer.id == VisitGap.carer_id)
    rows = session.execute(query.where(VisitGap.id == gap_id, visible_gaps(actor))).all()
    if not rows:
        raise GapNotFound
    return known_to(view_gaps(session, rows)[0], actor)


def visible_gaps(actor: Actor) -> ColumnElement[bool]:
    """Return the condition for gaps of an actor."""
    return or_(areas.within(VisitGap.area_code, actor.area_codes), VisitGap.provider_id.in_(managed_providers(actor)))


def list_exceptions(
    session: Session,
    *,
    actor: Actor,
    is_open: bool = True,
    code: str | None = None,
    provider_id: int | None = None,
    after: str | None = None,
    limit: int = 50,
) -> Page[ExceptionLine]:
    """List what does not fit about visits of an actor, the oldest open ones first, decided ones latest first.

    :raises Invalid: if ``after`` is no cursor of this list
    """
    query = select_visits().add_columns(VisitException).join(VisitException, VisitException.visit_id == CareVisit.id)
    query = query.where(visible_visits(actor))
    undecided = VisitException.decision.is_(None)
    query = query.where(undecided if is_open else ~undecided)
    if code is not None:
        query = query.where(VisitException.code == code)
    if provider_id is not None:
        query = query.where(CareVisit.provider_id == provider_id)
    if after is not None:
        (last,) = read_cursor(after, int)
        if not 0 < last < 2**63:
            raise no_cursor()
        query = query.where(VisitException.id > last if is_open else VisitException.id < last)
    order = VisitException.id if is_open else VisitException.id.desc()
    page = cut_page(
        session.execute(query.order_by(order).limit(limit + 1)).all(),
        limit,
        lambda row: write_cursor(row.VisitException.id),
    )
    visits = view_visits(session, page.items)
    lines = [_line(row.VisitException, known_to(visit, actor)) for row, visit in zip(page.items, visits, strict=True)]
    return Page(items=lines, next=page.next)


def count_exceptions(session: Session, *, actor: Actor) -> int:
    """Count what waits for a decision about visits of an actor."""
    query = select(func.count()).select_from(VisitException).join(CareVisit, CareVisit.id == VisitException.visit_id)
    return session.scalar(query.where(VisitException.decision.is_(None), visible_visits(actor))) or 0


def get_exception(session: Session, *, exception_id: int, actor: Actor) -> ExceptionLine:
    """Return one thing that does not fit, with its visit.

    :raises ExceptionNotFound: if there is none with this id among the visits an actor may see
    """
    query = select_visits().add_columns(VisitException).join(VisitException, VisitException.visit_id == CareVisit.id)
    rows = session.execute(query.where(VisitException.id == exception_id, visible_visits(actor))).all()
    if not rows:
        raise ExceptionNotFound
    return _line(rows[0].VisitException, known_to(view_visits(session, rows)[0], actor))


def list_exceptions_of(session: Session, *, visit_id: int) -> Sequence[VisitException]:
    """List what does not fit about one visit, in the order it was found. Asks nobody's leave."""
    query = select(VisitException).where(VisitException.visit_id == visit_id)
    return session.scalars(query.order_by(VisitException.id)).all()


def list_marks_of(session: Session, *, visit_id: int) -> Sequence[VisitMark]:
    """List what phones told of one visit, in the order it happened. Asks nobody's leave."""
    query = select(VisitMark).where(VisitMark.visit_id == visit_id)
    return session.scalars(query.order_by(VisitMark.occurred_at, VisitMark.id)).all()


def list_confirmations_of(session: Session, *, visit_id: int) -> Sequence[VisitConfirmation]:
    """List how one visit was confirmed. Asks nobody's leave."""
    query = select(VisitConfirmation).where(VisitConfirmation.visit_id == visit_id)
    return session.scalars(query.order_by(VisitConfirmation.occurred_at, VisitConfirmation.id)).all()


def _open_gaps(provider_id: int, since: date, until: date, reader: Actor | None) -> tuple[ColumnElement[bool], ...]:
    ours = VisitGap.provider_id == provider_id
    seen = visible_gaps(reader) if reader else true()
    return ours, VisitGap.state == GapState.OPEN, VisitGap.due_on.between(since, until), seen


def _seen(reader: Actor | None) -> ColumnElement[bool]:
    """Return the condition for what a reader may see of a provider's visits: a provider works in several streets."""
    return visible_visits(reader) if reader else true()


def _page_carers(
    session: Session, *, provider_id: int, since: date, until: date, after: str | None
) -> Page[Row[int, str]]:
    """Page through the carers who are employed in these days, or visit in them, by name."""
    visits = select(CareVisit.carer_id).where(
        CareVisit.provider_id == provider_id, CareVisit.visit_on.between(since, until)
    )
    employed = (Carer.employed_from <= until) & (Carer.employed_until.is_(None) | (Carer.employed_until > since))
    ours = (Carer.provider_id == provider_id) & employed
    query = select(Carer.id, Carer.name).where(or_(ours, Carer.id.in_(visits)))
    if after is not None:
        name, last = read_cursor(after, str, int)
        query = query.where((Carer.name > name) | ((Carer.name == name) & (Carer.id > last)))
    rows = session.execute(query.order_by(Carer.name, Carer.id).limit(CARERS_A_PAGE + 1)).all()
    return cut_page(rows, CARERS_A_PAGE, lambda row: write_cursor(row.name, row.id))


def _carer_week(row: Row[int, str], visits: Sequence[VisitView]) -> CarerWeek:
    theirs = [each for each in visits if each.carer_id == row.id]
    days: dict[date, list[VisitView]] = {}
    for each in theirs:
        days.setdefault(each.visit_on, []).append(each)
    minutes = sum(each.minutes for each in theirs if each.state not in GONE)
    return CarerWeek(carer_id=row.id, carer=row.name, days=days, minutes=minutes)


def _line(raised: VisitException, visit: VisitView) -> ExceptionLine:
    return ExceptionLine(
        id=raised.id,
        code=raised.code,
        detail=raised.detail,
        raised_at=raised.raised_at,
        decision=raised.decision,
        decided_at=raised.decided_at,
        words=raised.words,
        visit=visit,
    )

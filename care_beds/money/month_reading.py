"""Reading months of beds: lists by key, what a place's month comes to, one month, what was handed in."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select, text
from sqlalchemy.orm import Session

from app.areas import queries as areas
from app.auth import Actor
from app.paging import Page, cut_page, no_cursor, read_cursor, write_cursor
from care_beds.beds.access import show_name
from care_beds.beds.models import CareBed
from care_beds.beds.tables import ACCOUNT, PROVIDER, SENIOR
from care_beds.money.access import reached
from care_beds.money.errors import MonthNotFound
from care_beds.money.models import BedMonth, BedMonthPart, MonthRun, VisitPayment
from care_beds.money.rules import MonthState, Reason, reasons_from_json
from care_beds.money.views import copied

PAGE = 50
MOST_RUNS = 40
SHOWN_OTHERWISE = frozenset(
    {"bed_number", "senior", "provider", "reasons", "run_state", "is_shaken", "maker", "checker"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthView:
    """A bed's month with its verdict and why."""

    bed_id: int
    bed_number: str
    senior_id: int
    senior: str
    provider_id: int | None
    provider: str
    area_code: str
    month: date
    state: str
    visits: int
    minutes: int
    minimum_visits: int
    minimum_minutes: int
    subsidy_fen: int
    reasons: Sequence[Reason]
    shares: Sequence[Mapping[str, Any]]
    policy_id: int
    judged_at: datetime
    run_id: int | None
    run_state: str
    txn_id: UUID | None
    paid_at: datetime | None
    reversed_at: datetime | None
    reversal_reason: str
    is_shaken: bool


@dataclass(frozen=True, slots=True)
class StateSum:
    """How many months are in a state, and what they come to."""

    beds: int = 0
    subsidy_fen: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RunView:
    """Months that were handed in together, who did, and who decided."""

    id: int
    area_code: str
    month: date
    beds: int
    amount_fen: int
    state: str
    maker_id: int
    maker: str
    checker: str
    submitted_at: datetime | None
    decided_at: datetime | None
    reason: str
    paid_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthFilter:
    """Which months to list; every part narrows."""

    month: date
    state: str = ""
    area: str = ""
    provider_id: int | None = None
    run_id: int | None = None


def list_months(
    session: Session, *, actor: Actor, filters: MonthFilter, after: str | None = None, limit: int = PAGE
) -> Page[MonthView]:
    """List beds with their month, in the order in which they were numbered.

    :raises Invalid: if ``after`` is no cursor of this list
    """
    query = _views().where(_reached(actor), *_conditions(filters))
    if after is not None:
        (bed_id,) = read_cursor(after, int)
        if not 0 < bed_id < 2**63:
            raise no_cursor()
        query = query.where(BedMonth.bed_id > bed_id)
    rows = session.execute(query.order_by(BedMonth.bed_id).limit(limit + 1)).all()
    page = cut_page(rows, limit, lambda row: write_cursor(row.BedMonth.bed_id))
    return Page(items=[_view(row, actor) for row in page.items], next=page.next)


def sum_months(session: Session, *, actor: Actor, filters: MonthFilter) -> Mapping[MonthState, StateSum]:
    """Return how many months are in each state, and what they come to."""
    query = (
        select(BedMonth.state, func.count(), func.sum(BedMonth.subsidy_fen))
        .where(_reached(actor), *_conditions(filters))
        .group_by(BedMonth.state)
    )
    return {MonthState(state): StateSum(beds, int(fen)) for state, beds, fen in session.execute(query)}


def get_month(session: Session, *, bed_id: int, month: date, actor: Actor) -> MonthView:
    """Return one month of a bed.

    :raises MonthNotFound: if it was not judged, or lies outside somebody's reach
    """
    query = _views().where(BedMonth.bed_id == bed_id, BedMonth.month == month, _reached(actor))
    row = session.execute(query).one_or_none()
    if row is None:
        raise MonthNotFound
    return _view(row, actor)


def list_bed_months(
    session: Session, *, bed_id: int, limit: int = 24, actor: Actor | None = None
) -> Sequence[MonthView]:
    """Return the judged months of a bed, the latest first.

    :param actor: whose reach they lie in; without one nobody's leave is asked
    """
    query = _views().where(BedMonth.bed_id == bed_id).order_by(BedMonth.month.desc()).limit(limit)
    if actor is not None:
        query = query.where(_reached(actor))
    return [_view(row, None) for row in session.execute(query)]


def list_runs(
    session: Session, *, area_codes: Collection[str], month: date | None = None, limit: int = MOST_RUNS
) -> Sequence[RunView]:
    """Return what was handed in in some areas, the latest first; of one month, or of all."""
    query = _runs().where(areas.within(MonthRun.area_code, area_codes))
    if month is not None:
        query = query.where(MonthRun.month == month)
    return [_run(row) for row in session.execute(query.order_by(MonthRun.id.desc()).limit(limit))]


def find_run(session: Session, *, run_id: int) -> RunView:
    """Return what was handed in under a number. Asks nobody's leave."""
    return _run(session.execute(_runs().where(MonthRun.id == run_id)).one())


def find_latest_month(session: Session, *, actor: Actor) -> date | None:
    """Return the last month that was judged within somebody's reach."""
    return session.scalar(select(func.max(BedMonth.month)).where(_reached(actor)))


def is_shaken() -> ColumnElement[bool]:
    """Return the condition that a month was paid, and visits of it were undone since, so that it is no longer met."""
    counts = (
        select(func.count(), func.coalesce(func.sum(VisitPayment.minutes), 0))
        .where(
            VisitPayment.bed_id == BedMonth.bed_id,
            VisitPayment.visit_on >= BedMonth.month,
            VisitPayment.visit_on < BedMonth.month + text("interval '1 month'"),
            VisitPayment.reversed_at.is_(None),
            VisitPayment.minutes > 0,
        )
        .correlate(BedMonth)
    )
    visits, minutes = (counts.with_only_columns(each).scalar_subquery() for each in counts.selected_columns)
    is_short = or_(visits < BedMonth.minimum_visits, minutes < BedMonth.minimum_minutes)
    return and_(BedMonth.state == MonthState.PAID, BedMonth.reversed_at.is_(None), is_short)


def _reached(actor: Actor) -> ColumnElement[bool]:
    """Return the condition that a month lies in somebody's areas, or is of a provider they work for, or in part."""
    shared = select(BedMonthPart.bed_id).where(
        BedMonthPart.bed_id == BedMonth.bed_id,
        BedMonthPart.month == BedMonth.month,
        BedMonthPart.provider_id.in_(actor.provider_ids),
    )
    return or_(reached(BedMonth, actor), shared.exists())


def _views() -> Select[Any]:
    return (
        select(
            BedMonth,
            CareBed.number,
            SENIOR.c.name.label("senior"),
            PROVIDER.c.name.label("provider"),
            MonthRun.state.label("run_state"),
            is_shaken().label("is_shaken"),
        )
        .join(CareBed, CareBed.id == BedMonth.bed_id)
        .join(SENIOR, SENIOR.c.id == BedMonth.senior_id)
        .outerjoin(PROVIDER, PROVIDER.c.id == BedMonth.provider_id)
        .outerjoin(MonthRun, MonthRun.id == BedMonth.run_id)
    )


def _view(row: Row[Any], actor: Actor | None) -> MonthView:
    kept: BedMonth = row.BedMonth
    return MonthView(
        **copied(kept, MonthView, but=SHOWN_OTHERWISE),
        bed_number=row.number,
        senior=show_name(actor, row.senior, area_code=kept.area_code, provider_id=kept.provider_id),
        provider=row.provider or "",
        reasons=reasons_from_json(kept.reasons),
        run_state=row.run_state or "",
        is_shaken=row.is_shaken,
    )


def _conditions(filters: MonthFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [BedMonth.month == filters.month]
    if filters.state:
        found.append(BedMonth.state == filters.state)
    if filters.area:
        found.append(areas.within(BedMonth.area_code, [filters.area]))
    if filters.provider_id is not None:
        found.append(BedMonth.provider_id == filters.provider_id)
    if filters.run_id is not None:
        found.append(BedMonth.run_id == filters.run_id)
    return found


def _runs() -> Select[Any]:
    checker = ACCOUNT.alias("checker")
    return (
        select(MonthRun, ACCOUNT.c.name.label("maker"), checker.c.name.label("checker"))
        .join(ACCOUNT, ACCOUNT.c.id == MonthRun.maker_id)
        .outerjoin(checker, checker.c.id == MonthRun.checker_id)
    )


def _run(row: Row[Any]) -> RunView:
    run: MonthRun = row.MonthRun
    return RunView(**copied(run, RunView, but=SHOWN_OTHERWISE), maker=row.maker, checker=row.checker or "")

"""Reading who paid which visit: lists by key, sums, one payment, and what waits to be paid."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, func, select, text, tuple_
from sqlalchemy.orm import Session

from app.areas import queries as areas
from app.areas.rules import path_of
from app.auth import Actor
from app.paging import Page, cut_page, no_cursor, read_cursor, write_cursor
from care_beds.beds.access import show_name
from care_beds.beds.models import CareBed
from care_beds.beds.tables import ACCOUNT, PROVIDER, SENIOR
from care_beds.money.access import reached
from care_beds.money.deciding import Book
from care_beds.money.errors import PaymentNotFound
from care_beds.money.models import VisitPayment
from care_beds.money.payable import Bar, Visit, find_bar, read_visits
from care_beds.money.rules import Reason, reasons_from_json
from care_beds.money.terms import Payer
from care_beds.money.views import copied

PAGE = 50
UNDONE, STANDING = "undone", "standing"
SHOWN_OTHERWISE = frozenset(
    {"senior", "provider", "bed_number", "names", "payer", "planned_minutes", "reasons", "paid_by", "reversed_by"}
)
# Confirmed, and nobody has paid: the earliest first, for whoever asks why.
UNPAID = text(
    """
    SELECT v.id FROM care_visit AS v
     WHERE v.state = 'confirmed' AND v.area_code LIKE ANY (:places)
       AND NOT EXISTS (SELECT FROM visit_payment AS m WHERE m.visit_id = v.id)
     ORDER BY v.visit_on, v.id LIMIT :limit
    """
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentFilter:
    """Which payments to list; every part narrows. Days are of the visit, both included."""

    from_on: date
    until_on: date
    payer: str = ""
    state: str = ""
    provider_id: int | None = None
    bed_id: int | None = None
    area: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentView:
    """A paid visit, with who paid it and why."""

    visit_id: int
    senior_id: int
    senior: str
    bed_id: int
    bed_number: str
    provider_id: int
    provider: str
    area_code: str
    visit_on: date
    service: str
    names: Mapping[str, str]
    payer: Payer
    planned_minutes: int
    present_minutes: int
    minutes: int
    price_fen: int
    shares: Sequence[Mapping[str, Any]]
    reasons: Sequence[Reason]
    policy_ids: Sequence[int]
    txn_id: UUID | None
    paid_at: datetime
    paid_by: str
    external_ref: str
    reversed_at: datetime | None
    reversed_by: str
    reversal_reason: str
    reversal_id: UUID | None


@dataclass(frozen=True, slots=True)
class PayerSum:
    """What one payer paid."""

    payer: Payer
    visits: int
    minutes: int
    price_fen: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Unpaid:
    """A confirmed visit that nobody has paid, and what stands in the way; nothing where it only waits for its turn."""

    visit_id: int
    visit_on: date
    bed_id: int
    bed_number: str
    service: str
    names: Mapping[str, str]
    bar: Bar | None


def list_payments(
    session: Session, *, actor: Actor, filters: PaymentFilter, after: str | None = None, limit: int = PAGE
) -> Page[PaymentView]:
    """List payments that somebody reaches, the latest visit first.

    :raises Invalid: if ``after`` is no cursor of this list
    """
    query = _views().where(reached(VisitPayment, actor), *_conditions(filters))
    if after is not None:
        query = query.where(tuple_(VisitPayment.visit_on, VisitPayment.visit_id) < _read_cursor(after))
    query = query.order_by(VisitPayment.visit_on.desc(), VisitPayment.visit_id.desc()).limit(limit + 1)
    page = cut_page(session.execute(query).all(), limit, _cursor)
    return Page(items=[_view(row, actor) for row in page.items], next=page.next)


def sum_payments(session: Session, *, actor: Actor, filters: PaymentFilter) -> Sequence[PayerSum]:
    """Return what each payer paid, undone ones left out, in the order of payers."""
    query = (
        select(
            VisitPayment.payer,
            func.count(),
            func.sum(VisitPayment.minutes),
            func.sum(VisitPayment.price_fen),
        )
        .where(reached(VisitPayment, actor), VisitPayment.reversed_at.is_(None), *_conditions(filters))
        .group_by(VisitPayment.payer)
    )
    found = {payer: (count, minutes, fen) for payer, count, minutes, fen in session.execute(query)}
    return [PayerSum(payer, *map(int, found[payer])) for payer in Payer if payer in found]


def get_payment(session: Session, *, visit_id: int, actor: Actor) -> PaymentView:
    """Return who paid a visit.

    :raises PaymentNotFound: if nobody did, or it lies outside somebody's reach
    """
    row = session.execute(_views().where(VisitPayment.visit_id == visit_id, reached(VisitPayment, actor))).one_or_none()
    if row is None:
        raise PaymentNotFound
    return _view(row, actor)


def find_payments(session: Session, *, visit_ids: Collection[int]) -> Mapping[int, PaymentView]:
    """Return who paid some visits, by visit; those nobody paid are left out. Asks nobody's leave."""
    rows = session.execute(_views().where(VisitPayment.visit_id.in_(sorted(set(visit_ids)))))
    return {row.VisitPayment.visit_id: _view(row, None) for row in rows}


def list_month_payments(
    session: Session, *, bed_id: int, month: date, until: date, actor: Actor
) -> Sequence[PaymentView]:
    """Return the payments of a bed's visits of some days that somebody reaches, in order."""
    days = VisitPayment.visit_on.between(month, until)
    query = _views().where(VisitPayment.bed_id == bed_id, days, reached(VisitPayment, actor))
    rows = session.execute(query.order_by(VisitPayment.visit_on, VisitPayment.visit_id).limit(200))
    return [_view(row, None) for row in rows]


def list_unpaid(session: Session, *, area_codes: Collection[str], limit: int = PAGE) -> Sequence[Unpaid]:
    """Return confirmed visits that nobody has paid, the earliest first, and what stands in the way of each."""
    places = [f"{path_of(code)}%" for code in area_codes]
    return _list_unpaid(session, session.scalars(UNPAID, {"places": places, "limit": limit}).all())


def find_unpaid(session: Session, *, visit_id: int) -> Unpaid | None:
    """Return a visit that nobody has paid, and what stands in the way. Asks nobody's leave."""
    return next(iter(_list_unpaid(session, [visit_id])), None)


def _list_unpaid(session: Session, ids: Sequence[int]) -> list[Unpaid]:
    visits = read_visits(session, ids)
    book = Book(session, visits)
    return [
        Unpaid(
            visit_id=visit.id,
            visit_on=visit.on,
            bed_id=visit.bed_id,
            bed_number=visit.bed_number,
            service=visit.service,
            names=_name_service(book, visit),
            bar=find_bar(visit) or book.bar(visit),
        )
        for visit in sorted(visits, key=lambda each: (each.on, each.id))
    ]


def _name_service(book: Book, visit: Visit) -> Mapping[str, str]:
    found = book.service(visit)
    return found.name if found else {"zh": visit.service, "en": visit.service}


def _views() -> Select[Any]:
    undoer = ACCOUNT.alias("undoer")
    return (
        select(
            VisitPayment,
            SENIOR.c.name.label("senior"),
            PROVIDER.c.name.label("provider"),
            CareBed.number.label("bed_number"),
            ACCOUNT.c.name.label("paid_by"),
            undoer.c.name.label("reversed_by"),
        )
        .join(SENIOR, SENIOR.c.id == VisitPayment.senior_id)
        .join(PROVIDER, PROVIDER.c.id == VisitPayment.provider_id)
        .join(CareBed, CareBed.id == VisitPayment.bed_id)
        .outerjoin(ACCOUNT, ACCOUNT.c.id == VisitPayment.paid_by)
        .outerjoin(undoer, undoer.c.id == VisitPayment.reversed_by)
    )


def _view(row: Row[Any], actor: Actor | None) -> PaymentView:
    paid: VisitPayment = row.VisitPayment
    return PaymentView(
        **copied(paid, PaymentView, but=SHOWN_OTHERWISE),
        senior=show_name(actor, row.senior, area_code=paid.area_code, provider_id=paid.provider_id),
        provider=row.provider,
        bed_number=row.bed_number,
        names=paid.facts["names"],
        payer=Payer(paid.payer),
        planned_minutes=paid.facts["planned_minutes"],
        reasons=reasons_from_json(paid.reasons),
        paid_by=row.paid_by or "",
        reversed_by=row.reversed_by or "",
    )


def _conditions(filters: PaymentFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [VisitPayment.visit_on.between(filters.from_on, filters.until_on)]
    if filters.payer:
        found.append(VisitPayment.payer == filters.payer)
    if filters.state:
        undone = VisitPayment.reversed_at.is_not(None)
        found.append(undone if filters.state == UNDONE else ~undone)
    if filters.provider_id is not None:
        found.append(VisitPayment.provider_id == filters.provider_id)
    if filters.bed_id is not None:
        found.append(VisitPayment.bed_id == filters.bed_id)
    if filters.area:
        found.append(areas.within(VisitPayment.area_code, [filters.area]))
    return found


def _cursor(row: Row[Any]) -> str:
    paid: VisitPayment = row.VisitPayment
    return write_cursor(paid.visit_on.isoformat(), paid.visit_id)


def _read_cursor(cursor: str) -> tuple[date, int]:
    day, visit_id = read_cursor(cursor, str, int)
    if not 0 < visit_id < 2**63:
        raise no_cursor()
    try:
        return date.fromisoformat(day), visit_id
    except ValueError as error:
        raise no_cursor() from error

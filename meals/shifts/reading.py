"""Reading shifts: what tills sold in a time, one shift, lists of them, and a canteen's day."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, func, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from app.auth import Actor
from app.paging import Page, cut_page, moment_cursor, read_moment_cursor
from meals.deciding import CLOCK_SKEW
from meals.deliveries.summing import count_sold
from meals.models import Canteen, Checkout, Till
from meals.queries import SaleFilter
from meals.reading.checkouts import LATEST_UPLOAD
from meals.reading.days import midnight
from meals.reading.neighbours import account
from meals.scope import canteens_within, load_canteen, visible_canteens
from meals.shifts.errors import ShiftNotFound
from meals.shifts.models import TillShift
from meals.shifts.rules import Sum, Totals, expect_cash
from meals.tills.models import TillDevice

PAYERS = ("city", "district", "street", "community", "charity")
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """A shift as people read it. While it is open its totals are those of the moment: an X reading."""

    id: int
    number: int
    canteen_id: int
    canteen: str
    canteen_en: str
    till_id: int
    till_number: int
    day: date
    opened_at: datetime
    opened_by: str
    float_fen: int
    closed_at: datetime | None
    closed_by: str | None
    totals: Totals
    expected_fen: int
    counted_fen: int | None
    counts: Mapping[str, int]
    reason: str
    is_forced: bool

    @property
    def name(self) -> str:
        """Return what it is called on paper: till, and which of its shifts."""
        return f"{self.till_number}-{self.number:04d}"

    @property
    def difference_fen(self) -> int | None:
        """Return what lies in the drawer beyond what must; less than nothing where some is missing."""
        return None if self.counted_fen is None else self.counted_fen - self.expected_fen


@dataclass(frozen=True, slots=True, kw_only=True)
class TillDay:
    """What one till sold on a day, and the shifts that answer for it."""

    till_id: int | None
    till_number: int | None
    totals: Totals
    shifts: Sequence[Shift]
    # Sales without a till that were made for meals brought home: their cash is taken at the door.
    brought: int = 0

    @property
    def is_brought(self) -> bool:
        """Say whether all of this was brought home."""
        return self.till_id is None and 0 < self.brought == self.totals.sold.count

    @property
    def outside(self) -> Totals:
        """Return what was sold and undone while no shift was open, or came in after a closing."""
        if self.is_brought:
            return Totals()
        return self.totals - sum((shift.totals for shift in self.shifts), Totals())


@dataclass(frozen=True, slots=True, kw_only=True)
class CanteenDay:
    """A canteen's day: everything that was sold, by till."""

    canteen_id: int
    canteen: str
    canteen_en: str
    day: date
    tills: Sequence[TillDay]

    @property
    def totals(self) -> Totals:
        """Return what all tills come to."""
        return sum((till.totals for till in self.tills), Totals())

    @property
    def shifts(self) -> Sequence[Shift]:
        """Return the shifts of all tills."""
        return [shift for till in self.tills for shift in till.shifts]


def sum_sales(
    session: Session, *, canteen_id: int, from_at: datetime, until_at: datetime, till_id: int | None = None
) -> Mapping[int | None, Totals]:
    """Add up what the tills of a canteen sold and undid in a time, by till."""
    found: dict[int | None, dict[str, Sum]] = defaultdict(dict)
    # A sale is booked soon after it was made, or within the days a till may be cut off; one that is undone, later.
    sides = {
        "sold": (Checkout.occurred_at, from_at - CLOCK_SKEW),
        "undone": (Checkout.reversed_at, from_at - LATEST_UPLOAD),
    }
    for side, (moment, booked_from) in sides.items():
        query = _sums(moment).where(
            Checkout.canteen_id == canteen_id,
            Checkout.booked_at >= booked_from,
            Checkout.booked_at < until_at + LATEST_UPLOAD,
            moment >= from_at,
            moment < until_at,
        )
        for row in session.execute(query if till_id is None else query.where(Checkout.till_id == till_id)):
            sums = {name: int(value) for name, value in row._mapping.items() if name != "till_id"}
            found[row.till_id][side] = Sum(**sums)
    return {till: Totals(**both) for till, both in found.items()}


def read_till(session: Session, *, canteen_id: int, till_id: int, from_at: datetime, until_at: datetime) -> Totals:
    """Add up what one till sold and undid in a time."""
    found = sum_sales(session, canteen_id=canteen_id, till_id=till_id, from_at=from_at, until_at=until_at)
    return found.get(till_id, Totals())


def find_open_shift(session: Session, *, till_id: int, now: datetime) -> Shift | None:
    """Find the shift that is open at a till whose reader was checked before."""
    row = session.execute(_shifts().where(TillShift.till_id == till_id, TillShift.closed_at.is_(None))).one_or_none()
    return None if row is None else _read(session, row, now)


def find_last_float(session: Session, *, till_id: int) -> int:
    """Return the float that this till's drawer had last, nothing where it never had one."""
    query = select(TillShift.float_fen).where(TillShift.till_id == till_id).order_by(TillShift.number.desc()).limit(1)
    return session.scalar(query) or 0


def get_shift(session: Session, *, shift_id: int, actor: Actor, now: datetime) -> Shift:
    """Return one shift.

    :raises ShiftNotFound: if there is none with this id in the actor's canteens
    """
    row = session.execute(_shifts().where(TillShift.id == shift_id, visible_canteens(actor))).one_or_none()
    if row is None:
        raise ShiftNotFound
    return _read(session, row, now)


def find_late(session: Session, shift: Shift) -> Totals:
    """Return what reached the server after a shift was closed, though it was sold in it."""
    if shift.closed_at is None:
        return Totals()
    fresh = read_till(
        session,
        canteen_id=shift.canteen_id,
        till_id=shift.till_id,
        from_at=shift.opened_at,
        until_at=shift.closed_at,
    )
    return fresh - shift.totals


def find_waiting(session: Session, *, till_id: int) -> tuple[int, datetime] | None:
    """Return how many sales a till's devices said they still hold, and when; nothing where they hold none."""
    query = select(func.sum(TillDevice.queue_length), func.max(TillDevice.last_seen_at)).where(
        TillDevice.till_id == till_id, TillDevice.queue_length > 0
    )
    count, seen_at = session.execute(query).one()
    return (int(count), seen_at) if count and seen_at else None


def list_shifts(
    session: Session, *, actor: Actor, filters: SaleFilter, after: str | None = None, limit: int = 50
) -> Page[Shift]:
    """List shifts of the actor's canteens by day, the latest first. Those still open have no totals here.

    :raises Invalid: if the days cannot be read at once, or ``after`` is no cursor of this list
    """
    filters.check()
    query = _shifts().where(
        canteens_within(actor, filters.area), TillShift.day >= filters.from_on, TillShift.day <= filters.until_on
    )
    if filters.canteen_id is not None:
        query = query.where(TillShift.canteen_id == filters.canteen_id)
    if after:
        query = query.where(tuple_(TillShift.opened_at, TillShift.id) < tuple_(*read_moment_cursor(after, int)))
    rows = session.execute(query.order_by(TillShift.opened_at.desc(), TillShift.id.desc()).limit(limit + 1)).all()
    shifts = [_shift(row, Totals.from_json(row.TillShift.totals or {})) for row in rows]
    return cut_page(shifts, limit, lambda shift: moment_cursor(shift.opened_at, shift.id))


def get_day(session: Session, *, canteen_id: int, day: date, actor: Actor, now: datetime) -> CanteenDay:
    """Return what a canteen sold on a day, by till, with the shifts that answer for it.

    :raises CanteenNotFound: if it is none of the actor's
    """
    canteen = load_canteen(session, canteen_id=canteen_id, actor=actor)
    start = midnight(day)
    sums = sum_sales(session, canteen_id=canteen_id, from_at=start, until_at=start + ONE_DAY)
    rows = session.execute(
        _shifts().where(TillShift.canteen_id == canteen_id, TillShift.day == day).order_by(TillShift.opened_at)
    ).all()
    by_till: dict[int | None, list[Shift]] = defaultdict(list)
    for row in rows:
        by_till[row.TillShift.till_id].append(_read(session, row, now))
    numbers = _numbers(session, {till for till in (*sums, *by_till) if till is not None})
    tills = sorted({*sums, *by_till}, key=lambda till: numbers.get(till or 0, 0))
    return CanteenDay(
        canteen_id=canteen_id,
        canteen=canteen.name,
        canteen_en=canteen.name_en,
        day=day,
        tills=[
            TillDay(
                till_id=till,
                till_number=numbers.get(till or 0),
                totals=sums.get(till, Totals()),
                shifts=by_till[till],
                brought=count_sold(session, canteen_id=canteen_id, day=day) if till is None else 0,
            )
            for till in tills
        ],
    )


def _sums(moment: InstrumentedAttribute[Any]) -> Select[Any]:
    """Add up sales by till."""
    amounts: dict[str, ColumnElement[Any] | InstrumentedAttribute[Any]] = {
        "price_fen": Checkout.price_fen,
        "concession_fen": Checkout.concession_fen,
        "points_fen": Checkout.points_fen,
        "cash_fen": Checkout.cash_fen,
        "unpaid_fen": Checkout.unpaid_fen,
        **{f"{payer}_fen": _borne_by(payer) for payer in PAYERS},
    }
    return (
        select(
            Checkout.till_id,
            func.count().label("count"),
            func.count(Checkout.slot).label("subsidised"),
            *(func.coalesce(func.sum(amount), 0).label(name) for name, amount in amounts.items()),
        )
        .where(moment.isnot(None))
        .group_by(Checkout.till_id)
    )


def _borne_by(payer: str) -> ColumnElement[Any]:
    """Return what one payer bears of a sale, from its list of shares."""
    share = func.jsonb_array_elements(Checkout.shares).table_valued("value", joins_implicitly=True)
    amount = func.jsonb_extract_path_text(share.c.value, "amount_fen").cast(BigInteger)
    return (
        select(func.coalesce(func.sum(amount), 0))
        .select_from(share)
        .where(func.jsonb_extract_path_text(share.c.value, "kind") == payer)
        .correlate(Checkout)
        .scalar_subquery()
    )


def _shifts() -> Select[Any]:
    opener, closer = aliased(account, name="opener"), aliased(account, name="closer")
    return (
        select(
            TillShift,
            Till.number.label("till_number"),
            Canteen.name.label("canteen"),
            Canteen.name_en.label("canteen_en"),
            opener.c.name.label("opened_by_name"),
            closer.c.name.label("closed_by_name"),
        )
        .join(Till, Till.id == TillShift.till_id)
        .join(Canteen, Canteen.id == TillShift.canteen_id)
        .join(opener, opener.c.id == TillShift.opened_by)
        .outerjoin(closer, closer.c.id == TillShift.closed_by)
    )


def _read(session: Session, row: Any, now: datetime) -> Shift:
    """Make a shift with the totals that were kept, or with those of the moment."""
    found: TillShift = row.TillShift
    if found.totals is not None:
        return _shift(row, Totals.from_json(found.totals))
    span = {"from_at": found.opened_at, "until_at": now}
    return _shift(row, read_till(session, canteen_id=found.canteen_id, till_id=found.till_id, **span))


def _shift(row: Any, totals: Totals) -> Shift:
    found: TillShift = row.TillShift
    expected = expect_cash(float_fen=found.float_fen, totals=totals)
    return Shift(
        id=found.id,
        number=found.number,
        canteen_id=found.canteen_id,
        canteen=row.canteen,
        canteen_en=row.canteen_en,
        till_id=found.till_id,
        till_number=row.till_number,
        day=found.day,
        opened_at=found.opened_at,
        opened_by=row.opened_by_name,
        float_fen=found.float_fen,
        closed_at=found.closed_at,
        closed_by=row.closed_by_name,
        totals=totals,
        expected_fen=expected if found.expected_fen is None else found.expected_fen,
        counted_fen=found.counted_fen,
        counts=found.counts or {},
        reason=found.reason,
        is_forced=found.is_forced,
    )


def _numbers(session: Session, till_ids: Collection[int]) -> Mapping[int, int]:
    rows = session.execute(select(Till.id, Till.number).where(Till.id.in_(till_ids)))
    return {row.id: row.number for row in rows}

"""Reading the books for the desk: what moved on some days, by kind and programme, and the movements themselves."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    and_,
    case,
    column,
    exists,
    func,
    or_,
    select,
    table,
    true,
    tuple_,
)
from sqlalchemy import Text as SqlText
from sqlalchemy.orm import Session, aliased

from app.areas import queries as areas
from app.clock import ZONE
from app.errors import Invalid
from app.vault import mask_name
from subsidies.desk.days import day_sums
from subsidies.models import WALLET, Account, Lot, Posting, Txn

# A movement has at least one posting and seldom more than this: so many days hold enough movements for a page.
MOST_POSTINGS = 12
MOST_DAYS = 93
# What was paid and what of it was given back: both sides of what was spent.
SPENT, OF_SPENT = "spent", ("spend", "reversal")

senior = table(
    "senior",
    column("id", BigInteger),
    column("name", SqlText),
    column("residence_area_code", SqlText),
    column("hukou_area_code", SqlText),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MovementFilter:
    """What to look for; every part narrows. Days are those of booking, both included.

    ``kind`` may be ``spent``: payments to merchants, and what they gave back.
    """

    from_on: date
    until_on: date
    kind: str | None = None
    programme: str | None = None
    account: int | None = None
    area: str | None = None

    def check(self) -> None:
        """Refuse days that cannot be read at once.

        :raises Invalid: if the days are in the wrong order, or too many
        """
        if self.until_on < self.from_on:
            raise Invalid(errors={"until": [_l("The last day lies before the first.")]})
        if (self.until_on - self.from_on).days >= MOST_DAYS:
            raise Invalid(errors={"until": [_l("Choose at most %(days)s days.", days=MOST_DAYS)]})


@dataclass(frozen=True, slots=True, kw_only=True)
class MovementSum:
    """What one kind of movement came to: points that came in and went out, and funders' money beside points."""

    kind: str
    programme: str
    in_fen: int
    out_fen: int
    public_fen: int
    public_back_fen: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MovementLine:
    """A movement as lists show it, the guest's name masked.

    :ivar is_near: whether the guest belongs to the reader's areas, so that the reader may open the guest's book
    """

    home: int
    id: UUID
    seq: int
    kind: str
    booked_at: datetime
    guest: str
    change_fen: int
    public_fen: int
    programmes: Sequence[str]
    device: str
    is_near: bool


@dataclass(frozen=True, slots=True)
class MovementPage:
    """Some movements, the latest first, and the cursor of the next page."""

    items: Sequence[MovementLine]
    next: str | None


def sum_movements(session: Session, *, filters: MovementFilter, area_codes: Collection[str]) -> Sequence[MovementSum]:
    """Add up what moved, by kind and programme of the points.

    A movement lies where its merchant or, without one, its funder has the account: spent points where they were
    spent, granted points where they came from.

    :param area_codes: the areas of whoever asks
    """
    moved, debit, credit, query = _days(filters)
    fen = moved.c.amount_fen
    beside = and_(moved.c.debit != WALLET, moved.c.credit != WALLET)
    sums = (
        func.sum(case((moved.c.credit == WALLET, fen), else_=0)),
        func.sum(case((moved.c.debit == WALLET, fen), else_=0)),
        func.sum(case((and_(beside, credit.kind == "merchant"), fen), else_=0)),
        func.sum(case((and_(beside, debit.kind == "merchant"), fen), else_=0)),
    )
    rows = session.execute(
        query.with_only_columns(moved.c.kind, moved.c.programme, *sums)
        .where(*_placed(filters, debit, credit, area_codes))
        .group_by(moved.c.kind, moved.c.programme)
        .order_by(moved.c.kind, moved.c.programme)
    )
    return [
        MovementSum(
            kind=row[0],
            programme=row[1],
            in_fen=int(row[2]),
            out_fen=int(row[3]),
            public_fen=int(row[4]),
            public_back_fen=int(row[5]),
        )
        for row in rows
    ]


def list_all_movements(
    session: Session,
    *,
    filters: MovementFilter,
    area_codes: Collection[str],
    after: str | None = None,
    limit: int = 50,
    named: bool = False,
) -> MovementPage:
    """List movements of all books, the latest first.

    :param named: write names out; only for files that a second person allowed
    :raises Invalid: if the days cannot be read at once, or ``after`` is no cursor of this list
    """
    filters.check()
    place = _read_cursor(after) if after else None
    since, more = _days_of_page(session, filters, area_codes, place, limit)
    if since is None:
        return MovementPage((), None)
    rows = session.execute(_page_query(session, filters, area_codes, after=place, since=since, limit=limit + 1)).all()
    items = [_line(row, named) for row in rows[:limit]]
    goes_on = len(rows) > limit or more
    return MovementPage(items, _write_cursor(items[-1]) if goes_on and items else None)


def count_postings(session: Session, *, filters: MovementFilter, area_codes: Collection[str]) -> int:
    """Count the postings behind a list of movements: at least as many as movements."""
    moved, debit, credit, query = _days(filters)
    counted = query.with_only_columns(func.sum(moved.c.postings)).where(*_placed(filters, debit, credit, area_codes))
    return int(session.scalar(counted) or 0)


def _days(filters: MovementFilter) -> tuple[Any, Any, Any, Select[Any]]:
    """Return the sums of days with the accounts on both sides, narrowed by all filters but the place."""
    moved = day_sums(filters.from_on, filters.until_on)
    debit, credit = aliased(Account, name="debit"), aliased(Account, name="credit")
    query = (
        select(moved.c.kind)
        .select_from(moved)
        .join(debit, debit.id == moved.c.debit)
        .join(credit, credit.id == moved.c.credit)
    )
    if filters.kind == SPENT:
        query = query.where(moved.c.kind.in_(OF_SPENT), or_(debit.kind == "merchant", credit.kind == "merchant"))
    elif filters.kind:
        query = query.where(moved.c.kind == filters.kind)
    if filters.programme:
        query = query.where(moved.c.programme == filters.programme)
    if filters.account is not None:
        query = query.where(or_(moved.c.debit == filters.account, moved.c.credit == filters.account))
    return moved, debit, credit, query


def _placed(filters: MovementFilter, debit: Any, credit: Any, area_codes: Collection[str]) -> list[ColumnElement[bool]]:
    """Return the condition that a movement lies in the areas of whoever asks, and in the one that is asked for."""
    place = case(
        (credit.kind == "merchant", credit.area_code),
        (debit.kind == "merchant", debit.area_code),
        (debit.id == WALLET, credit.area_code),
        else_=debit.area_code,
    )
    wanted = [areas.within(place, area_codes)]
    return [*wanted, areas.within(place, [filters.area])] if filters.area else wanted


def _days_of_page(
    session: Session, filters: MovementFilter, area_codes: Collection[str], after: Any, limit: int
) -> tuple[date | None, bool]:
    """Return the day back to which a page surely finds enough, and whether earlier days hold more."""
    moved, debit, credit, query = _days(filters)
    counts = (
        query.with_only_columns(moved.c.booked_on, func.sum(moved.c.postings))
        .where(*_placed(filters, debit, credit, area_codes))
        .group_by(moved.c.booked_on)
        .order_by(moved.c.booked_on.desc())
    )
    if after is not None:
        counts = counts.where(moved.c.booked_on <= after[0].astimezone(ZONE).date())
    found, since = 0, None
    for place, (day, postings) in enumerate(rows := session.execute(counts).all()):
        # What the first day holds may all lie behind the cursor.
        found, since = found + (int(postings) if place or after is None else 0), day
        if found > limit * MOST_POSTINGS:
            return since, place + 1 < len(rows)
    return since, False


def _page_query(
    session: Session, filters: MovementFilter, area_codes: Collection[str], *, after: Any, since: date, limit: int
) -> Select[Any]:
    key = (Txn.booked_at, Txn.home, Txn.seq)
    query = select(Txn.home, Txn.id).where(
        Txn.booked_at >= _midnight(since), Txn.booked_at < _midnight(filters.until_on + timedelta(days=1))
    )
    if after is not None:
        query = query.where(Txn.booked_at <= after[0], tuple_(*key) < tuple_(*after))
    if filters.kind:
        query = query.where(Txn.kind.in_(OF_SPENT if filters.kind == SPENT else (filters.kind,)))
    is_narrow = filters.programme or filters.account is not None or filters.kind == SPENT
    if is_narrow or _leaves_out(session, filters, area_codes):
        query = query.where(_has_posting(filters, area_codes))
    found = query.order_by(*(each.desc() for each in key)).limit(limit).subquery("found")
    told = _told().lateral("told")
    is_near = or_(
        *(areas.within(place, area_codes) for place in (senior.c.residence_area_code, senior.c.hukou_area_code))
    )
    return (
        select(Txn.home, Txn.id, Txn.seq, Txn.kind, Txn.booked_at, Txn.device, senior.c.name, is_near, told)
        .join(found, (found.c.home == Txn.home) & (found.c.id == Txn.id))
        .join(senior, senior.c.id == Txn.home)
        .join(told, true())
        .order_by(*(each.desc() for each in key))
    )


def _told() -> Any:
    """Add up the postings of one movement: what its guest's points gained, what funders paid beside them."""
    merchant = aliased(Account)
    beside = and_(Posting.debit != WALLET, Posting.credit != WALLET)
    fen, zero = Posting.amount_fen, 0
    return (
        select(
            func.sum(case((Posting.credit == WALLET, fen), (Posting.debit == WALLET, -fen), else_=zero)).label(
                "change"
            ),
            func.sum(case((and_(beside, merchant.id == Posting.credit), fen), (beside, -fen), else_=zero)).label(
                "public"
            ),
            func.array_agg(func.distinct(Lot.programme)).filter(Lot.programme.isnot(None)).label("programmes"),
        )
        .select_from(Posting)
        .outerjoin(merchant, (merchant.id == Posting.credit) & (merchant.kind == "merchant"))
        .outerjoin(Lot, (Lot.home == Posting.home) & (Lot.id == Posting.lot_id))
        .where(Posting.home == Txn.home, Posting.txn_id == Txn.id)
        .correlate(Txn)
    )


def _leaves_out(session: Session, filters: MovementFilter, area_codes: Collection[str]) -> bool:
    """Say whether any account lies outside the areas: where none does, no movement need be looked at for it."""
    wanted = [areas.within(Account.area_code, area_codes)]
    if filters.area:
        wanted.append(areas.within(Account.area_code, [filters.area]))
    outside = select(exists().where(Account.id != WALLET, ~and_(*wanted)))
    return bool(session.scalar(outside))


def _has_posting(filters: MovementFilter, area_codes: Collection[str]) -> ColumnElement[bool]:
    debit, credit = aliased(Account), aliased(Account)
    query = (
        select(Posting.n)
        .join(debit, debit.id == Posting.debit)
        .join(credit, credit.id == Posting.credit)
        .where(Posting.home == Txn.home, Posting.txn_id == Txn.id, *_placed(filters, debit, credit, area_codes))
    )
    if filters.programme:
        query = query.join(Lot, (Lot.home == Posting.home) & (Lot.id == Posting.lot_id))
        query = query.where(Lot.programme == filters.programme)
    if filters.account is not None:
        query = query.where(or_(Posting.debit == filters.account, Posting.credit == filters.account))
    if filters.kind == SPENT:
        query = query.where(or_(debit.kind == "merchant", credit.kind == "merchant"))
    return query.correlate(Txn).exists()


def _line(row: Any, named: bool) -> MovementLine:
    home, txn_id, seq, kind, booked_at, device, name, is_near, change, public, programmes = row
    return MovementLine(
        home=home,
        id=txn_id,
        seq=seq,
        kind=kind,
        booked_at=booked_at,
        guest=name if named else mask_name(name),
        change_fen=int(change),
        public_fen=int(public),
        programmes=programmes or (),
        device=device,
        is_near=is_near,
    )


def _write_cursor(line: MovementLine) -> str:
    return f"{line.booked_at.astimezone(UTC).isoformat()},{line.home},{line.seq}"


def _read_cursor(text: str) -> tuple[datetime, int, int]:
    try:
        moment, home, seq = text.split(",")
        at = datetime.fromisoformat(moment)
        if at.tzinfo is None:
            raise ValueError(moment)
        return at, int(home), int(seq)
    except ValueError as error:
        raise Invalid(
            errors={"after": [_l("This is not a cursor of this list. Start from its first page.")]}
        ) from error


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=ZONE)

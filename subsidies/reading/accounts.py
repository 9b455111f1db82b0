"""Accounts: who gives and takes, the trial balance of a day, and what moved on one account."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, case, func, or_, select, tuple_
from sqlalchemy.orm import Session, aliased

from app.areas import queries as areas
from app.areas.rules import ancestors, is_within_any
from app.clock import ZONE
from app.errors import NotFound
from subsidies.desk.days import day_sums
from subsidies.models import FUNDERS, WALLET, Account, Posting, Txn
from subsidies.wording import account_name

EVER = date(2000, 1, 1)

# The place of a posting in its list: moment, book, number in it, number of the posting.
POSTING_CURSOR = r"\A\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?\+00:00,\d{1,18},\d{1,18},\d{1,4}\Z"


@dataclass(frozen=True, slots=True)
class AccountView:
    """An account as shown."""

    id: int
    kind: str
    name: Any
    area_code: str | None
    owner_ref: str | None


@dataclass(frozen=True, slots=True)
class TrialLine:
    """What one account gave and took; without an account, all those outside the reader's areas together."""

    account: AccountView | None
    debit_fen: int
    credit_fen: int

    @property
    def balance_fen(self) -> int:
        """Return what the account took more than it gave."""
        return self.credit_fen - self.debit_fen


@dataclass(frozen=True, slots=True)
class TrialBalance:
    """All accounts at the end of a day, by the time of booking; both sums are the same or the books are wrong."""

    on: date
    lines: Sequence[TrialLine]

    @property
    def debit_fen(self) -> int:
        """Return the sum of all debits."""
        return sum(line.debit_fen for line in self.lines)

    @property
    def credit_fen(self) -> int:
        """Return the sum of all credits."""
        return sum(line.credit_fen for line in self.lines)

    @property
    def points_fen(self) -> int:
        """Return the points that all payers held together."""
        return sum(line.balance_fen for line in self.lines if line.account and line.account.id == WALLET)


@dataclass(frozen=True, slots=True)
class AccountPosting:
    """One posting of an account, seen from it."""

    home: int
    txn_id: UUID
    seq: int
    n: int
    kind: str
    booked_at: datetime
    other: AccountView
    debit_fen: int
    credit_fen: int


@dataclass(frozen=True, slots=True)
class AccountPostings:
    """Some postings of an account, newest first, and the cursor of the next page."""

    items: Sequence[AccountPosting]
    next: str | None


def funder_accounts(session: Session, *, area_code: str) -> dict[str, int]:
    """Return who pays in a place: for each kind of funder, the account of the nearest area up the tree."""
    line = [area_code, *ancestors(area_code)]
    query = select(Account.kind, Account.area_code, Account.id).where(
        Account.kind.in_(FUNDERS), Account.owner_ref.is_(None), Account.area_code.in_(line)
    )
    found = sorted(session.execute(query), key=lambda row: line.index(row.area_code or ""), reverse=True)
    return {row.kind: row.id for row in found}


def get_account(session: Session, *, account_id: int, area_codes: Collection[str] | None = None) -> AccountView:
    """Return an account.

    :param area_codes: the areas of whoever asks; every account when left out
    :raises NotFound: if there is none, or only outside those areas
    """
    query = select(Account).where(Account.id == account_id)
    account = session.scalar(query if area_codes is None else query.where(_visible(area_codes)))
    if account is None:
        raise NotFound
    return view_account(account)


def trial_balance(session: Session, *, on: date, area_codes: Collection[str] | None = None) -> TrialBalance:
    """Return what every account gave and took until the end of a day.

    :param area_codes: areas whose accounts are told one by one; all others become one line
    """
    # The kept sums of each day and what came after: a few rows instead of millions.
    moved = day_sums(EVER, on)
    pair = (moved.c.debit, moved.c.credit)
    pairs = select(*pair, func.sum(moved.c.amount_fen)).group_by(*pair)
    debits: dict[int, int] = {}
    credits_: dict[int, int] = {}
    for debit, credit, fen in session.execute(pairs):
        debits[debit] = debits.get(debit, 0) + int(fen)
        credits_[credit] = credits_.get(credit, 0) + int(fen)
    accounts = session.scalars(
        select(Account).order_by(Account.kind, Account.area_code, Account.name, Account.id)
    ).all()
    return TrialBalance(on, list(_lines(accounts, debits, credits_, area_codes)))


def list_account_postings(
    session: Session, *, account_id: int, on: date, after: str | None = None, limit: int = 50
) -> AccountPostings:
    """Return what was booked on an account on one business day, newest first."""
    debit, credit = aliased(Account), aliased(Account)
    query = (
        _of_account(select(Posting, Txn, debit, credit), account_id, on)
        .join(debit, debit.id == Posting.debit)
        .join(credit, credit.id == Posting.credit)
        .order_by(Txn.booked_at.desc(), Posting.home.desc(), Txn.seq.desc(), Posting.n.desc())
    )
    place = (Txn.booked_at, Posting.home, Txn.seq, Posting.n)
    if after is not None:
        query = query.where(tuple_(*place) < tuple_(*read_cursor(after)))
    rows = session.execute(query.limit(limit + 1)).all()
    items = [_posting_of(account_id, *row) for row in rows[:limit]]
    return AccountPostings(items, write_cursor(items[-1]) if len(rows) > limit else None)


def sum_account_days(session: Session, *, account_id: int, since: date, until: date) -> Mapping[date, tuple[int, int]]:
    """Return what an account gave and took on each business day of a range that saw anything."""
    moved = day_sums(since, until).c
    gave = func.sum(case((moved.debit == account_id, moved.amount_fen), else_=0))
    took = func.sum(case((moved.credit == account_id, moved.amount_fen), else_=0))
    query = (
        select(moved.booked_on, gave, took)
        .where(or_(moved.debit == account_id, moved.credit == account_id))
        .group_by(moved.booked_on)
        .order_by(moved.booked_on)
    )
    return {row[0]: (int(row[1]), int(row[2])) for row in session.execute(query)}


def read_cursor(text: str) -> tuple[datetime, int, int, int]:
    """Read a cursor of postings.

    :raises ValueError: if it is none; ``POSTING_CURSOR`` says which are
    """
    moment, home, seq, n = text.split(",")
    return datetime.fromisoformat(moment), int(home), int(seq), int(n)


def write_cursor(item: AccountPosting) -> str:
    """Write the place of a posting in its list."""
    return f"{item.booked_at.astimezone(UTC).isoformat()},{item.home},{item.seq},{item.n}"


def view_account(account: Account) -> AccountView:
    """Return an account as shown."""
    return AccountView(
        account.id, account.kind, account_name(account.kind, account.name), account.area_code, account.owner_ref
    )


def _lines(
    accounts: Iterable[Account],
    debits: Mapping[int, int],
    credits_: Mapping[int, int],
    area_codes: Collection[str] | None,
) -> Iterable[TrialLine]:
    elsewhere = TrialLine(None, 0, 0)
    for account in accounts:
        line = TrialLine(view_account(account), debits.get(account.id, 0), credits_.get(account.id, 0))
        if area_codes is None or _is_visible(account, area_codes):
            yield line
        else:
            elsewhere = TrialLine(None, elsewhere.debit_fen + line.debit_fen, elsewhere.credit_fen + line.credit_fen)
    if elsewhere.debit_fen or elsewhere.credit_fen:
        yield elsewhere


def _visible(area_codes: Collection[str]) -> ColumnElement[bool]:
    return or_(Account.area_code.is_(None), areas.within(Account.area_code, area_codes))


def _is_visible(account: Account, area_codes: Collection[str]) -> bool:
    return account.area_code is None or is_within_any(account.area_code, area_codes)


def _of_account(query: Any, account_id: int, since: date, until: date | None = None) -> Any:
    begin = datetime.combine(since, time(), tzinfo=ZONE)
    return query.join(Txn, _same_txn()).where(
        or_(Posting.debit == account_id, Posting.credit == account_id),
        Txn.booked_at >= begin,
        Txn.booked_at < _end_of(until or since),
    )


def _posting_of(account_id: int, posting: Posting, txn: Txn, debit: Account, credit: Account) -> AccountPosting:
    gives = posting.debit == account_id
    return AccountPosting(
        home=posting.home,
        txn_id=posting.txn_id,
        seq=txn.seq,
        n=posting.n,
        kind=txn.kind,
        booked_at=txn.booked_at,
        other=view_account(credit if gives else debit),
        debit_fen=posting.amount_fen if gives else 0,
        credit_fen=0 if gives else posting.amount_fen,
    )


def _same_txn() -> ColumnElement[bool]:
    return (Txn.home == Posting.home) & (Txn.id == Posting.txn_id)


def _end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=ZONE)

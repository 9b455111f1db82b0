"""The sealed books as a beancount journal: a reader that is not ours adds them up again.

A debit is a positive amount and a credit a negative one. Each payer's points are an account of their own. The
balances that close the journal come from the seals and from the sums kept with them, not from the postings above.
"""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any, TextIO

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app.clock import business_day
from app.money import yuan
from app.tokens import new_id
from subsidies.models import FUNDERS, WALLET, Account, Txn
from subsidies.seals.exporting import ROWS_AT_ONCE, STEP, NothingSealed
from subsidies.seals.models import BlockLeaf, Rollup, SealedBook

HEAD = 'option "title" "Chongyang points"\noption "operating_currency" "CNY"\n\n'
KIND_ACCOUNTS = {"merchant": "Liabilities:Merchants", "expired": "Equity:Expired", "receivable": "Assets:Receivables"}
_STREAM = {"yield_per": ROWS_AT_ONCE}
MOVEMENTS = text(
    "SELECT t.home, t.seq, t.kind, t.id, t.booked_at, p.debit, p.credit, p.amount_fen FROM ledger.sealed_book AS s"
    " JOIN ledger.txn AS t ON t.home = s.home AND t.seq <= s.to_seq"
    " JOIN ledger.posting AS p ON p.home = t.home AND p.txn_id = t.id ORDER BY t.home, t.seq, p.n"
)


def write_journal(session: Session, *, file: Path, progress: Callable[[int], object] = lambda _rows: None) -> int:
    """Write all that is sealed into a file, whole or not at all, and return how many transactions; memory stays flat.

    :param progress: told how many more transactions were written
    :raises NothingSealed: if no seal was made yet
    """
    if session.scalar(select(SealedBook.home).limit(1)) is None:
        raise NothingSealed
    first, last = session.execute(select(func.min(Txn.booked_at), func.max(Txn.booked_at))).one()
    fresh = file.with_name(f".{file.name}.{new_id().hex}")
    with fresh.open("w", encoding="utf-8") as stream:
        stream.write(HEAD)
        names = dict(_open_accounts(session, stream, business_day(first)))
        count = 0
        for count, lines in enumerate(_entries(session, names), 1):
            stream.write(lines)
            if count % STEP == 0:
                progress(STEP)
        progress(count % STEP)
        _assert_balances(session, stream, names, business_day(last) + timedelta(days=1))
    fresh.replace(file)
    return count


def _open_accounts(session: Session, stream: TextIO, day: date) -> Iterator[tuple[int, str]]:
    for account in session.scalars(select(Account).where(Account.id != WALLET).order_by(Account.id)):
        name = f"{KIND_ACCOUNTS.get(account.kind, f'Equity:Funders:{account.kind.title()}')}:A{account.id}"
        # Whoever owes something back is a person, and stays a number.
        said = f'  name: "{_quoted(account.name)}"\n' if account.kind in {*FUNDERS, "merchant", "expired"} else ""
        stream.write(f"{day} open {name} CNY\n{said}")
        yield account.id, name
    stream.writelines(
        f"{day} open {points_of(home)} CNY\n"
        for home in session.scalars(select(SealedBook.home).order_by(SealedBook.home), execution_options=_STREAM)
    )
    stream.write("\n")


def _entries(session: Session, names: dict[int, str]) -> Iterator[str]:
    rows = session.execute(MOVEMENTS, execution_options=_STREAM)
    for (home, seq), group in groupby(rows, key=lambda row: (row.home, row.seq)):
        yield _entry(home, seq, list(group), names)


def _entry(home: int, seq: int, postings: list[Any], names: dict[int, str]) -> str:
    head = postings[0]
    lines = [f'{business_day(head.booked_at)} * "{head.kind}" "book {home}, entry {seq}"', f'  id: "{head.id}"']
    for row in postings:
        for account, sign in ((row.debit, ""), (row.credit, "-")):
            name = points_of(home) if account == WALLET else names[account]
            lines.append(f"  {name}  {sign}{yuan(row.amount_fen)} CNY")
    return "\n".join(lines) + "\n\n"


def _assert_balances(session: Session, stream: TextIO, names: dict[int, str], day: date) -> None:
    sums = select(Rollup.account_id, func.sum(Rollup.debit_fen - Rollup.credit_fen)).group_by(Rollup.account_id)
    for account_id, fen in session.execute(sums.order_by(Rollup.account_id)):
        if account_id != WALLET:
            stream.write(f"{day} balance {names[account_id]}  {yuan(int(fen))} CNY\n")
    leaves = select(BlockLeaf.home, BlockLeaf.balance_fen).join(
        SealedBook, (SealedBook.home == BlockLeaf.home) & (SealedBook.height == BlockLeaf.height)
    )
    for home, fen in session.execute(leaves.order_by(BlockLeaf.home), execution_options=_STREAM):
        stream.write(f"{day} balance {points_of(home)}  {yuan(-fen)} CNY\n")


def points_of(home: int) -> str:
    """Return the account of a payer's points."""
    return f"Liabilities:Points:B{home}"


def _quoted(name: str) -> str:
    return name.replace("\\", "\\\\").replace('"', '\\"')

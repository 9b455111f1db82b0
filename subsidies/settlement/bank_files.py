"""The file that goes to the bank, and the one that comes back: who is paid how much, and by which reference."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import vault
from app.audit.services import record
from app.auth import Actor
from app.errors import DomainError, Invalid
from app.money import yuan
from app.sheets_out import As, Column, write_csv
from app.spreadsheets import BadCell, Layout, Row, read_rows
from subsidies.models import Account
from subsidies.settlement.errors import NothingToPay, PayeeMissing, PayeeOwn
from subsidies.settlement.models import Payee, Statement
from subsidies.settlement.reach import Reach, visible
from subsidies.settlement.rules import Period, State, Step
from subsidies.settlement.steps import take_step

MOST_ROWS, MOST_NAMED = 5000, 20
LAYOUT = Layout(
    columns={
        "number": ("结算单号", "statement", "statement number"),
        "amount": ("金额", "金额（元）", "amount (yuan)"),
        "reference": ("银行流水号", "bank reference"),
        "holder": ("户名", "account holder"),
        "bank": ("开户行",),
        "account": ("账号", "account number"),
        "period": ("结算期",),
        "purpose": ("用途",),
    },
    required=("number", "reference"),
)


@dataclass(frozen=True, slots=True)
class BankFile:
    """A file for the bank: its name, its content, how many payments and how much."""

    name: str
    content: bytes
    payments: int
    total_fen: int


def write_bank_file(session: Session, *, period: Period, reach: Reach, by: Actor, now: datetime) -> BankFile:
    """Write the payments of all approved statements of a period within a reach.

    :raises NothingToPay: if there is none above zero
    :raises PayeeMissing: if it is not known where a merchant's money goes; names some of them
    :raises PayeeOwn: if the caller wrote one of the accounts that money would go to
    """
    query = (
        select(Statement, Account.name, Payee)
        .join(Account, Account.id == Statement.merchant)
        .outerjoin(Payee, Payee.merchant == Statement.merchant)
        .where(
            Statement.period_from == period.from_on,
            Statement.period_until == period.until_on,
            Statement.state == State.APPROVED,
            Statement.points_fen + Statement.public_fen > 0,
            visible(reach),
        )
        .order_by(Statement.area_code, Statement.id)
    )
    rows: Sequence[Any] = session.execute(query).all()
    if not rows:
        raise NothingToPay
    _check_payees(rows, by)
    total_fen = sum(row.Statement.total_fen for row in rows)
    content = b"".join(write_csv(_columns(), (_payment(row, period) for row in rows)))
    _record(session, rows, total_fen, by=by, now=now)
    return BankFile(f"bank-{period.code}.csv", content, len(rows), total_fen)


def mark_paid(session: Session, *, data: bytes, reach: Reach, by: Actor, now: datetime) -> int:
    """Mark the statements of a file from the bank as paid, all of them or none, and return how many.

    Rows without a reference are payments that did not happen yet; they are left out.

    :raises SheetFault: if the file cannot be read as such a table
    :raises Invalid: if a row does not fit its statement; names each
    """
    faults: dict[str, list[Any]] = {}
    paid = 0
    for row in read_rows(data, LAYOUT, most_rows=MOST_ROWS):
        fault = _pay_row(session, row, reach=reach, by=by, now=now)
        if fault is not None:
            faults[str(_("Row %(row)s", row=row.number))] = [fault]
        elif row.cells.get("reference"):
            paid += 1
        if len(faults) == MOST_NAMED:
            break
    if faults:
        raise Invalid(_l("Some rows do not fit. Nothing was marked as paid."), errors=faults)
    return paid


def statement_number(statement_id: int) -> str:
    """Write the number by which a statement is known outside."""
    return f"JS{statement_id:08d}"


def find_statement_id(number: str) -> int | None:
    """Read a statement's number."""
    digits = number.strip().upper().removeprefix("JS")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= 18 else None


def _check_payees(rows: Iterable[Any], by: Actor) -> None:
    missing = [row.name for row in rows if row.Payee is None]
    if missing:
        names = _("%(names)s and %(count)s more", names=", ".join(missing[:5]), count=len(missing) - 5)
        named = ", ".join(missing) if len(missing) <= 5 else names
        raise PayeeMissing(_l("Write down the bank account first of: %(names)s.", names=named))
    own = [row.name for row in rows if row.Payee.changed_by == by.account_id]
    if own:
        detail = _l(
            "You wrote down the bank account of %(name)s yourself. Somebody else must write the file.", name=own[0]
        )
        raise PayeeOwn(detail)


def _columns() -> list[Column]:
    return [
        Column(_l("Statement number")),
        Column(_l("Period")),
        Column(_l("Account holder")),
        Column(_l("Bank")),
        Column(_l("Account number")),
        Column(_l("Amount (yuan)"), As.FEN),
        Column(_l("Purpose")),
        Column(_l("Bank reference")),
    ]


def _payment(row: Any, period: Period) -> Sequence[Any]:
    statement, payee = row.Statement, row.Payee
    number = vault.unseal(payee.number)
    purpose = _("Settlement %(period)s, %(name)s", period=period.code, name=row.name)
    return (
        statement_number(statement.id),
        period.code,
        payee.holder,
        payee.bank,
        number,
        statement.total_fen,
        purpose,
        "",
    )


def _record(session: Session, rows: Sequence[Any], total_fen: int, *, by: Actor, now: datetime) -> None:
    for row in rows:
        record(
            session,
            actor=by,
            action="settlement.bank_file",
            subject=f"statement:{row.Statement.id}",
            area_code=row.Statement.area_code,
            now=now,
            new={"amount_fen": row.Statement.total_fen, "file_fen": total_fen},
        )


def _pay_row(session: Session, row: Row, *, reach: Reach, by: Actor, now: datetime) -> Any:
    """Mark one statement as paid; return what does not fit."""
    cells: Mapping[str, Any] = row.cells
    if any(isinstance(cell, BadCell) for cell in cells.values()):
        return _l("A cell of this row cannot be read.")
    if not cells.get("reference"):
        return None
    statement_id = find_statement_id(cells["number"])
    if statement_id is None:
        return _l("“%(number)s” is no number of a statement.", number=cells["number"][:40])
    try:
        statement = take_step(
            session,
            step=Step.PAY,
            statement_id=statement_id,
            reach=reach,
            by=by,
            now=now,
            note=cells["reference"].removeprefix("'"),
        )
    except DomainError as error:
        return error.detail
    amount = cells.get("amount", "").replace(",", "")
    if amount and amount.split(".")[0] + "." + (amount + ".").split(".")[1].ljust(2, "0") != yuan(statement.total_fen):
        return _l("%(amount)s yuan is not what is owed: %(owed)s.", amount=amount[:20], owed=yuan(statement.total_fen))
    return None

"""Sums of the books that are kept by day. Only ``fold_ledger`` writes them."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Fen, Model


class LedgerDay(Model):
    """What one kind of movement brought from one account to another on a day, by programme of the points."""

    __tablename__ = "ledger_day"

    booked_on: Mapped[date] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    debit: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    credit: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    programme: Mapped[str] = mapped_column(primary_key=True)
    postings: Mapped[int]
    amount_fen: Mapped[Fen]


class LedgerFold(Model):
    """Until when they are kept; what came later is added by whoever reads."""

    __tablename__ = "ledger_fold"
    __table_args__ = (CheckConstraint("id = 1", name="single"),)

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    until: Mapped[datetime]

"""The tables of seals, for reading: only two functions of the database write them. And what is on its way out."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Index, Integer, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Model
from subsidies.models import ROOM_FOR_UPDATES, SCHEMA

IN_LEDGER = {"schema": SCHEMA}
CHANNELS = ("directory", "webhook")


class Seal(Model):
    """One round: all its blocks under one root, chained to the round before, signed."""

    __tablename__ = "seal"
    __table_args__ = (IN_LEDGER,)

    height: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    prev: Mapped[bytes]
    root: Mapped[bytes]
    blocks: Mapped[int] = mapped_column(Integer)
    leaves: Mapped[int]
    sealed_at: Mapped[datetime]
    key_id: Mapped[str]
    signature: Mapped[bytes]


class SealKey(Model):
    """The public half of a key that signed."""

    __tablename__ = "seal_key"
    __table_args__ = (IN_LEDGER,)

    key_id: Mapped[str] = mapped_column(primary_key=True)
    public_key: Mapped[bytes]
    since: Mapped[datetime]


class Block(Model):
    """One bucket's leaves of a round under one root, chained to the bucket's block before."""

    __tablename__ = "block"
    __table_args__ = (Index(None, "height", "bucket"), IN_LEDGER)

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    height: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    prev: Mapped[bytes]
    root: Mapped[bytes]
    leaves: Mapped[int] = mapped_column(Integer)
    sealed_at: Mapped[datetime]


class BlockLeaf(Model):
    """A book as it stood in a round, and which of its transactions the round covers."""

    __tablename__ = "block_leaf"
    __table_args__ = (Index(None, "height", "bucket", "home"), IN_LEDGER)

    bucket: Mapped[int] = mapped_column(SmallInteger)
    home: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    height: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    from_seq: Mapped[int]
    to_seq: Mapped[int]
    head: Mapped[bytes]
    balance_fen: Mapped[int]


class AccountLeaf(Model):
    """The round that covers an account."""

    __tablename__ = "account_leaf"
    __table_args__ = (Index(None, "height", "account_id"), IN_LEDGER)

    account_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    height: Mapped[int]
    digest: Mapped[bytes]


class AnswerLeaf(Model):
    """The round that covers an answer which moved nothing."""

    __tablename__ = "answer_leaf"
    __table_args__ = (Index(None, "height", "digest"), IN_LEDGER)

    key: Mapped[str] = mapped_column(primary_key=True)
    height: Mapped[int]
    digest: Mapped[bytes]


class SealedBook(Model):
    """How far a book is sealed."""

    __tablename__ = "sealed_book"
    __table_args__ = (ROOM_FOR_UPDATES,)

    home: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    to_seq: Mapped[int]
    height: Mapped[int]


class Rollup(Model):
    """What an account gave and took in all that is sealed of one bucket."""

    __tablename__ = "rollup"
    __table_args__ = (ROOM_FOR_UPDATES,)

    account_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    debit_fen: Mapped[int]
    credit_fen: Mapped[int]
    height: Mapped[int]


class SealDelivery(Model):
    """A seal that has to reach somebody."""

    __tablename__ = "seal_delivery"
    __table_args__ = (
        CheckConstraint(f"channel IN {CHANNELS!r}", name="channel"),
        Index(None, "channel", "due_at", postgresql_where=text("done_at IS NULL")),
    )

    height: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    channel: Mapped[str] = mapped_column(primary_key=True)
    attempts: Mapped[int] = mapped_column(Integer, server_default="0")
    due_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    fault: Mapped[str | None]

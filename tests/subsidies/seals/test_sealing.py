"""A round takes what changed, all of it or nothing, and nobody waits for it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, create_engine, func, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from subsidies import services as ledger
from subsidies.seals import queries
from subsidies.seals.keys import SealingKey, is_signed
from subsidies.seals.models import Block, BlockLeaf, Rollup, Seal, SealKey
from subsidies.seals.sealing import Sealed, seal_books, text_of
from subsidies.seals.verify import verify_seals
from tests.subsidies.factories import NOON, Accounts, grant, new_home, open_accounts, spend

ZEROS = bytes(32)


def seal(session: Session, key: SealingKey, minute: int = 0) -> Sealed | None:
    return seal_books(session, key=key, now=NOON + timedelta(minutes=minute))


def faults(session: Session, folder: Path) -> list[str]:
    return [str(fault) for fault in verify_seals(session, folder=folder)]


def test_a_round_covers_every_book_that_changed_and_no_other(
    session: Session, accounts: Accounts, key: SealingKey, folder: Path
) -> None:
    first, second = new_home(), new_home()
    for home in (first, second):
        grant(session, home, 500, funder=accounts.city)
    sealed = seal(session, key)
    assert sealed is not None
    assert (sealed.height, sealed.leaves) == (
        1,
        2 + session.scalar(select(func.count()).select_from(ledger_accounts())),
    )
    spend(session, first, 100, merchant=accounts.canteen)
    spend(session, first, 100, merchant=accounts.canteen)
    again = seal(session, key, 1)
    assert again is not None
    assert (again.height, again.leaves, again.blocks) == (2, 1, 1)
    leaf = session.scalars(select(BlockLeaf).where(BlockLeaf.height == 2)).one()
    assert (leaf.home, leaf.from_seq, leaf.to_seq, leaf.balance_fen) == (first, 2, 3, 300)
    assert seal(session, key, 2) is None
    assert faults(session, folder) == []


def ledger_accounts() -> Any:
    from subsidies.models import Account

    return Account


def test_seals_are_chained_and_signed(session: Session, accounts: Accounts, home: int, key: SealingKey) -> None:
    grant(session, home, 500, funder=accounts.city)
    seal(session, key)
    spend(session, home, 100, merchant=accounts.canteen)
    seal(session, key, 1)
    one, two = session.scalars(select(Seal).order_by(Seal.height)).all()
    assert one.prev == ZEROS
    assert two.prev != ZEROS
    public_key = session.get_one(SealKey, key.key_id).public_key
    for each in (one, two):
        assert is_signed(public_key, text_of(each), each.signature)
    assert not is_signed(public_key, text_of(one), two.signature)
    blocks = session.scalars(select(Block).where(Block.bucket == home % 64).order_by(Block.height)).all()
    assert [block.prev == ZEROS for block in blocks] == [True, False]


def test_sums_by_account_advance_with_the_round(session: Session, accounts: Accounts, key: SealingKey) -> None:
    home, other = new_home(), new_home()
    for each in (home, other):
        grant(session, each, 500, funder=accounts.city)
    seal(session, key)
    spend(session, home, 100, merchant=accounts.canteen, legs=accounts.legs)
    seal(session, key, 1)
    query = select(func.sum(Rollup.debit_fen), func.sum(Rollup.credit_fen)).where(Rollup.account_id == accounts.canteen)
    assert session.execute(query).one() == (0, 740)
    query = select(func.sum(Rollup.debit_fen), func.sum(Rollup.credit_fen)).where(Rollup.account_id == 1)
    assert session.execute(query).one() == (100, 1000)


def test_an_answer_that_moved_nothing_is_sealed_too(
    session: Session, accounts: Accounts, home: int, key: SealingKey, folder: Path
) -> None:
    seal(session, key)
    ledger.answer(session, home=home, key="k", fingerprint=b"f", outcome="sold_for_cash", response={}, now=NOON)
    sealed = seal(session, key, 1)
    assert sealed is not None
    assert sealed.leaves == 1
    assert faults(session, folder) == []


def test_a_sale_that_commits_after_the_round_is_in_the_next(
    app: Flask, committed_db: Session, key: SealingKey, folder: Path
) -> None:
    accounts = open_accounts(committed_db)
    early, late = new_home(), new_home()
    for home in (early, late):
        grant(committed_db, home, 500, funder=accounts.city)
    committed_db.commit()
    seal(committed_db, key)
    committed_db.commit()
    engine = create_engine(app.config["SQLALCHEMY_DATABASE_URI"], **app.config["SQLALCHEMY_ENGINE_OPTIONS"])
    with Session(engine) as other:
        slow = spend(other, late, 100, merchant=accounts.canteen)
        spend(committed_db, early, 100, merchant=accounts.canteen)
        committed_db.commit()
        between = seal(committed_db, key, 1)
        committed_db.commit()
        other.commit()
    engine.dispose()
    after = seal(committed_db, key, 2)
    committed_db.commit()
    assert slow.is_booked
    assert between is not None
    assert after is not None
    covered = dict(committed_db.execute(select(BlockLeaf.height, BlockLeaf.home).where(BlockLeaf.height > 1)).all())
    assert covered == {2: early, 3: late}
    assert faults(committed_db, folder) == []


class Cut(Exception):
    """Power went."""


@dataclass(frozen=True)
class Interrupted(SealingKey):
    """A key that is interrupted at the last moment before anything is final."""

    interrupt: Callable[[], None]

    def sign(self, text: str) -> bytes:
        self.interrupt()
        return SealingKey(self.seed).sign(text)


@pytest.mark.parametrize("way", ["an error", "a server that ends the connection"])
def test_a_round_cut_off_in_the_middle_leaves_nothing_and_the_next_is_as_if_it_had_not_been(
    committed_db: Session, owner_engine: Engine, key: SealingKey, folder: Path, way: str
) -> None:
    accounts, home = open_accounts(committed_db), new_home()
    grant(committed_db, home, 500, funder=accounts.city)
    committed_db.commit()
    process = committed_db.scalar(text("SELECT pg_backend_pid()"))

    def interrupt() -> None:
        if way == "an error":
            raise Cut
        with owner_engine.connect() as owner:
            owner.execute(text("SELECT pg_terminate_backend(:process, 5000)"), {"process": process})

    with pytest.raises((Cut, OperationalError)):
        seal_books(committed_db, key=Interrupted(key.seed, interrupt), now=NOON)
    committed_db.rollback()
    for table in ("block_leaf", "account_leaf", "sealed_book", "rollup", "block", "seal"):
        assert committed_db.scalar(text(f"SELECT count(*) FROM ledger.{table}")) == 0
    sealed = seal(committed_db, key)
    assert sealed is not None
    assert sealed.height == 1
    assert faults(committed_db, folder) == []


def test_two_sealers_at_once_make_one_seal_of_each_thing(
    app: Flask, committed_db: Session, key: SealingKey, folder: Path
) -> None:
    accounts, home = open_accounts(committed_db), new_home()
    grant(committed_db, home, 500, funder=accounts.city)
    committed_db.commit()
    engine = create_engine(app.config["SQLALCHEMY_DATABASE_URI"], **app.config["SQLALCHEMY_ENGINE_OPTIONS"])
    assert seal(committed_db, key) is not None
    with Session(engine) as second:
        second.execute(text("SET LOCAL lock_timeout = '100ms'"))
        assert seal(second, key) is None
        # A sale does not wait for the first sealer either.
        assert spend(second, home, 100, merchant=accounts.canteen).is_booked
        second.commit()
    committed_db.commit()
    engine.dispose()
    assert queries.last_block(committed_db) == 1
    after = seal(committed_db, key, 1)
    assert after is not None
    assert faults(committed_db, folder) == []


def test_the_application_cannot_write_seals_past_their_functions(session: Session, owner_engine: Engine) -> None:
    from sqlalchemy.exc import DBAPIError

    tables = ("seal", "seal_key", "block", "block_leaf", "account_leaf", "answer_leaf", "sealed_book", "rollup")
    for table in tables:
        for statement in (f"DELETE FROM ledger.{table}", f"INSERT INTO ledger.{table} SELECT * FROM ledger.{table}"):
            with pytest.raises(DBAPIError, match="permission denied"), session.begin_nested():
                session.execute(text(statement))
    with owner_engine.connect() as owner, pytest.raises(DBAPIError, match="never changed"):
        owner.execute(text("UPDATE ledger.seal SET root = root"))


def test_another_key_signs_on_and_both_are_remembered(
    session: Session, accounts: Accounts, home: int, key: SealingKey, folder: Path
) -> None:
    seal(session, key)
    grant(session, home, 500, funder=accounts.city)
    later = SealingKey(bytes(range(32)))
    seal(session, later, 1)
    assert set(session.scalars(select(Seal.key_id))) == {key.key_id, later.key_id}
    assert faults(session, folder) == []
    last = queries.last_seal(session)
    assert last is not None
    assert (last.height, last.key_id) == (2, later.key_id)

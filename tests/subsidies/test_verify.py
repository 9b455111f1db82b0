"""Whoever changes a row past every lock is found out, and the row is named."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from flask import Flask
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.orm import Session

from subsidies import services
from subsidies.ledger.verify import verify
from tests.subsidies.factories import (
    NOON,
    SOON,
    Accounts,
    claw_back,
    grant,
    new_home,
    new_key,
    open_accounts,
    reverse,
    spend,
)


@dataclass(frozen=True)
class Tampering:
    """A ledger with everything in it, and its owner's connection past triggers and checks."""

    owner: Session
    home: int
    accounts: Accounts

    def change(self, statement: str, **values: object) -> list[str]:
        """Run a statement, verify, put everything back, and return the faults."""
        for table in ("posting", "lot", "refund", "book"):
            for name in self._checks(table):
                self.owner.execute(text(f"ALTER TABLE ledger.{table} DROP CONSTRAINT {name}"))
        changed = self.owner.execute(text(statement), {"home": self.home, **values})
        assert changed.rowcount >= 1  # type: ignore[attr-defined]
        faults = [str(fault) for fault in verify(self.owner)]
        self.owner.rollback()
        return faults

    def _checks(self, table: str) -> list[str]:
        query = text("SELECT conname FROM pg_constraint WHERE contype = 'c' AND conrelid = CAST(:table AS regclass)")
        return list(self.owner.scalars(query, {"table": f"ledger.{table}"}))


@pytest.fixture
def owner_engine(app: Flask) -> Iterator[Engine]:
    engine = create_engine(app.config["OWNER_DATABASE_URL"])
    yield engine
    engine.dispose()


@pytest.fixture
def tampering(committed_db: Session, owner_engine: Engine) -> Iterator[Tampering]:
    session, home = committed_db, new_home()
    accounts = open_accounts(session)
    grant(session, home, 400, funder=accounts.city, expires_on=SOON)
    grant(session, home, 800, funder=accounts.district)
    paid = spend(session, home, 600, merchant=accounts.canteen, legs=accounts.legs, key="k-1")
    assert paid.txn_id is not None
    reverse(session, home, paid.txn_id, lines=[(1, 100)])
    spend(session, home, 5000, merchant=accounts.canteen, key="k-2")
    services.answer(session, home=home, key="k-3", fingerprint=b"f", outcome="sold_for_cash", response={}, now=NOON)
    spend(session, home, 50, merchant=accounts.canteen, key=new_key())
    session.commit()
    with Session(owner_engine) as owner:
        owner.execute(text("SET session_replication_role = replica"))
        owner.commit()
        yield Tampering(owner, home, accounts)
        owner.rollback()


BYTES = [
    # what the hash covers
    ("UPDATE ledger.txn SET seq = 9 WHERE home = :home AND seq = 5", "chain"),
    ("UPDATE ledger.txn SET kind = 'grant' WHERE home = :home AND seq = 3", "chain"),
    ("UPDATE ledger.txn SET reverses = gen_random_uuid() WHERE home = :home AND seq = 4", "chain"),
    (
        "UPDATE ledger.txn SET occurred_at = occurred_at + interval '1 microsecond' WHERE home = :home AND seq = 3",
        "chain",
    ),
    ("UPDATE ledger.txn SET booked_at = booked_at - interval '1 microsecond' WHERE home = :home AND seq = 3", "chain"),
    ("UPDATE ledger.txn SET actor = '13' WHERE home = :home AND seq = 3", "chain"),
    ("UPDATE ledger.txn SET device = 'till-4' WHERE home = :home AND seq = 3", "chain"),
    ("UPDATE ledger.txn SET balance_fen = balance_fen + 1 WHERE home = :home AND seq = 3", "chain"),
    (
        "UPDATE ledger.txn SET answer = set_byte(answer, 0, get_byte(answer, 0) # 1) WHERE home = :home AND seq = 3",
        "chain",
    ),
    ("UPDATE ledger.txn SET cause = replace(cause::text, '7', '8')::json WHERE home = :home AND seq = 3", "chain"),
    ("UPDATE ledger.txn SET cause = (cause::text || ' ')::json WHERE home = :home AND seq = 3", "chain"),
    ("UPDATE ledger.txn SET hash = set_byte(hash, 0, get_byte(hash, 0) # 1) WHERE home = :home AND seq = 3", "chain"),
    ("UPDATE ledger.txn SET id = gen_random_uuid() WHERE home = :home AND seq = 3", "chain"),
    ("UPDATE ledger.posting SET amount_fen = amount_fen + 1 WHERE home = :home AND lot_id IS NULL AND n = 3", "chain"),
    ("UPDATE ledger.posting SET debit = debit + 1 WHERE home = :home AND lot_id IS NULL AND n = 3", "chain"),
    ("UPDATE ledger.posting SET credit = credit - 1 WHERE home = :home AND lot_id IS NULL AND n = 3", "chain"),
    ("UPDATE ledger.posting SET lot_id = 2 WHERE home = :home AND lot_id = 1 AND debit = 1", "chain"),
    ("UPDATE ledger.posting SET undoes = 2 WHERE home = :home AND undoes = 1", "chain"),
    ("UPDATE ledger.posting SET n = 9 WHERE home = :home AND n = 4", "chain"),
    ("UPDATE ledger.posting SET txn_id = gen_random_uuid() WHERE home = :home AND n = 4", "chain"),
    ("UPDATE ledger.lot SET expires_on = expires_on + 1 WHERE home = :home AND id = 1", "chain"),
    ("UPDATE ledger.lot SET funder = :district WHERE home = :home AND id = 1", "chain"),
    ("UPDATE ledger.lot SET programme = 'elder-pointz' WHERE home = :home AND id = 1", "chain"),
    ("UPDATE ledger.lot SET purpose = 'meals' WHERE home = :home AND id = 1", "chain"),
    ("UPDATE ledger.lot SET parent_lot = 1 WHERE home = :home AND id = 2", "chain"),
    # what follows from the postings
    ("UPDATE ledger.lot SET remaining_fen = remaining_fen + 1 WHERE home = :home AND id = 2", "lots"),
    ("UPDATE ledger.lot SET granted_fen = granted_fen + 1 WHERE home = :home AND id = 2", "lots"),
    ("UPDATE ledger.lot SET id = 7 WHERE home = :home AND id = 2", "lots"),
    ("UPDATE ledger.lot SET remaining_fen = -1 WHERE home = :home AND id = 2", "lots"),
    ("UPDATE ledger.book SET balance_fen = balance_fen + 1 WHERE home = :home", "books"),
    ("UPDATE ledger.book SET seq = seq + 1 WHERE home = :home", "books"),
    ("UPDATE ledger.book SET head = set_byte(head, 31, get_byte(head, 31) # 1) WHERE home = :home", "books"),
    ("UPDATE ledger.book SET home = home + 500000 WHERE home = :home", "books"),
    ("UPDATE ledger.refund SET refunded_fen = refunded_fen - 1 WHERE home = :home", "refunds"),
    ("UPDATE ledger.refund SET amount_fen = amount_fen + 1 WHERE home = :home", "refunds"),
    ("UPDATE ledger.refund SET n = n + 1 WHERE home = :home", "refunds"),
    # answers and accounts
    ("UPDATE ledger.idem SET fingerprint = 'g' WHERE home = :home AND key = 'k-1'", "answers"),
    ("UPDATE ledger.idem SET home = home + 500000 WHERE home = :home AND key = 'k-1'", "answers"),
    ("UPDATE ledger.idem SET answered_at = answered_at + interval '1 microsecond' WHERE key = 'k-1'", "answers"),
    ("UPDATE ledger.idem SET digest = 'd' WHERE home = :home AND key = 'k-1'", "answers"),
    ("UPDATE ledger.idem SET digest = NULL WHERE home = :home AND key = 'k-3'", "answers"),
    ("UPDATE ledger.idem SET response = '{}' WHERE home = :home AND key = 'k-2'", "answers"),
    ("UPDATE ledger.idem SET outcome = 'sold_for_cusp' WHERE home = :home AND key = 'k-3'", "answers"),
    ("UPDATE ledger.idem SET fingerprint = 'g' WHERE home = :home AND key = 'k-3'", "answers"),
    ("UPDATE ledger.idem SET response = '[1601]' WHERE home = :home AND key = 'k-1'", "answers"),
    ("UPDATE ledger.idem SET balance_fen = balance_fen + 1 WHERE home = :home AND key = 'k-1'", "answers"),
    ("UPDATE ledger.idem SET answered_at = answered_at + interval '1 microsecond' WHERE key = 'k-2'", "answers"),
    ("UPDATE ledger.idem SET txn_id = gen_random_uuid() WHERE home = :home AND key = 'k-1'", "answers"),
    ("UPDATE ledger.idem SET key = 'k-9' WHERE home = :home AND key = 'k-1'", "answers"),
    ("UPDATE ledger.account SET owner_ref = 'canteen-mine' WHERE kind = 'merchant'", "accounts"),
    ("UPDATE ledger.account SET area_code = '330106' WHERE kind = 'district'", "accounts"),
    ("UPDATE ledger.account SET name = name || '.' WHERE kind = 'city'", "accounts"),
    ("UPDATE ledger.account SET kind = 'charity' WHERE kind = 'city'", "accounts"),
    ("UPDATE ledger.account SET id = id + 1000 WHERE kind = 'city'", "accounts"),
    # rows gone
    ("DELETE FROM ledger.txn WHERE home = :home AND seq = 2", "chain"),
    ("DELETE FROM ledger.posting WHERE home = :home AND n = 4", "chain"),
    ("DELETE FROM ledger.posting WHERE home = :home AND n = 3", "chain"),
    ("DELETE FROM ledger.lot WHERE home = :home AND id = 1", "lots"),
    ("DELETE FROM ledger.refund WHERE home = :home", "refunds"),
    ("DELETE FROM ledger.idem WHERE home = :home AND key = 'k-1'", "answers"),
    ("DELETE FROM ledger.book WHERE home = :home", "books"),
    ("DELETE FROM ledger.account WHERE kind = 'merchant'", "postings"),
]


def test_one_changed_byte_is_found_and_its_row_is_named(tampering: Tampering) -> None:
    assert [str(fault) for fault in verify(tampering.owner)] == []
    tampering.owner.rollback()
    for statement, check in BYTES:
        values = {"district": tampering.accounts.district} if ":district" in statement else {}
        faults = tampering.change(statement, **values)
        named = [fault for fault in faults if fault.startswith(f"{check}: ")]
        assert named, f"{statement}: {faults}"
        assert check == "accounts" or any(str(tampering.home) in fault for fault in named), f"{statement}: {named}"


def test_a_chain_written_anew_by_someone_who_keeps_it_whole_still_shows_in_the_sums(tampering: Tampering) -> None:
    faults = tampering.change("DELETE FROM ledger.txn WHERE home = :home AND seq = (SELECT max(seq) FROM ledger.txn)")
    assert any(
        fault.startswith("books: ") and "counts 5 transactions, the last is number 4" in fault for fault in faults
    )


def test_an_offset_that_was_changed_is_found_and_named(tampering: Tampering, committed_db: Session) -> None:
    session, home = committed_db, new_home()
    (granted,) = grant(session, home, 1000, funder=tampering.accounts.city).txn_ids.values()
    paid = spend(session, home, 700, merchant=tampering.accounts.canteen)
    assert paid.txn_id is not None
    claw_back(session, home, granted, 1000)
    reverse(session, home, paid.txn_id)
    session.commit()
    changes = {
        "UPDATE ledger.posting SET amount_fen = 701 WHERE home = :other AND credit = :account": "debts",
        "UPDATE ledger.posting SET credit = :city WHERE home = :other AND credit = :account": "debts",
        "UPDATE ledger.posting SET amount_fen = 699 WHERE home = :other AND debit = :account": "debts",
        "UPDATE ledger.txn SET kind = 'expiry' WHERE home = :other AND kind = 'offset'": "kinds",
        "UPDATE ledger.txn SET reverses = :paid WHERE home = :other AND kind = 'offset'": "kinds",
        "DELETE FROM ledger.txn WHERE home = :other AND kind = 'offset'": "books",
    }
    account = services.open_account(session, kind="receivable", owner_ref=f"receivable:{home}", name="x")
    values = {"other": home, "account": account, "city": tampering.accounts.city, "paid": paid.txn_id}
    for statement, check in changes.items():
        faults = tampering.change(statement, **{k: v for k, v in values.items() if f":{k}" in statement})
        assert any(fault.startswith(f"{check}: ") and str(home) in fault for fault in faults), f"{statement}: {faults}"

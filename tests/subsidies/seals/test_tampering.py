"""Whoever changes the books after a seal, and makes everything in the database fit again, is still found."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from subsidies import services as ledger
from subsidies.ledger.verify import verify
from subsidies.seals import publishing
from subsidies.seals.keys import SealingKey
from subsidies.seals.sealing import seal_books
from subsidies.seals.verify import verify_seals
from tests.subsidies.factories import NOON, SOON, grant, new_home, open_accounts, reverse, spend

# What the books' own functions would have written, computed anew over whatever now stands in them.
CHAIN_ANEW = """
DO $$
DECLARE
    v record;
    v_head bytea := '';
    v_balance bigint := 0;
BEGIN
    FOR v IN SELECT * FROM ledger.txn WHERE home = {home} ORDER BY seq LOOP
        SELECT v_balance + coalesce(sum(p.amount_fen * ((p.credit = 1)::int - (p.debit = 1)::int)), 0)
          INTO v_balance FROM ledger.posting p WHERE p.home = v.home AND p.txn_id = v.id;
        SELECT sha256(v_head || convert_to(json_build_array(1, v.home, v.seq, v.id, v.kind, v.reverses,
                   ledger.micros(v.occurred_at), ledger.micros(v.booked_at),
                   v.actor, v.device, array_agg(p.debit ORDER BY n), array_agg(p.credit ORDER BY n),
                   array_agg(p.amount_fen ORDER BY n),
                   coalesce(array_agg(p.lot_id ORDER BY n) FILTER (WHERE p.lot_id IS NOT NULL), '{{}}'),
                   CASE WHEN count(p.undoes) > 0 THEN array_agg(p.undoes ORDER BY n) END,
                   array_agg(ledger.terms(l.funder, l.programme, l.purpose, l.expires_on, l.parent_lot) ORDER BY n)
                       FILTER (WHERE p.credit = 1),
                   v_balance, encode(v.answer, 'hex'), v.cause)::text, 'UTF8'))
          INTO v_head
          FROM ledger.posting p LEFT JOIN ledger.lot l ON l.home = p.home AND l.id = p.lot_id
         WHERE p.home = v.home AND p.txn_id = v.id;
        UPDATE ledger.txn SET hash = v_head, balance_fen = v_balance WHERE home = v.home AND id = v.id;
    END LOOP;
    UPDATE ledger.book SET head = v_head, balance_fen = v_balance WHERE home = {home};
END $$
"""


@dataclass(frozen=True)
class Owner:
    """The owner of the database, past triggers."""

    session: Session
    home: int
    folder: Path

    def run(self, *statements: str) -> None:
        for statement in statements:
            self.session.execute(text(statement.replace("{home}", str(self.home)).replace(":", "\\:")))

    def chain_anew(self) -> None:
        self.session.execute(text(CHAIN_ANEW.format(home=self.home).replace(":", "\\:")))

    def faults(self) -> list[str]:
        """Return what the seals show, of books that are whole in themselves."""
        assert [str(fault) for fault in verify(self.session)] == []
        return self.seal_faults()

    def seal_faults(self) -> list[str]:
        return [str(fault) for fault in verify_seals(self.session, folder=self.folder)]


@pytest.fixture
def owner(committed_db: Session, owner_engine: Engine, key: SealingKey, folder: Path) -> Iterator[Owner]:
    session, home = committed_db, new_home()
    accounts = open_accounts(session)
    grant(session, home, 400, funder=accounts.city, expires_on=SOON)
    grant(session, home, 800, funder=accounts.district)
    seal_books(session, key=key, now=NOON)
    paid = spend(session, home, 600, merchant=accounts.canteen, legs=accounts.legs, key="k-1")
    seal_books(session, key=key, now=NOON)
    assert paid.txn_id is not None
    reverse(session, home, paid.txn_id, lines=[(1, 100)])
    ledger.answer(session, home=home, key="k-3", fingerprint=b"f", outcome="sold_for_cash", response={}, now=NOON)
    seal_books(session, key=key, now=NOON)
    publishing.publish_files(session, folder=folder, now=NOON)
    session.commit()
    with Session(owner_engine) as owning:
        owning.execute(text("SET LOCAL session_replication_role = replica"))
        made = Owner(owning, home, folder)
        assert made.faults() == []
        yield made
        owning.rollback()


REWRITTEN = {
    "txn": ["UPDATE ledger.txn SET actor = '13' WHERE home = {home} AND kind = 'spend'"],
    "txn cause": ["""UPDATE ledger.txn SET cause = '{"what":"gift"}' WHERE home = {home} AND kind = 'spend'"""],
    "posting": ["UPDATE ledger.posting SET amount_fen = 330 WHERE home = {home} AND amount_fen = 320 AND n = 3"],
    "lot": ["UPDATE ledger.lot SET expires_on = expires_on + 300 WHERE home = {home} AND id = 1"],
    "lot and posting": [
        "UPDATE ledger.posting SET amount_fen = amount_fen + 5000 WHERE home = {home} AND lot_id = 2 AND credit = 1",
        (
            "UPDATE ledger.lot SET granted_fen = granted_fen + 5000, remaining_fen = remaining_fen + 5000"
            " WHERE home = {home} AND id = 2"
        ),
    ],
    "answer": [
        "UPDATE ledger.idem SET response = '[1601]' WHERE key = 'k-1'",
        (
            "UPDATE ledger.txn AS t SET answer = sha256(i.fingerprint || convert_to(i.key || i.response::text, 'UTF8'))"
            " FROM ledger.idem i WHERE i.key = 'k-1' AND i.home = t.home AND i.txn_id = t.id"
        ),
    ],
}


@pytest.mark.parametrize("what", REWRITTEN)
def test_a_book_rewritten_with_its_whole_chain_departs_from_its_seals(owner: Owner, what: str) -> None:
    owner.run(*REWRITTEN[what])
    owner.chain_anew()
    owner.run("UPDATE ledger.idem AS i SET balance_fen = t.balance_fen FROM ledger.txn t WHERE t.id = i.txn_id")
    found = owner.faults()
    at = 1 if what in {"lot", "lot and posting"} else 2
    assert any(f"book {owner.home}" in fault and f"sealed at height {at}" in fault for fault in found), found


def test_a_sealed_answer_that_moved_nothing_and_its_digest_cannot_be_changed(owner: Owner) -> None:
    owner.run(
        "UPDATE ledger.idem SET outcome = 'sold_for_cusp' WHERE key = 'k-3'",
        "UPDATE ledger.idem SET digest = sha256(convert_to(json_build_array(home, key, encode(fingerprint, 'hex'),"
        " outcome, balance_fen, (extract(epoch FROM answered_at) * 1000000)::bigint, response)::text, 'UTF8'))"
        " WHERE key = 'k-3'",
    )
    assert owner.faults() == ["sealed answers: answer to k-3: is not what was sealed at height 3"]


def test_a_sealed_account_cannot_be_changed(owner: Owner) -> None:
    owner.run(
        "UPDATE ledger.account SET name = 'mine' WHERE kind = 'merchant'",
        "UPDATE ledger.account SET digest = sha256(convert_to("
        "json_build_array(id, kind, area_code, owner_ref, name)::text, 'UTF8')) WHERE kind = 'merchant'",
    )
    assert [
        "sealed at height 1" in fault and fault.startswith("sealed accounts: account") for fault in owner.faults()
    ] == [True]


# Leaves rewritten with the book; then all that stands above them.
TREES: dict[str, tuple[str, str]] = {
    "leaf": (
        "UPDATE ledger.block_leaf SET balance_fen = balance_fen + 1 WHERE height = 2",
        "sealed books: transaction",
    ),
    "leaf gone": ("DELETE FROM ledger.block_leaf WHERE height = 3", "sealed leaves: leaf of book"),
    "leaf range": ("UPDATE ledger.block_leaf SET from_seq = 2 WHERE height = 2", "sealed leaves: leaf of book"),
    "account leaf": ("DELETE FROM ledger.account_leaf", "blocks: block of bucket 64 at height 1"),
    "block": ("UPDATE ledger.block SET root = sha256(root) WHERE height = 2", "blocks: block of bucket"),
    "block chain": ("UPDATE ledger.block SET prev = sha256(prev) WHERE height = 2", "blocks: block of bucket"),
    "block gone": ("DELETE FROM ledger.block WHERE height = 3", "seals: seal 3: its blocks do not make its root"),
    "seal": ("UPDATE ledger.seal SET root = sha256(root) WHERE height = 2", "seals: seal 2: its blocks do not make"),
    "seal time": ("UPDATE ledger.seal SET sealed_at = sealed_at + interval '1s'", "seals: seal 1: its signature"),
    "signature": ("UPDATE ledger.seal SET signature = sha256(root) WHERE height = 2", "seals: seal 2: its signature"),
    "seal gone": ("DELETE FROM ledger.seal WHERE height = 2", "seals: seal 2: is missing, and has blocks"),
    "key": ("UPDATE ledger.seal_key SET public_key = sha256(public_key)", "seals: key"),
    "sums": ("UPDATE ledger.rollup SET credit_fen = credit_fen + 1", "sealed sums: sums of account"),
}


@pytest.mark.parametrize("what", TREES)
def test_a_changed_seal_is_found_and_named(owner: Owner, what: str) -> None:
    statement, expected = TREES[what]
    owner.run(statement)
    found = owner.seal_faults()
    assert any(fault.startswith(expected) for fault in found), found


EVERYTHING_AFTER_ONE = [
    f"DELETE FROM ledger.{table} WHERE height > 1"
    for table in ("seal", "block", "block_leaf", "answer_leaf", "account_leaf")
]


def test_seals_undone_with_all_that_hangs_on_them_are_missed_by_what_was_published(owner: Owner) -> None:
    owner.run(*EVERYTHING_AFTER_ONE)
    owner.run(
        "UPDATE ledger.sealed_book AS s SET to_seq = 2, height = 1",
        "DELETE FROM ledger.rollup",
    )
    found = [fault for fault in owner.seal_faults() if not fault.startswith("sealed sums")]
    assert [fault.split(": was published")[0] for fault in found] == [
        "published seals: seal-000000002",
        "published seals: seal-000000003",
    ]


def forge(path: Path) -> None:
    document = json.loads(path.read_text())
    path.write_text(json.dumps({**document, "root": "00" * 32}))


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (forge, "is not the one published in"),
        (Path.unlink, "its file is gone"),
        (lambda p: p.write_text("?"), "is not the"),
    ],
)
def test_a_published_file_that_was_touched_is_named(
    owner: Owner, change: Callable[[Path], object], expected: str
) -> None:
    change(next(owner.folder.glob("*/seal-000000002.json")))
    assert [expected in fault and "seal 2" in fault for fault in owner.seal_faults()] == [True]

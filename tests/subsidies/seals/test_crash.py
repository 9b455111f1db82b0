"""A worker is killed in the middle of sealing: nothing of its round is there, and the next round is the same."""

from pathlib import Path

from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from app import clock
from subsidies.ledger.verify import run_checks, verify
from subsidies.seals.faults import CHECKS
from subsidies.seals.keys import SealingKey, sealing_key
from subsidies.seals.sealing import Sealed, seal_books
from subsidies.seals.services import seal_now
from tests.subsidies.factories import grant, new_home, open_accounts, spend
from tests.workers import kill_worker_at

TRACES = "seal", "block", "block_leaf", "account_leaf", "answer_leaf", "sealed_book", "rollup"


def traces(session: Session) -> dict[str, int]:
    """Count what sealing leaves in each of its tables."""
    session.rollback()
    return {name: session.execute(text(f"SELECT count(*) FROM ledger.{name}")).scalar_one() for name in TRACES}


def as_if_nothing_had_been(session: Session) -> Sealed | None:
    """Say what the next round comes to, without making it."""
    found = seal_books(session, key=sealing_key(), now=clock.now())
    session.rollback()
    return found


def test_a_killed_sealer_leaves_nothing_and_the_next_round_is_the_same(
    app: Flask, committed_db: Session, key: SealingKey, folder: Path, tmp_path: Path
) -> None:
    accounts = open_accounts(committed_db)
    for _number in range(40):
        grant(committed_db, home := new_home(), 1000, funder=accounts.city)
        spend(committed_db, home, 500, merchant=accounts.canteen, legs=accounts.legs)
    committed_db.commit()
    seal_now(now=clock.now())
    for _number in range(40):
        grant(committed_db, home := new_home(), 1000, funder=accounts.district)
        spend(committed_db, home, 2000, merchant=accounts.canteen, legs=accounts.legs)
    committed_db.commit()
    before, expected = traces(committed_db), as_if_nothing_had_been(committed_db)

    # Leaves, sums and blocks are written by then; only who is to be told is missing.
    kill_worker_at(app, tmp_path / "worker", "subsidies.seal_books", lock="LOCK TABLE seal_delivery IN SHARE MODE")
    assert traces(committed_db) == before

    assert seal_now(now=clock.now()) == expected
    assert traces(committed_db)["seal"] == before["seal"] + 1
    assert seal_now(now=clock.now()) is None
    assert list(verify(committed_db)) == []
    assert list(run_checks(committed_db, CHECKS, lambda _name: None)) == []
    assert sum(path.is_file() for path in folder.rglob("*")) == 2

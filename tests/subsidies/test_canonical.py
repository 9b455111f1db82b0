"""What the database hashed can be computed again elsewhere, from the documented text alone."""

import hashlib
import json
from datetime import timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

from subsidies import queries
from tests.subsidies.factories import NOON, Accounts, grant, reverse, spend

# As an auditor would read it: rows as exported, and nothing of ours.
TRANSACTIONS = text(
    "SELECT home, seq, id::text, kind, reverses::text, (extract(epoch FROM occurred_at) * 1000000)::bigint,"
    " (extract(epoch FROM booked_at) * 1000000)::bigint, actor, device, balance_fen, encode(answer, 'hex'),"
    " cause::text, encode(hash, 'hex') FROM ledger.txn WHERE home = :home ORDER BY seq"
)
POSTINGS = text(
    "SELECT debit, credit, amount_fen, lot_id, undoes FROM ledger.posting"
    " WHERE home = :home AND txn_id::text = :id ORDER BY n"
)
LOTS = text(
    "SELECT id, concat_ws(' ', funder, programme, purpose, expires_on, coalesce(parent_lot::text, '-'))"
    " FROM ledger.lot WHERE home = :home"
)


def test_an_outsider_with_the_rows_and_the_documented_text_gets_the_same_hashes(
    session: Session, accounts: Accounts, home: int
) -> None:
    grant(session, home, 500, funder=accounts.city, expires_on=NOON.date() + timedelta(days=2))
    grant(session, home, 500, funder=accounts.district)
    paid = spend(
        session,
        home,
        700,
        merchant=accounts.canteen,
        legs=accounts.legs,
        cause={"note": 'é "重阳" \\ \n | 😀', "n": 1.50},
    )
    assert paid.txn_id is not None
    reverse(session, home, paid.txn_id, lines=[(2, 10)])
    reverse(session, home, paid.txn_id, now=NOON + timedelta(days=3))
    terms: dict[int, str] = dict(session.execute(LOTS, {"home": home}).all())  # type: ignore[arg-type]
    head = b""
    rows = session.execute(TRANSACTIONS, {"home": home}).all()
    assert len(rows) == 5
    for number, seq, txn_id, kind, reverses, occurred, booked, actor, device, balance, answer, cause, stored in rows:
        lines = session.execute(POSTINGS, {"home": home, "id": txn_id}).all()
        debits, credits_, amounts, lots, undoes = (list(column) for column in zip(*lines, strict=True))
        while lots and lots[-1] is None:
            lots.pop()
        given = [terms[lot] for _debit, credit, _fen, lot, _undoes in lines if credit == 1]
        parts = [1, number, seq, txn_id, kind, reverses, occurred, booked, actor, device]
        arrays = [debits, credits_, amounts, lots, undoes if any(undoes) else None, given or None, balance, answer]
        written = [json.dumps(part, ensure_ascii=False, separators=(",", ":")) for part in [*parts, *arrays]]
        head = hashlib.sha256(head + f"[{', '.join([*written, cause])}]".encode()).digest()
        assert head.hex() == stored


def test_our_own_rendering_agrees(session: Session, accounts: Accounts, home: int) -> None:
    grant(session, home, 500, funder=accounts.city)
    paid = spend(session, home, 300, merchant=accounts.canteen, legs=accounts.legs)
    assert paid.txn_id is not None
    reverse(session, home, paid.txn_id)
    for movement in queries.list_movements(session, home=home).items:
        assert queries.is_hash_right(session, movement)

"""Books what was sold: the ledger's own function for each sale, a chunk of days in one statement."""

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from demo.bulk import copy_rows
from demo.choices import Choices
from demo.counter import Sold, till_key
from meals import booking, receipts
from meals import services as meals
from meals.rules import Payer

NOTICED_AFTER = timedelta(minutes=3)

ROOM = text(
    """
    CREATE TEMPORARY TABLE IF NOT EXISTS demo_sale (
        n bigint, home bigint, key text, fingerprint bytea, txn uuid, merchant bigint, points_fen bigint,
        funders bigint[], shares_fen bigint[], cause json, response json, actor text, device text,
        occurred_at timestamptz, occurred_on date
    ) ON COMMIT DROP
    """
)
EMPTY = text("TRUNCATE demo_sale")
SALE = (
    "n",
    "home",
    "key",
    "fingerprint",
    "txn",
    "merchant",
    "points_fen",
    "funders",
    "shares_fen",
    "cause",
    "response",
    "actor",
    "device",
    "occurred_at",
    "occurred_on",
)
# In the order of the sales, so that each book's chain follows the clock.
SPEND = text(
    """
    SELECT count(*) FILTER (WHERE b.outcome <> 'booked') FROM (
        SELECT * FROM demo_sale WHERE points_fen > 0 OR cardinality(funders) > 0 ORDER BY n
    ) AS s CROSS JOIN LATERAL ledger.spend(
        s.home, s.key, s.fingerprint, s.txn, s.merchant, s.points_fen, :purpose, s.funders, s.shares_fen, s.cause,
        s.response, s.actor, s.device, s.occurred_at, s.occurred_on, s.occurred_at
    ) AS b
    """
)
ANSWER = text(
    """
    SELECT count(*) FILTER (WHERE b.outcome <> :outcome) FROM (
        SELECT * FROM demo_sale WHERE points_fen = 0 AND cardinality(funders) = 0 ORDER BY n
    ) AS s CROSS JOIN LATERAL ledger.answer(s.home, s.key, s.fingerprint, :outcome, s.response, s.occurred_at) AS b
    """
)
_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
JSON = ("shares", "items", "facts", "reasons")


def book(session: Session, sold: Sequence[Sold]) -> None:
    """Post sales to the ledger and write them down, as ``meals.booking`` does one by one."""
    told = [receipts.receipt_document(each.sale.priced, checkout_id=each.sale.id) for each in sold]
    session.execute(ROOM)
    session.execute(EMPTY)
    copy_rows(session, "demo_sale", SALE, _sale_rows(sold, told))
    refused = session.scalar(SPEND, {"purpose": booking.PURPOSE})
    refused += session.scalar(ANSWER, {"outcome": booking.SOLD_FOR_CASH})
    if refused:
        raise AssertionError(f"the ledger refused {refused} sales that were priced by its own balances")
    rows = [
        booking.row_of(each.sale, number=receipt["number"], posted=_is_posted(each))
        for each, receipt in zip(sold, told, strict=True)
    ]
    if rows:
        copy_rows(session, "checkout", tuple(rows[0]), (_plain(row) for row in rows))


def undo(session: Session, sold: Sold) -> None:
    """Take a sale back some minutes later, by the till's own service."""
    sale, now = sold.sale, sold.sale.now + NOTICED_AFTER
    drawn = Choices("undo", sale.id)
    reason = sold.visit.undone_for or ""
    key = till_key(sale.by, drawn, now, "undo", str(sale.id), reason)
    meals.reverse_checkout(session, checkout_id=sale.id, reason=reason, key=key, by=sale.by, now=now)


def _sale_rows(sold: Sequence[Sold], told: Sequence[dict[str, Any]]) -> Iterator[Sequence[Any]]:
    for n, (each, receipt) in enumerate(zip(sold, told, strict=True)):
        sale, priced = each.sale, each.sale.priced
        legs = [share for share in priced.quote.shares if share.payer is not Payer.CONCESSION]
        yield (
            n,
            priced.opening.home,
            sale.key.text,
            sale.key.fingerprint,
            sale.id,
            each.visit.place.merchant_account,
            priced.quote.points_fen,
            _array(priced.opening.funders[share.payer] for share in legs),
            _array(share.amount_fen for share in legs),
            _json(receipts.cause_document(priced)),
            _json(receipt),
            str(sale.by.account_id),
            sale.by.device,
            priced.occurred_at,
            priced.meal_on,
        )


def _is_posted(sold: Sold) -> bool:
    quote = sold.sale.priced.quote
    return quote.public_fen + quote.points_fen > 0


def _plain(row: dict[str, Any]) -> Sequence[Any]:
    written = {**row, **{name: _json(row[name]) for name in JSON}, "policy_ids": _array(row["policy_ids"])}
    return tuple(written.values())


def _array(numbers: Iterable[int]) -> str:
    """Write an array as PostgreSQL does; the driver takes ten times as long for it."""
    return "{" + ",".join(map(str, numbers)) + "}"

"""The sales that a check looks at: of some days and places, not undone, found by the index of each canteen."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from subsidies.findings.checks import Source, Window

# Booked within the days, or sent in by a till that was cut off: a month is far more than it may take.
SALES = """
    WITH sale AS (
        SELECT k.home, k.id, k.canteen_id, k.till_id, k.meal_on, k.window_name, k.slot, k.price_fen,
               k.public_fen, k.concession_fen, k.points_fen, k.cash_fen, k.occurred_at,
               n.area_code, n.name, n.name_en {more}
          FROM canteen AS n JOIN checkout AS k ON k.canteen_id = n.id
         WHERE n.area_code LIKE :within AND n.area_code NOT LIKE ALL (CAST(:without AS text[]))
           AND k.booked_at >= :from_at AND k.booked_at < :until_at + interval '32 days'
           AND k.meal_on >= :since AND k.meal_on < :until AND k.reversed_at IS NULL
    )
"""


def ask_sales(session: Session, window: Window, statement: str, *, more: str = "", **limits: Any) -> Sequence[Row[Any]]:
    """Send a statement that reads from ``sale``; it begins where the list of sales ends.

    :param more: further columns of the sales, for the few checks that need the wide ones
    """
    asked = {**window.as_parameters(), **limits}
    return session.execute(text(SALES.format(more=more and f", {more}") + statement), asked).all()


def sale_sources(home: int | None, ids: Sequence[UUID]) -> list[Source]:
    """Return sales as the rows that a finding rests on."""
    return [Source("checkout", str(each), home) for each in dict.fromkeys(ids)]


def senior_source(senior_id: int) -> Source:
    """Return a senior as a row that a finding rests on."""
    return Source("senior", str(senior_id), senior_id)


def canteen_source(canteen_id: int) -> Source:
    """Return a canteen as a row that a finding rests on."""
    return Source("canteen", str(canteen_id))


def named(row: Any) -> Mapping[str, str]:
    """Return the facts that name a canteen."""
    return {"canteen": row.name, "canteen_en": row.name_en}

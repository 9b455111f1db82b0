"""Which transactions were settled, and since when: asked of the settlement's own rows."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

IS_THERE = text("SELECT to_regclass('settlement_line') IS NOT NULL AND to_regclass('settlement_statement') IS NOT NULL")
SETTLED = text(
    """
    SELECT l.txn_id, s.approved_at
      FROM unnest(CAST(:homes AS bigint[]), CAST(:ids AS uuid[])) AS asked (home, id)
      JOIN settlement_line AS l ON l.home = asked.home AND l.txn_id = asked.id
      JOIN settlement_statement AS s ON s.id = l.statement_id
     WHERE s.approved_at IS NOT NULL
    """
)


def find_settled(session: Session, transactions: Sequence[tuple[int, UUID]]) -> Mapping[str, datetime]:
    """Return when the statements of some transactions were approved; what is in no approved statement is left out.

    :param transactions: book and id of each
    """
    if not transactions or not session.scalar(IS_THERE):
        return {}
    homes, ids = [home for home, _ in transactions], [str(txn_id) for _, txn_id in transactions]
    return {str(row.txn_id): row.approved_at for row in session.execute(SETTLED, {"homes": homes, "ids": ids})}

"""What was booked on some days: the kept sums and what came after, in one snapshot."""

from datetime import date
from typing import cast

from sqlalchemy import Table, TableValuedAlias, column, func

from subsidies.desk.models import LedgerDay


def day_sums(since: date, until: date) -> TableValuedAlias:
    """Return sums by day, kind, both accounts and programme; a key may stand in two rows: add them up."""
    shape = cast(Table, LedgerDay.__table__)
    found: TableValuedAlias = func.ledger_sums(since, until).table_valued(
        *(column(each.name, each.type) for each in shape.columns), name="moved"
    )
    return found

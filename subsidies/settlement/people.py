"""Names of those who moved statements, by account."""

from collections.abc import Iterable

from sqlalchemy import BigInteger, Text, column, select, table
from sqlalchemy.orm import Session

# Accounts are another package's table: only their names are read, and by name.
ACCOUNT = table("account", column("id", BigInteger), column("name", Text))


def find_names(session: Session, ids: Iterable[int | None]) -> dict[int, str]:
    """Return the names of accounts by number; nobody is left out silently but those that are none."""
    wanted = sorted({each for each in ids if each is not None})
    if not wanted:
        return {}
    found = session.execute(select(ACCOUNT.c.id, ACCOUNT.c.name).where(ACCOUNT.c.id.in_(wanted)))
    return {row.id: row.name for row in found}

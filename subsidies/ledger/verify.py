"""The whole ledger against itself: every chain, every sum, every answer. Reads only; sales go on meanwhile."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session

from subsidies.ledger.faults import CHECKS, Check

ROWS_AT_ONCE = 500
# Enough to join a million rows in memory, bounded whatever the number.
ROOM = text("SET LOCAL work_mem = '64MB'")
COUNT = text("SELECT count(*) FROM ledger.txn")


@dataclass(frozen=True, slots=True)
class Fault:
    """A promise that is broken, where, and how."""

    check: str
    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.check}: {self.where}: {self.what}"


def verify(session: Session, *, tell: Callable[[str], None] = lambda _name: None) -> Iterator[Fault]:
    """Yield every fault of the ledger as it is found; memory stays flat.

    :param tell: called with the name of each check before it runs
    """
    yield from run_checks(session, CHECKS, tell)


def run_checks(session: Session, checks: Iterable[Check], tell: Callable[[str], None]) -> Iterator[Fault]:
    """Yield what some checks find."""
    session.execute(ROOM)
    for check in checks:
        tell(check.name)
        # The colons in the statements are casts and slices, not parameters.
        found = session.execute(text(check.sql.replace(":", "\\:")), execution_options={"yield_per": ROWS_AT_ONCE})
        for where, what in found:
            yield Fault(check.name, where, what)


def count_transactions(session: Session) -> int:
    """Return how many transactions the ledger has."""
    return int(session.execute(COUNT).scalar_one())

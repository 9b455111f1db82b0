"""Verifying the whole ledger, and keeping what was found."""

from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import islice

from sqlalchemy.orm import Session

from app.config import settings
from subsidies.ledger.verify import Fault, count_transactions, verify
from subsidies.models import LedgerCheck
from subsidies.seals.verify import verify_seals

# One fault is one too many; beyond these the list says nothing new.
FAULTS_KEPT = 1000


def find_faults(session: Session, *, tell: Callable[[str], None] = lambda _name: None) -> Iterator[Fault]:
    """Yield every fault of the books, then every fault between them and their seals.

    :param tell: called with the name of each check before it runs
    """
    yield from verify(session, tell=tell)
    yield from verify_seals(session, folder=settings().seal_folder, tell=tell)


def verify_ledger(session: Session, *, started_at: datetime, clock: Callable[[], datetime]) -> LedgerCheck:
    """Check every promise of the ledger and write down when, over how much, and what was found.

    :param clock: asked once, when the work is done
    """
    faults = [str(fault) for fault in islice(find_faults(session), FAULTS_KEPT)]
    check = LedgerCheck(
        started_at=started_at, finished_at=clock(), transactions=count_transactions(session), faults=faults
    )
    session.add(check)
    session.flush()
    session.expunge(check)
    return check

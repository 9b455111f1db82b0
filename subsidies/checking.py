"""Verifying the whole ledger, and keeping what was found."""

from collections.abc import Callable
from datetime import datetime
from itertools import islice

from sqlalchemy.orm import Session

from subsidies.ledger.verify import count_transactions, verify
from subsidies.models import LedgerCheck

# One fault is one too many; beyond these the list says nothing new.
FAULTS_KEPT = 1000


def verify_ledger(session: Session, *, started_at: datetime, clock: Callable[[], datetime]) -> LedgerCheck:
    """Check every promise of the ledger and write down when, over how much, and what was found.

    :param clock: asked once, when the work is done
    """
    faults = [str(fault) for fault in islice(verify(session), FAULTS_KEPT)]
    check = LedgerCheck(
        started_at=started_at, finished_at=clock(), transactions=count_transactions(session), faults=faults
    )
    session.add(check)
    session.flush()
    session.expunge(check)
    return check

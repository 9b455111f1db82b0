"""When the ledger was last verified as a whole, and what was found."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from subsidies.models import LedgerCheck


def find_last_check(session: Session) -> LedgerCheck | None:
    """Return the newest verification, or nothing before the first."""
    return session.scalar(select(LedgerCheck).order_by(LedgerCheck.id.desc()).limit(1))

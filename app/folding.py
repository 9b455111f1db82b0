"""When sums may be kept: what is booked bears the time of its request, and a request may still be at work."""

from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

# Twice as long as any request may take from reading the clock to opening its transaction; one that is still open
# is seen. Short, so that neither a month's grants for a city nor a lunch are added up afresh by every page.
SETTLED_AFTER = timedelta(minutes=2)
AT_WORK = text(
    "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database()"
    " AND backend_type = 'client backend'"
    " AND pid <> pg_backend_pid() AND xact_start < :since)"
)


def is_quiet(session: Session, *, before: datetime) -> bool:
    """Say whether nobody is still at work who may yet write something of before a moment."""
    return not session.scalar(AT_WORK, {"since": before + SETTLED_AFTER / 2})

"""Writing the allowance: who was approved for what, runs and corrections."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from subsidies.allowance.models import Approval

__all__ = ["approve_entry", "end_entry"]


def approve_entry(
    session: Session,
    *,
    senior_id: int,
    programme: str,
    from_on: date,
    until_on: date | None = None,
    application_id: int | None = None,
) -> None:
    """Let a senior into a programme from a day on; a second time on the same day changes the end.

    A code without a document names a benefit that somebody else pays: programmes that exclude it read it too.
    """
    entry = session.get(Approval, (senior_id, programme, from_on))
    if entry is None:
        entry = Approval(senior_id=senior_id, programme=programme, from_on=from_on)
        session.add(entry)
    entry.until_on, entry.application_id = until_on, application_id
    session.flush()


def end_entry(session: Session, *, senior_id: int, programme: str, until_on: date) -> int:
    """End what is open from a day on, and return how much that was; what would begin later never begins."""
    open_on = select(Approval).where(
        Approval.senior_id == senior_id,
        Approval.programme == programme,
        (Approval.until_on.is_(None)) | (Approval.until_on > until_on),
    )
    found = list(session.scalars(open_on))
    for entry in found:
        if entry.from_on < until_on:
            entry.until_on = until_on
        else:
            session.delete(entry)
    session.flush()
    return len(found)

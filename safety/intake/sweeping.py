"""Looking for homes whose time has come: too long quiet, a door left open, not come home."""

from datetime import datetime

from sqlalchemy.orm import Session

from safety.alerts.services import take_signals
from safety.judging.services import judge_due

AT_ONCE = 500


def sweep(session: Session, *, now: datetime, limit: int = AT_ONCE) -> int:
    """Judge the homes that are due and raise what follows; return how many were judged.

    Called again, each in a transaction of its own, until fewer than ``limit`` come back. Two sweeps at once share the
    homes between them.
    """
    signals = judge_due(session, now=now, limit=limit)
    raised = {home_id: found for home_id, found in signals.items() if found}
    if raised:
        take_signals(session, signals_by_home=raised, received_at=now, now=now)
    return len(signals)

"""Taking signals in: what is wrong with one home costs no other its alarm, and not its own either."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import structlog
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.orm import Session

from safety.alerts.batches import Signal
from safety.alerts.models import Incident
from safety.alerts.opening import open_alerts
from safety.alerts.parts import OPENING, fail
from safety.alerts.plain import raise_plain

log = structlog.get_logger(__name__)
# The database is away, or somebody holds what is needed: no home's fault, and the whole batch comes again.
NOBODYS = (OperationalError, InterfaceError)


def take_signals(
    session: Session, *, signals_by_home: Mapping[int, Sequence[Signal]], received_at: datetime, now: datetime
) -> list[Incident]:
    """Make alerts of signals and start their ladders, in the transaction that accepts the events.

    Safe to repeat: a signal counts once, in however many batches it comes. A home that is not known is left out. A
    home of which nothing can be worked out gets its alarm in a plain form, and whoever keeps the product hears of it.
    """
    if not signals_by_home:
        return []
    try:
        with session.begin_nested():
            return open_alerts(session, signals_by_home=signals_by_home, received_at=received_at, now=now)
    except NOBODYS:
        raise
    except Exception:
        log.exception("safety.batch_not_opened", homes=len(signals_by_home))
    found = []
    for home_id, signals in sorted(signals_by_home.items()):
        found += _take_alone(session, home_id, signals, received_at=received_at, now=now)
    return found


def _take_alone(
    session: Session, home_id: int, signals: Sequence[Signal], *, received_at: datetime, now: datetime
) -> list[Incident]:
    """Take the signals of one home in; where that fails, those of life and death all the same."""
    try:
        with session.begin_nested():
            return open_alerts(session, signals_by_home={home_id: signals}, received_at=received_at, now=now)
    except NOBODYS:
        raise
    except Exception:
        log.exception("safety.home_not_opened", home=home_id)
    fail(session, name=OPENING, now=now)
    try:
        with session.begin_nested():
            return raise_plain(session, home_id=home_id, signals=signals, received_at=received_at, now=now)
    except NOBODYS:
        raise
    except Exception:
        log.exception("safety.home_has_no_alert", home=home_id, rules=sorted({each.rule for each in signals}))
    return []

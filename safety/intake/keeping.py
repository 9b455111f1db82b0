"""The keeper: a process that does every second what nobody may forget, whatever else the machine is busy with."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

import structlog
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app import clock
from app.db import db, transaction
from safety.alerts.services import beat, escalate_due, watch
from safety.intake.sweeping import AT_ONCE, sweep

log = structlog.get_logger(__name__)

STEPS_AT_ONCE = 50
MOST_ROUNDS = 400  # of one duty before the others have their turn: a hundred thousand homes are two hundred


@dataclass
class Duty:
    """Something done every so many seconds; ``work`` says whether there is more of it."""

    name: str
    seconds: float
    work: Callable[[Session, datetime], bool]
    due_at: float = field(default=0.0)


def _escalate(session: Session, now: datetime) -> bool:
    return escalate_due(session, now=now, limit=STEPS_AT_ONCE) >= STEPS_AT_ONCE


def _sweep(session: Session, now: datetime) -> bool:
    is_more = sweep(session, now=now) >= AT_ONCE
    beat(session, name="sweep", now=now)
    return is_more


def _watch(session: Session, now: datetime) -> bool:
    beat(session, name="keeper", now=now)
    watch(session, now=now)
    return False


class Keeper:
    """Does its duties until told to stop; one that fails is logged, tried again, and keeps no other from being done."""

    def __init__(self) -> None:
        self._stopping = threading.Event()
        self._duties = (
            Duty("escalate", 1.0, _escalate),
            Duty("watch", 5.0, _watch),
            Duty("sweep", 15.0, _sweep),
        )

    def run(self) -> None:
        """Keep on until told to stop."""
        while not self._stopping.wait(0.2):
            for duty in self._duties:
                if duty.due_at <= time.monotonic() and not self._stopping.is_set():
                    duty.due_at = time.monotonic() + duty.seconds
                    do(duty)

    def stop(self) -> None:
        """End after the duty at hand."""
        self._stopping.set()


def do(duty: Duty) -> None:
    """Do a duty until nothing is left of it, each part in a transaction of its own."""
    try:
        for _round in range(MOST_ROUNDS):
            with transaction() as session:
                is_more = duty.work(session, clock.now())
            if not is_more:
                break
    # The keeper outlives a database that is away and a row that cannot be read.
    except Exception:
        log.exception("safety.duty_failed", duty=duty.name)
    finally:
        db.session.remove()


def is_answering() -> bool:
    """Say whether the database answers at all."""
    try:
        with transaction() as session:
            session.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return False
    finally:
        db.session.remove()
    return True

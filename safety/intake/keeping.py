"""The keeper: a process that does every second what nobody may forget, whatever else the machine is busy with."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import structlog
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoConnection

from app import clock
from app.db import db, transaction
from safety.alerts.running import run_round
from safety.alerts.services import beat
from safety.intake.sweeping import AT_ONCE, sweep

log = structlog.get_logger(__name__)

# What is raised while the database is away, or busy with somebody else's lock.
AWAY = (OperationalError, InterfaceError, NoConnection)
# Homes looked at in one go: a hundred thousand are two hundred rounds.
MOST_ROUNDS = 400
KEEPER, SWEEP = "keeper", "sweep"


@dataclass(frozen=True, slots=True)
class Duty:
    """Something that is done every so many seconds."""

    name: str
    seconds: float
    work: Callable[[], object]


def sweep_all() -> int:
    """Judge all homes that are due, some at a time; return how many."""
    judged = 0
    for _round in range(MOST_ROUNDS):
        with transaction() as session:
            found = sweep(session, now=clock.now())
            beat(session, name=SWEEP, now=clock.now())
        judged += found
        if found < AT_ONCE:
            break
    return judged


DUTIES = (
    Duty("round", 1.0, lambda: run_round(name=KEEPER, clock=clock.now)),
    Duty("sweep", 15.0, sweep_all),
)


class Keeper:
    """Does its duties until told to stop, each in a thread of its own: one that hangs stops no other."""

    def __init__(self, app: Flask, duties: Sequence[Duty] = DUTIES) -> None:
        self._app, self._duties = app, duties
        self._stopping = threading.Event()

    def run(self) -> None:
        """Keep on until told to stop."""
        threads = [threading.Thread(target=self._keep, args=(duty,), name=duty.name) for duty in self._duties]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def stop(self) -> None:
        """End after what is being done."""
        self._stopping.set()

    def _keep(self, duty: Duty) -> None:
        with self._app.app_context():
            while not self._stopping.is_set():
                do(duty)
                self._stopping.wait(duty.seconds)


def do(duty: Duty) -> None:
    """Do a duty once; what goes wrong is logged, and tried again when it is due the next time."""
    try:
        duty.work()
    except AWAY as error:
        log.warning("safety.database_away", duty=duty.name, error=type(error).__name__)
    # The keeper outlives a row that cannot be read: the next round may find others.
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

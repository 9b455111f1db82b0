"""Waking the sender once what it has to send is committed, without keeping anybody waiting for the queue."""

import threading
import time
from collections.abc import Callable

import structlog
from flask import Flask, current_app, has_app_context
from sqlalchemy import event
from sqlalchemy.orm import Session

from app.jobs import enqueue

TASK = "messages.send_due"
MARK = "messages.wake"
WAKER = "messages.waker"
# Many sales a second are one errand.
PAUSE_SECONDS = 1.0

log = structlog.get_logger(__name__)


class Waker:
    """Puts the sender's job into the queue from a thread of its own, at most once a second.

    A broker that does not answer keeps only this thread; what it loses, the minute's round finds.
    """

    def __init__(self, queue: Callable[[], object], *, pause_seconds: float = PAUSE_SECONDS) -> None:
        self._queue = queue
        self._pause_seconds = pause_seconds
        self._lock = threading.Lock()
        self._is_wanted = False
        self._thread: threading.Thread | None = None

    def wake(self) -> None:
        """Have the sender come soon; returns at once."""
        with self._lock:
            self._is_wanted = True
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="messages-waker", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while self._take():
            try:
                self._queue()
            except Exception as error:  # noqa: BLE001 - whatever a broker raises, the minute's round comes anyway
                log.warning("messages.not_queued", error=type(error).__name__)
            time.sleep(self._pause_seconds)

    def _take(self) -> bool:
        with self._lock:
            wanted, self._is_wanted = self._is_wanted, False
            if not wanted:
                self._thread = None
            return wanted


def set_up_waking(app: Flask) -> None:
    """Give the application its waker. Tests send what is due themselves."""

    def queue() -> None:
        with app.app_context():
            enqueue(TASK)

    app.extensions[WAKER] = Waker(queue)


def wake_after_commit(session: Session) -> None:
    """Remember that this transaction leaves something to send."""
    session.info[MARK] = True


@event.listens_for(Session, "after_commit")
def _wake(session: Session) -> None:
    """Wake the sender when the rows are there for it to see; a savepoint is not that yet."""
    if session.in_nested_transaction() or not session.info.pop(MARK, False):
        return
    if has_app_context() and not current_app.testing:
        current_app.extensions[WAKER].wake()

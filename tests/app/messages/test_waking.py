"""Waking the sender: after the commit, once for many, and without waiting for the queue."""

import threading
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.messages import services
from app.messages.waking import WAKER, Waker
from tests.app.messages.factories import PHONE
from tests.conftest import FrozenClock


def until(found: list[int], count: int) -> bool:
    """Wait for a count, two seconds at most."""
    for _ in range(200):
        if len(found) >= count:
            return True
        time.sleep(0.01)
    return False


def test_many_calls_are_one_errand_and_a_late_one_another() -> None:
    calls: list[int] = []
    waker = Waker(lambda: calls.append(1), pause_seconds=0.1)
    for _ in range(50):
        waker.wake()
    time.sleep(0.35)
    # The first may have gone before the others called, and then there is one errand for all of them.
    count = len(calls)
    assert count in (1, 2)
    waker.wake()
    assert until(calls, count + 1)


def test_a_queue_that_hangs_or_fails_keeps_nobody() -> None:
    stop, calls = threading.Event(), list[int]()

    def hangs() -> None:
        calls.append(1)
        stop.wait(5)
        raise ConnectionError

    waker = Waker(hangs, pause_seconds=0)
    waker.wake()
    assert until(calls, 1)
    began = time.monotonic()
    for _ in range(5):
        waker.wake()
    assert time.monotonic() - began < 0.5
    stop.set()
    assert until(calls, 2)


@pytest.fixture
def errands(app: Flask) -> Iterator[list[str]]:
    """Collect the wakings of the application, as outside of tests."""
    found: list[str] = []

    class Noting:
        def wake(self) -> None:
            found.append("woken")

    before, app.testing = app.extensions[WAKER], False
    app.extensions[WAKER] = Noting()
    yield found
    app.extensions[WAKER], app.testing = before, True


def test_the_sender_is_woken_by_the_commit_and_by_nothing_else(
    session: Session, clock: FrozenClock, with_sms: None, errands: list[str]
) -> None:
    def send() -> None:
        services.send_code(session, phone=PHONE, code="1", good_for=timedelta(minutes=5), now=clock.now())

    send()
    assert errands == []
    with session.begin_nested():
        send()
    assert errands == []
    session.commit()
    assert errands == ["woken"]
    session.commit()
    assert errands == ["woken"]

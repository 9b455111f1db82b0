"""The listener acknowledges what is taken and nothing else: on both brokers, the database away, messages bad."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from safety.intake import listening
from safety.intake.listening import Broker, Listener
from safety.intake.topics import Message
from tests.safety.intake.brokers import BROKERS, PASSWORD, USER, broker, publish


@pytest.fixture(params=BROKERS)
def port(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[int]:
    with broker(request.param, tmp_path) as found:
        yield found


@pytest.fixture(autouse=True)
def _in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listening, "PAUSES", (0.05,))
    monkeypatch.setattr(listening, "BEAT_SECONDS", 0.1)


@contextmanager
def heard(port: int, take: Callable[[Sequence[Message]], None], *, is_there: bool = False) -> Iterator[list[float]]:
    """Run a listener; what it beats is returned."""
    beats: list[float] = []
    at = Broker(f"mqtt://127.0.0.1:{port}", USER, PASSWORD, "test-listener")
    listener = Listener(at, take=take, beat=lambda: beats.append(time.monotonic()), answers=lambda: is_there)
    thread = threading.Thread(target=listener.run)
    thread.start()
    wait_for(lambda: beats)
    try:
        yield beats
    finally:
        listener.stop()
        thread.join(10)


def wait_for(condition: Callable[[], object], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def calls(*numbers: int) -> list[tuple[str, str]]:
    return [(f"chongyang/gw-a/{number}/event", "{}") for number in numbers]


def names(taken: list[Message]) -> list[int]:
    return sorted({int(each.topic.split("/")[2]) for each in taken})


def test_what_was_not_taken_comes_again_to_the_next_listener(port: int) -> None:
    taken: list[Message] = []

    def away(_messages: Sequence[Message]) -> None:
        raise OperationalError("", None, Exception("the database is away"))

    with heard(port, taken.extend):
        publish(port, calls(1))
        wait_for(lambda: taken)
    with heard(port, away):
        publish(port, calls(*range(2, 40)))
        time.sleep(0.2)
    publish(port, calls(40))
    with heard(port, taken.extend):
        wait_for(lambda: len(names(taken)) == 40)
    count = len(taken)
    with heard(port, taken.extend):
        time.sleep(0.3)
    assert len(taken) == count


def test_a_database_that_comes_back_gets_all_that_waited(port: int) -> None:
    taken: list[Message] = []
    tries: list[int] = []

    def take(messages: Sequence[Message]) -> None:
        tries.append(len(messages))
        if len(tries) < 6:
            raise OperationalError("", None, Exception("the database is away"))
        taken.extend(messages)

    with heard(port, take):
        publish(port, calls(*range(30)))
        wait_for(lambda: len(taken) == 30)
    assert names(taken) == list(range(30))


@pytest.mark.parametrize("fault", [ValueError("bad"), OperationalError("", None, Exception("this row only"))])
def test_a_message_that_cannot_be_taken_is_let_go_alone(fault: Exception, tmp_path: Path) -> None:
    taken: list[Message] = []

    def take(messages: Sequence[Message]) -> None:
        if any(each.topic.endswith("/13/event") for each in messages):
            raise fault
        taken.extend(messages)

    with broker("amqtt", tmp_path) as port, heard(port, take, is_there=True):
        publish(port, calls(*range(10, 18)))
        wait_for(lambda: len(taken) == 7)
        publish(port, calls(18))
        wait_for(lambda: 18 in names(taken))
    assert 13 not in names(taken)


def test_what_the_database_would_not_take_comes_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listening, "ASIDE_SECONDS", 0.2)
    taken: list[Message] = []
    refused: list[int] = []

    def take(messages: Sequence[Message]) -> None:
        if len(refused) < 2 * listening.GIVE_UP_AFTER:
            refused.append(len(messages))
            raise OperationalError("", None, Exception("the disk is full"))
        taken.extend(messages)

    with broker("amqtt", tmp_path) as port, heard(port, take, is_there=True):
        publish(port, calls(1))
        wait_for(lambda: taken)
    assert names(taken) == [1]


def test_what_there_was_no_room_for_is_fetched_anew(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listening, "MOST_WAITING", 5)
    monkeypatch.setattr(listening, "AT_ONCE", 2)
    taken: list[Message] = []

    def take(messages: Sequence[Message]) -> None:
        time.sleep(0.02)
        taken.extend(messages)

    with heard(port, take):
        publish(port, calls(*range(60)))
        wait_for(lambda: len(names(taken)) == 60)


def test_a_broker_that_comes_later_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[Message] = []
    with broker("amqtt", tmp_path) as port:
        pass
    listener = Listener(
        Broker(f"mqtt://127.0.0.1:{port}", USER, PASSWORD, "test-listener"),
        take=taken.extend,
        beat=lambda: None,
        answers=lambda: True,
    )
    thread = threading.Thread(target=listener.run)
    thread.start()
    try:
        monkeypatch.setattr("tests.safety.intake.brokers.free_port", lambda: port)
        with broker("amqtt", tmp_path):
            wait_for(listener.is_connected)
            publish(port, calls(1))
            wait_for(lambda: taken)
    finally:
        listener.stop()
        thread.join(10)

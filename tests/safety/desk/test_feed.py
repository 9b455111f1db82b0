"""The live feed: a change is heard at once, slots are capped, and a database that is away is not called well."""

import json
from collections.abc import Iterator
from threading import Event
from time import monotonic

import pytest

from app import serving
from safety.desk import feed
from safety.desk.feed import Hub, News, Slots, follow


class Database:
    """What the hub asks, and when it may be asked."""

    def __init__(self) -> None:
        self.news, self.is_away, self.asked = News("1"), False, Event()

    def ask(self) -> News:
        self.asked.set()
        if self.is_away:
            raise OSError("away")
        return self.news


@pytest.fixture
def database(monkeypatch: pytest.MonkeyPatch) -> Database:
    monkeypatch.setattr(feed, "POLL_SECONDS", 0.01)
    monkeypatch.setattr(feed, "LOOK_SECONDS", 0.05)
    return Database()


def read(messages: Iterator[str]) -> tuple[str, dict[str, object]]:
    """Return the kind and the content of the next message."""
    lines = next(each for each in messages if each != feed.NOTHING).splitlines()
    return lines[0].removeprefix("event: "), json.loads(lines[1].removeprefix("data: "))


def test_a_desk_hears_of_a_change_at_once_and_then_the_beat(database: Database) -> None:
    messages = follow(Hub(database.ask))
    assert next(messages) == f"retry: {feed.RETRY_MS}\n\n"
    assert read(messages) == ("change", {"mark": "1", "silent": []})
    assert read(messages)[0] == "beat"
    database.news = News("2")
    begun = monotonic()
    assert read(messages) == ("change", {"mark": "2", "silent": []})
    assert monotonic() - begun < 1
    messages.close()  # type: ignore[attr-defined]


def test_what_the_last_desk_heard_is_no_news_for_the_next(database: Database) -> None:
    hub = Hub(database.ask)
    messages = follow(hub)
    for _message in range(3):
        next(messages)
    assert hub.is_asking()
    messages.close()  # type: ignore[attr-defined]
    deadline = monotonic() + 2
    while hub.is_asking():
        assert monotonic() < deadline
    assert hub.is_fresh()


def test_a_part_that_falls_silent_is_told_without_waiting_for_the_beat(database: Database) -> None:
    messages = follow(Hub(database.ask))
    for _message in range(3):
        next(messages)
    database.news = News("1", ("scheduler",))
    assert read(messages) == ("beat", {"mark": "1", "silent": ["scheduler"]})
    messages.close()  # type: ignore[attr-defined]


def test_without_the_database_there_is_no_beat(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed, "LIFE_SECONDS", 0.3)
    monkeypatch.setattr(feed, "BEAT_SECONDS", 0.05)
    database.is_away = True
    hub = Hub(database.ask)
    messages = follow(hub)
    next(messages)
    assert set(messages) == {feed.NOTHING}
    assert database.asked.is_set()
    assert not hub.is_fresh()


def test_the_asking_ends_with_the_last_desk(database: Database) -> None:
    hub = Hub(database.ask)
    first, second = follow(hub), follow(hub)
    for messages in (first, second):
        next(messages)
        next(messages)
    for messages in (first, second):
        messages.close()  # type: ignore[attr-defined]
    thread = hub._thread
    if thread:
        thread.join(2)
    assert hub._thread is None
    again = follow(hub)
    next(again)
    assert read(again)[0] == "change"
    again.close()  # type: ignore[attr-defined]


def test_a_line_ends_after_its_time_and_when_the_process_is_asked_to_stop(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "LIFE_SECONDS", 0.2)
    assert len([each for each in follow(Hub(database.ask)) if each != feed.NOTHING]) == 3
    monkeypatch.setattr(feed, "LIFE_SECONDS", 300)
    hub = Hub(database.ask)
    messages = follow(hub)
    for _message in range(3):
        next(messages)
    before = serving.set_source(lambda: False)
    try:
        assert list(messages) == []
    finally:
        serving.set_source(before)


def test_slots_are_capped_and_come_back() -> None:
    slots = Slots(2)
    assert [slots.take(), slots.take(), slots.take()] == [True, True, False]
    slots.give_back()
    assert slots.take()

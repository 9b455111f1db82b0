"""The live feed: how desks hear at once that something changed, without taking the threads of others.

One thread of each process asks the database for all desks of the process. A desk is told only *that*
something changed, and fetches its list itself: what it missed while it was away is in the list too.
"""

import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import structlog

from app.serving import is_serving

POLL_SECONDS = 0.5
BEAT_SECONDS = 10.0
# A desk comes again after this time: whoever was logged out meanwhile, or moved to another post, is found then.
LIFE_SECONDS = 300.0
# How often a waiting desk looks whether its process was asked to stop, and whether anybody still listens.
LOOK_SECONDS = 1.0
NOTHING = ": \n\n"
RETRY_MS = 1500

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class News:
    """What the database holds now: a mark that differs after every change, and which parts are silent."""

    mark: str
    silent: tuple[str, ...] = ()


@dataclass
class Slots:
    """How many desks of this process may be live at once."""

    most: int
    taken: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self) -> bool:
        """Take a slot, if one is free."""
        with self.lock:
            is_free = self.taken < self.most
            self.taken += is_free
        return is_free

    def give_back(self) -> None:
        """Free a slot."""
        with self.lock:
            self.taken -= 1


class Hub:
    """What this process knows; asks as long as a desk listens."""

    def __init__(self, ask: Callable[[], News]) -> None:
        self._ask = ask
        self._changed = threading.Condition()
        self._listeners = 0
        self._thread: threading.Thread | None = None
        self._asked_at = float("-inf")
        self._is_away = False
        self.news = News("")

    def listen(self) -> None:
        """Count a desk in; the first one sets the asking going."""
        with self._changed:
            self._listeners += 1
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="desk-feed", daemon=True)
                self._thread.start()

    def leave(self) -> None:
        """Count a desk out."""
        with self._changed:
            self._listeners -= 1

    def is_fresh(self) -> bool:
        """Say whether the database answered within a beat: a feed that knows nothing must not say all is well."""
        return time.monotonic() - self._asked_at < BEAT_SECONDS

    def is_asking(self) -> bool:
        """Say whether what is known here is of this moment: once the last desk has left, nobody asks any more."""
        return self._thread is not None and self.is_fresh()

    def wait(self, known: News, seconds: float) -> News:
        """Return what is new as soon as it differs from what is known, at the latest after some seconds."""
        with self._changed:
            self._changed.wait_for(lambda: self.news != known, timeout=seconds)
            return self.news

    def _run(self) -> None:
        while self._goes_on():
            self._look()
            time.sleep(POLL_SECONDS)

    def _goes_on(self) -> bool:
        with self._changed:
            if self._listeners and is_serving():
                return True
            self._thread = None
            return False

    def _look(self) -> None:
        try:
            news = self._ask()
        except Exception as error:  # noqa: BLE001 - whatever it is, the desk hears no beat and rings
            # The database is away: desks hear no beat, and say so loudly by themselves.
            if not self._is_away:
                log.warning("desk_feed_cannot_ask", fault=type(error).__name__)
            self._is_away = True
            return
        self._is_away = False
        with self._changed:
            self._asked_at = time.monotonic()
            if news != self.news:
                self.news = news
                self._changed.notify_all()


def follow(hub: Hub) -> Iterator[str]:
    """Yield the messages of one desk: a change at once, a beat every few seconds while the database answers."""
    hub.listen()
    try:
        yield f"retry: {RETRY_MS}\n\n"
        yield from _messages(hub)
    finally:
        hub.leave()


def _messages(hub: Hub) -> Iterator[str]:
    begun = time.monotonic()
    known, beaten_at = News(""), float("-inf")
    while is_serving() and time.monotonic() - begun < LIFE_SECONDS:
        news = hub.wait(known, LOOK_SECONDS)
        if news.mark != known.mark:
            yield _message("change", news)
        now = time.monotonic()
        if hub.is_fresh() and (now - beaten_at >= BEAT_SECONDS or news.silent != known.silent):
            yield _message("beat", news)
            beaten_at = now
        else:
            # Only by writing is it noticed that a page was left; its slot is for the next one.
            yield NOTHING
        known = news


def _message(kind: str, news: News) -> str:
    return f"event: {kind}\ndata: {json.dumps({'mark': news.mark, 'silent': news.silent})}\n\n"

"""Live desks: how soon a pressed key stands on an open page while sensors speak, and what thirty desks cost a till."""

import json
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from datetime import timedelta
from itertools import cycle, islice

from playwright.sync_api import Page, sync_playwright
from sqlalchemy import text

from app import clock
from app.auth.accounts import create_account, grant_role
from app.auth.actor import Role
from app.auth.attempts import Visitor
from app.auth.guard import COOKIE
from app.auth.services import TokenKind, open_token
from app.db import transaction
from bench.checkout import check, sales
from bench.figures import Figure
from bench.homes import batches, day_of_events, make_homes
from bench.load import Client, Outcome, closed_loop, open_loop, post
from bench.till_page import find_chromium
from bench.world import Server, World, cards_of, open_server

HOMES, GATEWAYS = 10_000, 20
PER_SECOND, BATCH = 1_000, 250
# The list shows a hundred; each pressed key is a home of its own.
CALM, PRESSES, PAUSE_SECONDS = 15, 75, 0.6
LATENCY_AIM_MS = 2_000
DESKS, SALES_PER_SECOND, SALES_SECONDS, CLIENTS = 30, 50, 30, 16
TILL_P99_MS = 60
# What is no more than this beside the same minute without desks is the machine's own unrest.
HARM = 1.25
CHANGE_SECONDS = 2.0
PATIENCE_MS = 30_000
LEAVE_SECONDS = 10

# When each alert was first seen on the page, by its number; what waits behind the bar is opened as an operator would.
WATCH = """() => {
    window.seen = {};
    const look = () => {
        document.querySelector("[data-part=bar]:not([hidden])")?.click();
        for (const part of document.querySelectorAll("[data-part=queue] [data-id]")) {
            if (part.dataset.id) window.seen[part.dataset.id] ??= Date.now();
        }
    };
    new MutationObserver(look).observe(document.querySelector("[data-part=queue]"),
        { childList: true, subtree: true, attributes: true, attributeFilter: ["hidden"] });
    look();
}"""
# Alert by home; each home presses once.
FOUND = "SELECT id FROM safety_incident WHERE home_id = (SELECT home_id FROM safety_device WHERE ref = :ref)"


def run_latency(world: World) -> list[Figure]:
    """Press keys one after the other, first in silence, then while a thousand events a second come in."""
    make_homes(world, homes=HOMES, with_devices=HOMES, now=clock.now())
    secret = _log_in()
    with open_server(world) as server, _open_desk(server, secret) as page:
        calm = _press(server, page, range(HOMES - CALM, HOMES))
        with _speaking(server):
            loud = _press(server, page, range(HOMES - CALM - PRESSES, HOMES - CALM))
    value, reference = _quantile(loud, 0.99), _quantile(calm, 0.5)
    return [
        Figure(
            name="sos_latency",
            value=value,
            unit="ms p99",
            reference=reference,
            ratio=value / reference,
            aim=f"< {LATENCY_AIM_MS} with {PER_SECOND:,} events/s, none unseen",
            met=value < LATENCY_AIM_MS and len(loud) == PRESSES,
            note=f"p50 {_quantile(loud, 0.5):.0f} ms of {len(loud)}; reference p50 in silence",
        )
    ]


def run_desks(world: World) -> list[Figure]:
    """Let tills sell with no desk, and then with thirty that follow a change every two seconds."""
    make_homes(world, homes=HOMES, with_devices=HOMES, now=clock.now())
    cards, secret = cycle(cards_of(world, 20_000)), _log_in()
    with open_server(world) as server:
        closed_loop(server.port, sales(server, cards, 300), clients=8, seconds=2)
        alone = _sell(server, cards)
        with ExitStack() as desks:
            lines = [desks.enter_context(_line(server, secret)) for _desk in range(DESKS)]
            live = sum(line.is_live for line in lines)
            desks.enter_context(_changing(server))
            beside = _sell(server, cards)
        changes = min(line.changes for line in lines if line.is_live)
        memory = server.memory_mb()
    value, reference = beside.quantile(0.99) * 1000, alone.quantile(0.99) * 1000
    return [
        Figure(
            name="desk_clients",
            value=value,
            unit="ms p99 of a till",
            reference=reference,
            ratio=value / reference,
            aim=f"< {TILL_P99_MS}, or <= {HARM} of the same without desks; none lost",
            met=(value < TILL_P99_MS or value <= reference * HARM) and beside.lost == 0,
            note=f"{live} live, {DESKS - live} by turns, {changes} changes seen by each, {memory:.0f} MB;"
            " reference the same without desks",
        )
    ]


def _log_in() -> str:
    """Return the secret of an operator's browser."""
    now = clock.now()
    with transaction() as session:
        account, _password = create_account(
            session,
            username="bench-operator",
            name="bench",
            password=None,
            by=None,
            now=now,
            must_change_password=False,
        )
        grant_role(session, account_id=account.id, role=Role.OPERATOR, area_code="330000", by=None, now=now)
        visitor = Visitor(address="127.0.0.1", label="bench")
        opened = open_token(session, account_id=account.id, kind=TokenKind.SESSION, visitor=visitor, now=now)
        return opened.secret


@contextmanager
def _open_desk(server: Server, secret: str) -> Iterator[Page]:
    origin = f"http://127.0.0.1:{server.port}"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=["--no-sandbox"])
        context = browser.new_context(base_url=origin, viewport={"width": 1440, "height": 900})
        context.add_cookies([{"name": COOKIE, "value": secret, "url": origin}])
        page = context.new_page()
        page.goto("/desk")
        page.wait_for_function("() => document.body.dataset.ringing !== undefined", timeout=PATIENCE_MS)
        page.evaluate(WATCH)
        yield page
        browser.close()


def _press(server: Server, page: Page, homes: Sequence[int]) -> list[float]:
    """Press the key of one home after the other; return how long after its acceptance each stood on the page, in ms."""
    client, accepted = Client(server.port), {}
    for home in homes:
        status, body = client.ask(_sos(home))
        accepted[home] = clock.now().timestamp() * 1000
        assert status == 202, (status, body)
        page.wait_for_timeout(PAUSE_SECONDS * 1000)
    page.wait_for_timeout(LATENCY_AIM_MS)
    seen = page.evaluate("() => window.seen")
    found = {home: str(_incident_of(home)) for home in homes}
    return sorted(seen[found[home]] - accepted[home] for home in homes if found[home] in seen)


def _incident_of(home: int) -> int | None:
    with transaction() as session:
        found: int | None = session.scalar(text(FOUND), {"ref": f"sos-bedside-{home}"})
    return found


def _sos(home: int) -> bytes:
    event = {
        "device": f"sos-bedside-{home}",
        "kind": "sos",
        "state": "on",
        "at": clock.now().isoformat(),
        "id": f"p{home}",
    }
    return post(
        "/api/v1/safety/events",
        token=f"bench-{home % GATEWAYS}",
        key="-",
        body=json.dumps({"events": [event]}).encode(),
    )


@contextmanager
def _speaking(server: Server) -> Iterator[None]:
    """Let sensors speak in the background, of homes that press no key."""
    seconds = PRESSES * PAUSE_SECONDS * 2 + 20
    events = day_of_events(homes=HOMES // 2, begun=clock.now() - timedelta(minutes=2), per_second=PER_SECOND)
    requests = [
        post("/api/v1/safety/events", token=f"bench-{gateway}", key="-", body=json.dumps({"events": batch}).encode())
        for gateway, batch in islice(batches(events, BATCH), int(seconds * PER_SECOND / BATCH))
    ]
    stop = threading.Event()

    def speak() -> None:
        client, begun = Client(server.port), time.monotonic()
        for number, request in enumerate(requests):
            time.sleep(max(0.0, begun + number * BATCH / PER_SECOND - time.monotonic()))
            if stop.is_set():
                return
            client.ask(request)

    with _in_background(speak, stop):
        yield


@contextmanager
def _changing(server: Server) -> Iterator[None]:
    """Let a key be pressed every few seconds, so that every desk has something to fetch."""
    stop = threading.Event()

    def press() -> None:
        client = Client(server.port)
        for home in range(HOMES):
            if stop.wait(CHANGE_SECONDS):
                return
            client.ask(_sos(home))

    with _in_background(press, stop):
        yield


@contextmanager
def _in_background(work: object, stop: threading.Event) -> Iterator[None]:
    thread = threading.Thread(target=work, daemon=True)  # type: ignore[arg-type]
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(10)


class Line:
    """A desk without a browser: follows the live line, or asks by turns, and fetches its list after every change."""

    def __init__(self, port: int, secret: str) -> None:
        self.port, self.cookie = port, f"Cookie: {COOKIE}={secret}\r\n"
        self.connection = socket.create_connection(("127.0.0.1", port), timeout=30)
        self.connection.sendall(self._get("/desk/feed", "text/event-stream"))
        self.is_live = b" 200 " in self.connection.recv(4096).split(b"\r\n", 1)[0] + b" "
        self.changes = 0
        self.stop = threading.Event()
        self.thread = threading.Thread(target=self._follow if self.is_live else self._ask, daemon=True)
        self.thread.start()

    def _get(self, path: str, accept: str) -> bytes:
        return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: {accept}\r\n{self.cookie}\r\n".encode()

    def _follow(self) -> None:
        client = Client(self.port)
        while not self.stop.is_set():
            try:
                heard = self.connection.recv(4096)
            except TimeoutError:
                continue
            if not heard:
                return
            if b"event: change" in heard:
                self.changes += 1
                client.ask(self._get("/desk/list", "text/html"))

    def _ask(self) -> None:
        client, mark = Client(self.port), b""
        while not self.stop.wait(2):
            _status, news = client.ask(self._get("/desk/news", "application/json"))
            if news != mark:
                client.ask(self._get("/desk/list", "text/html"))
            mark = news

    def close(self) -> None:
        """Leave the desk: whoever reads from the line hears its end first."""
        self.stop.set()
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)
        self.thread.join(LEAVE_SECONDS)
        self.connection.close()


@contextmanager
def _line(server: Server, secret: str) -> Iterator[Line]:
    line = Line(server.port, secret)
    try:
        yield line
    finally:
        line.close()


def _sell(server: Server, cards: Iterator[str]) -> Outcome:
    requests = sales(server, cards, SALES_PER_SECOND * SALES_SECONDS)
    outcome = open_loop(server.port, requests, per_second=SALES_PER_SECOND, clients=CLIENTS)
    check(outcome)
    return outcome


def _quantile(ordered: Sequence[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else float("nan")

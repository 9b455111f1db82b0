"""A load generator of plain sockets: keep-alive clients that send prepared requests and time the answers."""

import socket
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

HEAD_END = b"\r\n\r\n"


@dataclass
class Outcome:
    """What came back: seconds of each answer, and how many had which status."""

    seconds: list[float] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)
    elapsed: float = 0.0
    lost: int = 0

    @property
    def per_second(self) -> float:
        """Return how many answers came in a second."""
        return len(self.seconds) / self.elapsed if self.elapsed else 0.0

    def quantile(self, share: float) -> float:
        """Return the time within which a share of the answers came, in seconds."""
        ordered = sorted(self.seconds)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else float("nan")

    def add(self, status: int, seconds: float) -> None:
        """Count one answer."""
        self.seconds.append(seconds)
        self.statuses[status] = self.statuses.get(status, 0) + 1


class Client:
    """One keep-alive connection."""

    def __init__(self, port: int) -> None:
        self.connection = socket.create_connection(("127.0.0.1", port), timeout=30)
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self, request: bytes) -> tuple[int, bytes]:
        """Send a request and return status and body."""
        self.connection.sendall(request)
        received = self.connection.recv(65536)
        while HEAD_END not in received:
            received += self._more()
        head, body = received.split(HEAD_END, 1)
        length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
        while len(body) < length:
            body += self._more()
        return int(head[9:12]), body

    def _more(self) -> bytes:
        got = self.connection.recv(65536)
        if not got:
            raise ConnectionError("the server closed the connection")
        return got


def post(path: str, *, token: str, key: str, body: bytes) -> bytes:
    """Write a POST request with a JSON body."""
    lines = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\nIdempotency-Key: {key}\r\n"
        f"Content-Type: application/json\r\nAccept: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return lines.encode() + body


def closed_loop(port: int, requests: Iterable[bytes], *, clients: int, seconds: float) -> Outcome:
    """Let each client send its next request as soon as the last was answered; requests may be made as they are sent."""
    outcome, feed, guard = Outcome(), iter(requests), threading.Lock()
    end = time.monotonic() + seconds

    def work() -> None:
        client = Client(port)
        while time.monotonic() < end:
            with guard:
                request = next(feed, None)
            if request is None:
                return
            begun = time.perf_counter()
            status, _body = client.ask(request)
            outcome.add(status, time.perf_counter() - begun)

    begun = time.monotonic()
    _run([threading.Thread(target=work) for _ in range(clients)])
    outcome.elapsed = time.monotonic() - begun
    return outcome


def open_loop(port: int, requests: Sequence[bytes], *, per_second: float, clients: int) -> Outcome:
    """Send requests at fixed moments; a late answer counts from the moment its request was due."""
    outcome, guard = Outcome(), threading.Lock()
    begun = time.perf_counter() + 0.2
    feed: Iterator[tuple[int, bytes]] = iter(enumerate(requests))

    def work() -> None:
        client = Client(port)
        while True:
            with guard:
                place, request = next(feed, (-1, b""))
            if place < 0:
                return
            due = begun + place / per_second
            time.sleep(max(0.0, due - time.perf_counter()))
            try:
                status, _body = client.ask(request)
            except OSError:
                with guard:
                    outcome.lost += 1
                client = Client(port)
                continue
            outcome.add(status, time.perf_counter() - due)

    _run([threading.Thread(target=work) for _ in range(clients)])
    outcome.elapsed = time.perf_counter() - begun
    return outcome


def _run(threads: list[threading.Thread]) -> None:
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

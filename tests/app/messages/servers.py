"""Real servers on this machine for messages to reach: an SMS gateway with moods, and a mail server."""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aiosmtpd.controller import Controller

Reply = Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    """Answers as the gateway's mood is."""

    gateway: "Gateway"

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with self.gateway.lock:
            self.gateway.requests.append((dict(self.headers), body))
        self.gateway.mood(self)

    def answer(self, status: int, content: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(content)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_words: Any) -> None:
        """Say nothing."""


def says(status: int, content: Any, **headers: str) -> Reply:
    written = content if isinstance(content, bytes) else json.dumps(content).encode()
    return lambda handler: handler.answer(status, written, **headers)


def hangs_up(handler: Handler) -> None:
    handler.connection.shutdown(socket.SHUT_RDWR)


def is_silent(seconds: float) -> Reply:
    return lambda _handler: time.sleep(seconds)


def drips(handler: Handler) -> None:
    """Answer so slowly that no single wait is long: a byte each tenth of a second, without an end."""
    handler.send_response(200)
    handler.end_headers()
    for _ in range(100):
        try:
            handler.wfile.write(b" ")
        except OSError:
            return
        time.sleep(0.1)


TAKES = says(202, {"id": "g-1"})


@dataclass
class Gateway:
    """An SMS gateway: where it is, what it was sent, and its mood."""

    url: str = ""
    mood: Reply = TAKES
    requests: list[tuple[dict[str, str], dict[str, str]]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def keys(self) -> list[str]:
        return [body["key"] for _headers, body in self.requests]

    @property
    def texts(self) -> list[str]:
        return [body["text"] for _headers, body in self.requests]


class Server(ThreadingHTTPServer):
    """Does not wait for slow answers when it ends, and takes cut connections in silence."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def handle_error(self, *_where: Any) -> None:
        """Say nothing."""


@contextmanager
def open_gateway() -> Iterator[Gateway]:
    found = Gateway()
    server = Server(("127.0.0.1", 0), type("OurHandler", (Handler,), {"gateway": found}))
    found.url = f"http://127.0.0.1:{server.server_address[1]}/sms"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def closed_port() -> int:
    """Return a port where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Mailbox:
    """A mail server: where it is, what it took, and what it says to whom."""

    port: int = 0
    letters: list[Any] = field(default_factory=list)
    to_recipient: str = "250 OK"
    to_letter: str = "250 OK"

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:  # noqa: N802 - the library's name
        if self.to_recipient.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.to_recipient

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - the library's name
        self.letters.append(envelope)
        return self.to_letter


@contextmanager
def open_mailbox() -> Iterator[Mailbox]:
    found = Mailbox(port=closed_port())
    controller = Controller(found, hostname="127.0.0.1", port=found.port)
    controller.start()
    try:
        yield found
    finally:
        controller.stop()

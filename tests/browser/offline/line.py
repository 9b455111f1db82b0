"""The line between a till and its server, and what lines do: it breaks, loses answers, brings them late or twice."""

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from io import BytesIO
from socket import SHUT_RDWR
from threading import Event, Thread
from typing import Any, NoReturn

from werkzeug.serving import make_server
from werkzeug.wrappers import Response

from tests.browser.conftest import Quiet

CHECKOUTS, UPLOADS, QUOTES = "/api/v1/meals/checkouts", "/api/v1/meals/tills/sales", "/api/v1/meals/quotes"

Ask = Callable[[bytes], Response]
Way = Callable[[Ask, bytes], Response | None]


def broken(_ask: Ask, _body: bytes) -> Response:
    """Answer 500, with nothing done."""
    return Response(status=500)


def half(ask: Ask, body: bytes) -> Response:
    """Break in the middle of a batch: the first half is booked, the answer is 500."""
    told = json.loads(body)
    told["sales"] = told["sales"][: len(told["sales"]) // 2]
    ask(json.dumps(told).encode())
    return Response(status=500)


def lost(ask: Ask, body: bytes) -> None:
    """Do what was asked, and lose the answer on the way."""
    ask(body)


def twice(ask: Ask, body: bytes) -> Response:
    """Bring the request twice and every answer in it twice."""
    ask(body)
    answer = ask(body)
    told = answer.get_json()
    if "answers" in told:
        answer.set_data(json.dumps({**told, "answers": told["answers"] * 2}))
    return answer


def late(until: Event) -> Way:
    """Do what was asked at once, and bring the answer when it is told to."""

    def way(ask: Ask, body: bytes) -> Response:
        answer = ask(body)
        until.wait(20)
        return answer

    return way


@dataclass
class Line:
    """A server on a port of its own behind such a line."""

    app: Any
    address: str = ""
    is_cut: bool = False
    ways: dict[str, list[Way]] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def next(self, path: str, *ways: Way) -> None:
        """Let the next requests to a path go these ways, one each; those after them go well."""
        self.ways[path] = list(ways)

    def batches(self) -> list[list[str]]:
        """Return the sales of each upload that had any, as they came."""
        uploads = [body["sales"] for path, body in self.asked if path == UPLOADS]
        return [[sale["id"] for sale in sales] for sales in uploads if sales]

    def sent(self) -> list[str]:
        """Return every sale that was uploaded, as often as it was."""
        return [sale_id for batch in self.batches() for sale_id in batch]

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        path, body = environ["PATH_INFO"], b""
        if environ["REQUEST_METHOD"] == "POST":
            body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        if self.is_cut:
            hang_up(environ)
        if environ.get("CONTENT_TYPE", "").startswith("application/json"):
            self.asked.append((path, json.loads(body)))

        def ask(what: bytes) -> Response:
            asked = {**environ, "wsgi.input": BytesIO(what), "CONTENT_LENGTH": str(len(what))}
            return Response.from_app(self.app, asked, buffered=True)

        ways = self.ways.get(path)
        answer = ways.pop(0)(ask, body) if body and ways else ask(body)
        if answer is None or self.is_cut:
            hang_up(environ)
        return answer(environ, start_response)


def hang_up(environ: dict[str, Any]) -> NoReturn:
    """End the connection without a word: a client that heard nothing would wait."""
    with suppress(OSError):
        environ["werkzeug.socket"].shutdown(SHUT_RDWR)
    raise ConnectionError


@contextmanager
def open_line(app: Any) -> Iterator[Line]:
    """Serve an application behind a line."""
    line = Line(app)
    server = make_server("127.0.0.1", 0, line, threaded=True, request_handler=Quiet)
    line.address = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield line
    finally:
        server.shutdown()
        thread.join()
        server.server_close()

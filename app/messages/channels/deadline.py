"""A time limit over a whole exchange: one that answers a byte a second never exceeds the limit of a single read."""

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator


@contextlib.contextmanager
def deadline(seconds: float, find_socket: Callable[[], socket.socket | None]) -> Iterator[None]:
    """Cut the connection when time is up; whatever reads from it then fails."""

    def cut() -> None:
        found = find_socket()
        if found is not None:
            with contextlib.suppress(OSError):
                found.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()

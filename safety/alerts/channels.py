"""Ways to call somebody by voice: a gateway over HTTP, or the page of the demonstration."""

import http.client
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from app.config import Settings, settings
from app.messages.channels.deadline import deadline
from app.messages.channels.interface import GiveUp, Retry
from app.messages.routes import has_demo

LONGEST_ANSWER = 64_000
SEEN = 409
REFUSED = frozenset({400, 404, 410, 413, 422})


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A call to place: to which number, what is said, which keys mean what. ``key`` is the same for each try."""

    key: str
    phone: str
    text: str
    keys: Mapping[str, str]


class CallChannel(Protocol):
    """One way to place a call. What comes of it is told later, under its key."""

    def place(self, call: Call) -> None:
        """Have a number rung.

        :raises Retry: if it should be tried again
        :raises GiveUp: if trying again makes no sense
        """


class DemoCalls:
    """Rings on a page of the demonstration; the row itself is the call."""

    def place(self, call: Call) -> None:
        """Let the page show it."""


class CallGateway:
    """Posts a call and takes it for placed when the answer is 2xx with ``{"id": ...}``, or 409 for a known key.

    The gateway posts what came of it to ``/api/v1/safety/calls/<key>/answer`` with the same token.
    """

    def __init__(self, *, url: str, token: str, seconds: float) -> None:
        self._parts = urlsplit(url)
        self._token = token
        self._seconds = seconds

    def place(self, call: Call) -> None:
        """Hand a call to the gateway.

        :raises Retry: if the gateway is down, slow, or answers something else than yes or no
        :raises GiveUp: if the gateway refuses this call
        """
        try:
            status, body = self._post(call)
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise Retry(str(error)[:200] or type(error).__name__) from error
        speaks = isinstance(body, dict)
        if speaks and (status == SEEN or (200 <= status < 300 and body.get("id"))):
            return
        if speaks and status in REFUSED:
            raise GiveUp(f"{status} {str(body.get('code') or '')[:100]}".strip())
        raise Retry(f"{status}")

    def _post(self, call: Call) -> tuple[int, Any]:
        kind = http.client.HTTPSConnection if self._parts.scheme == "https" else http.client.HTTPConnection
        connection = kind(self._parts.hostname or "", self._parts.port, timeout=self._seconds)
        told = {"key": call.key, "to": call.phone, "text": call.text, "keys": dict(call.keys)}
        headers = {"Content-Type": "application/json", "Idempotency-Key": call.key}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        path = f"{self._parts.path or '/'}{'?' + self._parts.query if self._parts.query else ''}"
        try:
            connection.connect()
            held = connection.sock  # an answer that ends with the connection takes it out of there
            with deadline(self._seconds, lambda: held):
                connection.request("POST", path, json.dumps(told).encode(), headers)
                answer = connection.getresponse()
                content = answer.read(LONGEST_ANSWER)
            return answer.status, _read(content)
        finally:
            connection.close()


def make_channel(found: Settings, *, is_demo: bool) -> CallChannel | None:
    """Make the way to call that this installation has, if it has one."""
    if found.call_url:
        return CallGateway(url=found.call_url, token=found.call_token, seconds=found.call_seconds)
    return DemoCalls() if is_demo else None


def can_call(session: Session) -> bool:
    """Say whether anybody can be called by voice here."""
    return bool(settings().call_url) or has_demo(session)


def _read(content: bytes) -> Any:
    try:
        return json.loads(content)
    except ValueError:
        return None

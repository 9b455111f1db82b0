"""SMS by an HTTP gateway: one request a message, and an answer that must say that it was taken."""

import http.client
import json
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from app.messages.channels.deadline import deadline
from app.messages.channels.interface import GiveUp, Message, Retry

LONGEST_ANSWER = 64_000
LONGEST_WAIT_SECONDS = 3600
# The gateway knows the message already, or will never take it: a number that is none, a text that is refused.
SEEN, REFUSED = 409, frozenset({400, 404, 410, 413, 422})


class SmsGateway:
    """Posts ``{"key", "to", "text"}`` and takes a message for sent when the answer is 2xx with ``{"id": ...}``.

    A page of HTML with status 200 is what a broken proxy says, so it is no yes. Redirects are not followed: the
    token is meant for one address only.
    """

    at_once = 16

    def __init__(self, *, url: str, token: str, seconds: float) -> None:
        self._parts = urlsplit(url)
        self._token = token
        self._seconds = seconds

    def send(self, message: Message) -> None:
        """Hand a message to the gateway.

        :raises Retry: if the gateway is down, slow, busy, or answers something else than yes or no
        :raises GiveUp: if the gateway refuses this message
        """
        try:
            status, wait, body = self._post(message)
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise Retry(str(error)[:200] or type(error).__name__) from error
        _judge(status, wait, body)

    def _post(self, message: Message) -> tuple[int, str, Any]:
        connection = self._open()
        body = json.dumps({"key": message.key, "to": message.address, "text": message.text}).encode()
        path = f"{self._parts.path or '/'}{'?' + self._parts.query if self._parts.query else ''}"
        try:
            connection.connect()
            held = connection.sock  # an answer that ends with the connection takes it out of there
            with deadline(self._seconds, lambda: held):
                connection.request("POST", path, body, self._headers(message))
                answer = connection.getresponse()
                content = answer.read(LONGEST_ANSWER)
            return answer.status, answer.getheader("Retry-After", ""), _read(content)
        finally:
            connection.close()

    def _open(self) -> http.client.HTTPConnection:
        kind = http.client.HTTPSConnection if self._parts.scheme == "https" else http.client.HTTPConnection
        return kind(self._parts.hostname or "", self._parts.port, timeout=self._seconds)

    def _headers(self, message: Message) -> dict[str, str]:
        headers = {"Content-Type": "application/json", "Accept": "application/json", "Idempotency-Key": message.key}
        return {**headers, "Authorization": f"Bearer {self._token}"} if self._token else headers


def _read(content: bytes) -> Any:
    try:
        return json.loads(content)
    except ValueError:
        return None


def _judge(status: int, wait: str, body: Any) -> None:
    """Read the gateway's answer: nothing for yes.

    :raises Retry: if it is neither yes nor no
    :raises GiveUp: if it is no
    """
    speaks = isinstance(body, dict)
    if (200 <= status < 300 and speaks and body.get("id")) or (status == SEEN and speaks):
        return
    if status in REFUSED and speaks:
        raise GiveUp(f"{status} {str(body.get('code') or body.get('error') or '')[:100]}".strip())
    seconds = min(int(wait), LONGEST_WAIT_SECONDS) if wait.isdigit() else 0
    said = f"{status}" if speaks else f"{status}, and no answer that we know"
    raise Retry(said, wait=timedelta(seconds=seconds) if seconds else None)

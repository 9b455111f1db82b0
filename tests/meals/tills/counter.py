"""A device at a till: enrolling it and speaking as it."""

import re
from dataclasses import dataclass
from typing import Any

from werkzeug.test import TestResponse

from tests.meals.lunch import Lunch

API = "/api/v1/meals/tills"


@dataclass(frozen=True)
class Counter:
    """A device with its token, and short ways to speak as it."""

    lunch: Lunch
    token: str
    device_id: int

    @property
    def headers(self) -> dict[str, str]:
        """Return the header that names the device."""
        return {"Authorization": f"Till {self.token}"}

    def roster(self, since: str = "", **headers: str) -> TestResponse:
        """Ask for the roster."""
        query = {"since": since} if since else {}
        return self.lunch.client.get(f"{API}/roster", query_string=query, headers={**self.headers, **headers})


def offer(lunch: Lunch, *, path: str = "enrolments", by: dict[str, str] | None = None) -> TestResponse:
    """Ask for a code on the page."""
    return lunch.client.post(f"/meals/tills/{lunch.till.id}/{path}", headers=by or lunch.manager)


def code_in(page: TestResponse) -> str:
    """Return the code that a page shows."""
    found = re.search(r"#code=([\w-]+)", page.text)
    assert found
    return found[1]


def trade(lunch: Lunch, code: str, version: str = "1.0") -> TestResponse:
    """Trade a code for a token."""
    return lunch.client.post(f"{API}/enrolments", json={"code": code, "version": version})


def enrol(lunch: Lunch) -> Counter:
    """Enrol a new device."""
    answer: dict[str, Any] = trade(lunch, code_in(offer(lunch))).get_json()
    return Counter(lunch, answer["token"], answer["device"]["id"])

"""A device at a till: enrolling it and speaking as it."""

import hmac
import io
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from werkzeug.test import TestResponse

from app.clock import business_day
from app.people.models import Card
from app.tokens import digest, new_id
from meals.models import Checkout
from meals.tills.roster import write_version
from tests.conftest import NOON
from tests.meals.lunch import Lunch

API = "/api/v1/meals/tills"
IMPORT = "/meals/tills/import"


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

    def send(self, *things: Any, **state: Any) -> list[dict[str, Any]]:
        """Send sales and undoings, and return what became of each."""
        answer = self.post(*things, **state)
        assert answer.status_code == 200, answer.text
        answers: list[dict[str, Any]] = answer.get_json()["answers"]
        return answers

    def post(self, *things: Any, **state: Any) -> TestResponse:
        """Send sales and undoings."""
        body = {"device_state": state, "sales": list(things)}
        return self.lunch.client.post(f"{API}/sales", json=body, headers=self.headers)

    def sale(self, card: Card | str, *, seq: int = 1, at: datetime = NOON, **about: Any) -> dict[str, Any]:
        """Make a sale of the default meal as the till decided it: half price, the rest from points."""
        return {
            "id": str(new_id()),
            "seq": seq,
            "kind": "sale",
            "card": card if isinstance(card, str) else card.number,
            "items": [{"dish_id": self.lunch.dish.id, "count": 1, "price_fen": 1600}],
            "cashier": self.lunch.cashier_account.id,
            "occurred_at": at.isoformat(),
            "is_offline": True,
            "roster_version": write_version(at, on=business_day(at)),
            "quote": quote(),
            **about,
        }

    def undo(self, sale: dict[str, Any], *, seq: int = 2, at: datetime = NOON, **about: Any) -> dict[str, Any]:
        """Make the undoing of a sale."""
        return {
            "id": str(new_id()),
            "seq": seq,
            "kind": "undo",
            "undoes": sale["id"],
            "reason": "按错了",
            "cashier": self.lunch.cashier_account.id,
            "occurred_at": at.isoformat(),
            "is_offline": True,
            **about,
        }


def quote(*, public_fen: int = 800, points_fen: int = 800, cash_fen: int = 0) -> dict[str, Any]:
    """Return what a till decides of the default meal; without subsidy no share."""
    cut = (public_fen * 40 // 100, public_fen * 40 // 100, public_fen - 2 * (public_fen * 40 // 100))
    shares = [
        {"payer": payer, "amount_fen": amount}
        for payer, amount in zip(("city", "district", "street"), cut, strict=True)
        if amount
    ]
    return {
        "price_fen": public_fen + points_fen + cash_fen,
        "shares": shares,
        "points_fen": points_fen,
        "cash_fen": cash_fen,
        "window": "lunch",
        "reasons": [],
    }


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


def write_file(counter: Counter, entries: Sequence[Any], *, token: str = "", **about: Any) -> bytes:
    """Write the file of a queue as a till does (meals/static/till/queue.js)."""
    content = {
        "format": "chongyang-till-queue",
        "version": 1,
        "device": {"id": counter.device_id, "number": 1},
        "exported_at": NOON.isoformat(),
        "entries": list(entries),
        **about,
    }
    text = json.dumps(content, ensure_ascii=False)
    signature = hmac.new(digest(token or counter.token), text.encode(), "sha256").hexdigest()
    return json.dumps(
        {"format": content["format"], "device": counter.device_id, "content": text, "signature": signature}
    ).encode()


def look(counter: Counter, data: bytes, *, by: dict[str, str] | None = None) -> TestResponse:
    """Hand in a file, to see what is in it."""
    lunch = counter.lunch
    form = {"file": (io.BytesIO(data), "chongyang-1-1.json")} if data else {}
    return lunch.client.post(IMPORT, data=form, headers=by or lunch.manager, content_type="multipart/form-data")


def book(counter: Counter, page: TestResponse) -> TestResponse:
    """Have booked what a page showed."""
    form = dict(re.findall(r'name="(packed|start)" value="([^"]*)"', page.text))
    return counter.lunch.client.post(f"{IMPORT}/entries", data=form, headers=counter.lunch.manager)


def sold(counter: Counter, sale: dict[str, Any]) -> Checkout:
    """Return the sale as it was booked."""
    return counter.lunch.session.scalars(
        select(Checkout).where(Checkout.id == UUID(sale["id"])).execution_options(populate_existing=True)
    ).one()


def reasons(answer: dict[str, Any]) -> dict[str, list[str]]:
    """Return the codes of the reasons by the check that names them."""
    return {each["code"]: [reason["code"] for reason in each["reasons"]] for each in answer["findings"]}


def balance(counter: Counter, card: Card) -> int:
    """Return how many points somebody has left."""
    query = text("SELECT balance_fen FROM ledger.book WHERE home = :home")
    return int(counter.lunch.session.scalar(query, {"home": card.senior_id}) or 0)

"""A till that is cut off for a whole day, and sells by its roster and its own sales, agrees with the server."""

import json
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from app import clock as app_clock
from app.clock import ZONE
from app.idempotency import Key
from app.tokens import new_id
from meals import services
from meals.sale import Bill
from meals.tills.door import Device
from meals.tills.roster import make_roster
from subsidies.services import open_account
from tests.app.people.factories import make_card, make_senior
from tests.conftest import FrozenClock
from tests.meals.factories import CITY, DISCOUNT, STREET
from tests.meals.tills.twin import DAY, Here, device_of, give, open_canteen, run

ACTIONS = 160
LIMITED = {
    **DISCOUNT,
    "limits": [
        {"per": "window", "subsidised": 1},
        {"per": "day", "subsidised": 2},
        {"per": "day", "public_fen": 1300, "partial": "rest"},
        {"per": "month", "public_fen": 5000, "partial": "none"},
    ],
    "payers": [{"payer": "city", "percent": 50}, {"payer": "concession", "percent": 50, "remainder": True}],
    "points": {"may_pay_percent": 60, "of": "price"},
}
actions = st.lists(
    st.tuples(
        st.integers(0, 11),  # whose turn it is
        st.sampled_from(["sale"] * 8 + ["undo", "undo", "roster"]),
        st.tuples(st.integers(0, 1), st.integers(0, 3)).filter(any),
        st.booleans(),
    ),
    min_size=ACTIONS,
    max_size=ACTIONS,
)


def draw_day() -> list[Any]:
    """Draw what happens at a till on a day."""
    drawn: list[Any] = []

    @settings(max_examples=4, deadline=None, database=None, derandomize=True)
    @given(actions)
    def collect(found: list[Any]) -> None:
        drawn.extend(found)

    collect()
    return drawn[-ACTIONS:]


@dataclass
class Served:
    """What the server booked for a till, as the till will live it."""

    here: Here
    device: Device
    clock: FrozenClock
    version: str
    steps: list[dict[str, Any]] = field(default_factory=list)
    sold: dict[str, list[tuple[Any, bool]]] = field(default_factory=dict)

    def step(self, card: str, kind: str, counts: tuple[int, int], is_acknowledged: bool) -> None:
        """Do one thing at the server, and write down what it said."""
        self.clock.advance(minutes=4)
        at = round(app_clock.now().timestamp() * 1000)
        step = getattr(self, f"_{kind}")(card, counts, is_acknowledged)
        if step:
            self.steps.append({"kind": kind, "at": at, "is_acknowledged": is_acknowledged, **step})

    def _sale(self, card: str, counts: tuple[int, int], is_acknowledged: bool) -> dict[str, Any]:
        here, now = self.here, app_clock.now()
        items = [(dish.id, count) for dish, count in zip(here.dishes, counts, strict=False) if count]
        bill = Bill(card=card, canteen_id=here.canteen.id, till_id=here.till.id, items=tuple(items))
        quote = services.quote(here.session, bill=bill, by=here.by, now=now)
        # Points spent by a full-price sale leave no meal in the roster to be known by: such a sale is answered at once.
        acknowledged = is_acknowledged or not quote["subsidised"]
        key = Key(str(new_id()), b"x" * 32)
        sold = services.check_out(here.session, bill=bill, key=key, by=here.by, now=now).body
        self.sold.setdefault(card, []).append((sold["id"], acknowledged))
        shown = [{"dish_id": dish_id, "count": count} for dish_id, count in items]
        return {"card": card, "items": shown, "quote": quote, "id": sold["id"], "is_acknowledged": acknowledged}

    def _undo(self, card: str, _counts: tuple[int, int], is_acknowledged: bool) -> dict[str, Any] | None:
        if not self.sold.get(card):
            return None
        sold, was_acknowledged = self.sold[card].pop()
        services.reverse_checkout(
            self.here.session,
            checkout_id=UUID(sold),
            reason="按错了",
            key=Key(str(new_id()), b"y" * 32),
            by=self.here.by,
            now=app_clock.now(),
        )
        # Nobody undoes at the server what the server has not been told of.
        return {"id": sold, "is_acknowledged": is_acknowledged and was_acknowledged}

    def _roster(self, _card: str, _counts: tuple[int, int], _is_acknowledged: bool) -> dict[str, Any]:
        body = make_roster(self.here.session, device=self.device, since=self.version, now=app_clock.now()).body
        content = json.loads(body)
        self.version = content["version"]
        return {"content": content}


def test_a_till_that_is_cut_off_all_day_agrees_with_the_server_at_every_sale(
    session: Session, clock: FrozenClock, tmp_path: Path
) -> None:
    clock.set(datetime.combine(DAY, time(9, 55), tzinfo=ZONE))
    one = {"body": LIMITED, "flaw": None}
    here = open_canteen(session, one, STREET, DAY)
    open_account(session, kind="city", area_code=CITY, name="city")
    born = [date(1940 + 3 * place, 5, 1) for place in range(12)]
    seniors = [make_senior(session, birth_on=each, residence_area=STREET) for each in born]
    for place, senior in enumerate(seniors):
        give(session, senior, [("any", 300 * place, 1), ("meals", 1500, 41)] if place else [])
    cards = [make_card(session, senior).number for senior in seniors]
    device = device_of(here, STREET)
    clock.advance(seconds=30)
    first = json.loads(make_roster(session, device=device, since="", now=app_clock.now()).body)
    day = Served(here, device, clock, first["version"])
    for whose, kind, counts, is_acknowledged in draw_day():
        day.step(cards[whose], kind, counts, is_acknowledged)
    file = tmp_path / "day.json"
    file.write_text(json.dumps({"roster": first, "steps": day.steps}, ensure_ascii=False, default=str))
    assert run("day_twin.mjs", file) >= ACTIONS // 2
    codes = {reason["code"] for step in day.steps if "quote" in step for reason in step["quote"]["reasons"]}
    assert codes >= {"count_used", "points_short", "outside_windows"}, codes

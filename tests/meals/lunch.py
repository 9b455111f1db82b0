"""A canteen at lunch time: its till, its default meal, its policies, a cashier, and guests with points."""

from dataclasses import dataclass
from datetime import date
from itertools import count
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app import clock
from app.auth.actor import Role
from app.auth.models import Account
from app.people.models import Card, Senior
from meals.models import Canteen, Dish, Till
from subsidies.services import Grant, grant_points, open_account
from tests.app.people.factories import bearer, make_card, make_senior, make_staff
from tests.meals.factories import CITY, DISTRICT, STREET, make_canteen, make_dish, make_policy, make_till

_keys = count(1)


@dataclass(frozen=True)
class Lunch:
    """What a sale needs, and short ways to make one."""

    session: Session
    client: FlaskClient
    canteen: Canteen
    till: Till
    dish: Dish
    cashier_account: Account
    manager_account: Account

    @property
    def cashier(self) -> dict[str, str]:
        """Log the cashier in."""
        return bearer(self.session, self.cashier_account)

    @property
    def manager(self) -> dict[str, str]:
        """Log the manager in."""
        return bearer(self.session, self.manager_account)

    def guest(self, *, points_fen: int = 10_000, card_state: str = "issued", **about: Any) -> Card:
        """Make a guest with a card and points; 82 years old unless said otherwise."""
        about = {"birth_on": date(1944, 3, 5), "hukou_area": STREET, **about}
        return self.card_of(make_senior(self.session, **about), points_fen=points_fen, state=card_state)

    def card_of(self, senior: Senior, *, points_fen: int = 0, state: str = "issued") -> Card:
        """Give a senior a card, and points that are good until the end of the year."""
        if points_fen:
            self.grant(senior.id, points_fen=points_fen)
        return make_card(self.session, senior, state=state)

    def grant(
        self, senior_id: int, *, points_fen: int, expires_on: date = date(2026, 12, 31), purpose: str = "any"
    ) -> None:
        """Give points."""
        funder = open_account(self.session, kind="city", area_code=CITY, name="市财政")
        grant = Grant(
            home=senior_id,
            key=f"grant:{next(_keys)}",
            funder_account=funder,
            programme="chongyang-age",
            purpose=purpose,
            amount_fen=points_fen,
            expires_on=expires_on,
            cause={"what": "grant"},
        )
        now = clock.now()
        grant_points(self.session, grants=[grant], actor="test", device="test", occurred_at=now, now=now)

    def sell(
        self, card: Card | str, *, key: str | None = None, by: dict[str, str] | None = None, **body: Any
    ) -> TestResponse:
        """Scan a card: sells the default meal unless told otherwise."""
        number = card if isinstance(card, str) else card.number
        asked = {"card": number, "canteen_id": self.canteen.id, "till_id": self.till.id, **body}
        if "items" not in asked and "amount_fen" not in asked:
            asked["items"] = [{"dish_id": self.dish.id, "count": 1}]
        headers = {**(by or self.cashier), "Idempotency-Key": key or f"k{next(_keys)}"}
        return self.client.post("/api/v1/meals/checkouts", json=asked, headers=headers)

    def undo(
        self, checkout_id: str, *, by: dict[str, str] | None = None, key: str | None = None, reason: str = "按错了"
    ) -> TestResponse:
        """Undo a sale."""
        headers = {**(by or self.cashier), "Idempotency-Key": key or f"k{next(_keys)}"}
        return self.client.post(
            f"/api/v1/meals/checkouts/{checkout_id}/reversal", json={"reason": reason}, headers=headers
        )


def make_lunch(session: Session, client: FlaskClient) -> Lunch:
    """Open a canteen that sells set meal A for 16.00 at half price to those over 80."""
    canteen = make_canteen(session, area_code=STREET)
    for kind, area in (("city", CITY), ("district", DISTRICT), ("street", STREET)):
        open_account(session, kind=kind, area_code=area, name=kind)
    make_policy(session, kind="meal_discount")
    make_policy(session, kind="sale_rules")
    till, dish = make_till(session, canteen=canteen), make_dish(session, canteen=canteen, is_default=True)
    cashier = make_staff(session, role=Role.CASHIER, area_code=STREET, canteen_id=canteen.id)
    manager = make_staff(session, role=Role.CANTEEN_MANAGER, area_code=STREET, canteen_id=canteen.id)
    return Lunch(session, client, canteen, till, dish, cashier, manager)

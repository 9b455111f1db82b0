"""A canteen that brings meals home: its rules, its deliverer, and short ways to order and bring one."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.auth.actor import Role
from app.auth.models import Account
from app.people.models import Card
from meals.deliveries.models import Delivery
from tests.app.people.factories import bearer, make_staff
from tests.meals.factories import STREET, make_policy
from tests.meals.lunch import Lunch

API = "/api/v1/meals/deliveries"
TODAY = "2026-11-20"


@dataclass(frozen=True)
class Kitchen:
    """What a delivery needs."""

    lunch: Lunch
    deliverer_account: Account

    @property
    def session(self) -> Session:
        """Return the test's session."""
        return self.lunch.session

    @property
    def deliverer(self) -> dict[str, str]:
        """Log the deliverer in."""
        return bearer(self.session, self.deliverer_account)

    def post(self, path: str, by: dict[str, str] | None = None, **body: Any) -> TestResponse:
        """Send something about deliveries, as the manager unless told otherwise."""
        return self.lunch.client.post(f"{API}{path}", json=body, headers=by or self.lunch.manager)

    def order(self, card: Card | str, by: dict[str, str] | None = None, **more: Any) -> TestResponse:
        """Order set meal A for today's lunch unless told otherwise."""
        number = card if isinstance(card, str) else card.number
        body = {
            "card": number,
            "canteen_id": self.lunch.canteen.id,
            "meal_on": TODAY,
            "window": "lunch",
            "items": [{"dish_id": self.lunch.dish.id}],
            **more,
        }
        return self.post("", by or self.lunch.cashier, **body)

    def assign(self, delivery_id: int, account: Account | None = None, position: int = 1) -> TestResponse:
        """Give a delivery to the deliverer unless told otherwise."""
        body = {"deliverer_id": (account or self.deliverer_account).id, "position": position}
        return self.lunch.client.put(f"{API}/{delivery_id}/deliverer", json=body, headers=self.lunch.manager)

    def send_out(self, delivery_id: int, **more: Any) -> TestResponse:
        """Let a meal leave the kitchen."""
        return self.post(f"/{delivery_id}/departure", self.lunch.cashier, **more)

    def on_its_way(self, card: Card, **more: Any) -> int:
        """Order a meal, give it to the deliverer and send it out."""
        ordered = self.order(card, **more)
        assert ordered.status_code == 201, ordered.json
        delivery_id = int(ordered.json["id"])
        assert self.assign(delivery_id).status_code == 200
        sent = self.send_out(delivery_id, full_price_too=True)
        assert sent.status_code == 200, sent.json
        return delivery_id

    def hand_over(self, delivery_id: int, by: dict[str, str] | None = None, **more: Any) -> TestResponse:
        """Hand a meal to the guest at the door unless told otherwise."""
        body = {"place": "door", "received_by": "self", **more}
        return self.post(f"/{delivery_id}/hand-over", by or self.deliverer, **body)

    def miss(self, delivery_id: int, by: dict[str, str] | None = None, **more: Any) -> TestResponse:
        """Find nobody at home unless told otherwise."""
        body = {"trouble": "not_home", "outcome": "returned", **more}
        return self.post(f"/{delivery_id}/tries", by or self.deliverer, **body)

    def row(self, delivery_id: int) -> Delivery:
        """Read a delivery afresh."""
        return self.session.get_one(Delivery, delivery_id, populate_existing=True)


def make_kitchen(lunch: Lunch) -> Kitchen:
    """Let the canteen at lunch time bring meals home."""
    make_policy(lunch.session, kind="delivery_rules")
    deliverer = make_staff(lunch.session, role=Role.DELIVERER, area_code=STREET, canteen_id=lunch.canteen.id)
    return Kitchen(lunch, deliverer)

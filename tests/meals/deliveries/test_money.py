"""Money of meals brought home: whatever happens in whatever order, the books hold what was eaten and brought, once."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, text
from werkzeug.test import TestResponse

from app.clock import ZONE
from app.people.models import Card
from meals.deliveries.models import Delivery
from meals.deliveries.recomputing import recompute_fee
from meals.models import Checkout
from subsidies.ledger.verify import verify
from subsidies.queries import Booked
from subsidies.seals.keys import sealing_key
from subsidies.seals.sealing import seal_books
from subsidies.settlement.models import Line
from tests.conftest import FrozenClock
from tests.meals.deliveries.kitchen import Kitchen

MERCHANT = text(
    "SELECT coalesce(sum(CASE WHEN p.credit = :account THEN p.amount_fen ELSE -p.amount_fen END), 0)"
    "  FROM ledger.posting AS p WHERE :account IN (p.credit, p.debit)"
)


@dataclass(frozen=True)
class Guest:
    """One guest, whose latest delivery is tried with whatever comes, whether it fits or not."""

    kitchen: Kitchen
    card: Card
    clock: FrozenClock

    @property
    def latest(self) -> int:
        """Return the guest's latest delivery; without one, an id that nobody has."""
        query = select(func.max(Delivery.id)).where(Delivery.senior_id == self.card.senior_id)
        found = self.kitchen.session.scalar(query) or 999_999
        self.kitchen.assign(found)
        return found

    def eat(self) -> TestResponse:
        """Eat at the canteen."""
        return self.kitchen.lunch.sell(self.card)

    def order(self) -> TestResponse:
        """Order the meal of the moment."""
        return self.kitchen.order(self.card, window="lunch" if self._is_noon() else "dinner")

    def out(self) -> TestResponse:
        """Send it out."""
        return self.kitchen.send_out(self.latest, full_price_too=True)

    def hand(self) -> TestResponse:
        """Hand it over."""
        return self.kitchen.hand_over(self.latest)

    def later(self) -> TestResponse:
        """Find nobody, and try again."""
        return self.kitchen.miss(self.latest, outcome="later")

    def back(self) -> TestResponse:
        """Find nobody, and bring it back."""
        return self.kitchen.miss(self.latest)

    def cancel(self) -> TestResponse:
        """Cancel it."""
        return self.kitchen.post(f"/{self.latest}/cancellation", reason="mistake")

    def undo(self) -> TestResponse:
        """Undo its sale."""
        row = self.kitchen.session.get(Delivery, self.latest, populate_existing=True)
        return self.kitchen.lunch.undo(str(row.checkout_id if row and row.checkout_id else UUID(int=0)))

    def dinner(self) -> TestResponse:
        """Let the evening come."""
        self.clock.set(datetime(2026, 11, 20, 17, tzinfo=ZONE))
        return self.kitchen.lunch.client.get("/health")

    def _is_noon(self) -> bool:
        return self.clock.moment.astimezone(ZONE).hour < 15


STEPS = ("order", "out", "hand", "later", "back", "undo", "cancel", "eat", "dinner")


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.sampled_from(STEPS), min_size=4, max_size=14))
def test_the_canteen_gets_what_was_eaten_and_brought_and_nothing_twice(
    kitchen: Kitchen, clock: FrozenClock, steps: list[str]
) -> None:
    clock.set(datetime(2026, 11, 20, 11, tzinfo=ZONE))
    session, card = kitchen.session, kitchen.lunch.guest(points_fen=1500)
    account = kitchen.lunch.canteen.merchant_account
    before = session.scalar(MERCHANT, {"account": account})
    guest = Guest(kitchen, card, clock)
    for step in steps:
        assert getattr(guest, step)().status_code < 500, step
    session.expire_all()
    mine = Delivery.senior_id == card.senior_id
    sold = session.scalar(
        select(func.coalesce(func.sum(Checkout.public_fen + Checkout.points_fen), 0)).where(
            Checkout.home == card.senior_id, Checkout.reversed_at.is_(None)
        )
    )
    ways = session.scalar(select(func.coalesce(func.sum(Delivery.fee_fen), 0)).where(mine, Delivery.state == "handed"))
    assert session.scalar(MERCHANT, {"account": account}) - before == sold + ways
    subsidised = session.execute(
        select(Checkout.window_name, func.count())
        .where(Checkout.home == card.senior_id, Checkout.slot.is_not(None), Checkout.reversed_at.is_(None))
        .group_by(Checkout.window_name)
    ).all()
    assert all(count == 1 for _window, count in subsidised)
    live = session.execute(
        select(Delivery.window_name, func.count())
        .where(mine, Delivery.state.in_(("ordered", "out", "handed")))
        .group_by(Delivery.window_name)
    ).all()
    assert all(count == 1 for _window, count in live)
    for delivery in session.scalars(select(Delivery).where(mine)):
        sale = session.get(Checkout, (delivery.senior_id, delivery.checkout_id)) if delivery.checkout_id else None
        if delivery.state in ("out", "handed"):
            assert sale is not None
            assert sale.reversed_at is None
        if delivery.state in ("returned", "undone"):
            assert sale is not None
            assert sale.reversed_at is not None
        assert sum(share["amount_fen"] for share in delivery.fee_shares) == delivery.fee_fen


@pytest.fixture
def settled(kitchen: Kitchen, clock: FrozenClock) -> list[Line]:
    """A lunch brought home, settled with November."""
    delivery = kitchen.on_its_way(kitchen.lunch.guest(ability_level=2))
    clock.advance(minutes=10)
    assert kitchen.hand_over(delivery).json["fee_fen"] == 301
    clock.set(datetime(2026, 12, 2, 9, tzinfo=ZONE))
    seal_books(kitchen.session, key=sealing_key(), now=clock.now())
    kitchen.session.execute(text("SELECT settlement_take_in(1000000)"))
    return list(kitchen.session.scalars(select(Line).order_by(Line.seq)))


def test_the_way_is_a_line_of_its_own_in_the_canteens_statement(settled: list[Line]) -> None:
    meal, way = settled
    assert (meal.public_fen, meal.points_fen) == (800, 800)
    assert (way.kind, way.public_fen, way.points_fen) == ("spend", 301, 0)
    assert sorted(way.funder_public_fen) == [150, 151]


def test_the_ledger_verifies_with_ways_in_it(kitchen: Kitchen) -> None:
    card = kitchen.lunch.guest()
    delivery = kitchen.on_its_way(card)
    kitchen.hand_over(delivery)
    kitchen.lunch.undo(str(kitchen.row(delivery).checkout_id))
    assert list(verify(kitchen.session)) == []


def test_what_was_paid_for_a_way_is_decided_again_from_its_own_facts(kitchen: Kitchen) -> None:
    card = kitchen.lunch.guest(ability_level=3)
    delivery = kitchen.on_its_way(card)
    kitchen.hand_over(delivery)
    row = kitchen.row(delivery)
    assert row.fee_txn_id
    booked = Booked(home=card.senior_id, id=row.fee_txn_id, kind="spend", cause={"what": "delivery"})
    found = recompute_fee(kitchen.session, booked)
    assert found
    assert found.is_same
    assert recompute_fee(kitchen.session, Booked(home=1, id=row.checkout_id, kind="spend", cause={})) is None

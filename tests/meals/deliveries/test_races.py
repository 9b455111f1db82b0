"""Two at once: one order, one hand-over, one pay for the way; and an undoing beside a hand-over."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.auth.actor import Actor, Role
from app.auth.models import Account
from app.db import transaction
from app.errors import DomainError
from app.idempotency import Key
from meals import services as meals
from meals.deliveries import carrying, ordering
from meals.deliveries.carrying import HandOver
from meals.deliveries.models import Delivery
from meals.deliveries.ordering import Order
from meals.deliveries.rules import Outcome, Place, Receiver, Trouble
from meals.models import Checkout
from subsidies.ledger.verify import verify
from subsidies.models import Txn
from tests.conftest import FrozenClock
from tests.meals.deliveries.kitchen import Kitchen, make_kitchen
from tests.meals.lunch import make_lunch

Work = Callable[[Session], Any]
AT_DOOR = HandOver(place=Place.DOOR, received_by=Receiver.SELF)


@pytest.fixture
def rush(app: Flask, committed_db: Session, clock: FrozenClock) -> Kitchen:
    """A canteen whose deliveries really commit."""
    lunch = make_lunch(committed_db, app.test_client())
    kitchen = make_kitchen(lunch)
    committed_db.commit()
    return kitchen


def at_once(app: Flask, *works: Work) -> list[str]:
    """Do several things at the same moment, each over a connection of its own; return the codes of refusals."""
    together = Barrier(len(works))

    def do(work: Work) -> str:
        with app.app_context():
            together.wait(10)
            try:
                with transaction() as session:
                    work(session)
            except DomainError as refusal:
                return refusal.code
            return "done"

    with ThreadPoolExecutor(len(works)) as pool:
        return sorted(pool.map(do, works))


def actor(account: Account, role: Role, canteen_id: int) -> Actor:
    return Actor(account_id=account.id, name=account.name, roles=frozenset({role}), canteen_ids=(canteen_id,))


def test_one_meal_is_ordered_sold_and_handed_over_once_whoever_presses(
    app: Flask, rush: Kitchen, clock: FrozenClock
) -> None:
    now, canteen = clock.now(), rush.lunch.canteen.id
    cashier = actor(rush.lunch.cashier_account, Role.CASHIER, canteen)
    manager = actor(rush.lunch.manager_account, Role.CANTEEN_MANAGER, canteen)
    card = rush.lunch.guest().number
    dish = rush.lunch.dish.id
    order = Order(canteen_id=canteen, meal_on=now.date(), window="lunch", items=((dish, 1),))
    rush.session.commit()
    ordered = at_once(app, *[lambda s: ordering.order_at_counter(s, card=card, order=order, by=cashier, now=now)] * 4)
    assert ordered == ["delivery_exists"] * 3 + ["done"]
    delivery = rush.session.scalars(select(Delivery.id)).one()
    rush.session.commit()
    sent = at_once(app, *[lambda s: carrying.send_out(s, delivery_id=delivery, by=cashier, now=now)] * 4)
    assert sent == ["delivery_moved"] * 3 + ["done"]
    handed = at_once(
        app, *[lambda s: carrying.hand_over(s, delivery_id=delivery, handed=AT_DOOR, by=manager, now=now)] * 4
    )
    assert handed == ["delivery_moved"] * 3 + ["done"]
    rush.session.rollback()
    assert rush.session.scalar(select(func.count()).select_from(Checkout)) == 1
    assert rush.session.scalar(select(func.count()).select_from(Txn).where(Txn.kind == "spend")) == 2


def test_an_undoing_beside_a_hand_over_leaves_no_paid_way_without_its_meal(
    app: Flask, rush: Kitchen, clock: FrozenClock
) -> None:
    now, canteen = clock.now(), rush.lunch.canteen.id
    manager = actor(rush.lunch.manager_account, Role.CANTEEN_MANAGER, canteen)
    ways = [rush.on_its_way(rush.lunch.guest()) for _ in range(3)]
    sales = {way: rush.row(way).checkout_id for way in ways}
    rush.session.commit()
    for way, sale in sales.items():
        assert sale
        key = Key(f"undo:{way}", b"0" * 32)
        undone = {"checkout_id": sale, "reason": "拿错了", "key": key, "by": manager, "now": now}
        back = {"trouble": Trouble.NOT_HOME, "outcome": Outcome.RETURNED, "words": "", "by": manager, "now": now}
        at_once(
            app,
            lambda s, asked=undone: meals.reverse_checkout(s, **asked),
            lambda s, way=way: carrying.hand_over(s, delivery_id=way, handed=AT_DOOR, by=manager, now=now),
            lambda s, way=way, asked=back: carrying.note_try(s, delivery_id=way, **asked),
        )
    rush.session.rollback()
    for delivery in rush.session.scalars(select(Delivery)):
        sold = rush.session.get_one(Checkout, (delivery.senior_id, delivery.checkout_id))
        assert sold.reversed_at is not None
        assert delivery.state in ("undone", "returned")
        assert (delivery.fee_txn_id is None) == (delivery.fee_reversal_id is None)
    assert list(verify(rush.session)) == []

"""Adding deliveries up: what they come to, what each deliverer took in cash, what the kitchen has still to make."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from app.auth import Actor
from meals.deliveries.models import CheckoutFetch, Delivery
from meals.deliveries.reading import DeliveryFilter, conditions_of
from meals.deliveries.rules import State
from meals.models import Canteen, Checkout
from meals.reading.neighbours import account
from meals.scope import canteens_within

MOST_DELIVERERS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliverySums:
    """What deliveries come to; ``fee_fen`` is what was paid for ways and not given back."""

    ordered: int = 0
    out: int = 0
    handed: int = 0
    returned: int = 0
    cancelled: int = 0
    undone: int = 0
    fee_fen: int = 0
    paid_ways: int = 0
    fetched: int = 0
    by_state: Mapping[str, int] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """Return how many were ordered and not cancelled."""
        return self.ordered + self.out + self.handed + self.returned + self.undone


@dataclass(frozen=True, slots=True, kw_only=True)
class DelivererSum:
    """What one deliverer handed over, and the cash that goes with it."""

    name: str
    handed: int
    due_fen: int
    taken_fen: int


def sum_deliveries(session: Session, *, actor: Actor, filters: DeliveryFilter) -> DeliverySums:
    """Add up deliveries of the actor's canteens, and the meals that were fetched in the same days.

    :raises Invalid: if there are too many days
    """
    filters.check()
    paid = and_(Delivery.fee_fen > 0, Delivery.fee_reversal_id.is_(None))
    query = (
        select(
            Delivery.state,
            func.count(),
            func.coalesce(func.sum(Delivery.fee_fen).filter(paid), 0),
            func.count().filter(paid),
        )
        .join(Canteen, Canteen.id == Delivery.canteen_id)
        .where(canteens_within(actor, filters.area), *conditions_of(filters))
        .group_by(Delivery.state)
    )
    rows = session.execute(query).all()
    counts = {state: count for state, count, _fee, _ways in rows}
    return DeliverySums(
        **counts,
        fee_fen=sum(int(row[2]) for row in rows),
        paid_ways=sum(row[3] for row in rows),
        fetched=_count_fetched(session, actor, filters),
        by_state=counts,
    )


def count_sold(session: Session, *, canteen_id: int, day: date) -> int:
    """Count the meals of a day that left a canteen to be brought home, those undone later too. Asks nobody's leave."""
    query = select(func.count()).where(
        Delivery.canteen_id == canteen_id, Delivery.meal_on == day, Delivery.checkout_id.is_not(None)
    )
    return session.scalar(query) or 0


def count_ordered(session: Session, *, canteen_id: int, on: date) -> Mapping[str, int]:
    """Count by meal what is ordered for a day and has not left yet, for whoever cooks it. Asks nobody's leave."""
    query = (
        select(Delivery.window_name, func.count())
        .where(Delivery.canteen_id == canteen_id, Delivery.meal_on == on, Delivery.state == State.ORDERED)
        .group_by(Delivery.window_name)
        .order_by(Delivery.window_name.desc())
    )
    return {row[0]: row[1] for row in session.execute(query)}


def sum_by_deliverer(session: Session, *, actor: Actor, filters: DeliveryFilter) -> Sequence[DelivererSum]:
    """Add up what each deliverer handed over and took in cash on some days, so that it can be counted in."""
    taken = func.coalesce(func.sum(Delivery.cash_fen), 0)
    due = func.coalesce(func.sum(Checkout.cash_fen), 0)
    query = (
        select(account.c.name, func.count(), due, taken)
        .select_from(Delivery)
        .join(Canteen, Canteen.id == Delivery.canteen_id)
        .join(account, account.c.id == Delivery.deliverer_id)
        .join(Checkout, and_(Checkout.home == Delivery.senior_id, Checkout.id == Delivery.checkout_id))
        .where(canteens_within(actor, filters.area), *conditions_of(filters), Delivery.state == State.HANDED)
        .group_by(account.c.id, account.c.name)
        .order_by(account.c.name)
        .limit(MOST_DELIVERERS)
    )
    return [
        DelivererSum(name=name, handed=count, due_fen=int(due_fen), taken_fen=int(taken_fen))
        for name, count, due_fen, taken_fen in session.execute(query)
    ]


def _count_fetched(session: Session, actor: Actor, filters: DeliveryFilter) -> int:
    query = (
        select(func.count())
        .select_from(CheckoutFetch)
        .join(Canteen, Canteen.id == CheckoutFetch.canteen_id)
        .where(
            canteens_within(actor, filters.area),
            CheckoutFetch.fetched_on.between(filters.from_on, filters.until_on),
        )
    )
    if filters.canteen_id is not None:
        query = query.where(CheckoutFetch.canteen_id == filters.canteen_id)
    return session.scalar(query) or 0

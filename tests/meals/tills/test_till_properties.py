"""However what a till sold is cut into batches, turned round and sent again, the books are the same."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.people.models import Card
from meals.models import Checkout
from subsidies.models import Book
from tests.meals.tills.counter import Counter, quote

QUOTES = (
    quote(),
    quote(points_fen=300, cash_fen=500),
    quote(public_fen=0, points_fen=1600),
    quote(public_fen=0, points_fen=0, cash_fen=1600),
)
# Which guest, which of the quotes, and whether the sale was undone.
sales = st.lists(st.tuples(st.integers(0, 2), st.sampled_from(QUOTES), st.booleans()), min_size=1, max_size=6)
kept = settings(
    max_examples=6, deadline=None, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def things_of(counter: Counter, cards: Sequence[Card], sold: Sequence[tuple[int, Any, bool]]) -> list[dict[str, Any]]:
    """Return the sales and undoings of a lunch in the order in which they happened."""
    things: list[dict[str, Any]] = []
    for who, decided, is_undone in sold:
        sale = counter.sale(cards[who], seq=len(things) + 1, quote=decided)
        things.append(sale)
        if is_undone:
            things.append(counter.undo(sale, seq=len(things) + 1))
    return things


def books(counter: Counter, cards: Sequence[Card], things: Sequence[dict[str, Any]]) -> tuple[Any, ...]:
    """Return each sale's split in the order of the lunch, and what each guest has left."""
    session = counter.lunch.session
    session.expire_all()
    rows = {row.id: row for row in session.scalars(select(Checkout))}
    found = [rows[UUID(thing["id"])] for thing in things if thing["kind"] == "sale"]
    split = [
        (row.public_fen, row.cash_fen, row.points_fen + row.unpaid_fen, row.reversed_at is not None) for row in found
    ]
    balances = [session.get_one(Book, card.senior_id).balance_fen for card in cards]
    return split, balances, sum(row.points_fen for row in found), sum(row.unpaid_fen for row in found)


def lunch_twice(counter: Counter, sold: Sequence[tuple[int, Any, bool]], points_fen: int, data: st.DataObject) -> None:
    """Send a lunch as it was, and the same lunch of other guests cut and turned round, with repeats."""
    straight, turned = ([counter.lunch.guest(points_fen=points_fen) for _ in range(3)] for _ in range(2))
    first, second = (things_of(counter, cards, sold) for cards in (straight, turned))
    counter.send(*first)
    order = [*data.draw(st.permutations(second)), *data.draw(st.lists(st.sampled_from(second), max_size=4))]
    while order:
        size = data.draw(st.integers(1, len(order)))
        answers = counter.send(*order[:size])
        assert {answer["outcome"] for answer in answers} <= {"booked", "replayed"}
        order = order[size:]
    assert books(counter, straight, first) == books(counter, turned, second)


@kept
@given(sold=sales, data=st.data())
def test_any_order_gives_the_same_books(counter: Counter, sold: Sequence[Any], data: st.DataObject) -> None:
    lunch_twice(counter, sold, 20_000, data)


@kept
@given(sold=sales, data=st.data())
def test_any_order_takes_the_same_when_points_run_out(
    counter: Counter, sold: Sequence[Any], data: st.DataObject
) -> None:
    lunch_twice(counter, [(who, decided, False) for who, decided, _undone in sold], 1000, data)

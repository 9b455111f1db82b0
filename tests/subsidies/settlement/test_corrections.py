"""Original and corrections together are what a fresh computation says, whatever happened in whichever order."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.clock import business_day
from subsidies.settlement.models import Line, Statement
from subsidies.settlement.rules import FROZEN, Cycle, State, find_period, period_from
from tests.conftest import FrozenClock
from tests.subsidies.factories import reverse
from tests.subsidies.settlement.world import World, at, make_world, open_merchant

MONTHS = ("2026-08", "2026-09", "2026-10")
Key = tuple[int, date]


@dataclass
class Books:
    """What a small model knows: of each merchant and month of the sale, points and public money."""

    points_fen: dict[Key, int] = field(default_factory=lambda: defaultdict(int))
    public_fen: dict[Key, int] = field(default_factory=lambda: defaultdict(int))
    sales: list[tuple[int, UUID, int, int, datetime]] = field(default_factory=list)


def month_of(day: date) -> date:
    return period_from(day, Cycle.MONTH).from_on


SELL = st.tuples(
    st.just("sell"), st.integers(0, 1), st.integers(8, 10), st.integers(1, 28), st.sampled_from([0, 300, 700])
)
UNDO = st.tuples(st.just("undo"), st.integers(0, 30), st.integers(0, 700))
SETTLE = st.tuples(
    st.just("settle"), st.sampled_from(MONTHS), st.sampled_from([State.DRAFTED, State.SENT, State.APPROVED, State.PAID])
)


@settings(
    max_examples=12,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
@given(st.lists(SELL | UNDO | SETTLE, min_size=8, max_size=24))
def test_original_and_corrections_are_a_fresh_computation(
    session: Session, clock: FrozenClock, steps: list[Any]
) -> None:
    with session.begin_nested() as attempt:
        live_through(make_world(session), steps)
        attempt.rollback()
    session.expire_all()


def live_through(world: World, steps: list[Any]) -> None:
    books, merchants = Books(), (world.canteen, open_merchant(world.session, "Z-9"))
    frozen: dict[int, tuple[object, ...]] = {}
    for name, *asked in steps:
        if name == "sell":
            which, month, day, points = asked
            sell(world, books, merchants[which], at(month, day), points)
        elif name == "undo":
            undo(world, books, *asked)
        else:
            settle(world, merchants, *asked)
            frozen |= snapshot(world)
        assert {key: kept for key, kept in snapshot(world).items() if key in frozen} == frozen
    # The next period that opens takes in all that waits.
    world.make("2026-11", now=at(12, 2))
    check(world, books)


def sell(world: World, books: Books, merchant: int, when: datetime, points: int) -> None:
    home, txn = world.sell(when, points_fen=points, merchant=merchant)
    key = (merchant, month_of(business_day(when)))
    books.points_fen[key] += points
    books.public_fen[key] += 640
    books.sales.append((home, txn, merchant, points, when))


def undo(world: World, books: Books, which: int, fen: int) -> None:
    if not books.sales:
        return
    home, txn, merchant, points, when = books.sales.pop(which % len(books.sales))
    back = min(fen, points)
    # All of it, or only some of the points.
    booked = reverse(world.session, home, txn, lines=[(1, back)] if back else None, now=max(when, at(10, 30)))
    assert booked.is_booked
    key = (merchant, month_of(business_day(when)))
    books.points_fen[key] -= back or points
    books.public_fen[key] -= 0 if back else 640


def settle(world: World, merchants: tuple[int, ...], month: str, state: State) -> None:
    world.make(month)
    period = find_period(month)
    assert period
    for merchant in merchants:
        found = world.session.query(Statement).filter_by(merchant=merchant, period_from=period.from_on).one_or_none()
        if found and found.state == State.DRAFTED:
            world.bring_to(state, month, merchant)


def snapshot(world: World) -> dict[int, tuple[object, ...]]:
    world.session.flush()
    query = text(
        "SELECT s.id, s.lines, s.points_fen, s.public_fen, s.shares::text,"
        " (SELECT string_agg(l.txn_id::text, ',' ORDER BY l.n) FROM settlement_line l WHERE l.statement_id = s.id)"
        " FROM settlement_statement s WHERE s.state = ANY(:frozen)"
    )
    return {row[0]: tuple(row[1:]) for row in world.session.execute(query, {"frozen": sorted(FROZEN)})}


def check(world: World, books: Books) -> None:
    """Compare the lines of all statements, by month of the sale, with the model; and sums with their lines."""
    world.session.expire_all()
    points: dict[Key, int] = defaultdict(int)
    public: dict[Key, int] = defaultdict(int)
    statements = {each.id: each for each in world.session.scalars(select(Statement))}
    sums: dict[int, int] = defaultdict(int)
    for line in world.session.scalars(select(Line)):
        assert line.statement_id is not None
        points[line.merchant, month_of(line.about_on)] += line.points_fen
        public[line.merchant, month_of(line.about_on)] += line.public_fen
        assert sum(line.funder_points_fen) == line.points_fen
        assert sum(line.funder_public_fen) == line.public_fen
        statement = statements[line.statement_id]
        sums[line.statement_id] += line.points_fen + line.public_fen
        assert line.merchant == statement.merchant
        assert line.occurred_on < statement.period_until
        assert line.is_correction == (line.about_on < statement.period_from)
    keys = set(books.points_fen) | set(points)
    assert {key: (points[key], public[key]) for key in keys} == {
        key: (books.points_fen[key], books.public_fen[key]) for key in keys
    }
    for each in statements.values():
        assert each.total_fen == sums[each.id]
        assert sum(share["points_fen"] + share["public_fen"] for share in each.shares) == each.total_fen


@pytest.mark.usefixtures("session")
def test_the_model_itself_can_fail(world: World) -> None:
    """A check that never fails proves nothing."""
    world.sell(at(10, 5))
    world.make()
    with pytest.raises(AssertionError):
        check(world, Books())

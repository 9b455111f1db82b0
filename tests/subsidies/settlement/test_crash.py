"""A worker is killed in the middle of making statements: what it made is whole, the rest is made the next time."""

from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from app import clock
from app.clock import business_day
from subsidies.settlement import services, tasks
from subsidies.settlement.rules import Cycle, period_before
from tests.subsidies.factories import CITY
from tests.subsidies.settlement.world import OTHER_STREET, World, make_world, open_merchant
from tests.workers import kill_worker_at

MADE = text(
    "SELECT merchant, state, lines, corrections, points_fen, public_fen, shares, height, root, drafted_by"
    " FROM settlement_statement ORDER BY merchant"
)
PLACED = text(
    "SELECT l.merchant, l.n, l.occurred_at, l.points_fen, s.merchant = l.merchant AS right_one"
    " FROM settlement_line AS l LEFT JOIN settlement_statement AS s ON s.id = l.statement_id"
    " ORDER BY l.merchant, l.n, l.occurred_at, l.txn_id"
)


@pytest.fixture
def world(committed_db: Session) -> World:
    """Two districts with a canteen each, and a month of lunches that is over and sealed."""
    made = make_world(committed_db)
    period = period_before(business_day(clock.now()), Cycle.MONTH)
    other = open_merchant(committed_db, "B-5", OTHER_STREET)
    for day in range(1, 29):
        when = clock.now().replace(year=period.from_on.year, month=period.from_on.month, day=day, hour=4)
        for merchant in (made.canteen, other):
            made.sell(when, merchant=merchant, points_fen=0)
    made.seal()
    services.take_in(committed_db)
    committed_db.commit()
    return made


def test_a_killed_maker_leaves_whole_districts_and_the_rest_is_made_again(
    app: Flask, world: World, tmp_path: Path
) -> None:
    session, period = world.session, period_before(business_day(clock.now()), Cycle.MONTH)
    services.make_statements(session, period=period, area_code=CITY, by=None, now=clock.now())
    expected = contents(session)
    session.rollback()
    assert [row.lines for row in expected[0]] == [28, 28]

    # The second district's statement is there by then, and waits for one of its lines.
    (line,) = session.execute(
        text("SELECT l.txn_id FROM settlement_line AS l WHERE l.merchant <> :first LIMIT 1"), {"first": world.canteen}
    ).scalars()
    session.rollback()
    kill_worker_at(
        app,
        tmp_path,
        "subsidies.make_statements",
        lock=f"SELECT FROM settlement_line WHERE txn_id = '{line}' FOR UPDATE",
        period=period.code,
    )
    made, placed = contents(session)
    assert made == expected[0][:1]
    assert [row.right_one for row in placed] == [True] * 28 + [None] * 28
    session.rollback()

    tasks.make_statements(period=period.code)
    assert contents(session) == expected
    events = session.execute(text("SELECT count(*) FROM settlement_event")).scalar_one()
    assert events == 2
    session.rollback()


def contents(session: Session) -> tuple[list[Any], list[Any]]:
    """Return all statements and where each line lies, without what differs from one making to the next."""
    return list(session.execute(MADE)), list(session.execute(PLACED))

"""Two at once, and a maker killed in the middle: one wins, the other is told; what was not done is done later."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app import clock as clocks
from subsidies.settlement import drafting, services
from subsidies.settlement.errors import AlreadyAnswered, OutOfOrder
from subsidies.settlement.rules import State, Step, find_period
from tests.app.auth.factories import make_account
from tests.conftest import FrozenClock
from tests.subsidies.settlement.world import AREA, CITY, OCTOBER, World, at, make_world, open_merchant


@pytest.fixture
def world(committed_db: Session, clock: FrozenClock) -> World:
    made = make_world(committed_db)
    for day in (5, 6, 7):
        made.sell(at(10, day))
    made.seal()
    committed_db.commit()
    return made


@pytest.fixture
def engine(app: Flask, committed_db: Session) -> Iterator[Engine]:
    made = create_engine(app.config["SQLALCHEMY_DATABASE_URI"], **app.config["SQLALCHEMY_ENGINE_OPTIONS"])
    yield made
    made.dispose()


def together(engine: Engine, works: list[Callable[[Session], Any]]) -> list[Any]:
    """Do each work in a transaction of its own, all at once; return what came back or was raised."""

    def run(work: Callable[[Session], Any]) -> Any:
        with Session(engine) as session:
            try:
                with session.begin():
                    return work(session)
            except Exception as error:  # noqa: BLE001 - the test looks at it
                return error

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def test_of_two_approvers_one_wins_and_the_other_is_told(world: World, engine: Engine, app: Flask) -> None:
    world.make()
    statement_id = world.bring_to(State.STREET_CONFIRMED).id
    other = make_account(world.session, name="何志强")
    from dataclasses import replace

    second = replace(world.approver, account_id=other.id, name=other.name)
    world.session.commit()

    def approve(by: Any) -> Callable[[Session], Any]:
        return lambda session: services.take_step(
            session, step=Step.APPROVE, statement_id=statement_id, reach=AREA, by=by, now=at(11, 20)
        )

    results = together(engine, [approve(world.approver), approve(second)])
    lost = [each for each in results if isinstance(each, OutOfOrder)]
    assert len(lost) == 1
    winner = second.name if isinstance(results[0], OutOfOrder) else world.approver.name
    with app.test_request_context():
        assert winner in str(lost[0].detail)
    assert world.statement().state == State.APPROVED


def test_of_two_answers_one_counts(world: World, engine: Engine) -> None:
    world.make()
    statement = world.bring_to(State.SENT)
    dispute = services.dispute_line(
        world.session, statement_id=statement.id, n=1, reason="不对", reach=AREA, by=world.manager, now=at(11, 20)
    )
    dispute_id = dispute.id
    world.session.commit()

    def answer(outcome: Any) -> Callable[[Session], Any]:
        return lambda session: (
            services.answer_dispute(
                session,
                dispute_id=dispute_id,
                outcome=outcome,
                answer="查过",
                reach=AREA,
                by=world.clerk,
                now=at(11, 20),
            ).state
        )

    results = together(engine, [answer("upheld"), answer("set_aside")])
    assert [type(each) for each in results].count(AlreadyAnswered) == 1
    assert world.statement().lines == (2 if "set_aside" in results else 3)


def test_makers_at_the_same_time_share_no_line(world: World, engine: Engine) -> None:
    open_merchant(world.session, "A-2")
    world.session.commit()
    period = find_period(OCTOBER)
    assert period

    def make(session: Session) -> Any:
        return drafting.make_statements(session, period=period, area_code=CITY, by=None, now=clocks.now())

    results = together(engine, [make] * 4)
    assert sum(made.statements for made in results) == 1
    assert sum(made.lines for made in results) == 3
    assert world.statement().lines == 3


@pytest.mark.parametrize("step", ["PLACE", "SUM", "TELL"])
def test_a_maker_killed_in_the_middle_has_done_nothing_and_the_next_does_all(
    world: World, engine: Engine, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    period = find_period(OCTOBER)
    assert period
    ordinary = getattr(drafting, step)
    with monkeypatch.context() as patched, Session(engine) as session:
        # The server ends the maker's connection in the middle, as an operator or a crash would.
        patched.setattr(drafting, step, text("SELECT pg_terminate_backend(pg_backend_pid())"))
        with pytest.raises(DBAPIError):
            drafting.make_statements(session, period=period, area_code=CITY, by=None, now=clocks.now())
    assert getattr(drafting, step) is ordinary
    counts = "SELECT (SELECT count(*) FROM settlement_line), (SELECT count(*) FROM settlement_statement)"
    world.session.rollback()
    assert tuple(world.session.execute(text(counts)).one()) == (0, 0)
    with Session(engine) as session, session.begin():
        made = drafting.make_statements(session, period=period, area_code=CITY, by=None, now=clocks.now())
    assert (made.statements, made.lines) == (1, 3)
    world.session.rollback()
    assert world.statement().total_fen == 3 * 1140

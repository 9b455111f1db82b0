"""Many at once on one visit, one month, one bed: paid once, by whoever comes first."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import Engine, create_engine, select, text
from sqlalchemy.orm import Session

from app.approvals.errors import NotSubmitted
from app.clock import ZONE
from app.errors import DomainError
from care_beds.money import construction, months, runs, services
from care_beds.money.errors import AlreadyUndone, ConstructionAsked, NothingToHandIn, VisitNotPayable
from care_beds.money.models import BedConstruction, BedMonth, VisitPayment
from subsidies import queries as ledger
from subsidies.ledger.verify import verify
from tests.care_beds.factories import CITY
from tests.care_beds.money.test_construction import build_in
from tests.care_beds.money.world import OCTOBER, CareWorld, make_world

THREADS = 12
NOW = datetime(2026, 11, 20, 11, 48, tzinfo=ZONE)


@pytest.fixture
def world(committed_db: Session) -> CareWorld:
    found = make_world(committed_db)
    committed_db.commit()
    return found


@pytest.fixture
def engine(app: Flask, committed_db: Session) -> Iterator[Engine]:
    options = dict(app.config["SQLALCHEMY_ENGINE_OPTIONS"])
    made = create_engine(app.config["SQLALCHEMY_DATABASE_URI"], **{**options, "pool_size": THREADS, "pool_timeout": 60})
    yield made
    made.dispose()


def at_once(engine: Engine, work: Callable[[Session], object]) -> Counter[str]:
    """Do one work in many transactions and threads, all together, and count what came of it."""

    def run(_number: int) -> str:
        try:
            with Session(engine) as session, session.begin():
                work(session)
        except DomainError as refused:
            return type(refused).__name__
        return "done"

    with ThreadPoolExecutor(THREADS) as pool:
        return Counter(pool.map(run, range(THREADS)))


def spends(session: Session) -> int:
    return int(session.scalar(text("SELECT count(*) FROM ledger.txn WHERE kind = 'spend'")) or 0)


def test_a_visit_is_paid_once_by_many_at_once(world: CareWorld, engine: Engine) -> None:
    session = world.session
    world.give_points(50_000)
    visit_id = world.visit().id
    session.commit()
    outcomes = at_once(engine, lambda s: services.pay_visit(s, visit_id=visit_id, by=None, now=NOW))
    assert outcomes == {"done": 1, VisitNotPayable.__name__: THREADS - 1}
    assert spends(session) == 1
    assert ledger.get_wallet(session, home=world.home, on=OCTOBER).balance_fen == 50_000 - 3500
    assert list(verify(session)) == []


def test_batches_of_many_workers_pay_each_visit_once_and_no_point_twice(world: CareWorld, engine: Engine) -> None:
    session = world.session
    world.give_points(3 * 3500 + 100)
    ids = [world.visit(OCTOBER.replace(day=n + 1)).id for n in range(8)]
    session.commit()
    at_once(engine, lambda s: services.pay_visits(s, visit_ids=ids, by=None, now=NOW))
    payers = Counter(session.scalars(select(VisitPayment.payer)))
    assert payers == {"points": 3, "bed_subsidy": 5}
    assert spends(session) == 8
    assert list(verify(session)) == []


def test_a_payment_is_undone_once_by_many_at_once(world: CareWorld, engine: Engine) -> None:
    session = world.session
    world.give_points(5_000)
    visit = world.visit()
    world.pay(visit)
    visit_id, approver = visit.id, world.approver
    session.commit()
    outcomes = at_once(
        engine, lambda s: services.reverse_visit(s, visit_id=visit_id, reason="没有来过", by=approver, now=NOW)
    )
    assert outcomes == {"done": 1, AlreadyUndone.__name__: THREADS - 1}
    assert ledger.get_wallet(session, home=world.home, on=OCTOBER).balance_fen == 5_000


def test_a_month_is_handed_in_and_paid_once_by_many_at_once(world: CareWorld, engine: Engine) -> None:
    session = world.session
    world.month_of_visits()
    months.judge_months(session, month=OCTOBER, area_codes=[CITY], now=NOW)
    area, clerk, approver = world.bed.area_code, world.clerk, world.approver
    session.commit()
    asked = {"month": OCTOBER, "area_code": area, "beds": 1, "amount_fen": 48_000}
    outcomes = at_once(engine, lambda s: runs.hand_in(s, **asked, by=clerk, now=NOW))
    assert outcomes == {"done": 1, NothingToHandIn.__name__: THREADS - 1}
    run_id = session.scalars(select(BedMonth.run_id)).one()
    assert run_id is not None
    outcomes = at_once(engine, lambda s: runs.approve(s, run_id=run_id, by=approver, now=NOW))
    assert outcomes == {"done": 1, NotSubmitted.__name__: THREADS - 1}
    before = spends(session)
    at_once(engine, lambda s: runs.pay_next(s, run_id=run_id, now=NOW))
    assert spends(session) == before + 1
    assert list(verify(session)) == []


def test_a_building_is_asked_for_and_paid_once_by_many_at_once(world: CareWorld, engine: Engine) -> None:
    session = world.session
    build_in(world)
    bed_id, clerk, approver = world.bed.id, world.clerk, world.approver
    session.commit()
    outcomes = at_once(engine, lambda s: construction.ask_construction(s, bed_id=bed_id, by=clerk, now=NOW))
    assert outcomes == {"done": 1, ConstructionAsked.__name__: THREADS - 1}
    outcomes = at_once(engine, lambda s: construction.pay_construction(s, bed_id=bed_id, by=approver, now=NOW))
    assert outcomes == {"done": 1, NotSubmitted.__name__: THREADS - 1}
    assert spends(session) == 1
    paid = session.scalars(select(BedConstruction)).one()
    assert (paid.state, paid.amount_fen) == ("paid", 30_000 + 200_000)
    assert list(verify(session)) == []

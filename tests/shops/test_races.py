"""Many counters at once: no limit, no stock and no points are passed, and one key is one sale."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import Engine, create_engine, func, select, text
from sqlalchemy.orm import Session

from app import clock
from app.auth.actor import Role
from app.errors import Declined
from shops import register, selling
from shops.basket import Answered, Bill
from shops.errors import ShopCodeTaken
from shops.models import ShopArticle, ShopSale, ShopSaleLine
from subsidies.ledger.verify import verify
from tests.conftest import FrozenClock
from tests.shops.factories import STREET, give_points, make_article
from tests.shops.store import Store, make_key, make_store
from tests.shops.test_register import TERMS
from tests.shops.test_register import actor as make_clerk

THREADS = 16


@pytest.fixture
def engine(app: Flask, committed_db: Session) -> Iterator[Engine]:
    options = dict(app.config["SQLALCHEMY_ENGINE_OPTIONS"])
    made = create_engine(app.config["SQLALCHEMY_DATABASE_URI"], **{**options, "pool_size": THREADS, "pool_timeout": 60})
    yield made
    made.dispose()


@pytest.fixture
def store(committed_db: Session, clock: FrozenClock) -> Store:
    return make_store(committed_db)


def at_once(app: Flask, engine: Engine, works: list[Callable[[Session], Answered]]) -> Counter[str]:
    """Do each work in a transaction and a thread of its own, all together, and count what came of it."""

    def run(work: Callable[[Session], Answered]) -> str:
        with app.app_context(), Session(engine) as session:
            try:
                answered = work(session)
                session.commit()
            except Declined as refusal:
                session.commit()
                return refusal.code
            return "replayed" if answered.replayed else "sold"

    with ThreadPoolExecutor(THREADS) as pool:
        return Counter(pool.map(run, works))


def selling_of(store: Store, bill: Bill, key: str | None = None) -> Callable[[Session], Answered]:
    keeper, asked = store.keeper, make_key(key, bill.items)
    return lambda session: selling.sell_basket(session, bill=bill, key=asked, by=keeper, now=clock.now())


def deadlocks(session: Session) -> int:
    session.execute(text("SELECT pg_stat_clear_snapshot()"))
    return int(session.scalar(text("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")) or 0)


def test_one_person_at_many_counters_stays_within_the_limit(
    app: Flask, committed_db: Session, engine: Engine, store: Store
) -> None:
    bill = store.bill(store.person(fen=200_000), (store.rice, 1))
    committed_db.commit()
    outcomes = at_once(app, engine, [selling_of(store, bill) for _ in range(THREADS)])
    assert outcomes == {"sold": 2, "limit_reached": THREADS - 2}
    assert committed_db.scalar(select(func.sum(ShopSaleLine.count))) == 2


def test_the_last_points_pay_once(app: Flask, committed_db: Session, engine: Engine, store: Store) -> None:
    card = store.person(fen=550)
    give_points(committed_db, card.senior_id, 550)
    bill = store.bill(card, (store.soap, 2))
    committed_db.commit()
    outcomes = at_once(app, engine, [selling_of(store, bill) for _ in range(THREADS)])
    assert outcomes == {"sold": 1, "points_short": THREADS - 1}
    assert list(verify(committed_db)) == []


def test_the_last_pieces_are_sold_once_and_nobody_waits_in_a_ring(
    app: Flask, committed_db: Session, engine: Engine, store: Store
) -> None:
    first, second = (
        make_article(committed_db, shop=store.shop, category="household", price_fen=100, stock=5) for _ in range(2)
    )
    bills = [
        store.bill(store.person(fen=1000), *(((first, 1), (second, 1)) if number % 2 else ((second, 1), (first, 1))))
        for number in range(THREADS)
    ]
    ids = first.id, second.id
    committed_db.commit()
    before = deadlocks(committed_db)
    outcomes = at_once(app, engine, [selling_of(store, bill) for bill in bills])
    assert outcomes == {"sold": 5, "sold_out": THREADS - 5}
    stock = committed_db.scalars(select(ShopArticle.stock).where(ShopArticle.id.in_(ids))).all()
    assert (list(stock), deadlocks(committed_db)) == ([0, 0], before)


def test_retries_of_one_sale_make_one_sale(app: Flask, committed_db: Session, engine: Engine, store: Store) -> None:
    bill = store.bill(store.person())
    committed_db.commit()
    outcomes = at_once(app, engine, [selling_of(store, bill, key="once") for _ in range(THREADS)])
    assert outcomes == {"sold": 1, "replayed": THREADS - 1}
    assert committed_db.scalar(select(func.count()).select_from(ShopSale)) == 1


def test_of_two_clerks_who_give_one_code_at_the_same_moment_one_is_told_that_it_is_taken(
    app: Flask, engine: Engine, committed_db: Session, clock: FrozenClock
) -> None:
    by = make_clerk(committed_db, Role.STREET_CLERK, STREET)
    committed_db.commit()
    start = Barrier(2)

    def ask() -> str:
        with app.app_context(), Session(engine) as session:
            start.wait(10)
            try:
                register.ask_shop(
                    session, code="CY-77", sort="supermarket", area_code=STREET, by=by, now=clock.now(), **TERMS
                )
                session.commit()
            except ShopCodeTaken as refusal:
                return refusal.code
            return "asked"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(lambda _n: ask(), range(2))) == ["asked", "shop_code_taken"]

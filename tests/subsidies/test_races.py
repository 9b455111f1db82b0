"""Many at once on one payer: nothing is spent twice, nothing waits for ever, retries meet one answer."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import TypeVar
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.orm import Session

from app.clock import business_day
from app.idempotency import InFlight, KeyReused
from app.tokens import new_id
from subsidies import queries, services
from subsidies.expiry.queries import EndedLot, find_ended
from subsidies.expiry.services import expire_points
from subsidies.ledger.verify import verify
from subsidies.services import Answer
from tests.subsidies.factories import NOON, SOON, Accounts, grant, new_home, new_key, open_accounts, reverse, spend

T = TypeVar("T")
THREADS = 50
ON = date(2026, 11, 20)


@pytest.fixture
def accounts(committed_db: Session) -> Accounts:
    found = open_accounts(committed_db)
    committed_db.commit()
    return found


@pytest.fixture
def engine(app: Flask, committed_db: Session) -> Iterator[Engine]:
    """Return connections of the application's role, one for each thread."""
    options = dict(app.config["SQLALCHEMY_ENGINE_OPTIONS"])
    made = create_engine(app.config["SQLALCHEMY_DATABASE_URI"], **{**options, "pool_size": THREADS, "pool_timeout": 60})
    yield made
    made.dispose()


def at_once(engine: Engine, works: list[Callable[[Session], T]]) -> list[T]:
    """Do each work in a transaction and a thread of its own, all together."""

    def run(work: Callable[[Session], T]) -> T:
        with Session(engine) as session, session.begin():
            return work(session)

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(run, works))


def granted(session: Session, accounts: Accounts, fen: int) -> int:
    home = new_home()
    grant(session, home, fen, funder=accounts.city)
    session.commit()
    return home


def deadlocks(session: Session) -> int:
    session.execute(text("SELECT pg_stat_clear_snapshot()"))
    return int(session.scalar(text("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")) or 0)


def test_fifty_tills_with_one_card_never_spend_more_than_there_is(
    committed_db: Session, engine: Engine, accounts: Accounts
) -> None:
    home = granted(committed_db, accounts, 2000)
    works = [lambda s: spend(s, home, 100, merchant=accounts.canteen, legs=accounts.legs) for _ in range(THREADS)]
    outcomes = Counter(answer.outcome for answer in at_once(engine, works))
    assert outcomes == {"booked": 20, "points_exhausted": 30}
    assert queries.get_wallet(committed_db, home=home, on=ON).balance_fen == 0
    numbers = [item.seq for item in queries.list_movements(committed_db, home=home, limit=100).items]
    assert numbers == list(range(21, 0, -1))
    assert list(verify(committed_db)) == []


def test_fifty_retries_of_one_sale_make_one_sale_and_get_one_answer(
    committed_db: Session, engine: Engine, accounts: Accounts
) -> None:
    home, key = granted(committed_db, accounts, 2000), new_key()
    ids = [new_id() for _ in range(THREADS)]

    def sell(txn_id: UUID) -> Callable[[Session], Answer]:
        return lambda s: spend(
            s, home, 100, merchant=accounts.canteen, key=key, txn_id=txn_id, response={"id": str(txn_id)}
        )

    answers = at_once(engine, [sell(txn_id) for txn_id in ids])
    assert len({(answer.txn_id, answer.balance_fen, answer.response["id"]) for answer in answers}) == 1
    assert [answer.replayed for answer in answers].count(False) == 1
    assert queries.get_wallet(committed_db, home=home, on=ON).balance_fen == 1900
    assert list(verify(committed_db)) == []


def test_one_key_for_two_payers_at_the_same_moment_is_one_sale(
    committed_db: Session, engine: Engine, accounts: Accounts
) -> None:
    key, homes = new_key(), [granted(committed_db, accounts, 500) for _ in range(10)]

    def sell(home: int) -> Callable[[Session], str]:
        def work(session: Session) -> str:
            try:
                with session.begin_nested():
                    return spend(session, home, 100, merchant=accounts.canteen, key=key).outcome
            except KeyReused:
                return "key_reused"

        return work

    assert Counter(at_once(engine, [sell(home) for home in homes])) == {"booked": 1, "key_reused": 9}
    assert list(verify(committed_db)) == []


def test_grants_sales_and_reversals_together_lose_nothing_and_never_deadlock(
    committed_db: Session, engine: Engine, accounts: Accounts
) -> None:
    homes = [granted(committed_db, accounts, 1000) for _ in range(5)]
    sold = [spend(committed_db, home, 100, merchant=accounts.canteen, legs=accounts.legs) for home in homes * 4]
    committed_db.commit()
    before = deadlocks(committed_db)

    def give(order: list[int]) -> Callable[[Session], object]:
        grants = [
            services.Grant(
                home=home, key=new_key("g"), funder_account=accounts.city, programme="p", amount_fen=10, expires_on=ON
            )
            for home in order
        ]
        return lambda s: services.grant_points(s, grants=grants, actor="1", device="", occurred_at=sold_at, now=sold_at)

    sold_at = queries.list_movements(committed_db, home=homes[0]).items[0].booked_at
    works: list[Callable[[Session], object]] = []
    for number, (home, sale) in enumerate(zip(homes * 4, sold, strict=True)):
        assert sale.txn_id is not None
        works.append(lambda s, home=home, txn=sale.txn_id: reverse(s, home, txn))  # type: ignore[misc]
        works.append(lambda s, home=home: spend(s, home, 50, merchant=accounts.canteen))  # type: ignore[misc]
        works.append(give(homes[number % 5 :] + homes[: number % 5]))
    at_once(engine, works)
    assert deadlocks(committed_db) == before
    balances = [queries.get_wallet(committed_db, home=home, on=ON).balance_fen for home in homes]
    assert balances == [1000 - 4 * 50 + 20 * 10] * 5
    assert list(verify(committed_db)) == []


def test_the_sweep_beside_sales_and_reversals_loses_nothing_and_never_deadlocks(
    committed_db: Session, engine: Engine, accounts: Accounts
) -> None:
    homes = [new_home() for _ in range(10)]
    for home in homes:
        grant(committed_db, home, 1000, funder=accounts.city, expires_on=SOON)
        grant(committed_db, home, 1000, funder=accounts.district)
    sold = [spend(committed_db, home, 300, merchant=accounts.canteen, legs=accounts.legs) for home in homes]
    committed_db.commit()
    before, night = deadlocks(committed_db), NOON + timedelta(days=6)
    ended = list(find_ended(committed_db, until=SOON))
    committed_db.commit()

    def end(lots: list[EndedLot]) -> Callable[[Session], object]:
        return lambda s: expire_points(s, ended=lots, rollovers={}, on=business_day(night), now=night)

    works: list[Callable[[Session], object]] = []
    for number, (home, sale) in enumerate(zip(homes, sold, strict=True)):
        assert sale.txn_id is not None
        works.append(lambda s, home=home, txn=sale.txn_id: reverse(s, home, txn))  # type: ignore[misc]
        works.append(lambda s, home=home: spend(s, home, 50, merchant=accounts.canteen))  # type: ignore[misc]
        works.append(lambda s, home=home: spend(s, home, 50, merchant=accounts.canteen, now=night))  # type: ignore[misc]
        works.append(end(ended[number:] + ended[:number]))
    at_once(engine, works)
    at_once(engine, [end(list(find_ended(committed_db, until=SOON)))])
    assert deadlocks(committed_db) == before
    kept = [queries.get_wallet(committed_db, home=home, on=business_day(night)).balance_fen for home in homes]
    # 50 of the night's sale, and 50 of the day's where the sweep was there first.
    assert set(kept) <= {900, 950}
    assert not find_ended(committed_db, until=SOON)
    assert list(verify(committed_db)) == []


def test_many_undo_one_sale_and_one_succeeds(committed_db: Session, engine: Engine, accounts: Accounts) -> None:
    home = granted(committed_db, accounts, 1000)
    sale = spend(committed_db, home, 600, merchant=accounts.canteen, legs=accounts.legs)
    committed_db.commit()
    assert sale.txn_id is not None
    answers = at_once(engine, [lambda s, txn=sale.txn_id: reverse(s, home, txn) for _ in range(20)])  # type: ignore[misc]
    assert Counter(answer.outcome for answer in answers) == {"booked": 1, "already_reversed": 19}


def test_whoever_waits_too_long_for_a_book_is_told_to_come_back(
    committed_db: Session, engine: Engine, accounts: Accounts
) -> None:
    home = granted(committed_db, accounts, 1000)
    with Session(engine) as first, Session(engine) as second:
        services.open_book(first, home=home)
        with pytest.raises(InFlight) as told:
            services.open_book(second, home=home)
    assert told.value.headers == {"Retry-After": "1"}

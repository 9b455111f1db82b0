"""Whatever is granted, sold, given back and asked again, in any order: the books are those of the small model."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import Engine, case, func, or_, select
from sqlalchemy.orm import Session

from app.clock import business_day
from app.db import db
from app.idempotency import KeyReused
from subsidies import queries as ledger
from subsidies.expiry import queries
from subsidies.expiry.rules import Rollover, add_months, by_programme
from subsidies.expiry.services import expire_points
from subsidies.ledger.verify import verify
from subsidies.models import Account, Posting
from subsidies.models import Book as BookRow
from subsidies.models import Lot as LotRow
from subsidies.services import Answer
from tests.subsidies import model
from tests.subsidies.factories import NOON, claw_back, grant, new_home, new_key, open_accounts, reverse, spend

ROLLING = "elder-rolling"
ROLLOVERS = by_programme(
    [
        Rollover(
            document_id=7, programme=ROLLING, into=("nursing", "home_help"), until_months=1, from_on=date(2020, 1, 1)
        )
    ]
)
POINTS = st.integers(0, 700)
PAYERS = st.integers(0, 1)


@dataclass
class Asked:
    """A call that was answered: how to repeat it, with the same content or with other."""

    repeat: Callable[[bytes], Answer]
    fingerprint: bytes
    answer: Answer


@dataclass
class Sale:
    """A sale that was booked, in the ledger and in the model."""

    payer: int
    txn_id: UUID
    lines: list[model.Line]


class Ledger(RuleBasedStateMachine):
    """The database's functions beside the model; one transaction, undone at the end."""

    def __init__(self, engine: Engine) -> None:
        super().__init__()
        self.connection = engine.connect()
        self.outer = self.connection.begin()
        self.session = Session(self.connection, join_transaction_mode="create_savepoint")
        self.accounts = open_accounts(self.session)
        self.homes = [new_home(), new_home()]
        self.books = [model.Book(), model.Book()]
        self.now = NOON
        self.asked: list[Asked] = []
        self.sales: list[Sale] = []
        self.grants: list[tuple[int, UUID, model.Given]] = []

    @property
    def today(self) -> date:
        return business_day(self.now)

    def teardown(self) -> None:
        self.session.close()
        self.outer.rollback()
        self.connection.close()

    def ask(self, repeat: Callable[[bytes], Answer]) -> Answer:
        fingerprint = new_key().encode()
        answer = repeat(fingerprint)
        assert not answer.replayed
        self.asked.append(Asked(repeat, fingerprint, answer))
        return answer

    @rule(payer=PAYERS, fen=st.integers(1, 500), days=st.integers(-1, 4), from_city=st.booleans(), rolls=st.booleans())
    def give(self, payer: int, fen: int, days: int, from_city: bool, rolls: bool) -> None:
        funder = self.accounts.city if from_city else self.accounts.district
        expires_on = self.today + timedelta(days=days)
        key = new_key("g")
        for booked in (1, 0):
            given = grant(
                self.session,
                self.homes[payer],
                fen,
                funder=funder,
                expires_on=expires_on,
                key=key,
                now=self.now,
                programme=ROLLING if rolls else "elder-points",
            )
            assert given.booked == booked
        lot = self.books[payer].put(funder, expires_on, fen, rolls=rolls)
        self.grants += [(payer, txn_id, model.Given(lot, fen)) for txn_id in given.txn_ids.values()]

    @precondition(lambda self: self.grants)
    @rule(data=st.data(), fen=st.integers(1, 600))
    def claim_back(self, data: st.DataObject, fen: int) -> None:
        payer, granted, given = data.draw(st.sampled_from(self.grants))
        home, key, now = self.homes[payer], new_key(), self.now
        answer = self.ask(
            lambda fingerprint: claw_back(self.session, home, granted, fen, key=key, fingerprint=fingerprint, now=now)
        )
        assert answer.outcome == self.books[payer].claim(given, fen)
        assert answer.balance_fen == self.books[payer].balance

    @rule(payer=PAYERS, points=POINTS, legs=st.lists(st.integers(1, 400), max_size=4))
    def sell(self, payer: int, points: int, legs: list[int]) -> None:
        if not points and not legs:
            return
        home, key, now = self.homes[payer], new_key(), self.now
        funded = [(self.accounts.city if n % 2 else self.accounts.street, fen) for n, fen in enumerate(legs)]
        answer = self.ask(
            lambda fingerprint: spend(
                self.session,
                home,
                points,
                merchant=self.accounts.canteen,
                legs=funded,
                key=key,
                fingerprint=fingerprint,
                now=now,
            )
        )
        book = self.books[payer]
        assert answer.outcome == ("booked" if book.spend(points, legs, self.today) else "points_exhausted")
        assert answer.balance_fen == book.balance
        if answer.txn_id:
            self.sales.append(Sale(payer, answer.txn_id, book.sales[-1]))

    @precondition(lambda self: self.sales)
    @rule(data=st.data())
    def give_back_all(self, data: st.DataObject) -> None:
        self.give_back(data.draw(st.sampled_from(self.sales)), None)

    @precondition(lambda self: self.sales)
    @rule(data=st.data())
    def give_back_part(self, data: st.DataObject) -> None:
        sale = data.draw(st.sampled_from(self.sales))
        numbers = data.draw(st.sets(st.integers(0, len(sale.lines) - 1), min_size=1))
        self.give_back(sale, {n: data.draw(st.integers(1, sale.lines[n].fen + 5)) for n in numbers})

    def give_back(self, sale: Sale, parts: dict[int, int] | None) -> None:
        home, key, now = self.homes[sale.payer], new_key(), self.now
        lines = None if parts is None else [(n + 1, fen) for n, fen in parts.items()]
        answer = self.ask(
            lambda fingerprint: reverse(
                self.session,
                home,
                sale.txn_id,
                lines=lines,
                key=key,
                fingerprint=fingerprint,
                grace_days=model.GRACE_DAYS,
                now=now,
            )
        )
        book = self.books[sale.payer]
        assert answer.outcome == book.give_back(sale.lines, parts, self.today)
        assert answer.balance_fen == book.balance

    @rule(days=st.sampled_from([1, 1, 2, 40]))
    def later_day(self, days: int) -> None:
        self.now += timedelta(days=days)

    @rule()
    def sweep(self) -> None:
        ended = queries.find_ended(self.session, until=self.today - timedelta(days=1))
        ended = [lot for lot in ended if lot.home in self.homes]
        swept = expire_points(self.session, ended=ended, rollovers=ROLLOVERS, on=self.today, now=self.now)
        told = [book.sweep(self.today, lambda day: add_months(day, 1)) for book in self.books]
        assert (swept.lost_fen, swept.moved_fen) == (sum(fen for fen, _ in told), sum(fen for _, fen in told))
        assert (swept.booked, swept.busy) == (len(ended), 0)
        again = expire_points(self.session, ended=ended, rollovers=ROLLOVERS, on=self.today, now=self.now)
        assert again.booked == 0

    @precondition(lambda self: self.asked)
    @rule(data=st.data())
    def ask_again(self, data: st.DataObject) -> None:
        asked = data.draw(st.sampled_from(self.asked))
        again = asked.repeat(asked.fingerprint)
        assert again.replayed
        for field in ("outcome", "txn_id", "balance_fen", "response"):
            assert getattr(again, field) == getattr(asked.answer, field)

    @precondition(lambda self: self.asked)
    @rule(data=st.data())
    def ask_something_else_under_an_old_key(self, data: st.DataObject) -> None:
        with pytest.raises(KeyReused):
            data.draw(st.sampled_from(self.asked)).repeat(b"other")

    @invariant()
    def books_are_those_of_the_model(self) -> None:
        for home, book in zip(self.homes, self.books, strict=True):
            row = self.session.scalar(select(BookRow.balance_fen).where(BookRow.home == home))
            assert (row or 0) == book.balance
            wallet = ledger.get_wallet(self.session, home=home, on=self.today)
            assert wallet.balance_fen == sum(lot.remaining for lot in book.lots if lot.expires_on >= self.today)
            columns = (LotRow.id, LotRow.funder, LotRow.expires_on, LotRow.remaining_fen, LotRow.parent_lot)
            rows = self.session.execute(select(*columns).where(LotRow.home == home).order_by(LotRow.id))
            assert [tuple(row) for row in rows] == [
                (lot.id, lot.funder, lot.expires_on, lot.remaining, lot.parent) for lot in book.lots
            ]

    @invariant()
    def debts_are_those_of_the_model(self) -> None:
        for home, book in zip(self.homes, self.books, strict=True):
            account = select(Account.id).where(Account.owner_ref == f"receivable:{home}").scalar_subquery()
            fen = case((Posting.debit == account, Posting.amount_fen), else_=-Posting.amount_fen)
            query = select(func.sum(fen)).where(or_(Posting.debit == account, Posting.credit == account))
            assert (self.session.scalar(query) or 0) == sum(book.owed.values())

    @invariant()
    def every_promise_holds(self) -> None:
        assert [str(fault) for fault in verify(self.session)] == []

    @invariant()
    def all_debits_are_all_credits(self) -> None:
        balance = ledger.trial_balance(self.session, on=self.today)
        assert balance.debit_fen == balance.credit_fen
        assert balance.points_fen == sum(book.balance for book in self.books)


def test_the_books_are_those_of_a_small_model_whatever_happens(app: Flask) -> None:
    checks: dict[str, Any] = {"suppress_health_check": list(HealthCheck), "deadline": None}
    run_state_machine_as_test(
        lambda: Ledger(db.engine), settings=settings(max_examples=15, stateful_step_count=20, **checks)
    )

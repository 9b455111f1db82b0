"""Many payers' spends in one statement: each as if it came by itself."""

from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from app.clock import business_day
from app.idempotency import KeyReused
from app.tokens import digest, new_id
from subsidies import queries, services
from subsidies.ledger.verify import verify
from subsidies.services import Answer, Spend
from tests.subsidies.factories import LAST_GOOD_DAY, NOON, Accounts, grant, new_home, new_key


def a_spend(accounts: Accounts, points_fen: int, *, home: int | None = None, legs: int = 0) -> Spend:
    funders = (accounts.city, accounts.district, accounts.street)
    return Spend(
        home=home or new_home(),
        key=new_key("visit"),
        fingerprint=digest(f"{points_fen}"),
        txn_id=new_id(),
        merchant_account=accounts.canteen,
        points_fen=points_fen,
        purpose="meals",
        legs=[(funder, 100 + n) for n, funder in enumerate(funders[:legs])],
        cause={"what": "visit", "names": {"zh": "助浴"}},
        response={"price_fen": points_fen},
        occurred_at=NOON,
        occurred_on=business_day(NOON),
    )


def spend_many(session: Session, *spends: Spend) -> list[Answer]:
    return services.spend_many(session, spends=spends, actor="12", device="till:3", now=NOON)


def test_each_is_booked_as_one_by_itself(session: Session, accounts: Accounts) -> None:
    asked = [a_spend(accounts, points_fen, legs=legs) for points_fen, legs in ((600, 0), (0, 2), (300, 3))]
    for each in asked:
        grant(session, each.home, 1000, funder=accounts.city, expires_on=LAST_GOOD_DAY)
    answers = spend_many(session, *asked)
    assert [(each.outcome, each.txn_id, each.balance_fen) for each in answers] == [
        ("booked", asked[0].txn_id, 400),
        ("booked", asked[1].txn_id, 1000),
        ("booked", asked[2].txn_id, 700),
    ]
    assert [each.response for each in answers] == [each.response for each in asked]
    for each in asked:
        booked = queries.get_transaction(session, home=each.home, txn_id=each.txn_id)
        funded = [(line.debit, line.amount_fen) for line in booked.postings if line.debit != 1]
        assert funded == [*each.legs]
        assert booked.cause == each.cause
    assert list(verify(session)) == []


def test_a_payer_who_comes_twice_finds_what_the_first_left(session: Session, accounts: Accounts, home: int) -> None:
    grant(session, home, 1000, funder=accounts.city)
    answers = spend_many(session, *(a_spend(accounts, 600, home=home) for _ in range(2)))
    assert [(each.outcome, each.balance_fen) for each in answers] == [("booked", 400), ("points_exhausted", 400)]
    assert list(verify(session)) == []


def test_a_retry_gets_the_first_answer_and_another_content_is_refused(
    session: Session, accounts: Accounts, home: int
) -> None:
    grant(session, home, 1000, funder=accounts.city)
    first, other = a_spend(accounts, 600, home=home), a_spend(accounts, 0, legs=1)
    spend_many(session, first)
    again = spend_many(session, other, replace(first, txn_id=new_id()))
    assert [(each.replayed, each.txn_id) for each in again] == [(False, other.txn_id), (True, first.txn_id)]
    with pytest.raises(KeyReused):
        spend_many(session, a_spend(accounts, 0, legs=1), replace(first, fingerprint=digest("other")))


def test_nobody_spends_nothing(session: Session) -> None:
    assert spend_many(session) == []

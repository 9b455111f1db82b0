"""Points that were not due are claimed back: from what is left, then as a debt, never more than was given."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.idempotency import KeyReused
from app.tokens import new_id
from subsidies import queries
from subsidies.ledger.verify import verify
from subsidies.models import Account, Posting
from tests.subsidies.factories import NOON, Accounts, claw_back, grant, new_home, new_key, open_accounts, reverse, spend


@pytest.fixture
def accounts(session: Session) -> Accounts:
    return open_accounts(session)


def given(session: Session, accounts: Accounts, home: int, fen: int = 1000) -> UUID:
    (txn_id,) = grant(session, home, fen, funder=accounts.district).txn_ids.values()
    return txn_id


def owed(session: Session, home: int) -> int:
    account = select(Account.id).where(Account.owner_ref == f"receivable:{home}").scalar_subquery()
    return sum(session.scalars(select(Posting.amount_fen).where(Posting.debit == account)))


@pytest.mark.parametrize(
    ("spent", "claimed", "then"),
    [(0, 1000, (0, 0)), (0, 400, (600, 0)), (300, 1000, (0, 300)), (1000, 1000, (0, 1000)), (900, 500, (0, 400))],
)
def test_what_is_left_goes_first_and_what_was_spent_is_owed(
    session: Session, accounts: Accounts, spent: int, claimed: int, then: tuple[int, int]
) -> None:
    home = new_home()
    granted = given(session, accounts, home)
    if spent:
        spend(session, home, spent, merchant=accounts.canteen)
    answer = claw_back(session, home, granted, claimed)
    assert answer.outcome == "booked"
    assert (answer.balance_fen, owed(session, home)) == then
    assert list(verify(session)) == []


def test_a_claim_names_its_grant_and_its_hash_is_right(session: Session, accounts: Accounts) -> None:
    home = new_home()
    granted = given(session, accounts, home)
    answer = claw_back(session, home, granted, 1000)
    assert answer.txn_id
    movement = queries.get_transaction(session, home=home, txn_id=answer.txn_id)
    assert (movement.kind, movement.reverses, movement.change_fen) == ("claw_back", granted, -1000)
    assert queries.is_hash_right(session, movement)
    assert movement.explanation["zh"][0] == "追回分 10.00 元"
    assert list(queries.list_reversals(session, home=home, txn_id=granted)) == [answer.txn_id]


def test_no_more_is_claimed_than_was_given(session: Session, accounts: Accounts) -> None:
    home = new_home()
    granted = given(session, accounts, home)
    given(session, accounts, home)  # the same terms: one lot of 20.00
    assert claw_back(session, home, granted, 5000).balance_fen == 1000
    assert claw_back(session, home, granted, 5000).outcome == "nothing_left"
    assert list(verify(session)) == []


def test_what_was_spent_and_given_back_is_claimed_from_the_lot(session: Session, accounts: Accounts) -> None:
    home = new_home()
    granted = given(session, accounts, home)
    sale = spend(session, home, 700, merchant=accounts.canteen)
    assert sale.txn_id
    reverse(session, home, sale.txn_id)
    assert claw_back(session, home, granted, 1000).balance_fen == 0
    assert owed(session, home) == 0


def test_a_claim_asked_twice_is_made_once(session: Session, accounts: Accounts) -> None:
    home, key = new_home(), new_key()
    granted = given(session, accounts, home)
    first, again = claw_back(session, home, granted, 300, key=key), claw_back(session, home, granted, 300, key=key)
    assert (again.replayed, again.txn_id, again.balance_fen) == (True, first.txn_id, 700)
    with pytest.raises(KeyReused):
        claw_back(session, home, granted, 301, key=key)


def test_only_a_grant_is_claimed_back(session: Session, accounts: Accounts) -> None:
    home = new_home()
    granted = given(session, accounts, home)
    sale = spend(session, home, 100, merchant=accounts.canteen)
    claimed = claw_back(session, home, granted, 100)
    assert sale.txn_id
    assert claimed.txn_id
    assert claw_back(session, home, sale.txn_id, 1).outcome == "txn_unknown"
    assert claw_back(session, home, new_id(), 1).outcome == "txn_unknown"
    assert reverse(session, home, claimed.txn_id).outcome == "not_reversible"


def test_points_that_ended_unused_are_nothing_to_claim(session: Session, accounts: Accounts) -> None:
    home = new_home()
    (granted,) = grant(
        session, home, 500, funder=accounts.city, expires_on=(NOON - timedelta(days=3)).date()
    ).txn_ids.values()
    # Not swept yet: they are still in the lot, and go back from there.
    assert claw_back(session, home, granted, 1000).balance_fen == 0


def test_a_debt_stands_on_an_account_for_debts(session: Session, accounts: Accounts) -> None:
    home = new_home()
    granted = given(session, accounts, home)
    wrong = text(
        "SELECT ledger.claw_back(:home, 'k', ''::bytea, :txn, :grant, 1, :account, '{}', NULL, '1', '', now(), now())"
    )
    asked = {"home": home, "txn": new_id(), "grant": granted, "account": accounts.city}
    with pytest.raises(DBAPIError, match="receivable"):
        session.execute(wrong, asked)

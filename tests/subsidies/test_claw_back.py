"""Points that were not due are claimed back: from what is left, then as a debt, never more than was given."""

from datetime import date, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.idempotency import KeyReused
from app.tokens import new_id
from subsidies import queries
from subsidies.expiry.queries import find_ended
from subsidies.expiry.rules import Rollover, by_programme
from subsidies.expiry.services import expire_points
from subsidies.ledger.verify import verify
from subsidies.models import Account, Lot, Posting
from tests.subsidies.factories import (
    NOON,
    SOON,
    Accounts,
    claw_back,
    grant,
    new_home,
    new_key,
    open_accounts,
    reverse,
    spend,
)

CLAIM = text(
    "SELECT ledger.claw_back(:home, 'k', ''::bytea, :txn, :grant, 1, :account, '{}', NULL, '1', '', now(), now())"
)
ROLLOVERS = by_programme(
    [Rollover(document_id=7, programme="rolling", into=("nursing",), until_months=6, from_on=date(2020, 1, 1))]
)


@pytest.fixture
def accounts(session: Session) -> Accounts:
    return open_accounts(session)


def given(session: Session, accounts: Accounts, home: int, fen: int = 1000) -> UUID:
    (txn_id,) = grant(session, home, fen, funder=accounts.district).txn_ids.values()
    return txn_id


def owed(session: Session, home: int) -> int:
    account = select(Account.id).where(Account.owner_ref == f"receivable:{home}").scalar_subquery()
    claimed = sum(session.scalars(select(Posting.amount_fen).where(Posting.debit == account)))
    return claimed - sum(session.scalars(select(Posting.amount_fen).where(Posting.credit == account)))


def sweep(session: Session, home: int, now: datetime) -> None:
    ended = [lot for lot in find_ended(session, until=now.date() - timedelta(days=1)) if lot.home == home]
    expire_points(session, ended=ended, rollovers=ROLLOVERS, on=now.date(), now=now)


def remaining(session: Session, home: int) -> list[int]:
    return list(session.scalars(select(Lot.remaining_fen).where(Lot.home == home).order_by(Lot.id)))


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
    asked = {"home": home, "txn": new_id(), "grant": granted, "account": accounts.city}
    with pytest.raises(DBAPIError, match="receivable"):
        session.execute(CLAIM, asked)


def test_another_payers_account_takes_no_debt(session: Session, accounts: Accounts) -> None:
    home = new_home()
    granted = given(session, accounts, home)
    claw_back(session, other := new_home(), new_id(), 1)
    wrong = select(Account.id).where(Account.owner_ref == f"receivable:{other}")
    asked = {"home": home, "txn": new_id(), "grant": granted, "account": session.scalar(wrong)}
    with pytest.raises(DBAPIError, match="receivable"):
        session.execute(CLAIM, asked)


def test_points_that_came_back_after_their_lot_ended_are_claimed_too(session: Session, accounts: Accounts) -> None:
    home, later = new_home(), NOON + timedelta(days=10)
    (granted,) = grant(session, home, 1000, funder=accounts.district, expires_on=SOON).txn_ids.values()
    sale = spend(session, home, 700, merchant=accounts.canteen)
    assert sale.txn_id
    reverse(session, home, sale.txn_id, now=later)  # into a lot with days of grace
    again = spend(session, home, 700, merchant=accounts.canteen, now=later)
    assert again.txn_id
    reverse(session, home, again.txn_id, now=later + timedelta(days=20))  # and from there into another one
    spend(session, home, 100, merchant=accounts.canteen, now=later + timedelta(days=20))
    assert remaining(session, home) == [300, 0, 600]
    answer = claw_back(session, home, granted, 950, now=later)
    assert (remaining(session, home), owed(session, home)) == ([0, 0, 0], 50)
    assert answer.balance_fen == 0
    assert list(verify(session)) == []


def test_points_that_rolled_over_are_claimed_where_they_are(session: Session, accounts: Accounts) -> None:
    home = new_home()
    (granted,) = grant(session, home, 1000, funder=accounts.city, expires_on=SOON, programme="rolling").txn_ids.values()
    later = NOON + timedelta(days=10)
    sweep(session, home, later)
    spend(session, home, 400, merchant=accounts.canteen, purpose="nursing", now=later)
    answer = claw_back(session, home, granted, 1000, now=later)
    assert (answer.balance_fen, remaining(session, home), owed(session, home)) == (0, [0, 0], 400)
    assert list(verify(session)) == []


def test_a_grant_beside_it_of_other_terms_is_left_alone(session: Session, accounts: Accounts) -> None:
    home = new_home()
    granted = given(session, accounts, home)
    grant(session, home, 500, funder=accounts.city)
    spend(session, home, 200, merchant=accounts.canteen)
    claw_back(session, home, granted, 1000)
    assert sum(remaining(session, home)) == 500


@pytest.mark.parametrize(
    ("claimed", "back", "then"), [(1000, None, (0, 0)), (1000, 300, (0, 400)), (500, None, (500, 0))]
)
def test_a_meal_undone_after_a_claim_pays_the_debt(
    session: Session, accounts: Accounts, claimed: int, back: int | None, then: tuple[int, int]
) -> None:
    home, key = new_home(), new_key()
    granted = given(session, accounts, home)
    sale = spend(session, home, 700, merchant=accounts.canteen, legs=accounts.legs)
    assert sale.txn_id
    claw_back(session, home, granted, claimed)
    lines = None if back is None else [(1, back)]
    answer = reverse(session, home, sale.txn_id, lines=lines, key=key)
    assert (answer.balance_fen, owed(session, home)) == then
    again = reverse(session, home, sale.txn_id, lines=lines, key=key)
    assert (again.replayed, again.txn_id, again.balance_fen) == (True, answer.txn_id, then[0])
    assert list(verify(session)) == []


def test_what_offsets_a_debt_is_a_movement_that_explains_itself(session: Session, accounts: Accounts) -> None:
    home = new_home()
    granted = given(session, accounts, home)
    sale = spend(session, home, 700, merchant=accounts.canteen)
    assert sale.txn_id
    claim = claw_back(session, home, granted, 1000)
    reversal = reverse(session, home, sale.txn_id)
    offset = queries.list_movements(session, home=home).items[0]
    assert (offset.kind, offset.reverses, offset.change_fen) == ("offset", reversal.txn_id, -700)
    assert offset.cause == {"what": "offset", "claims": [str(claim.txn_id)], "policies": [7]}
    assert offset.id.version == 7
    assert queries.is_hash_right(session, offset)
    assert offset.explanation["zh"][0] == "退回的分里有 7.00 元早已追回，抵掉欠款"
    assert reverse(session, home, offset.id).outcome == "not_reversible"


def test_what_was_owed_once_is_not_claimed_again(session: Session, accounts: Accounts) -> None:
    home = new_home()
    first = given(session, accounts, home)
    second = given(session, accounts, home)  # the same terms: one lot
    spend(session, home, 1000, merchant=accounts.canteen)
    sweep(session, home, NOON + timedelta(days=100))  # the rest ended
    assert claw_back(session, home, first, 1000).outcome == "booked"
    assert claw_back(session, home, second, 1000).outcome == "nothing_left"
    assert owed(session, home) == 1000

"""Giving back: to the same lots, never more than was taken, exactly once."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from app.clock import business_day
from app.idempotency import KeyReused
from app.tokens import new_id
from subsidies import queries
from subsidies.ledger.verify import verify
from subsidies.services import Answer
from tests.subsidies.factories import NOON, REFUSED, SOON, Accounts, grant, new_home, new_key, reverse, spend

AFTER_SOON = NOON + timedelta(days=6)


@pytest.fixture
def meal(session: Session, accounts: Accounts, home: int) -> UUID:
    """Pay 6.00 in points from two lots of 4.00, and 6.40 of public money."""
    grant(session, home, 400, funder=accounts.city, expires_on=SOON)
    grant(session, home, 400, funder=accounts.district)
    paid = spend(session, home, 600, merchant=accounts.canteen, legs=accounts.legs)
    assert paid.txn_id is not None
    return paid.txn_id


def lots_of(session: Session, home: int, on: date = date(2026, 11, 20)) -> list[tuple[date, int]]:
    return [(lot.expires_on, lot.remaining_fen) for lot in queries.get_wallet(session, home=home, on=on).lots]


def test_points_return_to_their_lots_and_public_money_to_its_payers(
    session: Session, accounts: Accounts, home: int, meal: UUID
) -> None:
    back = reverse(session, home, meal)
    assert (back.outcome, back.balance_fen) == ("booked", 800)
    assert lots_of(session, home) == [(SOON, 400), (date(2026, 12, 31), 400)]
    sums = {
        line.account.id: line.balance_fen
        for line in queries.trial_balance(session, on=date(2026, 11, 20)).lines
        if line.account
    }
    assert (sums[accounts.canteen], sums[accounts.city], sums[accounts.district]) == (0, -400, -400)
    assert list(verify(session)) == []
    assert back.txn_id is not None
    assert queries.list_reversals(session, home=home, txn_id=meal) == [back.txn_id]


def test_a_meal_is_undone_exactly_once(session: Session, home: int, meal: UUID) -> None:
    assert reverse(session, home, meal).outcome == "booked"
    key = new_key()
    refused = reverse(session, home, meal, key=key)
    assert (refused.outcome, refused.balance_fen) == ("already_reversed", 800)
    assert reverse(session, home, meal, key=key).replayed
    assert lots_of(session, home) == [(SOON, 400), (date(2026, 12, 31), 400)]


def test_a_retry_of_a_reversal_gets_the_first_answer(session: Session, home: int, meal: UUID) -> None:
    key = new_key()
    first, again = reverse(session, home, meal, key=key), reverse(session, home, meal, key=key)
    assert (again.txn_id, again.replayed, again.response) == (first.txn_id, True, {"undone": True})
    with pytest.raises(KeyReused):
        reverse(session, home, meal, key=key, fingerprint=b"other")


def test_parts_may_be_given_back_until_nothing_is_left(session: Session, home: int, meal: UUID) -> None:
    assert reverse(session, home, meal, lines=[(1, 150), (3, 20)]).balance_fen == 350
    assert reverse(session, home, meal, lines=[(1, 251)]).outcome == "refund_exceeds_spend"
    assert reverse(session, home, meal, lines=[(1, 250)]).balance_fen == 600
    assert reverse(session, home, meal).balance_fen == 800
    assert reverse(session, home, meal, lines=[(4, 1)]).outcome == "already_reversed"
    assert list(verify(session)) == []


def test_no_payer_gets_back_more_than_it_gave(session: Session, accounts: Accounts, home: int, meal: UUID) -> None:
    assert reverse(session, home, meal, lines=[(3, 321)]).outcome == "refund_exceeds_spend"
    assert reverse(session, home, meal, lines=[(3, 320)]).outcome == "booked"
    assert reverse(session, home, meal, lines=[(3, 1)]).outcome == "refund_exceeds_spend"


@pytest.mark.parametrize("lines", [[], [(9, 5)], [(1, 5), (1, 5)], [(1, 0)], [(1, -5)]])
def test_lines_that_are_none_are_refused(session: Session, home: int, meal: UUID, lines: list[tuple[int, int]]) -> None:
    with pytest.raises(REFUSED), session.begin_nested():
        reverse(session, home, meal, lines=lines)


def test_points_that_ended_meanwhile_come_back_with_days_of_grace(session: Session, home: int, meal: UUID) -> None:
    reverse(session, home, meal, now=AFTER_SOON, grace_days=7)
    on = business_day(AFTER_SOON)
    lots = queries.get_wallet(session, home=home, on=on).lots
    assert [(lot.expires_on, lot.remaining_fen, lot.parent_lot) for lot in lots] == [
        (on + timedelta(days=7), 400, 1),
        (date(2026, 12, 31), 400, None),
    ]
    assert list(verify(session)) == []


def test_points_given_back_on_their_last_good_day_return_to_their_lot(session: Session, home: int, meal: UUID) -> None:
    reverse(session, home, meal, now=NOON + timedelta(days=5))
    assert lots_of(session, home, SOON) == [(SOON, 400), (date(2026, 12, 31), 400)]


def test_two_parts_given_back_with_grace_on_one_day_are_one_lot(session: Session, home: int, meal: UUID) -> None:
    reverse(session, home, meal, now=AFTER_SOON, lines=[(1, 100)])
    reverse(session, home, meal, now=AFTER_SOON, lines=[(1, 300)])
    assert lots_of(session, home, business_day(AFTER_SOON))[0] == (business_day(AFTER_SOON) + timedelta(days=7), 400)
    assert list(verify(session)) == []


def test_points_given_back_with_grace_can_be_spent_and_given_back_again(
    session: Session, accounts: Accounts, home: int, meal: UUID
) -> None:
    reverse(session, home, meal, now=AFTER_SOON)
    again = spend(session, home, 500, merchant=accounts.canteen, now=AFTER_SOON)
    assert again.txn_id is not None
    assert reverse(session, home, again.txn_id, now=AFTER_SOON).balance_fen == 800
    assert list(verify(session)) == []


def test_a_reversal_cannot_be_reversed(session: Session, home: int, meal: UUID) -> None:
    back: Answer = reverse(session, home, meal)
    assert back.txn_id is not None
    assert reverse(session, home, back.txn_id).outcome == "not_reversible"


def test_what_was_never_booked_cannot_be_reversed(session: Session, home: int, meal: UUID) -> None:
    assert reverse(session, home, new_id()).outcome == "txn_unknown"
    assert reverse(session, new_home(), meal).outcome == "txn_unknown"


def test_a_grant_made_by_mistake_is_taken_back(session: Session, accounts: Accounts, home: int) -> None:
    given = grant(session, home, 500, funder=accounts.city, key="g:1")
    back = reverse(session, home, given.txn_ids["g:1"])
    assert (back.outcome, back.balance_fen) == ("booked", 0)
    assert list(verify(session)) == []


def test_a_grant_whose_points_are_spent_cannot_be_taken_back_whole(
    session: Session, accounts: Accounts, home: int
) -> None:
    given = grant(session, home, 500, funder=accounts.city, key="g:1")
    spend(session, home, 100, merchant=accounts.canteen)
    assert reverse(session, home, given.txn_ids["g:1"]).outcome == "points_spent"
    assert reverse(session, home, given.txn_ids["g:1"], lines=[(1, 400)]).balance_fen == 0
    assert list(verify(session)) == []

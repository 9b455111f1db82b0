"""Paying with points: which lots, until which day, and what a retry is told."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from app.clock import ZONE, business_day
from app.idempotency import KeyReused
from app.tokens import digest, new_id
from subsidies import queries, services
from subsidies.ledger.verify import verify
from tests.subsidies.factories import LAST_GOOD_DAY, NOON, REFUSED, Accounts, grant, new_home, new_key, spend

MIDNIGHT_AFTER = datetime(2027, 1, 1, 0, 0, tzinfo=ZONE)


def lots_of(session: Session, home: int, on: date = date(2026, 11, 20)) -> list[tuple[date, int]]:
    return [(lot.expires_on, lot.remaining_fen) for lot in queries.get_wallet(session, home=home, on=on).lots]


def test_points_and_public_money_reach_the_canteen_and_nothing_else_moves(
    session: Session, accounts: Accounts, home: int
) -> None:
    grant(session, home, 2000, funder=accounts.city)
    paid = spend(session, home, 600, merchant=accounts.canteen, legs=accounts.legs)
    assert (paid.outcome, paid.balance_fen, paid.replayed) == ("booked", 1400, False)
    movement = queries.get_transaction(session, home=home, txn_id=paid.txn_id)
    assert [(line.debit, line.credit, line.amount_fen) for line in movement.postings] == [
        (1, accounts.canteen, 600),
        (accounts.city, accounts.canteen, 320),
        (accounts.district, accounts.canteen, 320),
    ]
    assert (movement.change_fen, movement.public_fen) == (-600, 640)
    assert list(verify(session)) == []


@pytest.mark.parametrize("legs", range(6))
def test_any_number_of_payers_shares_a_meal(session: Session, accounts: Accounts, home: int, legs: int) -> None:
    grant(session, home, 100, funder=accounts.city)
    funders = [accounts.city, accounts.district, accounts.street] * 2
    paid = spend(session, home, 100, merchant=accounts.canteen, legs=[(funder, 7) for funder in funders[:legs]])
    assert len(queries.get_transaction(session, home=home, txn_id=paid.txn_id).postings) == 1 + legs
    assert list(verify(session)) == []


def test_points_that_end_first_are_spent_first(session: Session, accounts: Accounts, home: int) -> None:
    soon, later, last = (date(2026, 11, 25), date(2026, 11, 30), date(2026, 12, 31))
    for day, fen in ((last, 500), (soon, 300), (later, 400)):
        grant(session, home, fen, funder=accounts.city, expires_on=day)
    spend(session, home, 600, merchant=accounts.canteen)
    assert lots_of(session, home) == [(later, 100), (last, 500)]
    assert list(verify(session)) == []


def test_points_are_good_on_their_last_day_until_midnight_in_shanghai(
    session: Session, accounts: Accounts, home: int
) -> None:
    grant(session, home, 500, funder=accounts.city, expires_on=LAST_GOOD_DAY)
    last_minute = MIDNIGHT_AFTER - timedelta(seconds=1)
    assert business_day(last_minute) == LAST_GOOD_DAY
    assert spend(session, home, 200, merchant=accounts.canteen, now=last_minute).outcome == "booked"
    assert spend(session, home, 200, merchant=accounts.canteen, now=MIDNIGHT_AFTER).outcome == "points_exhausted"


def test_expired_points_are_never_spent_although_no_sweep_took_them(
    session: Session, accounts: Accounts, home: int
) -> None:
    grant(session, home, 500, funder=accounts.city, expires_on=date(2026, 11, 19))
    grant(session, home, 300, funder=accounts.city)
    refused = spend(session, home, 400, merchant=accounts.canteen)
    assert (refused.outcome, refused.balance_fen) == ("points_exhausted", 800)
    assert queries.get_wallet(session, home=home, on=business_day(NOON)).balance_fen == 300
    assert spend(session, home, 300, merchant=accounts.canteen).outcome == "booked"


def test_a_meal_eaten_offline_is_paid_with_points_that_were_good_then(
    session: Session, accounts: Accounts, home: int
) -> None:
    grant(session, home, 500, funder=accounts.city, expires_on=date(2026, 11, 19))
    paid = spend(session, home, 500, merchant=accounts.canteen, now=NOON, on=date(2026, 11, 19))
    assert paid.outcome == "booked"


def test_points_for_one_service_do_not_pay_for_another(session: Session, accounts: Accounts, home: int) -> None:
    grant(session, home, 500, funder=accounts.city, purpose="bathing", expires_on=date(2026, 11, 30))
    grant(session, home, 300, funder=accounts.city)
    assert spend(session, home, 301, merchant=accounts.canteen, purpose="meals").outcome == "points_exhausted"
    assert spend(session, home, 300, merchant=accounts.canteen, purpose="meals").outcome == "booked"
    assert spend(session, home, 500, merchant=accounts.canteen, purpose="bathing").outcome == "booked"


def test_a_refusal_leaves_the_book_as_it_was_and_is_told_again(session: Session, accounts: Accounts, home: int) -> None:
    grant(session, home, 500, funder=accounts.city)
    before = queries.list_movements(session, home=home).items
    key = new_key()
    refused = spend(session, home, 501, merchant=accounts.canteen, key=key)
    grant(session, home, 500, funder=accounts.city)
    again = spend(session, home, 501, merchant=accounts.canteen, key=key)
    assert (refused.outcome, again.outcome, again.replayed) == ("points_exhausted", "points_exhausted", True)
    assert len(queries.list_movements(session, home=home).items) == len(before) + 1
    assert list(verify(session)) == []


def test_a_retry_gets_the_first_answer_and_moves_nothing(session: Session, accounts: Accounts, home: int) -> None:
    grant(session, home, 2000, funder=accounts.city)
    key = new_key()
    first = spend(session, home, 600, merchant=accounts.canteen, key=key, response={"number": "1-0001"})
    again = spend(session, home, 600, merchant=accounts.canteen, key=key, response={"number": "1-0002"})
    assert again.replayed
    assert (again.txn_id, again.balance_fen, again.response) == (first.txn_id, 1400, {"number": "1-0001"})
    assert queries.get_wallet(session, home=home, on=business_day(NOON)).balance_fen == 1400


def test_a_key_with_other_content_is_refused(session: Session, accounts: Accounts, home: int) -> None:
    grant(session, home, 2000, funder=accounts.city)
    key = new_key()
    spend(session, home, 600, merchant=accounts.canteen, key=key)
    with pytest.raises(KeyReused):
        spend(session, home, 700, merchant=accounts.canteen, key=key)
    assert queries.get_wallet(session, home=home, on=business_day(NOON)).balance_fen == 1400


def test_a_key_used_for_another_payer_is_refused(session: Session, accounts: Accounts, home: int) -> None:
    other, key = new_home(), new_key()
    for payer in (home, other):
        grant(session, payer, 2000, funder=accounts.city)
    spend(session, home, 600, merchant=accounts.canteen, key=key)
    with pytest.raises(KeyReused), session.begin_nested():
        spend(session, other, 600, merchant=accounts.canteen, key=key)


def test_public_money_alone_pays_for_someone_who_never_had_points(
    session: Session, accounts: Accounts, home: int
) -> None:
    paid = spend(session, home, 0, merchant=accounts.canteen, legs=accounts.legs)
    assert (paid.outcome, paid.balance_fen) == ("booked", 0)
    assert list(verify(session)) == []


def test_a_share_of_nothing_is_no_posting(session: Session, accounts: Accounts, home: int) -> None:
    paid = spend(session, home, 0, merchant=accounts.canteen, legs=[(accounts.city, 0), (accounts.district, 5)])
    assert len(queries.get_transaction(session, home=home, txn_id=paid.txn_id).postings) == 1


@pytest.mark.parametrize(("points_fen", "legs"), [(-1, [(100, 5)]), (0, []), (0, [(100, -5)])])
def test_the_database_refuses_a_spend_that_makes_no_sense(
    session: Session, accounts: Accounts, home: int, points_fen: int, legs: list[tuple[int, int]]
) -> None:
    with pytest.raises(REFUSED), session.begin_nested():
        spend(session, home, points_fen, merchant=accounts.canteen, legs=legs)


def test_an_answer_without_movement_is_remembered(session: Session, accounts: Accounts, home: int) -> None:
    told = {"home": home, "key": new_key(), "outcome": "sold_for_cash", "now": NOON}
    first = services.answer(session, **told, fingerprint=digest("a"), response={"number": "1-0001"})
    again = services.answer(session, **told, fingerprint=digest("a"), response={"number": "1-0002"})
    assert (first.replayed, again.replayed, again.response) == (False, True, {"number": "1-0001"})
    assert not again.is_booked
    found = queries.find_answer(session, home=home, key=told["key"])
    assert found is not None
    assert (found.outcome, found.fingerprint) == ("sold_for_cash", digest("a"))
    assert queries.find_answer(session, home=home, key="7:other") is None
    with pytest.raises(KeyReused):
        services.answer(session, **told, fingerprint=digest("b"), response={})
    with pytest.raises(REFUSED), session.begin_nested():
        services.answer(session, **{**told, "outcome": "booked"}, fingerprint=new_id().bytes, response=None)


def test_an_account_is_opened_once(session: Session) -> None:
    asked = {"kind": "district", "area_code": "330106", "name": "西湖区"}
    assert services.open_account(session, **asked) == services.open_account(session, **asked)
    assert services.open_account(session, kind="wallet", name="any") == 1


def test_the_payers_of_a_place_are_those_of_the_nearest_areas(session: Session, accounts: Accounts) -> None:
    found = queries.funder_accounts(session, area_code="330105011003")
    assert found == {"city": accounts.city, "district": accounts.district, "street": accounts.street}
    assert queries.funder_accounts(session, area_code="440300") == {}

"""Giving points to many: each key once, same terms one lot, one transaction for each grant."""

from datetime import date

import pytest
from sqlalchemy.orm import Session

from subsidies import queries, services
from subsidies.ledger.verify import verify
from subsidies.services import Grant, GrantResult
from tests.subsidies.factories import LAST_GOOD_DAY, NOON, REFUSED, Accounts, grant, new_home

ON = date(2026, 11, 20)


def give(session: Session, grants: list[Grant]) -> GrantResult:
    return services.grant_points(
        session, grants=grants, actor="1", device="", occurred_at=NOON, now=NOON, cause={"programme": "elder-points"}
    )


def made(home: int, key: str, funder: int, amount_fen: int = 500, **terms: object) -> Grant:
    values = {"programme": "elder-points", "expires_on": LAST_GOOD_DAY, **terms}
    return Grant(home=home, key=key, funder_account=funder, amount_fen=amount_fen, **values)  # type: ignore[arg-type]


def test_a_month_of_grants_is_booked_once_however_often_it_is_posted(session: Session, accounts: Accounts) -> None:
    homes = [new_home() for _ in range(300)]
    grants = [made(home, f"2026-11:{home}", accounts.city) for home in reversed(homes)]
    first, again = give(session, grants), give(session, grants)
    assert (first.booked, first.skipped, first.amount_fen) == (300, 0, 150_000)
    assert (again.booked, again.skipped, again.amount_fen) == (0, 300, 0)
    assert again.txn_ids == first.txn_ids
    assert all(queries.get_wallet(session, home=home, on=ON).balance_fen == 500 for home in homes)
    assert list(verify(session)) == []


def test_what_was_posted_in_part_is_completed(session: Session, accounts: Accounts) -> None:
    grants = [made(new_home(), f"2026-11:{number}", accounts.city) for number in range(10)]
    give(session, grants[:4])
    assert give(session, grants).booked == 6


def test_several_grants_for_one_person_are_booked_one_after_the_other(
    session: Session, accounts: Accounts, home: int
) -> None:
    result = give(
        session,
        [
            made(home, "a", accounts.city, 100),
            made(home, "b", accounts.district, 200),
            made(home, "c", accounts.city, 300),
            made(home, "a", accounts.city, 100),
        ],
    )
    assert (result.booked, result.skipped) == (3, 1)
    items = queries.list_movements(session, home=home).items
    assert [(item.seq, item.change_fen) for item in items] == [(3, 300), (2, 200), (1, 100)]
    assert list(verify(session)) == []


def test_grants_of_the_same_terms_fill_one_lot(session: Session, accounts: Accounts, home: int) -> None:
    for amount_fen in (100, 200):
        grant(session, home, amount_fen, funder=accounts.city)
    grant(session, home, 300, funder=accounts.district)
    grant(session, home, 400, funder=accounts.city, programme="holiday")
    lots = queries.get_wallet(session, home=home, on=ON).lots
    assert [(lot.funder, lot.programme, lot.remaining_fen) for lot in lots] == [
        ("杭州市", "elder-points", 300),
        ("拱墅区", "elder-points", 300),
        ("杭州市", "holiday", 400),
    ]


def test_a_key_that_holds_something_else_is_named_and_gives_nothing(
    session: Session, accounts: Accounts, home: int
) -> None:
    other = new_home()
    give(session, [made(home, "a", accounts.city)])
    result = give(
        session, [made(home, "a", accounts.city, 501), made(other, "a", accounts.city), made(other, "b", 100)][:2]
    )
    assert (result.booked, result.reused) == (0, ("a", "a"))
    assert queries.get_wallet(session, home=home, on=ON).balance_fen == 500
    assert queries.get_wallet(session, home=other, on=ON).balance_fen == 0


def test_a_grant_says_why(session: Session, accounts: Accounts, home: int) -> None:
    grant(session, home, 5000, funder=accounts.city)
    (movement,) = queries.list_movements(session, home=home).items
    assert movement.cause == {"policies": [7]}
    assert movement.explanation["zh"] == ["发分 50.00 元，用到 2026-12-31"]
    assert movement.explanation["en"] == ["Granted 50.00 yuan in points, good until 2026-12-31"]


def test_only_a_funder_grants_points(session: Session, accounts: Accounts, home: int) -> None:
    for account in (accounts.canteen, 1, 2**40):
        with pytest.raises(REFUSED), session.begin_nested():
            grant(session, home, 100, funder=account)


@pytest.mark.parametrize("terms", [{"programme": "with space"}, {"purpose": ""}, {"programme": "line\nbreak"}])
def test_names_of_terms_are_single_words(
    session: Session, accounts: Accounts, home: int, terms: dict[str, str]
) -> None:
    with pytest.raises(REFUSED), session.begin_nested():
        grant(session, home, 100, funder=accounts.city, **terms)  # type: ignore[arg-type]


@pytest.mark.parametrize("amount_fen", [0, -5])
def test_a_grant_of_nothing_is_refused(session: Session, accounts: Accounts, home: int, amount_fen: int) -> None:
    with pytest.raises(REFUSED), session.begin_nested():
        grant(session, home, amount_fen, funder=accounts.city)


def test_no_grants_at_all_are_fine(session: Session) -> None:
    assert give(session, []).booked == 0

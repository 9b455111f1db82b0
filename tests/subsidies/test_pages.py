"""The ledger's pages: one number first, every fen behind it, and only for those who answer for it."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.auth import Role
from app.people.models import Senior
from subsidies import queries
from tests.app.auth.factories import make_account, sign_in
from tests.app.people.factories import make_senior
from tests.conftest import FrozenClock
from tests.subsidies.factories import CITY, NOON, STREET, Accounts, grant, reverse, spend


@pytest.fixture
def senior(session: Session, clock: FrozenClock) -> Senior:
    return make_senior(session, hukou_area=STREET)


@pytest.fixture
def auditor(session: Session, client: FlaskClient, clock: FrozenClock) -> None:
    sign_in(client, session, make_account(session, Role.AUDITOR, area_code=CITY))


@pytest.fixture
def booked(session: Session, accounts: Accounts, senior: Senior) -> str:
    """Return the address of a lunch paid with points and public money."""
    grant(session, senior.id, 2000, funder=accounts.city)
    paid = spend(session, senior.id, 600, merchant=accounts.canteen, legs=accounts.legs)
    return f"/wallets/{senior.id}/transactions/{paid.txn_id}"


def read(client: FlaskClient, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, answer.text
    return answer.text


@pytest.mark.usefixtures("auditor", "booked")
def test_a_wallet_says_how_much_is_left_and_lists_what_happened(client: FlaskClient, senior: Senior) -> None:
    page = read(client, f"/wallets/{senior.id}")
    assert "14<small>.00" in page
    assert "用分 6.00 元，公共补贴 6.40 元" in page
    assert "−6.00" in page
    assert "+20.00" in page
    assert "cannot be read" not in read(client, f"/wallets/{senior.id}?after=2")
    assert "is-warn" in read(client, f"/wallets/{senior.id}?after=x")


@pytest.mark.usefixtures("auditor")
def test_an_empty_wallet_says_so(client: FlaskClient, senior: Senior) -> None:
    assert "empty" in read(client, f"/wallets/{senior.id}")


@pytest.mark.usefixtures("auditor")
def test_a_transaction_is_explained_to_the_fen_and_its_hash_computed_again(
    client: FlaskClient, session: Session, senior: Senior, booked: str
) -> None:
    page = read(client, booked)
    movement = queries.list_movements(session, home=senior.id).items[0]
    assert page.count("3.20") == 2
    assert "文晖二食堂" in page
    assert movement.hash[:32] in page
    assert "is-danger" not in page
    reverse(session, senior.id, movement.id, now=NOON + timedelta(hours=1))
    assert str(queries.list_movements(session, home=senior.id).items[0].id) in read(client, booked)
    read(client, f"/wallets/{senior.id}/transactions/01900000-0000-7000-8000-000000000000", 404)


@pytest.mark.usefixtures("auditor", "booked")
def test_the_books_balance_and_lead_to_each_account_and_each_posting(
    client: FlaskClient, accounts: Accounts, booked: str
) -> None:
    page = read(client, "/ledger")
    assert "is-ok" in page
    assert "32.40" in page
    address = f"/ledger/accounts/{accounts.canteen}"
    assert address in page
    account = read(client, f"{address}?on=2026-11-20")
    assert booked in account
    assert "12.40" in account
    assert booked not in read(client, f"{address}?on=2026-11-19")
    assert "empty" in read(client, "/ledger?on=2026-11-19")
    assert "is-warn" in read(client, "/ledger?on=soon")
    assert "is-warn" in read(client, f"{address}?below=1,2,3,4")
    read(client, "/ledger/accounts/999999999", 404)


@pytest.mark.usefixtures("auditor")
def test_the_postings_of_a_day_come_in_pages(
    session: Session, accounts: Accounts, senior: Senior, clock: FrozenClock
) -> None:
    for number in range(5):
        spend(session, senior.id, 0, merchant=accounts.canteen, legs=[(accounts.city, number + 1)])
    seen: list[int] = []
    after = None
    for _page in range(3):
        page = queries.list_account_postings(session, account_id=accounts.city, on=NOON.date(), after=after, limit=2)
        seen += [item.debit_fen for item in page.items]
        after = page.next
    assert seen == [5, 4, 3, 2, 1]
    assert after is None


@pytest.mark.usefixtures("auditor", "booked")
def test_a_seniors_page_tells_of_the_points(client: FlaskClient, senior: Senior) -> None:
    assert f"/wallets/{senior.id}" in read(client, f"/people/seniors/{senior.id}?tab=points")


def test_a_clerk_of_another_street_sees_no_wallet_and_no_books(
    client: FlaskClient, session: Session, senior: Senior, booked: str
) -> None:
    sign_in(client, session, make_account(session, Role.STREET_CLERK, area_code="330106003"))
    read(client, f"/wallets/{senior.id}", 404)
    read(client, booked, 404)
    read(client, "/ledger", 403)
    read(client, "/ledger/accounts/1", 403)

"""Notice before points end: for the person, and for the clerk of the street."""

from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.auth import Role
from app.people.models import Senior
from subsidies import queries
from subsidies.expiry.queries import list_losers, sum_streets
from subsidies.queries import Ending
from tests.app.auth.factories import make_account, sign_in
from tests.app.people.factories import make_actor, make_senior
from tests.conftest import FrozenClock
from tests.meals.factories import make_policy
from tests.subsidies.factories import CITY, STREET, Accounts, grant

TODAY, NEXT = date(2026, 11, 20), date(2026, 12, 1)
YEAR_END = date(2026, 12, 31)


@pytest.fixture
def senior(session: Session, clock: FrozenClock) -> Senior:
    return make_senior(session, hukou_area=STREET)


@pytest.mark.usefixtures("clock")
def test_what_ends_by_the_end_of_next_month_is_told_day_by_day(
    session: Session, accounts: Accounts, senior: Senior
) -> None:
    make_policy(
        session,
        kind="allowance_programme",
        area_code=CITY,
        body={"code": "rolling", "expiry": {"mode": "rollover", "then": {"pays_for": ["nursing"], "months": 6}}},
    )
    for fen, day, programme in (
        (1250, YEAR_END, "plain"),
        (100, YEAR_END, "rolling"),
        (300, date(2026, 11, 30), "plain"),
        (400, date(2027, 1, 1), "plain"),
        (500, date(2026, 11, 19), "plain"),
    ):
        grant(session, senior.id, fen, funder=accounts.city, expires_on=day, programme=programme)
    assert queries.list_ending(session, home=senior.id, on=TODAY) == [
        Ending(date(2026, 11, 30), 300, False),
        Ending(YEAR_END, 1250, False),
        Ending(YEAR_END, 100, True),
    ]


@pytest.mark.usefixtures("clock")
def test_a_clerk_sees_who_loses_what_page_by_page_and_nobody_elses_people(session: Session, accounts: Accounts) -> None:
    seniors = [make_senior(session, hukou_area=STREET) for _ in range(3)]
    stranger = make_senior(session, hukou_area="330106003")
    for senior in (*seniors, stranger):
        grant(session, senior.id, 1000, funder=accounts.city, expires_on=YEAR_END)
    clerk = make_actor(session, area_code=STREET)
    page = list_losers(session, actor=clerk, month=NEXT, today=TODAY, limit=2)
    assert [(each.senior_id, each.lost_fen, each.first_on) for each in page.items] == [
        (senior.id, 1000, YEAR_END) for senior in seniors[:2]
    ]
    rest = list_losers(session, actor=clerk, month=NEXT, today=TODAY, after=page.next or 0, limit=2)
    assert ([each.senior_id for each in rest.items], rest.next) == ([seniors[2].id], None)
    [street] = sum_streets(session, actor=clerk, month=NEXT, today=TODAY)
    assert (street.code, street.seniors, street.lost_fen, street.moved_fen) == (STREET, 3, 3000, 0)
    assert not list_losers(session, actor=clerk, month=date(2027, 1, 1), today=TODAY).items
    # An area that is not the clerk's own shows the clerk's own.
    elsewhere = sum_streets(session, actor=clerk, month=NEXT, today=TODAY, area_code="330106003")
    assert [each.code for each in elsewhere] == [STREET]


@pytest.mark.parametrize("role", [Role.STREET_CLERK, Role.AUDITOR])
@pytest.mark.usefixtures("clock")
def test_the_page_names_people_to_those_who_may_know_them(
    session: Session, client: FlaskClient, accounts: Accounts, senior: Senior, role: Role
) -> None:
    grant(session, senior.id, 1250, funder=accounts.city, expires_on=YEAR_END)
    sign_in(client, session, make_account(session, role, area_code=STREET))
    page = client.get("/ledger/endings?month=2026-12&after=x&area=zz").text
    assert "12.50" in page
    assert (senior.name in page) == (role is Role.STREET_CLERK)
    assert "2026" in client.get("/ledger/endings?month=2027-01").text
    assert "12.50" in client.get(f"/wallets/{senior.id}").text
    assert "12.50" in client.get(f"/people/seniors/{senior.id}?tab=points").text


def test_a_cashier_may_not_look(session: Session, client: FlaskClient, clock: FrozenClock) -> None:
    sign_in(client, session, make_account(session, Role.CASHIER, area_code=STREET))
    assert client.get("/ledger/endings").status_code == 403

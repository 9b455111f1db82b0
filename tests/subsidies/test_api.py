"""Wallets, statements and the trial balance as other programs get them."""

from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.auth import Role
from app.people.models import Senior
from tests.app.people.factories import bearer, make_senior, make_staff
from tests.conftest import FrozenClock
from tests.subsidies.factories import CITY, DISTRICT, NOON, SOON, STREET, Accounts, grant, reverse, spend

WALLETS = "/api/v1/subsidies/wallets"
TRIAL = "/api/v1/subsidies/trial-balance"


@pytest.fixture
def senior(session: Session, clock: FrozenClock) -> Senior:
    return make_senior(session, hukou_area=STREET)


@pytest.fixture
def auditor(session: Session, clock: FrozenClock) -> dict[str, str]:
    return bearer(session, make_staff(session, role=Role.AUDITOR, area_code=CITY))


def get(client: FlaskClient, address: str, headers: dict[str, str], status: int = 200) -> Any:
    answer = client.get(address, headers=headers)
    assert answer.status_code == status, answer.text
    return answer.get_json()


def test_a_wallet_tells_what_is_good_today_and_from_whom(
    client: FlaskClient, session: Session, accounts: Accounts, senior: Senior, auditor: dict[str, str]
) -> None:
    grant(session, senior.id, 400, funder=accounts.city, expires_on=SOON)
    grant(session, senior.id, 900, funder=accounts.district)
    grant(session, senior.id, 100, funder=accounts.city, expires_on=date(2026, 11, 19))
    wallet = get(client, f"{WALLETS}/{senior.id}", auditor)
    assert (wallet["senior_id"], wallet["on"], wallet["balance_fen"]) == (senior.id, "2026-11-20", 1300)
    assert [(lot["remaining_fen"], lot["expires_on"], lot["funder_kind"]) for lot in wallet["lots"]] == [
        (400, "2026-11-25", "city"),
        (900, "2026-12-31", "district"),
    ]


def test_a_senior_who_never_had_points_has_an_empty_wallet(
    client: FlaskClient, senior: Senior, auditor: dict[str, str]
) -> None:
    assert get(client, f"{WALLETS}/{senior.id}", auditor)["balance_fen"] == 0
    assert get(client, f"{WALLETS}/{senior.id}/statement", auditor) == {"items": [], "next": None}


def test_a_statement_tells_each_movement_newest_first_with_its_reason_in_both_languages(
    client: FlaskClient, session: Session, accounts: Accounts, senior: Senior, auditor: dict[str, str]
) -> None:
    grant(session, senior.id, 2000, funder=accounts.city)
    why = {"explanation": {"zh": ["原价 16.00 元"], "en": ["Price 16.00 yuan"]}}
    paid = spend(session, senior.id, 600, merchant=accounts.canteen, legs=accounts.legs, cause=why)
    assert paid.txn_id is not None
    reverse(session, senior.id, paid.txn_id, now=NOON + timedelta(hours=1))
    items = get(client, f"{WALLETS}/{senior.id}/statement", auditor)["items"]
    assert [(item["kind"], item["change_fen"], item["public_fen"]) for item in items] == [
        ("reversal", 600, -640),
        ("spend", -600, 640),
        ("grant", 2000, 0),
    ]
    assert items[1]["explanation"] == {
        "zh": ["用分 6.00 元，公共补贴 6.40 元", "原价 16.00 元"],
        "en": ["Paid: 6.00 yuan in points, 6.40 yuan of public money", "Price 16.00 yuan"],
    }
    assert items[0]["explanation"]["zh"] == ["退回分 6.00 元，退还公共补贴 6.40 元，最晚用到 2026-12-31"]
    assert items[0]["reverses"] == items[1]["id"]
    assert [line["amount_fen"] for line in items[1]["postings"]] == [600, 320, 320]


def test_a_statement_comes_in_pages(
    client: FlaskClient, session: Session, accounts: Accounts, senior: Senior, auditor: dict[str, str]
) -> None:
    for _number in range(5):
        grant(session, senior.id, 100, funder=accounts.city)
    first = get(client, f"{WALLETS}/{senior.id}/statement?limit=3", auditor)
    rest = get(client, f"{WALLETS}/{senior.id}/statement?limit=3&after={first['next']}", auditor)
    assert [item["seq"] for item in first["items"] + rest["items"]] == [5, 4, 3, 2, 1]
    assert rest["next"] is None


def test_a_statement_takes_as_many_statements_of_sql_for_one_movement_as_for_many(
    client: FlaskClient, session: Session, accounts: Accounts, senior: Senior, auditor: dict[str, str]
) -> None:
    from sqlalchemy import event

    def count() -> int:
        seen: list[str] = []
        bind = session.get_bind()
        event.listen(bind, "before_cursor_execute", lambda *arguments: seen.append(arguments[2]))
        get(client, f"{WALLETS}/{senior.id}/statement", auditor)
        return len(seen)

    grant(session, senior.id, 100, funder=accounts.city)
    one = count()
    for _number in range(10):
        grant(session, senior.id, 100, funder=accounts.city)
    assert count() == one


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=201", "limit=x", "after=0", "after=-1", "after=9223372036854775808"]
)
def test_a_statement_refuses_what_is_no_page(
    client: FlaskClient, senior: Senior, auditor: dict[str, str], query: str
) -> None:
    problem = get(client, f"{WALLETS}/{senior.id}/statement?{query}", auditor, 422)
    assert set(problem["errors"]) == {query.partition("=")[0]}


@pytest.mark.parametrize("part", ["", "/statement"])
def test_a_wallet_is_shown_only_within_the_callers_areas(
    client: FlaskClient, session: Session, senior: Senior, part: str
) -> None:
    here, elsewhere = (
        bearer(session, make_staff(session, role=Role.STREET_CLERK, area_code=code)) for code in (STREET, "330106003")
    )
    get(client, f"{WALLETS}/{senior.id}{part}", here)
    assert get(client, f"{WALLETS}/{senior.id}{part}", elsewhere, 404)["code"] == "not_found"
    assert get(client, f"{WALLETS}/999999999{part}", here, 404)["code"] == "not_found"
    get(client, f"{WALLETS}/99999999999999999999{part}", here, 404)


@pytest.mark.parametrize(
    ("role", "books"),
    [
        (Role.STREET_CLERK, 403),
        (Role.DISTRICT_APPROVER, 200),
        (Role.AUDITOR, 200),
        (Role.ADMINISTRATOR, 200),
    ],
)
def test_each_role_reads_what_it_answers_for(
    client: FlaskClient, session: Session, senior: Senior, role: Role, books: int
) -> None:
    caller = bearer(session, make_staff(session, role=role, area_code=DISTRICT))
    get(client, f"{WALLETS}/{senior.id}", caller)
    get(client, f"{WALLETS}/{senior.id}/statement", caller)
    get(client, TRIAL, caller, books)


def test_nobody_reads_without_a_token(client: FlaskClient, senior: Senior) -> None:
    for address in (f"{WALLETS}/{senior.id}", f"{WALLETS}/{senior.id}/statement", TRIAL):
        get(client, address, {}, 401)


def test_the_trial_balance_of_any_day_balances(
    client: FlaskClient, session: Session, accounts: Accounts, senior: Senior, auditor: dict[str, str]
) -> None:
    grant(session, senior.id, 2000, funder=accounts.city, now=NOON - timedelta(days=1))
    spend(session, senior.id, 600, merchant=accounts.canteen, legs=accounts.legs)
    today, before = get(client, TRIAL, auditor), get(client, f"{TRIAL}?on=2026-11-19", auditor)
    assert (today["debit_fen"], today["credit_fen"], today["points_fen"]) == (3240, 3240, 1400)
    assert (before["debit_fen"], before["credit_fen"], before["points_fen"]) == (2000, 2000, 2000)
    assert get(client, f"{TRIAL}?on=2026-11-20", auditor) == today
    sums = {item["account"]["name"]: item["balance_fen"] for item in today["items"] if item["account"]}
    assert sums["文晖二食堂"] == 1240
    assert sums["杭州市"] == -2320


def test_accounts_of_other_areas_are_one_line(
    client: FlaskClient, session: Session, accounts: Accounts, senior: Senior
) -> None:
    spend(session, senior.id, 0, merchant=accounts.canteen, legs=accounts.legs)
    caller = bearer(session, make_staff(session, role=Role.AUDITOR, area_code=STREET))
    balance = get(client, TRIAL, caller)
    assert [(item["debit_fen"], item["credit_fen"]) for item in balance["items"] if not item["account"]] == [(640, 0)]
    assert {item["account"]["area"] for item in balance["items"] if item["account"]} <= {None, STREET}
    assert balance["debit_fen"] == balance["credit_fen"] == 640


@pytest.mark.parametrize("on", ["yesterday", "2026-02-30", "0001-01-01", "9999-12-31"])
def test_a_day_that_is_none_is_refused(client: FlaskClient, auditor: dict[str, str], on: str) -> None:
    assert "on" in get(client, f"{TRIAL}?on={on}", auditor, 422)["errors"]

"""Sessions end, are listed, and are revoked one by one; roles count only while they are valid."""

from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from app import clock as clock_module
from app.areas.models import Area
from app.auth.access import find_by_secret
from app.auth.accounts import grant_role
from app.auth.actor import Role
from app.auth.guard import COOKIE
from app.auth.models import AccessToken
from app.auth.services import TokenKind, bind_device
from app.db import db
from tests.app.areas.factories import make_place
from tests.app.auth.factories import (
    DISTRICT,
    OTHER_DISTRICT,
    STREET,
    bearer,
    form_token,
    make_account,
    make_token,
    sign_in,
)
from tests.conftest import FrozenClock

AUDIT = "/audit"


def is_in(client: FlaskClient) -> bool:
    return client.get("/account").status_code == 200


def test_a_session_ends_after_half_an_hour_without_a_click(
    client: FlaskClient, session: Session, clock: FrozenClock
) -> None:
    sign_in(client, session, make_account(session, Role.AUDITOR))
    clock.advance(minutes=29)
    assert is_in(client)
    clock.advance(minutes=29)
    assert is_in(client)
    clock.advance(minutes=31)
    assert not is_in(client)


def test_a_session_ends_after_ten_hours_in_any_case(client: FlaskClient, session: Session, clock: FrozenClock) -> None:
    sign_in(client, session, make_account(session, Role.AUDITOR))
    for _ in range(29):
        clock.advance(minutes=20)
        assert is_in(client)
    clock.advance(minutes=21)
    assert not is_in(client)


def test_a_programs_token_lives_twelve_hours_busy_or_not(
    client: FlaskClient, session: Session, clock: FrozenClock
) -> None:
    headers = bearer(make_token(session, make_account(session)))
    clock.advance(hours=11, minutes=59)
    assert client.get("/account", headers=headers).status_code == 200
    clock.advance(minutes=1)
    assert client.get("/account/alive", headers=headers).status_code == 302


def test_last_use_is_written_once_a_minute_at_most(client: FlaskClient, session: Session, clock: FrozenClock) -> None:
    sign_in(client, session, make_account(session))
    token = session.scalars(select(AccessToken)).one()
    first = token.last_seen_at
    clock.advance(seconds=59)
    is_in(client)
    session.refresh(token)
    assert token.last_seen_at == first
    clock.advance(seconds=1)
    is_in(client)
    session.refresh(token)
    assert token.last_seen_at == first + timedelta(minutes=1)


def test_a_session_ended_from_another_device_is_refused_at_once(client: FlaskClient, session: Session) -> None:
    account = make_account(session, Role.AUDITOR)
    stolen = make_token(session, account)
    sign_in(client, session, account)
    page = client.get("/account").get_data(as_text=True)
    assert f"/account/tokens/{stolen.token_id}/revoke" in page
    body = {"csrf_token": form_token(client, "/account")}
    assert client.post(f"/account/tokens/{stolen.token_id}/revoke", data=body).status_code == 303
    refused = client.delete("/api/v1/auth/tokens/current", headers=bearer(stolen))
    assert refused.status_code == 401
    assert is_in(client)


def test_nobody_ends_the_session_of_someone_else(client: FlaskClient, session: Session) -> None:
    theirs = make_token(session, make_account(session))
    sign_in(client, session, make_account(session, Role.AUDITOR))
    body = {"csrf_token": form_token(client, "/account")}
    assert client.post(f"/account/tokens/{theirs.token_id}/revoke", data=body).status_code == 404
    assert client.get("/account", headers=bearer(theirs)).status_code == 200


def test_a_closed_account_is_out_at_once(client: FlaskClient, session: Session, clock: FrozenClock) -> None:
    account = make_account(session)
    sign_in(client, session, account)
    assert is_in(client)
    account.disabled_at = clock.now()
    session.flush()
    assert not is_in(client)


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize(
    ("since", "until", "open_"),
    [
        (date(2026, 11, 20), None, True),
        (date(2026, 11, 21), None, False),
        (date(2026, 1, 1), date(2026, 11, 20), False),
        (date(2026, 1, 1), date(2026, 11, 21), True),
    ],
)
def test_a_role_opens_pages_only_while_it_is_valid(
    client: FlaskClient, session: Session, since: date, until: date | None, open_: bool
) -> None:
    account = make_account(session, Role.AUDITOR, valid_from=since, valid_until=until)
    sign_in(client, session, account)
    assert client.get(AUDIT).status_code == (200 if open_ else 403)


def test_a_cashier_cannot_open_an_auditors_page_and_is_told_whom_to_ask(client: FlaskClient, session: Session) -> None:
    sign_in(client, session, make_account(session, Role.CASHIER))
    answer = client.get(AUDIT)
    assert answer.status_code == 403
    assert "管理员" in answer.get_data(as_text=True)


def test_without_a_session_a_page_leads_to_the_log_in_and_back(client: FlaskClient, session: Session) -> None:
    answer = client.get("/audit?action=log_in")
    assert answer.status_code == 302
    assert answer.location == "/login?next=/audit?action%3Dlog_in"


def test_an_htmx_request_without_a_session_moves_the_whole_page(client: FlaskClient, session: Session) -> None:
    answer = client.get(AUDIT, headers={"HX-Request": "true"})
    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"].startswith("/login")


def test_knowing_the_caller_costs_the_mapper_nothing(client: FlaskClient, session: Session) -> None:
    headers = bearer(make_token(session, make_account(session, Role.AUDITOR, Role.STREET_CLERK)))
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    connection = db.session.connection()
    event.listen(connection, "before_cursor_execute", note)
    client.get("/account/alive", headers=headers)
    event.remove(connection, "before_cursor_execute", note)
    assert [statement for statement in seen if "SAVEPOINT" not in statement] == []


def test_on_an_auditors_page_a_clerks_area_does_not_count(client: FlaskClient, session: Session) -> None:
    account = make_account(session, Role.AUDITOR, area_code=DISTRICT)
    make_place(session, OTHER_DISTRICT)
    grant_role(
        session,
        account_id=account.id,
        role=Role.STREET_CLERK,
        area_code=OTHER_DISTRICT,
        by=None,
        now=clock_module.now(),
    )
    ours = make_account(session, Role.AUDITOR, area_code=DISTRICT)
    theirs = make_account(session, Role.AUDITOR, area_code=OTHER_DISTRICT)
    sign_in(client, session, account)
    page = client.get(AUDIT).get_data(as_text=True)
    assert f">account:{ours.id}<" in page
    assert f">account:{theirs.id}<" not in page


def test_a_session_bound_to_a_till_carries_its_name(client: FlaskClient, session: Session) -> None:
    account = make_account(session, Role.CASHIER)
    opened = make_token(session, account, TokenKind.TILL)
    actor = find_by_secret(session, opened.secret, now=clock_module.now())
    assert actor is not None
    assert actor.device == f"till:{opened.token_id}"
    bind_device(session, actor=actor, device="till:3")
    bound = find_by_secret(session, opened.secret, now=clock_module.now())
    assert bound is not None
    assert bound.device == "till:3"


def test_the_bar_names_the_place_in_the_language_of_the_page(client: FlaskClient, session: Session) -> None:
    account = make_account(session, Role.AUDITOR, area_code=STREET)
    area = session.get_one(Area, STREET)
    area.name, area.name_en = "文晖街道", "Wenhui"
    session.flush()
    sign_in(client, session, account)
    assert "文晖街道" in client.get("/account").get_data(as_text=True)
    client.set_cookie("language", "en")
    assert "<b>Wenhui</b>" in client.get("/account").get_data(as_text=True)


def test_a_secret_nobody_has_is_no_session(client: FlaskClient, session: Session) -> None:
    client.set_cookie(COOKIE, "x" * 43)
    assert not is_in(client)

"""Logging in: lock-out, the same answer for everyone who may not, and what is written down."""

import time
from threading import Barrier, Thread
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.audit.models import AuditEntry
from app.auth.actor import Role
from app.auth.guard import COOKIE
from app.auth.models import AccessToken, LogInThrottle
from app.auth.services import sweep
from tests.app.auth.factories import PASSWORD, bearer, form_token, make_account, make_token, sign_in
from tests.conftest import FrozenClock

WRONG = "not-the-password"


def ask(client: FlaskClient, username: str, password: str = PASSWORD, **headers: str) -> TestResponse:
    return client.post("/api/v1/auth/tokens", json={"username": username, "password": password}, headers=headers)


def actions(session: Session) -> list[str]:
    return list(session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))


def without_time(answer: TestResponse) -> tuple[int, Any]:
    return answer.status_code, answer.json


def test_a_program_gets_a_token_and_is_known_by_it(client: FlaskClient, session: Session) -> None:
    account = make_account(session, Role.AUDITOR)
    answer = ask(client, account.username)
    assert answer.status_code == 201
    assert answer.json is not None
    assert set(answer.json) == {"token", "expires_at", "roles"}
    assert answer.json["roles"] == ["auditor"]
    page = client.get("/account", headers={"Authorization": f"Bearer {answer.json['token']}"})
    assert page.status_code == 200


def test_only_the_digest_of_a_token_is_kept(client: FlaskClient, session: Session) -> None:
    account = make_account(session)
    answer = ask(client, account.username)
    token = session.scalars(select(AccessToken)).one()
    assert answer.json is not None
    assert answer.json["token"].encode() not in token.digest
    assert len(token.digest) == 32


def test_capitals_and_blanks_around_the_user_name_do_not_matter(client: FlaskClient, session: Session) -> None:
    make_account(session, username="zhou.min")
    assert ask(client, " Zhou.Min ").status_code == 201


def test_unknown_user_closed_account_and_wrong_password_get_the_same_answer(
    client: FlaskClient, session: Session, clock: FrozenClock
) -> None:
    known, closed = make_account(session), make_account(session)
    closed.disabled_at = clock.now()
    session.flush()
    answers = [ask(client, known.username, WRONG), ask(client, "nobody-here"), ask(client, closed.username)]
    assert len({str(without_time(answer)) for answer in answers}) == 1
    assert without_time(answers[0])[0] == 401


def test_an_unknown_user_takes_as_long_as_a_wrong_password(client: FlaskClient, session: Session, app: Flask) -> None:
    account = make_account(session)

    def seconds(name: str) -> float:
        started = time.perf_counter()
        ask(client, name, WRONG)
        return time.perf_counter() - started

    seconds("warm-up")
    known, unknown = sorted(seconds(account.username) for _ in range(3)), sorted(seconds(f"no{n}") for n in range(3))
    assert 0.2 < unknown[1] / known[1] < 5


def test_the_fifth_wrong_password_locks_and_says_how_long(
    client: FlaskClient, session: Session, clock: FrozenClock
) -> None:
    account = make_account(session, Role.AUDITOR)
    statuses = [ask(client, account.username, WRONG).status_code for _ in range(5)]
    assert statuses == [401, 401, 401, 401, 429]
    locked = ask(client, account.username)
    assert locked.status_code == 429
    assert locked.headers["Retry-After"] == "60"
    assert locked.json is not None
    assert locked.json["code"] == "log_in_locked"
    clock.advance(seconds=61)
    assert ask(client, account.username).status_code == 201


def test_a_name_that_does_not_exist_is_locked_in_the_same_way(client: FlaskClient, session: Session) -> None:
    statuses = [ask(client, "nobody-here", WRONG).status_code for _ in range(6)]
    assert statuses == [401, 401, 401, 401, 429, 429]


def test_a_right_password_forgets_the_wrong_ones(client: FlaskClient, session: Session) -> None:
    account = make_account(session)
    for _ in range(3):
        statuses = [ask(client, account.username, WRONG).status_code for _ in range(4)]
        assert statuses == [401] * 4
        assert ask(client, account.username).status_code == 201


def test_fifty_wrong_tries_from_one_address_lock_the_address(client: FlaskClient, session: Session) -> None:
    account = make_account(session)
    statuses = [ask(client, f"guess{n}", WRONG).status_code for n in range(50)]
    assert statuses[-2:] == [401, 429]
    assert ask(client, account.username).status_code == 429
    elsewhere = client.post(
        "/api/v1/auth/tokens",
        json={"username": account.username, "password": PASSWORD},
        environ_base={"REMOTE_ADDR": "10.0.0.9"},
    )
    assert elsewhere.status_code == 201


def test_twenty_tries_at_once_count_one_by_one(app: Flask, committed_db: Session) -> None:
    account = make_account(committed_db)
    committed_db.commit()
    name, statuses, start = account.username, [], Barrier(20)

    def run() -> None:
        start.wait()
        statuses.append(ask(app.test_client(), name, WRONG).status_code)

    threads = [Thread(target=run) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [401] * 4 + [429] * 16


def test_log_in_refusal_lock_and_log_out_are_written_down(client: FlaskClient, session: Session) -> None:
    account = make_account(session, Role.AUDITOR)
    before = len(actions(session))
    opened = ask(client, account.username).json
    for _ in range(5):
        ask(client, account.username, WRONG)
    assert opened is not None
    client.delete("/api/v1/auth/tokens/current", headers={"Authorization": f"Bearer {opened['token']}"})
    refused = ["log_in.refused"] * 4
    assert actions(session)[before:] == ["log_in", *refused, "log_in.locked", "log_out"]
    assert PASSWORD not in str([(entry.old, entry.new) for entry in session.scalars(select(AuditEntry))])


def test_a_token_given_back_is_refused_at_once(client: FlaskClient, session: Session) -> None:
    headers = bearer(make_token(session, make_account(session)))
    assert client.delete("/api/v1/auth/tokens/current", headers=headers).status_code == 204
    again = client.delete("/api/v1/auth/tokens/current", headers=headers)
    assert again.status_code == 401
    assert again.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize(
    "body",
    [None, [], {}, {"username": "x"}, {"username": 1, "password": 2}, {"username": "a", "password": "b", "more": 1}],
)
def test_a_log_in_that_is_no_log_in_names_the_field(client: FlaskClient, session: Session, body: Any) -> None:
    answer = client.post("/api/v1/auth/tokens", json=body)
    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"
    assert answer.json is not None
    assert answer.json["errors"]


def test_logging_in_on_the_page_opens_a_session_with_a_strict_cookie(client: FlaskClient, session: Session) -> None:
    account = make_account(session, Role.AUDITOR)
    answer = client.post("/login", data=_form(client, account.username, next="/account"))
    assert answer.status_code == 303
    assert answer.location == "/account"
    cookie = next(line for line in answer.headers.getlist("Set-Cookie") if line.startswith(COOKIE))
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert client.get("/account").status_code == 200


def test_a_wrong_password_on_the_page_keeps_the_name_and_forgets_the_password(
    client: FlaskClient, session: Session
) -> None:
    account = make_account(session)
    answer = client.post("/login", data={**_form(client, account.username), "password": WRONG})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert account.username in page
    assert WRONG not in page
    assert 'role="alert"' in page


def test_logging_in_again_ends_the_session_before(client: FlaskClient, session: Session) -> None:
    account = make_account(session, Role.AUDITOR)
    first = sign_in(client, session, account)
    client.post("/login", data=_form(client, account.username))
    now = client.get_cookie(COOKIE)
    assert now is not None
    assert now.value != first.secret
    client.set_cookie(COOKIE, first.secret)
    assert client.get("/account").status_code == 302


@pytest.mark.parametrize("address", ["//evil.example", "https://evil.example", "/\\evil.example", "evil"])
def test_log_in_never_leads_to_another_site(client: FlaskClient, session: Session, address: str) -> None:
    account = make_account(session)
    assert client.post("/login", data=_form(client, account.username, next=address)).location == "/"


def test_a_cashiers_browser_outlasts_a_quiet_afternoon(
    client: FlaskClient, session: Session, clock: FrozenClock
) -> None:
    account = make_account(session, Role.CASHIER)
    client.post("/login", data=_form(client, account.username))
    clock.advance(hours=3)
    assert client.get("/account").status_code == 200
    clock.advance(hours=12)
    assert client.get("/account").status_code == 302


def test_logging_out_forgets_the_cookie(client: FlaskClient, session: Session) -> None:
    account = make_account(session, Role.AUDITOR)
    client.post("/login", data=_form(client, account.username))
    answer = client.post("/logout", data={"csrf_token": form_token(client, "/account")})
    assert answer.status_code == 303
    assert client.get_cookie(COOKIE) is None


def test_what_no_longer_counts_is_swept_away(client: FlaskClient, session: Session, clock: FrozenClock) -> None:
    account = make_account(session)
    make_token(session, account)
    ask(client, account.username, WRONG)
    clock.advance(days=40)
    sweep(session, now=clock.now())
    sweep(session, now=clock.now())
    assert session.scalar(select(func.count()).select_from(AccessToken)) == 0
    assert session.scalar(select(func.count()).select_from(LogInThrottle)) == 0


def _form(client: FlaskClient, username: str, **more: str) -> dict[str, str]:
    return {"username": username, "password": PASSWORD, "csrf_token": form_token(client), **more}

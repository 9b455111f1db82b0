"""Headers on every answer, forms only from our own pages, limits, and bytes that no text can hold."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app import create_app
from app.auth.actor import Role
from tests.app.auth.factories import PASSWORD, bearer, form_token, make_account, make_token, sign_in
from tests.conftest import Databases

EVERYWHERE = [
    ("GET", "/login", 200),
    ("GET", "/healthz", 200),
    ("GET", "/nothing-here", 404),
    ("GET", "/api/v1/nothing-here", 404),
    ("GET", "/account", 302),
    ("POST", "/login", 400),
    ("DELETE", "/healthz", 405),
    ("GET", "/api/v1/openapi.json", 200),
]


@pytest.mark.parametrize(("method", "path", "status"), EVERYWHERE)
def test_every_answer_carries_the_strict_headers(
    client: FlaskClient, session: Session, method: str, path: str, status: int
) -> None:
    answer = client.open(path, method=method)
    assert answer.status_code == status
    policy = answer.headers["Content-Security-Policy"]
    assert "unsafe-inline" not in policy
    assert "unsafe-eval" not in policy.replace("'wasm-unsafe-eval'", "")
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["Permissions-Policy"].startswith("camera=(self)")
    assert answer.headers["Cache-Control"] == "no-store"


def test_only_over_https_the_browser_is_told_to_stay_there(client: FlaskClient, session: Session) -> None:
    assert "Strict-Transport-Security" not in client.get("/healthz").headers
    assert "Strict-Transport-Security" in client.get("/healthz", base_url="https://localhost").headers


def test_a_form_from_another_site_is_refused_and_says_what_to_do(client: FlaskClient, session: Session) -> None:
    sign_in(client, session, make_account(session, Role.AUDITOR))
    answer = client.post("/logout")
    assert answer.status_code == 400
    assert "这一页开得太久了" in answer.get_data(as_text=True)
    assert client.get("/account").status_code == 200


def test_a_form_of_another_session_is_refused(client: FlaskClient, session: Session, app: Flask) -> None:
    stolen = form_token(app.test_client())
    sign_in(client, session, make_account(session, Role.AUDITOR))
    assert client.post("/logout", data={"csrf_token": stolen}).status_code == 400


def test_the_api_with_a_browsers_cookie_needs_the_header_too(client: FlaskClient, session: Session) -> None:
    sign_in(client, session, make_account(session, Role.AUDITOR))
    refused = client.delete("/api/v1/auth/tokens/current")
    assert refused.status_code == 400
    assert refused.json is not None
    assert refused.json["code"] == "csrf"
    token = form_token(client, "/account")
    assert client.delete("/api/v1/auth/tokens/current", headers={"X-CSRFToken": token}).status_code == 204


def test_the_api_with_a_token_needs_no_more(client: FlaskClient, session: Session) -> None:
    account = make_account(session, Role.AUDITOR)
    sign_in(client, session, account)
    headers = bearer(make_token(session, account))
    assert client.delete("/api/v1/auth/tokens/current", headers=headers).status_code == 204


def test_logging_in_by_the_api_needs_no_form_even_in_a_browser(client: FlaskClient, session: Session) -> None:
    account = make_account(session, Role.AUDITOR)
    sign_in(client, session, account)
    body = {"username": account.username, "password": PASSWORD}
    assert client.post("/api/v1/auth/tokens", json=body).status_code == 201


@pytest.mark.parametrize(
    "request_",
    [
        {"path": "/audit?subject=%00"},
        {
            "path": "/login",
            "method": "POST",
            "data": "username=a%00b",
            "content_type": "application/x-www-form-urlencoded",
        },
        {"path": "/api/v1/auth/tokens", "method": "POST", "json": {"username": "a\0b", "password": "x"}},
        {
            "path": "/api/v1/auth/tokens",
            "method": "POST",
            "data": b'{"username": "\\ud800", "password": "x"}',
            "content_type": "application/json",
        },
        {
            "path": "/api/v1/auth/tokens",
            "method": "POST",
            "data": b'{"username": "a\0"}',
            "content_type": "application/json",
        },
    ],
)
def test_bytes_that_no_text_can_hold_are_refused(
    client: FlaskClient, session: Session, request_: dict[str, Any]
) -> None:
    sign_in(client, session, make_account(session, Role.AUDITOR))
    assert client.open(**request_).status_code == 400


def test_a_whole_surrogate_pair_is_a_letter_like_any_other(client: FlaskClient, session: Session) -> None:
    body = b'{"username": "\\ud83c\\udf38", "password": "x"}'
    answer = client.post("/api/v1/auth/tokens", data=body, content_type="application/json")
    assert answer.status_code == 401


def test_who_asks_too_often_is_told_when_to_come_back(
    databases: Databases, worker_name: str, app: Flask, tmp_path: Any
) -> None:
    strict = create_app(databases.settings(worker_name, tmp_path, requests_per_minute=3), {"TESTING": True})
    client = strict.test_client()
    statuses = [client.get("/api/v1/openapi.json").status_code for _ in range(4)]
    assert statuses == [200, 200, 200, 429]
    answer = client.get("/api/v1/openapi.json")
    assert 0 < int(answer.headers["Retry-After"]) <= 60
    assert answer.json is not None
    assert answer.json["code"] == "too_many_requests"
    assert client.get("/healthz").status_code == 200
    assert "一分钟" in client.get("/login").get_data(as_text=True)


def test_a_larger_number_than_any_id_is_no_address(client: FlaskClient, session: Session) -> None:
    sign_in(client, session, make_account(session, Role.ADMINISTRATOR))
    assert client.get(f"/accounts/{2**63 - 1}").status_code == 404
    assert client.get(f"/accounts/{2**63}").status_code == 404

"""Whether the product works, and who may read its counters."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

from app import create_app
from app.auth.actor import Role
from app.auth.guard import COOKIE
from app.db import db
from tests.app.auth.factories import bearer, make_account, make_token
from tests.conftest import Databases


def test_a_process_that_answers_is_alive(client: FlaskClient, session: Session) -> None:
    assert client.get("/healthz").json == {"status": "ok"}


def test_with_database_and_all_migrations_it_is_ready(app: Flask, committed_db: Session) -> None:
    answer = app.test_client().get("/readyz")
    assert (answer.status_code, answer.json) == (200, {"status": "ok"})


def test_without_a_migration_it_waits_and_says_why(
    app: Flask, committed_db: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.web.health.head_revision", lambda: "9999")
    answer = app.test_client().get("/readyz")
    assert answer.status_code == 503
    assert answer.json is not None
    assert "migrations" in answer.json["fault"]


def test_without_a_database_it_waits(databases: Databases, app: Flask, tmp_path: Any) -> None:
    settings = databases.settings("there_is_no_such_database", tmp_path)
    lonely = create_app(settings, {"TESTING": True}).test_client()
    assert lonely.get("/healthz").status_code == 200
    assert lonely.get("/readyz").status_code == 503
    lonely.set_cookie(COOKIE, "x")
    page = lonely.get("/account")
    assert page.status_code == 503
    assert "数据库没有回应" in page.get_data(as_text=True)
    assert page.headers["Retry-After"] == "10"


def test_this_machine_reads_the_counters(client: FlaskClient, session: Session) -> None:
    client.get("/login")
    answer = client.get("/metrics")
    assert answer.status_code == 200
    assert 'chongyang_requests_total{method="GET",status="200",view="auth.show_log_in"}' in answer.get_data(
        as_text=True
    )


AFAR, NEAR = "10.0.0.9", "127.0.0.1"
ASKED = [
    ("", "", AFAR, 403),
    ("", "Bearer ", AFAR, 403),
    ("secret", "Bearer secret", AFAR, 200),
    ("secret", "Bearer wrong", AFAR, 403),
    ("secret", "", NEAR, 200),
]


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize("asked", ASKED, ids=str)
def test_others_need_the_token(
    databases: Databases, worker_name: str, tmp_path: Any, asked: tuple[str, str, str, int]
) -> None:
    token, sent, address, status = asked
    settings = databases.settings(worker_name, tmp_path, metrics_token=token)
    client = create_app(settings, {"TESTING": True}).test_client()
    environ = {"REMOTE_ADDR": address}
    assert client.get("/metrics", headers={"Authorization": sent}, environ_base=environ).status_code == status


def test_what_came_through_a_proxy_does_not_count_as_this_machine(client: FlaskClient, session: Session) -> None:
    assert client.get("/metrics", headers={"X-Forwarded-For": AFAR}).status_code == 403


def test_the_application_may_not_change_what_migrations_ran(session: Session) -> None:
    assert session.scalar(text("SELECT count(*) FROM alembic_version")) == 1


def test_after_the_database_came_back_the_next_request_works(app: Flask, committed_db: Session) -> None:
    headers = bearer(make_token(committed_db, make_account(committed_db, Role.AUDITOR)))
    committed_db.commit()
    client = app.test_client()
    assert client.get("/account/alive", headers=headers).status_code == 204
    db.session.remove()
    owner = create_engine(app.config["OWNER_DATABASE_URL"])
    with owner.connect() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE application_name = 'chongyang' AND datname = current_database()"
            )
        )
    owner.dispose()
    statuses = []
    for _ in range(6):
        statuses.append(client.get("/account/alive", headers=headers).status_code)
        db.session.remove()
    assert set(statuses) <= {503, 204}
    assert statuses[0] == 503
    assert statuses[-1] == 204

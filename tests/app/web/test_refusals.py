"""Every refusal and every fault has one shape for programs and one page for people; none tells more than it should."""

import logging
from collections.abc import Iterator
from io import StringIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import refresh
from sqlalchemy.exc import DataError, OperationalError
from sqlalchemy.orm import Session
from structlog.stdlib import ProcessorFormatter

from app.auth import public
from app.auth.actor import Role
from app.errors import Conflict, Invalid, NotFound
from app.web import refusals
from tests.app.auth.factories import make_account, sign_in

CANARIES = ("330106194103051129", "13800138000", "6021884033170425904")


class Told(Conflict):
    code = "told"
    detail = "a sentence"


FAULTS = {
    "domain": Told(extra={"guest": "王*兰"}, headers={"Retry-After": "3"}),
    "missing": NotFound(),
    "invalid": Invalid(errors={"name": ["short"]}),
    "fault": RuntimeError(f"senior {CANARIES[0]} with {CANARIES[1]} and card {CANARIES[2]}"),
    "outage": OperationalError("SELECT 1", {}, Exception("connection refused")),
    "range": DataError("SELECT 1", {}, Exception("out of range")),
}


@pytest.fixture
def log_lines(app: Flask) -> Iterator[StringIO]:
    """Return what the product writes to its log, as it leaves the last step."""
    handler = next(each for each in logging.getLogger().handlers if isinstance(each.formatter, ProcessorFormatter))
    assert isinstance(handler, logging.StreamHandler)
    written = StringIO()
    before = handler.setStream(written)
    yield written
    handler.setStream(before)


@pytest.fixture
def failing(app: Flask) -> Iterator[None]:
    """Make two views fail on demand for one test."""

    def fail(name: str) -> None:
        raise FAULTS[name]

    views = dict(app.view_functions)
    app.view_functions["health.show_health"] = public(lambda: fail(app.extensions["failing"]))
    app.view_functions["api.show_openapi"] = public(lambda: fail(app.extensions["failing"]))
    yield
    app.view_functions.clear()
    app.view_functions.update(views)


def as_program(client: FlaskClient, name: str) -> tuple[int, dict[str, object], dict[str, str]]:
    client.application.extensions["failing"] = name
    answer = client.get("/api/v1/openapi.json")
    assert answer.content_type == "application/problem+json"
    assert answer.json is not None
    return answer.status_code, answer.json, dict(answer.headers)


def as_person(client: FlaskClient, name: str) -> tuple[int, str]:
    client.application.extensions["failing"] = name
    answer = client.get("/healthz")
    return answer.status_code, answer.get_data(as_text=True)


@pytest.mark.usefixtures("failing")
@pytest.mark.parametrize(
    ("name", "status", "code"),
    [
        ("domain", 409, "told"),
        ("missing", 404, "not_found"),
        ("invalid", 422, "invalid"),
        ("fault", 500, "internal_error"),
        ("outage", 503, "unavailable"),
        ("range", 422, "value_out_of_range"),
    ],
)
def test_each_kind_of_refusal_has_its_status_code_and_page(
    client: FlaskClient, session: Session, name: str, status: int, code: str
) -> None:
    got, document, _headers = as_program(client, name)
    assert (got, document["status"], document["code"]) == (status, status, code)
    assert {"type", "title", "status", "code"} <= set(document)
    got, page = as_person(client, name)
    assert got == status
    assert "<h1" in page


@pytest.mark.usefixtures("failing")
def test_a_refusal_brings_its_own_members_and_headers(client: FlaskClient, session: Session) -> None:
    _status, document, headers = as_program(client, "domain")
    assert document["guest"] == "王*兰"
    assert document["detail"] == "a sentence"
    assert headers["Retry-After"] == "3"


@pytest.mark.usefixtures("failing")
def test_personal_data_in_a_fault_reaches_neither_page_nor_log(
    client: FlaskClient, session: Session, log_lines: StringIO
) -> None:
    _status, page = as_person(client, "fault")
    _status, document, _headers = as_program(client, "fault")
    written = log_lines.getvalue()
    for canary in CANARIES:
        assert canary not in page
        assert canary not in str(document)
        assert canary not in written
    assert "RuntimeError" in written


@pytest.mark.usefixtures("failing")
def test_the_fault_page_gives_the_number_of_its_log_line(
    client: FlaskClient, session: Session, log_lines: StringIO
) -> None:
    _status, page = as_person(client, "fault")
    number = page.split("请报这个号：", 1)[1].split("。", 1)[0]
    assert len(number) == 12
    assert number in log_lines.getvalue()


@pytest.mark.usefixtures("failing")
def test_inside_a_page_a_refusal_goes_where_the_page_keeps_its_troubles(client: FlaskClient, session: Session) -> None:
    client.application.extensions["failing"] = "missing"
    answer = client.get("/healthz", headers={"HX-Request": "true"})
    assert answer.headers["HX-Retarget"] == "#trouble"
    assert "<html" not in answer.get_data(as_text=True)


def test_a_body_that_is_too_large_is_refused(client: FlaskClient, session: Session) -> None:
    size = client.application.config["MAX_CONTENT_LENGTH"] + 1
    answer = client.post("/api/v1/auth/tokens", data=b"x" * size, content_type="application/json")
    assert answer.status_code == 413
    assert answer.json is not None
    assert answer.json["code"] == "too_large"


@pytest.mark.parametrize("body", [b"", b"{", b"[1,", b"\xff\xfe", b"nonsense"])
def test_what_is_not_json_is_said_to_be_none(client: FlaskClient, session: Session, body: bytes) -> None:
    answer = client.post("/api/v1/auth/tokens", data=body, content_type="application/json")
    assert answer.status_code in (400, 422)
    assert answer.content_type == "application/problem+json"


def test_a_method_that_does_not_exist_names_those_that_do(client: FlaskClient, session: Session) -> None:
    answer = client.put("/api/v1/auth/tokens")
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]


def test_an_address_with_a_slash_too_few_is_led_on(client: FlaskClient, session: Session) -> None:
    sign_in(client, session, make_account(session, Role.ADMINISTRATOR))
    assert client.get("/accounts").status_code == 308


def test_every_status_has_words_in_both_languages(client: FlaskClient, session: Session) -> None:
    with client.application.test_request_context(headers={"Cookie": "language=zh"}):
        refresh()
        chinese = [str(words.title) for words in refusals.WORDS.values()]
    with client.application.test_request_context(headers={"Cookie": "language=en"}):
        refresh()
        english = [str(words.title) for words in refusals.WORDS.values()]
    assert not set(chinese) & set(english)

"""The OpenAPI document: made from the code, complete, and shown by ourselves."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.web.api import openapi_document


@pytest.fixture(scope="module")
def document(app: Flask) -> dict[str, Any]:
    return openapi_document()


def operations(document: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return [
        (f"{method.upper()} {path}", operation)
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if method != "parameters"
    ]


def test_it_is_openapi_3_1_and_holds_every_route_of_the_api(app: Flask, document: dict[str, Any]) -> None:
    assert document["openapi"] == "3.1.0"
    served = {rule.endpoint for rule in app.url_map.iter_rules() if rule.rule.startswith("/api/v1/")}
    assert len(operations(document)) >= len(served - {"api.show_openapi"})


def test_every_operation_says_who_may_and_how_it_refuses(document: dict[str, Any]) -> None:
    for name, operation in operations(document):
        assert operation.get("summary"), name
        assert {"400", "429"} <= set(operation["responses"]), name
        if operation["security"]:
            assert {"401", "403"} <= set(operation["responses"]), name


def test_only_getting_a_token_is_open_to_anyone(document: dict[str, Any]) -> None:
    opened = [name for name, operation in operations(document) if operation["security"] == []]
    # The gateway of calls names itself by the token of a setting.
    known = ["POST /api/v1/auth/tokens", "POST /api/v1/meals/tills/enrolments"]
    assert opened == [*known, "POST /api/v1/safety/calls/{key}/answer"]


def test_the_page_shows_it_without_a_script_of_others(client: FlaskClient, session: Session) -> None:
    page = client.get("/api/docs").get_data(as_text=True)
    assert "/api/v1/auth/tokens" in page
    assert page.count("<script") == 1

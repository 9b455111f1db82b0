"""The document on meals brought home: every fault a person would object to, and its words."""

from typing import Any

import pytest
from flask import Flask
from flask_babel import force_locale

from app.policies.kinds import find_body_faults
from meals.deliveries.policy import DELIVERY_RULES
from tests.meals.factories import DELIVERY_RULES as BODY


def faults(**parts: Any) -> dict[str, str]:
    body = {name: part for name, part in {**BODY, **parts}.items() if part is not None}
    return {fault.where: str(fault.message) for fault in find_body_faults(DELIVERY_RULES, body, "330100")}


@pytest.mark.parametrize(
    ("parts", "where"),
    [
        ({"bands": []}, "body.bands"),
        ({"bands": [{"public_fen": 0}]}, "body.bands.0.public_fen"),
        ({"bands": [{"public_fen": 2001}]}, "body.bands.0.public_fen"),
        ({"bands": [{"public_fen": 100}, {"when": {"age": {"from": 80}}, "public_fen": 200}]}, "body.bands.1"),
        ({"payers": [{"payer": "city", "percent": 90}]}, "body.payers"),
        ({"payers": [{"payer": "concession", "percent": 100}]}, "body.payers"),
        ({"limits": [{"per": "day"}]}, "body.limits.0"),
        ({"order_days_ahead": 32}, "body.order_days_ahead"),
        ({"hand_over_minutes": None}, "body.hand_over_minutes"),
        ({"fee": 300}, "body.fee"),
    ],
)
def test_what_makes_no_sense_is_named(app: Flask, parts: dict[str, Any], where: str) -> None:
    with force_locale("en"):
        assert where in faults(**parts)


def test_a_document_is_shown_in_words(app: Flask) -> None:
    assert faults() == {}
    loaded = DELIVERY_RULES.schema().load(BODY)
    for language, words in (("en", "3.01 yuan"), ("zh", "3.01")):
        with force_locale(language):
            tables = DELIVERY_RULES.tables(loaded)
            assert words in tables[0].rows[0][1]
            assert {table.part for table in tables} == set(BODY)

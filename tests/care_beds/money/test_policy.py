"""The two documents of money: what is refused, and what they become."""

from pathlib import Path
from typing import Any

import pytest
from flask import Flask

import care_beds
from app.policies.folder import read_folder
from app.policies.kinds import find_body_faults, read_body
from care_beds.money.policy import BED_SUBSIDY, CARE_PAYMENT, read_payment, read_subsidy
from care_beds.money.terms import Payer


class Published:
    """A document."""

    id, area_code = 7, "330100"

    def __init__(self, body: Any) -> None:
        self.body = body


def test_the_examples_are_right_and_become_terms(app: Flask) -> None:
    for kind in (CARE_PAYMENT, BED_SUBSIDY):
        assert find_body_faults(kind, kind.example, "330100") == []
        with app.test_request_context():
            assert all(table.rows or table.part == "insured" for table in kind.tables(read_body(kind, kind.example)))
    assert read_payment(Published(CARE_PAYMENT.example)).orders[0].payers[-1] is Payer.SELF
    assert read_subsidy(Published(BED_SUBSIDY.example)).construction.devices["sos"].at_most == 1


def test_the_documents_that_come_with_the_product_are_right() -> None:
    brought = {each["kind"]: each for each in read_folder(Path(care_beds.__file__ or "").parent / "policies")}
    for kind in (CARE_PAYMENT, BED_SUBSIDY):
        assert find_body_faults(kind, brought[kind.name]["body"], "330100") == []


@pytest.mark.parametrize(
    ("changed", "where"),
    [
        ({"orders": [{"payers": ["points"]}]}, "body.orders.0.payers"),
        ({"orders": [{"payers": ["points", "points", "self"]}]}, "body.orders.0.payers"),
        ({"orders": [{"payers": ["self"]}, {"services": ["bathing"], "payers": ["self"]}]}, "body.orders.1"),
        ({"orders": [{"payers": ["insurance", "self"]}]}, "body.insured"),
        ({"subsidy_month_fen": 0}, "body.subsidy_month_fen"),
        ({"funders": [{"funder": "city", "percent": 90}]}, "body.funders"),
        ({"funders": [{"funder": "city", "percent": 50}] * 2}, "body.funders"),
        ({"tolerance_minutes": 121}, "body.tolerance_minutes"),
        ({"insured": [{"levels": ["1", "1"], "month_minutes": 60}]}, "body.insured"),
        ({"orders": []}, "body.orders"),
        ({"orders": [{"payers": ["bank"]}]}, "body.orders.0.payers.0"),
    ],
)
def test_payments_are_refused_by_place(changed: dict[str, Any], where: str) -> None:
    faults = find_body_faults(CARE_PAYMENT, {**CARE_PAYMENT.example, **changed}, "330100")
    assert where in [fault.where for fault in faults]


@pytest.mark.parametrize(
    ("changed", "where"),
    [
        ({"bands": [{"month_fen": 1, "minimum_visits": 4, "minimum_minutes": 240}] * 2}, "body.bands.1"),
        ({"bands": [{"month_fen": 1, "minimum_visits": 40, "minimum_minutes": 4}]}, "body.bands.0.minimum_minutes"),
        ({"bands": []}, "body.bands"),
        ({"part_months": "maybe"}, "body.part_months"),
        ({"funders": [{"funder": "city", "percent": 101}]}, "body.funders.0.percent"),
    ],
)
def test_subsidies_are_refused_by_place(changed: dict[str, Any], where: str) -> None:
    faults = find_body_faults(BED_SUBSIDY, {**BED_SUBSIDY.example, **changed}, "330100")
    assert where in [fault.where for fault in faults]


@pytest.mark.parametrize(
    ("changed", "where"),
    [
        ({"bed_fen": 500_000}, "body.construction.at_most_fen"),
        ({"devices": [{"kind": "sos", "amount_fen": 1, "at_most": 1}] * 2}, "body.construction.devices"),
        ({"adaptation_percent": -1}, "body.construction.adaptation_percent"),
    ],
)
def test_constructions_are_refused_by_place(changed: dict[str, Any], where: str) -> None:
    body = {**BED_SUBSIDY.example, "construction": {**BED_SUBSIDY.example["construction"], **changed}}
    assert where in [fault.where for fault in find_body_faults(BED_SUBSIDY, body, "330100")]

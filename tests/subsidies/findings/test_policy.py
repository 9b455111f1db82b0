"""Documents of the checks: what is refused, with its place; what is shown; the one that comes with the product."""

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

import subsidies
from app.policies.folder import read_folder
from app.policies.kinds import find_body_faults, get_kind, read_body
from subsidies.findings.policy import describe_limits, example_body
from subsidies.findings.registry import find_check, list_checks

AREA = "330100"


def body() -> dict[str, Any]:
    return deepcopy(dict(example_body(list_checks())))


def test_the_example_and_the_document_of_the_product_have_no_fault(app: Flask) -> None:
    kind = get_kind("audit_checks")
    folder = Path(subsidies.__file__).parent / "policies"
    (document,) = (each for each in read_folder(folder) if each["kind"] == "audit_checks")
    assert find_body_faults(kind, kind.example, AREA) == []
    assert find_body_faults(kind, document["body"], AREA) == []
    assert set(document["body"]["checks"]) == {check.code for check in list_checks()}
    assert document["source"]["mark"] == "INFER"


@pytest.mark.parametrize(
    ("change", "where"),
    [
        (lambda b: b.pop("answer_within_days"), "body.answer_within_days"),
        (lambda b: b.update(look_back_days=0), "body.look_back_days"),
        (lambda b: b.update(checks={}), "body.checks"),
        (lambda b: b["checks"].update(R99={"severity": "high"}), "body.checks.R99"),
        (lambda b: b["checks"]["R5"].pop("seconds"), "body.checks.R5.seconds"),
        (lambda b: b["checks"]["R5"].update(sales=1), "body.checks.R5.sales"),
        (lambda b: b["checks"]["R5"].update(sales="10"), "body.checks.R5.sales"),
        (lambda b: b["checks"]["R5"].update(severity="fatal"), "body.checks.R5.severity"),
        (lambda b: b["checks"]["R5"].update(more=1), "body.checks.R5.more"),
        (lambda b: b["checks"].update(R5=3), "body.checks.R5.value"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(app: Flask, change: Any, where: str) -> None:
    wrong = body()
    change(wrong)
    assert [fault.where for fault in find_body_faults(get_kind("audit_checks"), wrong, AREA)] == [where]


def test_a_check_may_be_left_out(app: Flask) -> None:
    fewer = body()
    del fewer["checks"]["R8"]
    assert find_body_faults(get_kind("audit_checks"), fewer, AREA) == []


def test_every_number_is_shown_with_its_unit(app: Flask) -> None:
    kind = get_kind("audit_checks")
    with app.test_request_context(headers={"Accept-Language": "en"}):
        first, second = kind.tables(read_body(kind, body()))
        check = find_check("R20")
        assert check is not None
        shown = describe_limits(check, body()["checks"]["R20"])
    assert len(first.rows) == sum(max(len(check.parameters), 1) for check in list_checks())
    assert [row[-1] for row in second.rows] == ["31", "14"]
    assert [value.split()[0] for _label, value in shown] == ["60", "7", "80", "200.00"]

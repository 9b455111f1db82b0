"""The policy kind of beds: what it refuses, what it says, and that the documents of the product are right."""

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

import care_beds
from app.policies.folder import read_folder
from app.policies.kinds import find_body_faults
from care_beds.beds.policy import BED_RULES
from care_beds.beds.rules import COUNTED


def body(**changes: Any) -> dict[str, Any]:
    return {**deepcopy(dict(BED_RULES.example)), **changes}


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"hospital_days": 0}, "body.hospital_days"),
        ({"programmes": []}, "body.programmes"),
        ({"programmes": [{**BED_RULES.example["programmes"][0], "devices": ["tank"]}]}, "body.programmes.0.devices.0"),
        ({"programmes": [{**BED_RULES.example["programmes"][0], "levels": [5]}]}, "body.programmes.0.levels.0"),
        ({"items": [*BED_RULES.example["items"], *BED_RULES.example["items"]]}, "body.items.1.code"),
        ({"days": {name: 10 for name in COUNTED if name != "adapt"}}, "body.days.adapt"),
    ],
)
def test_a_document_that_makes_no_sense_is_refused(app: Flask, changes: dict[str, Any], where: str) -> None:
    assert [fault.where for fault in find_body_faults(BED_RULES, body(**changes), "330100")] == [where]


def test_the_documents_of_the_product_are_right_and_readable(app: Flask) -> None:
    documents = [
        each for each in read_folder(Path(care_beds.__file__).parent / "policies") if each["kind"] == BED_RULES.name
    ]
    assert documents
    for document in documents:
        assert find_body_faults(BED_RULES, document["body"], document["area"]) == []
        told = BED_RULES.tables(BED_RULES.schema().load(document["body"]))
        assert {table.part for table in told} == set(document["body"])

"""The document of kits: the one that comes with the product holds together, and what makes no sense is refused."""

from copy import deepcopy
from typing import Any

import pytest
from flask import Flask

from app.policies.folder import read_folder
from app.policies.kinds import find_body_faults
from safety.kits.policy import DEVICE_TYPES, NAME, describe, tell_seconds
from tests.safety.kits.conftest import FOLDER

BODY: dict[str, Any] = next(each["body"] for each in read_folder(FOLDER) if each["kind"] == NAME)


def faults_of(**changes: Any) -> list[str]:
    body = deepcopy(BODY)
    for path, value in changes.items():
        at: Any = body
        *way, last = path.split("__")
        for step in way:
            at = at[int(step) if step.isdigit() else step]
        at[int(last) if last.isdigit() else last] = value
    return [fault.where for fault in find_body_faults(DEVICE_TYPES, body, "330100")]


def test_the_document_that_comes_with_the_product_holds_together(app: Flask) -> None:
    assert faults_of() == []
    with app.test_request_context():
        tables = describe(DEVICE_TYPES.schema().load(BODY))
    assert [each.part for each in tables] == ["who", "kit", "test_minutes", "types"]
    assert len(tables[-1].rows) == len(BODY["types"])


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"types__1__code": "sos"}, "body.types.1.code"),
        ({"types__1__title": {"zh": "摄像头", "en": "Camera"}}, "body.types.1"),
        ({"types__1__title": {"zh": "看护器", "en": "Video monitor"}}, "body.types.1"),
        ({"types__1__kinds": ["sound"]}, "body.types.1.kinds.0"),
        ({"types__1__heartbeat_seconds": 9}, "body.types.1.heartbeat_seconds"),
        ({"kit__0": "drone"}, "body.kit.0"),
        ({"who__paid__age_from": 59}, "body.who.paid.age_from"),
        ({"test_minutes": 0}, "body.test_minutes"),
    ],
)
def test_what_makes_no_sense_is_refused(app: Flask, change: dict[str, Any], where: str) -> None:
    assert where in faults_of(**change)


@pytest.mark.parametrize(("seconds", "told"), [(7200, "2 小时"), (300, "5 分钟"), (90, "90 秒")])
def test_lengths_of_time_are_told_in_their_largest_unit(app: Flask, seconds: int, told: str) -> None:
    with app.test_request_context(headers={"Cookie": "language=zh"}):
        assert tell_seconds(seconds) == told

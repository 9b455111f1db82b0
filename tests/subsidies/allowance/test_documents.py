"""Programmes that make no sense are refused, each with the line that is wrong; good ones are tables."""

from typing import Any

import pytest
from flask_babel import force_locale

from app.policies.documents import read_document
from app.policies.kinds import find_body_faults, get_kind, read_body
from app.policies.yaml_text import read_text, with_line
from subsidies.allowance.kind import ALLOWANCE_PROGRAMME, NAME
from tests.subsidies.allowance.programmes import XIAOSHAN, a_body, read_documents

DOCUMENT = """\
kind: allowance_programme
area: "330109"
valid_from: 2027-01-01
title: {zh: 试, en: Try}
source: {mark: INFER, text: test}
body:
  code: age-points
  unit_fen: 100
  who:
    - {when: {age: {from: 80, until: 90}, hukou: true}, points: 75}
    - {when: {age: {from: 90}, hukou: true}, points: 150}
  by: data
  pays_for: [meals]
  issue: {day: 1}
  expiry: {mode: months, months: 12}
"""
FIRST, SECOND = "age: {from: 80, until: 90}, hukou: true}, points: 75", "age: {from: 90}, hukou: true}, points: 150"


def faults_of(text: str) -> list[tuple[int | None, str]]:
    raw, lines = read_text(text)
    document, outer = read_document(raw)
    assert outer == []
    found = find_body_faults(get_kind(NAME), document["body"], document["area"])
    return [(with_line(fault, lines).line, str(fault.message)) for fault in found]


def test_a_good_document_has_no_faults(app: Any) -> None:
    with app.test_request_context():
        assert faults_of(DOCUMENT) == []


@pytest.mark.parametrize(
    ("before", "after", "line", "told"),
    [
        ("from: 90}", "from: 92}", 10, "from 90 to 91"),  # a hole
        ("from: 90}", "from: 88}", 11, "overlap"),
        ("from: 90}", "from: 85, until: 88}", 11, "Nobody reaches"),
        ("from: 90}", "from: 90, until: 95}", 11, "95 and more"),
        ("from: 90}", "from: 90, until: 90}", 11, "until must be above from"),
        ("points: 75", "points: -75", 10, "between 1 and"),
        ("points: 75", "points: 0", 10, "between 1 and"),
        ("points: 75", "points: 7500", 10, "between 1 and"),
        ("unit_fen: 100", "unit_fen: 10000", 10, "Is the unit right?"),
        ("pays_for: [meals]", "pays_for: [meals, opera]", 13, "meals, home_help"),
        ("pays_for: [meals]", "pays_for: [meals, meals]", 13, "twice"),
        ("from: 90}, hukou: true", 'from: 90}, hukou: "330102"', 11, "another place"),
        ("mode: months, months: 12", "mode: months", 15, "how many months"),
        ("mode: months, months: 12", "mode: rollover, months: 3", 15, "rollover"),
        ("mode: months, months: 12", "mode: month_end, months: 3", 15, "no number of months"),
        ("issue: {day: 1}", "issue: {day: 31}", 14, "between 1 and 28"),
        ("code: age-points", "code: Age Points", 7, "a-z"),
        ("by: data", "by: data\n  conflicts: [{with: age-points, rule: exclusive}]", 13, "itself"),
        ("by: data", "by: data\n  conflicts: [{with: xx, rule: exclusive}, {with: xx, rule: compatible}]", 13, "twice"),
        ("{from: 90}, hukou: true", "{from: 90}, status: [deceased]", 11, "one of"),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_line(app: Any, before: str, after: str, line: int, told: str) -> None:
    assert before in DOCUMENT
    with app.test_request_context(), force_locale("en"):
        found = faults_of(DOCUMENT.replace(before, after))
    assert any(where == line and told in message for where, message in found), found


def test_lines_that_differ_by_class_may_share_ages(app: Any) -> None:
    who = [
        {"when": {"age": {"from": 60}, "ability": [2]}, "points": 950},
        {"when": {"age": {"from": 60}, "ability": [3, 4]}, "points": 1300},
    ]
    with app.test_request_context():
        assert find_body_faults(ALLOWANCE_PROGRAMME, a_body(who=who), XIAOSHAN) == []


@pytest.mark.parametrize(
    "document", read_documents(), ids=lambda document: f"{document['area']} {document['body']['code']}"
)
@pytest.mark.parametrize("language", ["zh_Hans_CN", "en"])
def test_each_document_of_the_product_is_sound_and_shown_as_tables(app: Any, document: Any, language: str) -> None:
    with app.test_request_context(), force_locale(language):
        assert find_body_faults(ALLOWANCE_PROGRAMME, document["body"], document["area"]) == []
        tables = ALLOWANCE_PROGRAMME.tables(read_body(ALLOWANCE_PROGRAMME, document["body"]))
    assert [table.part for table in tables] == ["who", "by", "pays_for", "expiry", "conflicts", "late"]
    assert all(len(row) == len(table.columns) and all(row) for table in tables for row in table.rows)
    assert ALLOWANCE_PROGRAMME.variant(document["body"]) == document["body"]["code"]

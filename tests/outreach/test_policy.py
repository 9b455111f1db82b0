"""The policy kind: the document that comes with the product, what is refused, and what a clerk reads."""

from copy import deepcopy
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask_babel import force_locale

import outreach
from app.policies.folder import read_folder
from app.policies.kinds import find_body_faults
from outreach.policy import EXAMPLE, OUTREACH_RULES, read_rules, rules_at
from outreach.terms import Band, Factor, Help, Way, Weight
from tests.outreach.factories import make_body, make_rules


def faults(body: dict[str, Any]) -> list[str]:
    return [each.where for each in find_body_faults(OUTREACH_RULES, body, "330100")]


def changed(*path: str | int, to: Any) -> dict[str, Any]:
    body = deepcopy(dict(EXAMPLE))
    part: Any = body
    for step in path[:-1]:
        part = part[step]
    part[path[-1]] = to
    return body


def test_the_document_that_comes_with_the_product_is_right_and_marked_as_our_choice() -> None:
    (document,) = read_folder(Path(outreach.__file__).parent / "policies")
    assert faults(document["body"]) == []
    assert document["source"]["mark"] == "INFER"
    rules = read_rules(7, document["body"])
    assert rules.bands[Band.RED].every_days == 7
    assert (rules.check_days[Weight.IMPORTANT], rules.check_days[Weight.ORDINARY]) == (3, 7)
    assert rules.bands[Band.RED].ways == {Way.HOME, Way.VIDEO}
    assert set(rules.referrals) == set(Help)


@pytest.mark.parametrize(
    ("body", "where"),
    [
        (make_body(), []),
        (changed("factors", "age", to=[{"from": 80, "points": 5}, {"from": 70, "points": 9}]), ["body.factors.age"]),
        (
            changed("factors", "ability", to=[{"from": 1, "points": 9}, {"from": 2, "points": 8}]),
            ["body.factors.ability"],
        ),
        (
            changed("factors", "living", to=[{"is": "独居", "points": 1}, {"is": "独居", "points": 2}]),
            ["body.factors.living"],
        ),
        (changed("bands", "red", "from", to=40), ["body.bands.red.from"]),
        (changed("bands", "orange", "every_days", to=120), ["body.bands.orange.every_days"]),
        (changed("triggers", "ordinary", to=["ability"]), ["body.triggers"]),
        (changed("reports", "ordinary", to=["fall"]), ["body.reports"]),
        (changed("check_days", to={"important": 8, "ordinary": 7}), ["body.check_days"]),
        (changed("escalate_days", to={"street": 3, "district": 3}), ["body.escalate_days.district"]),
        (changed("referrals", to=EXAMPLE["referrals"][:3]), ["body.referrals"]),
        (changed("triggers", "important", to=["age"]), ["body.triggers.important.0"]),
        (changed("bands", "red", "ways", to=[]), ["body.bands.red.ways"]),
        (changed("count_days", to="weeks"), ["body.count_days"]),
    ],
)
def test_what_a_person_would_object_to_is_refused_where_it_stands(
    app: Flask, body: dict[str, Any], where: list[str]
) -> None:
    assert faults(body) == where


def test_a_clerk_reads_every_number(app: Flask) -> None:
    with app.test_request_context(), force_locale("en"):
        tables = {each.part: each for each in OUTREACH_RULES.tables(OUTREACH_RULES.schema().load(make_body()))}
    assert set(tables) == {"factors", "bands", "triggers", "escalate_days", "referrals"}
    words = "\n".join(" ".join(row) for each in tables.values() for row in each.rows)
    for number in ("35", "every 7 days", "12 meals in 60 days, then none for 21 days", "3 days", "100%"):
        assert number in words
    with app.test_request_context(), force_locale("en"):
        working = OUTREACH_RULES.tables(OUTREACH_RULES.schema().load(make_body(count_days="working")))
    assert any("working days" in " ".join(row) for each in working for row in each.rows)


def test_the_nearest_place_with_rules_of_its_own_decides() -> None:
    city, street = make_rules(), make_rules(key_bands=["red"])
    known = {"330100": city, "330105011": street}
    assert rules_at(known, "330105011002") is street
    assert rules_at(known, "330105012001") is city
    assert rules_at(known, "310101") is None


def test_holidays_are_days_of_the_document() -> None:
    rules = make_rules(count_days="working", rest_days=["2026-10-01"], work_days=["2026-10-10"])
    assert date(2026, 10, 1) in rules.calendar.rest_days
    assert rules.calendar.is_working
    assert rules.triggers[Factor.LIVING] is Weight.ORDINARY

"""The documents on services at home and on visits: what a person would object to, their words, and our own files."""

from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask_babel import force_locale

import care_beds
from app.policies.folder import read_folder
from app.policies.kinds import Kind, find_body_faults, get_kind
from care_beds.catalogue.policy import CARE_CATALOGUE, read_catalogue
from care_beds.catalogue.rules import CareService, Group, Unit
from care_beds.catalogue.words import PURPOSE_NAMES
from care_beds.visits.policy import VISIT_RULES
from subsidies.allowance.schema import SERVICES

FOLDER = Path(care_beds.__file__).resolve().parent / "policies"
(SERVICE,) = CARE_CATALOGUE.example["services"]


def faults(kind: Kind, body: Any) -> set[str]:
    with force_locale("en"):
        return {fault.where for fault in find_body_faults(kind, body, "330100")}


@pytest.mark.parametrize(
    ("parts", "where"),
    [
        ({"code": "Bad code"}, "body.services.0.code"),
        ({"group": "singing"}, "body.services.0.group"),
        ({"unit": "day"}, "body.services.0.unit"),
        ({"minutes": 4}, "body.services.0.minutes"),
        ({"price_fen": 0}, "body.services.0.price_fen"),
        ({"price_fen": 100_001}, "body.services.0.price_fen"),
        ({"purpose": "meals"}, "body.services.0.purpose"),
        ({"items": []}, "body.services.0.items"),
        ({"items": [SERVICE["items"][0]] * 2}, "body.services.0.items.1.code"),
        ({"vitals": ["pulse", "pulse"]}, "body.services.0.vitals.1"),
        ({"colour": "red"}, "body.services.0.colour"),
    ],
)
def test_what_makes_no_sense_in_a_catalogue_is_named(app: Flask, parts: dict[str, Any], where: str) -> None:
    assert where in faults(CARE_CATALOGUE, {"services": [{**SERVICE, **parts}]})


def test_one_code_stands_for_one_service(app: Flask) -> None:
    assert faults(CARE_CATALOGUE, {"services": [SERVICE, SERVICE]}) == {"body.services.1.code"}
    assert faults(CARE_CATALOGUE, {"services": []}) == {"body.services"}


@pytest.mark.parametrize(
    ("parts", "where"),
    [
        ({"grace_minutes": 121}, "body.grace_minutes"),
        ({"photos_in": 2}, "body.photos_in"),
        ({"hours_per_day": 0}, "body.hours_per_day"),
        ({"missed_after_hours": 12}, "body.missed_after_hours"),
        ({"accuracy_m": 300}, "body.accuracy_m"),
        ({"manager_may_decide": "no"}, "body.manager_may_decide"),
    ],
)
def test_what_makes_no_sense_in_rules_of_visits_is_named(app: Flask, parts: dict[str, Any], where: str) -> None:
    assert where in faults(VISIT_RULES, {**VISIT_RULES.example, **parts})


@pytest.mark.parametrize("kind", [CARE_CATALOGUE, VISIT_RULES])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_documents_are_shown_in_words(app: Flask, kind: Kind, language: str) -> None:
    loaded = kind.schema().load(kind.example)
    with force_locale(language):
        tables = kind.tables(loaded)
    assert {table.part for table in tables} == set(kind.example)
    assert all(cell for table in tables for row in table.rows for cell in row)


def test_our_own_documents_may_be_published(app: Flask) -> None:
    documents = {each["kind"]: each for each in read_folder(FOLDER)}
    for name in ("care_catalogue", "visit_rules"):
        assert faults(get_kind(name), documents[name]["body"]) == set()
        assert documents[name]["source"]["mark"] == "INFER"
    services = read_catalogue(documents["care_catalogue"]["body"], document_id=1).services
    six_helps = {Group.MEALS, Group.BATHING, Group.CLEANING, Group.WALKING, Group.MEDICAL, Group.URGENT}
    assert six_helps <= {each.group for each in services.values()}


def test_points_know_every_purpose_that_services_name() -> None:
    assert set(PURPOSE_NAMES) <= set(SERVICES)


@pytest.mark.parametrize(
    ("unit", "minutes", "price_fen"), [(Unit.HOUR, 60, 3500), (Unit.HOUR, 50, 2916), (Unit.VISIT, 5, 3500)]
)
def test_an_hour_is_charged_by_the_minute_and_a_visit_whole(unit: Unit, minutes: int, price_fen: int) -> None:
    service = CareService(
        code="cleaning",
        name={"zh": "助洁", "en": "Cleaning"},
        group=Group.CLEANING,
        unit=unit,
        minutes=60,
        price_fen=3500,
        purpose="home_help",
        items=(),
    )
    assert service.price_of(minutes) == price_fen

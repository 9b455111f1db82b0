"""Meal policy documents: those that come with the product, every fault a person would object to, terms kept."""

from copy import deepcopy
from dataclasses import dataclass, field
from datetime import time
from typing import Any

import pytest
from flask import Flask
from flask_babel import force_locale

from app.policies.documents import find_outer_faults
from app.policies.kinds import find_body_faults, read_body
from app.policies.views import in_order
from app.policies.yaml_text import read_text, write_text
from meals import policy
from meals.policy import MEAL_DISCOUNT, SALE_RULES
from meals.rules import Limit, Payer, Per, window_at
from tests.meals.documents import DINGLAN, body, folder_documents, terms

KINDS = {kind.name: kind for kind in policy.KINDS}
CITY = "330100"


@pytest.fixture(autouse=True)
def english(app: Flask) -> Any:
    with force_locale("en"):
        yield


def faults(changed: dict[str, Any], area_code: str = DINGLAN) -> dict[str, str]:
    """Return what is wrong, by place; the first sentence of each."""
    found: dict[str, str] = {}
    for fault in find_body_faults(MEAL_DISCOUNT, changed, area_code):
        found.setdefault(fault.where, str(fault.message))
    return found


def when(**conditions: Any) -> dict[str, Any]:
    return {"when": conditions, "guest_pays_percent": 50}


@pytest.mark.parametrize("folder", ["", "examples"])
def test_every_document_of_the_product_is_right(folder: str) -> None:
    documents = folder_documents(folder)
    assert documents
    for (kind, area_code), document in documents.items():
        assert find_outer_faults(document) == []
        assert find_body_faults(KINDS[kind], document["body"], area_code) == []
        assert document["source"]["mark"] == "INFER" or document["source"]["url"]


def test_what_was_not_found_is_marked() -> None:
    for document in folder_documents().values():
        source = document["source"]
        if source["mark"] == "FOUND":
            assert {"windows", "limits", "payers"} <= set(source["infer"])


def test_the_city_has_a_document_of_each_kind() -> None:
    assert {kind for kind, area_code in folder_documents() if area_code == CITY} == set(KINDS)


@pytest.mark.parametrize("minute", range(0, 24 * 60, 30))
def test_the_demonstrations_community_has_a_window_at_any_hour(minute: int) -> None:
    heming = terms(folder_documents()["meal_discount", "330102017906"]["body"])
    assert window_at(heming, time(minute // 60, minute % 60)) is not None


@pytest.mark.parametrize(
    ("changes", "where", "words"),
    [
        ({"windows": None}, "body.windows", "missing"),
        ({"windows": []}, "body.windows", "between 1 and 6"),
        ({"windows": "all day"}, "body.windows", "list"),
        ({"windows": [{"name": "lunch", "from": "10:00"}]}, "body.windows.0.until", "missing"),
        ({"windows": [{"name": "tea", "from": "10:00", "until": "11:00"}]}, "body.windows.0.name", "one of: breakfast"),
        ({"windows": [{"name": "lunch", "from": "10", "until": "11:00"}]}, "body.windows.0.from", "10:30"),
        ({"windows": [{"name": "lunch", "from": 600, "until": "11:00"}]}, "body.windows.0.from", "10:30"),
        ({"windows": [{"name": "lunch", "from": "10:60", "until": "11:00"}]}, "body.windows.0.from", "10:30"),
        ({"windows": [{"name": "lunch", "from": "10:00", "until": "24:01"}]}, "body.windows.0.until", "24:00"),
        ({"windows": [{"name": "lunch", "from": "１0:00", "until": "11:00"}]}, "body.windows.0.from", "10:30"),
        ({"windows": [{"name": "dinner", "from": "22:00", "until": "02:00"}]}, "body.windows.0.until", "write two"),
        ({"windows": [{"name": "lunch", "from": "10:00", "until": "10:00"}]}, "body.windows.0.until", "ends after"),
        (
            {
                "windows": [
                    {"name": "lunch", "from": "10:00", "until": "13:00"},
                    {"name": "dinner", "from": "12:59", "until": "19:00"},
                ]
            },
            "body.windows.1",
            "overlaps",
        ),
        (
            {
                "windows": [
                    {"name": "lunch", "from": "10:00", "until": "12:00"},
                    {"name": "lunch", "from": "12:00", "until": "14:00"},
                ]
            },
            "body.windows.1.name",
            "twice",
        ),
        ({"limits": [{"per": "year", "subsidised": 1}]}, "body.limits.0.per", "one of: window"),
        ({"limits": [{"per": "day"}]}, "body.limits.0", "one of them"),
        ({"limits": [{"per": "day", "subsidised": 1, "public_fen": 5}]}, "body.limits.0", "one of them"),
        ({"limits": [{"per": "day", "subsidised": 0}]}, "body.limits.0.subsidised", "between 1"),
        ({"limits": [{"per": "month", "public_fen": 500_001}]}, "body.limits.0.public_fen", "between 1"),
        ({"limits": [{"per": "day", "subsidised": 1, "partial": "rest"}]}, "body.limits.0.partial", "in part"),
        ({"limits": [{"per": "day", "subsidised": 1}, {"per": "day", "subsidised": 2}]}, "body.limits.1", "twice"),
        ({"bands": []}, "body.bands", "between 1 and 30"),
        ({"bands": [{}]}, "body.bands", "No band"),
        ({"bands": [{}, when()]}, "body.bands.0", "only the last one may be empty"),
        ({"bands": [{"when": {}}]}, "body.bands.0", "says one of"),
        ({"bands": [{"off_fen": 600, "off_percent": 20}]}, "body.bands.0", "says one of"),
        ({"bands": [{"guest_pays_percent": 101}]}, "body.bands.0.guest_pays_percent", "between 0 and 100"),
        ({"bands": [{"guest_pays_percent": "50"}]}, "body.bands.0.guest_pays_percent", "without quotes"),
        ({"bands": [{"guest_pays_percent": 8.5}]}, "body.bands.0.guest_pays_percent", "whole number"),
        ({"bands": [{"guest_pay_percent": 50}]}, "body.bands.0.guest_pay_percent", "Known are: guest_pays_fen"),
        ({"bands": [{"off_fen": 20_001}]}, "body.bands.0.off_fen", "between 1 and 20000"),
        ({"bands": [{"off_fen": 0}]}, "body.bands.0.off_fen", "between 1"),
        ({"bands": [{"off_fen": -600}]}, "body.bands.0.off_fen", "between 1"),
        (
            {"bands": [{"guest_pays_percent": 50, "minimum_bill_fen": 1000}]},
            "body.bands.0.minimum_bill_fen",
            "off_fen only",
        ),
        ({"bands": [{"off_fen": 5, "off_at_most_fen": 9}]}, "body.bands.0.off_at_most_fen", "no upper bound"),
        ({"bands": [{"off_fen": 5, "price_cap_fen": 9}]}, "body.bands.0.price_cap_fen", "percentage only"),
        ({"bands": [{"guest_pays_fen": 500}]}, "body.bands.0", "no bound"),
        ({"bands": [when(age={"from": 70, "until": 70})]}, "body.bands.0.when.age", "Nobody"),
        ({"bands": [when(age={"from": 151})]}, "body.bands.0.when.age.from", "between 0 and 150"),
        ({"bands": [when(income=["poor"])]}, "body.bands.0.when.income.0", "one of: 特困"),
        ({"bands": [when(ability=[5])]}, "body.bands.0.when.ability.0", "between 0 and 4"),
        ({"bands": [when(hukou=False)]}, "body.bands.0.when.hukou", "area code"),
        ({"bands": [when(residence="西湖区")]}, "body.bands.0.when.residence", "area code"),
        ({"payers": None}, "body.payers", "missing"),
        ({"payers": [{"payer": "bank", "percent": 100}]}, "body.payers.0.payer", "one of: city"),
        ({"payers": [{"payer": "city", "percent": 99}]}, "body.payers", "add up to 99"),
        ({"payers": [{"payer": "city", "percent": 0}]}, "body.payers.0.percent", "between 1"),
        (
            {"payers": [{"payer": "city", "percent": 50}, {"payer": "district", "percent": 50}]},
            "body.payers",
            "remainder: true",
        ),
        (
            {
                "payers": [
                    {"payer": "city", "percent": 50, "remainder": True},
                    {"payer": "district", "percent": 50, "remainder": True},
                ]
            },
            "body.payers",
            "Only one payer",
        ),
        (
            {"payers": [{"payer": "city", "percent": 50, "remainder": True}, {"payer": "city", "percent": 50}]},
            "body.payers",
            "2 times",
        ),
        (
            {"bands": [{"guest_pays_percent": 50, "payers": [{"payer": "city", "percent": 50}]}]},
            "body.bands.0.payers",
            "add up to 50",
        ),
        ({"rounding": {"unit_fen": 0}}, "body.rounding.unit_fen", "between 1 and 100"),
        ({"rounding": {"mode": "bankers"}}, "body.rounding.mode", "one of: half_up"),
        ({"points": {"may_pay_percent": 101}}, "body.points.may_pay_percent", "between 0 and 100"),
        ({"points": {"of": "guest"}}, "body.points.may_pay_percent", "missing"),
        ({"discount": 5}, "body.discount", "Known are: bands"),
    ],
)
def test_what_a_person_would_object_to(changes: dict[str, Any], where: str, words: str) -> None:
    found = faults(body(**changes))
    assert where in found
    assert words in found[where]


@pytest.mark.parametrize("shape", [None, [], "body", 5, True])
def test_a_body_of_another_shape_is_refused(shape: Any) -> None:
    assert "body" in faults(shape)


@pytest.mark.parametrize(
    ("bands", "hidden"),
    [
        ([when(age={"from": 60}), when(age={"from": 80})], 1),
        ([when(), when(age={"from": 80})], 1),
        ([when(age={"from": 60}), when(age={"from": 60}, income=["低保"])], 1),
        (
            [
                when(income=["低保", "特困"], age={"from": 60}),
                when(age={"from": 70}, income=["低保"]),
                when(age={"from": 60}),
            ],
            1,
        ),
        (
            [
                when(age={"from": 70, "until": 80}),
                when(age={"from": 80}),
                when(age={"from": 75}),
                when(age={"from": 60}),
            ],
            2,
        ),
        ([when(residence="330100"), when(residence="330106"), when()], 1),
        ([when(residence=True), when(residence=DINGLAN), when()], 1),
        ([when(ability=[2, 3]), when(ability=[3]), when()], 1),
        ([when(living=["独居"]), when(living=["独居"], age={"from": 80}), when()], 1),
    ],
)
def test_a_band_that_nobody_reaches_is_named(bands: list[dict[str, Any]], hidden: int) -> None:
    assert "Nobody reaches" in faults(body(bands=bands))[f"body.bands.{hidden}"]


@pytest.mark.parametrize(
    "bands",
    [
        [when(age={"from": 80}), when(age={"from": 60})],
        [when(age={"from": 60}, income=["低保"]), when(age={"from": 60})],
        [when(residence="330106"), when(residence="330100"), when()],
        [when(hukou=True), when(residence=True), when()],
        [when(ability=[2, 3]), when(ability=[3, 4]), when()],
        [when(age={"from": 70, "until": 80}), when(age={"from": 60})],
        [when(age={"from": 60}), {}],
        [when(age={"from": 60}, income=["低保"])],
    ],
)
def test_tables_that_make_sense_are_taken(bands: list[dict[str, Any]]) -> None:
    assert faults(body(bands=bands)) == {}


@pytest.mark.parametrize(
    ("bands", "words"),
    [
        ([when(age={"from": 90}), when(age={"from": 70, "until": 80})], "from 80 to 89"),
        (
            [when(age={"from": 80}), when(age={"from": 60, "until": 70}), when(age={"from": 71, "until": 80})],
            "from 70 to 70",
        ),
        ([when(age={"from": 60, "until": 90})], "of 90 and more"),
        ([when(age={"from": 80}, income=["低保"]), when(age={"from": 60, "until": 80})], "of 80 and more"),
    ],
)
def test_a_gap_in_the_ages_is_named(bands: list[dict[str, Any]], words: str) -> None:
    assert words in faults(body(bands=bands))["body.bands"]


def test_every_fault_is_named_at_once() -> None:
    wrong = body(windows=[], bands=[{"off_fen": -1}, {"milk": 1}], payers=[{"payer": "bank", "percent": 0}])
    assert sorted(faults(wrong)) == [
        "body.bands.0.off_fen",
        "body.bands.1.milk",
        "body.payers.0.payer",
        "body.payers.0.percent",
        "body.windows",
    ]


@pytest.mark.parametrize("key", ["upload_within_hours", "manager_reversal_days", "refund_grace_days"])
@pytest.mark.parametrize("value", [None, -1, "24", 10_000])
def test_sale_rules_have_bounds(key: str, value: Any) -> None:
    rules = {"upload_within_hours": 24, "manager_reversal_days": 30, "refund_grace_days": 7, key: value}
    assert [fault.where for fault in find_body_faults(SALE_RULES, rules, CITY)] == [f"body.{key}"]


def test_a_body_becomes_terms() -> None:
    found = terms(body(limits=[{"per": "month", "public_fen": 3000, "partial": "none"}]))
    assert found.windows[0].from_minute == 600
    assert found.limits == (Limit(Per.MONTH, public_fen=3000, partial=found.limits[0].partial),)
    assert found.limits[0].partial == "none"
    assert [(share.payer, share.remainder) for share in found.payers] == [(Payer.CITY, False), (Payer.DISTRICT, True)]
    assert (found.rounding.unit_fen, found.rounding.mode, found.points.may_pay_percent) == (1, "half_up", 100)


def test_a_single_payer_takes_the_remainder_without_being_told() -> None:
    assert terms(body(payers=[{"payer": "city", "percent": 100}])).payers[0].remainder


def test_words_of_law_become_the_codes_of_people() -> None:
    band = terms(body(bands=[when(income=["特困", "low_income"], living=["独居"], residence=True)])).bands[0]
    assert band.when.income == {"destitute", "low_income"}
    assert (band.when.living, band.when.residence) == (frozenset({"alone"}), DINGLAN)


@dataclass
class Document:
    """As much of a policy document as terms are made from."""

    id: int = 7
    area_code: str = DINGLAN
    state: str = "published"
    body: dict[str, Any] = field(default_factory=body)


@pytest.fixture
def unknown() -> Any:
    before = dict(policy._known)
    policy.forget_known()
    yield
    policy.forget_known()
    policy._known.update(before)


@pytest.mark.usefixtures("unknown")
def test_the_terms_of_a_published_document_are_read_once() -> None:
    first = policy.meal_discount(Document())
    assert policy.meal_discount(Document(body={})) is first
    assert policy.find_known(7) is first
    assert policy.find_known(8) is None


@pytest.mark.usefixtures("unknown")
def test_the_terms_of_a_draft_are_not_kept() -> None:
    policy.meal_discount(Document(state="draft"))
    assert policy.find_known(7) is None


@pytest.mark.usefixtures("unknown")
def test_sale_rules_are_read_once_too() -> None:
    document = Document(body={"upload_within_hours": 24, "manager_reversal_days": 30, "refund_grace_days": 7})
    rules = policy.sale_rules(document)
    assert (rules.upload_within_hours, rules.document_id) == (24, 7)
    assert policy.sale_rules(document) is rules


@pytest.mark.parametrize("language", ["en", "zh_Hans_CN"])
@pytest.mark.parametrize("folder", ["", "examples"])
def test_a_clerk_reads_every_document_as_tables(folder: str, language: str) -> None:
    with force_locale(language):
        for (kind, _area), document in folder_documents(folder).items():
            tables = KINDS[kind].tables(read_body(KINDS[kind], document["body"]))
            assert {table.part for table in tables} >= set(document["body"])
            for table in tables:
                assert all(len(row) == len(table.columns) for row in table.rows)


def test_a_table_in_words() -> None:
    examples = folder_documents("examples")
    tables = MEAL_DISCOUNT.tables(read_body(MEAL_DISCOUNT, examples["meal_discount", CITY]["body"]))
    shown = {table.part: table.rows for table in tables}
    assert shown["bands"] == (
        ("80 and over", "the guest pays 5.00 yuan", "for one set meal of up to 18.00 yuan"),
        ("60 and over", "35% off, the guest pays 65%", "on the first 20.00 yuan of the bill"),
        ("everyone", "full price", ""),
    )
    assert shown["limits"][1] == ("each month", "100.00 yuan of public money", "gives nothing")
    assert shown["payers"][1] == ("district", "60%", "takes it")
    assert shown["points"] == (("50%", "of the guest's part"),)


def test_payers_of_a_band_stand_in_its_row() -> None:
    bands = [{"guest_pays_percent": 50, "off_at_most_fen": 500, "payers": [{"payer": "charity", "percent": 100}]}]
    tables = MEAL_DISCOUNT.tables(read_body(MEAL_DISCOUNT, body(bands=bands)))
    assert tables[1].rows == (
        ("everyone", "50% off, the guest pays 50%", "at most 5.00 yuan off; borne by charity 100%"),
    )


def test_a_named_area_stands_behind_its_tier() -> None:
    tables = MEAL_DISCOUNT.tables(read_body(MEAL_DISCOUNT, body(bands=[when(hukou="330106", residence=True)])))
    assert tables[1].rows[0][0] == "local hukou, living here (330106)"


def test_a_document_survives_being_written_and_read() -> None:
    for document in folder_documents("examples").values():
        written = write_text({"body": document["body"]})
        assert read_text(written)[0] == {"body": document["body"]}


def test_a_body_is_written_in_the_order_of_its_schema() -> None:
    stored = {"points": {"may_pay_percent": 100}, "windows": [{"until": "13:30", "name": "lunch", "from": "10:00"}]}
    written = in_order(MEAL_DISCOUNT.schema(), stored)
    assert list(written) == ["windows", "points"]
    assert list(written["windows"][0]) == ["name", "from", "until"]


@pytest.mark.parametrize("kind", policy.KINDS, ids=lambda kind: kind.name)
def test_every_kind_has_an_example_that_is_right(kind: Any) -> None:
    assert find_body_faults(kind, deepcopy(kind.example), CITY) == []

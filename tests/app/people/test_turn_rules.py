"""The document that says what turns of life do, and what relatives are told of them."""

from pathlib import Path
from typing import Any

import pytest

import app.people
from app.messages.kinds import get_kind as get_message
from app.people.turn_rules import EXAMPLE, TURN_RULES, Points, read_turn_rules
from app.people.turns import TurnKind
from app.policies.folder import read_folder

FOLDER = Path(app.people.__file__).parent / "policies"


def changed(name: str, **parts: Any) -> dict[str, Any]:
    return {**EXAMPLE, "kinds": {**EXAMPLE["kinds"], name: {**EXAMPLE["kinds"][name], **parts}}}


def test_the_document_that_comes_with_the_product_is_the_default() -> None:
    (document,) = (each for each in read_folder(FOLDER) if each["kind"] == "turn_rules")
    assert document["body"] == EXAMPLE
    assert document["source"]["mark"] == "INFER"
    assert read_turn_rules(document["body"]).kinds[TurnKind.DEATH].points is Points.RETURN
    assert list(TURN_RULES.checks(EXAMPLE, "330100")) == []


@pytest.mark.parametrize(
    ("body", "where"),
    [
        (changed("death", cards="keep"), "kinds.death.cards"),
        (changed("death", bed="suspend"), "kinds.death.bed"),
        (changed("hospital", bed="close"), "kinds.hospital.bed"),
        (changed("return", points="lapse"), "kinds.return"),
        (changed("discharge", cards="close"), "kinds.discharge"),
    ],
)
def test_what_a_person_would_object_to_is_refused(body: dict[str, Any], where: str) -> None:
    assert [fault.where for fault in TURN_RULES.checks(body, "330100")] == [where]


def test_a_document_is_told_in_words(app: Any) -> None:
    with app.test_request_context(headers={"Cookie": "language=en"}):
        first, _limits = TURN_RULES.tables(changed("death", points="lapse", grace_days=7))
    assert first.rows[0][:2] == ("Death", "lapse, 7 days later")


@pytest.mark.parametrize("kind", [each for each in TurnKind if each is not TurnKind.DEATH])
def test_relatives_are_told_in_plain_words_without_an_amount(app: Any, kind: TurnKind) -> None:
    params = {"name": "王玉兰", "kind": str(kind), "day": "2026-11-18", "phone": "0571-12345"}
    with app.test_request_context():
        texts = [get_message(name).text(params) for name in ("people.death", "people.turned", "people.turn_mistaken")]
    for text in texts:
        assert "王玉兰" in text
        assert "0571-12345" in text
        assert "元" not in text
    assert "节哀" in texts[0]

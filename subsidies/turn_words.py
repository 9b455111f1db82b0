"""Movements that a turn of life brought, in words. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from subsidies.wording import PlaceNames

KINDS = {
    "death": ("去世", "death"),
    "hospital": ("住院", "hospital stay"),
    "discharge": ("出院", "discharge from hospital"),
    "institution": ("入住养老机构", "move into an institution"),
    "move": ("迁出", "move away"),
    "return": ("回来居住", "return"),
}


def explain_turn(cause: Mapping[str, Any], _places: PlaceNames) -> Mapping[str, Sequence[str]]:
    """Say which recorded event let points go."""
    zh, en = KINDS[cause["kind"]]
    return {
        "zh": [f"登记 {cause['from_on']} {zh}，剩余的分按规定处理"],
        "en": [f"The register has the {en} of {cause['from_on']}; what was left goes as the rules say"],
    }


def explain_turn_mistaken(cause: Mapping[str, Any], _places: PlaceNames) -> Mapping[str, Sequence[str]]:
    """Say which recorded event was a mistake."""
    zh, en = KINDS[cause["kind"]]
    return {
        "zh": [f"{cause['from_on']} {zh}登记有误，已撤销，分重新发还"],
        "en": [f"The {en} of {cause['from_on']} was recorded by mistake; the points are given again"],
    }


def explain_turn_claim(cause: Mapping[str, Any], _places: PlaceNames) -> Mapping[str, Sequence[str]]:
    """Say after which recorded event something was sold whose points and public money go back."""
    zh, en = KINDS[cause["kind"]]
    return {
        "zh": [f"登记 {cause['from_on']} {zh}，之后的消费由两人核准追回"],
        "en": [f"Spent after the {en} of {cause['from_on']}; two people approved that it goes back"],
    }

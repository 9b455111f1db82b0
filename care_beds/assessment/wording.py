"""The words of assessments: levels, reasons, relations, and what is wrong with an answer."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.web.language import ENGLISH, current_language
from care_beds.assessment.items import BY_CODE
from care_beds.assessment.rules import (
    Change,
    Effect,
    ItemSlip,
    Origin,
    Part,
    Reason,
    Relation,
    RiskKind,
    Slip,
    State,
)
from care_beds.assessment.standard import GROUP_WORDS, LEVEL_WORDS, Group, Words

REASON_NAMES: Mapping[str, Any] = {
    Reason.FIRST: _l("first assessment"),
    Reason.REGULAR: _l("regular assessment"),
    Reason.CHANGED: _l("at once, after a change"),
    Reason.DOUBT: _l("the result is in doubt"),
    Reason.OTHER: _l("another reason"),
}
EFFECT_NAMES: Mapping[str, Any] = {
    Effect.AT_ONCE: _l("from the day it is signed"),
    Effect.NEXT_MONTH: _l("from the first day of the next month"),
}
RELATION_NAMES: Mapping[str, Any] = {
    Relation.SELF: _l("the person"),
    Relation.SPOUSE: _l("husband or wife"),
    Relation.CHILD: _l("son or daughter"),
    Relation.RELATIVE: _l("another relative"),
    Relation.CARER: _l("a carer"),
    Relation.NEIGHBOUR: _l("a neighbour"),
    Relation.COMMUNITY: _l("the community"),
    Relation.OTHER: _l("somebody else"),
}
RISK_NAMES: Mapping[str, Any] = {
    RiskKind.FALL: _l("Falls"),
    RiskKind.CHOKING: _l("Choking"),
    RiskKind.LOST: _l("Getting lost"),
    RiskKind.SELF_HARM: _l("Self-harm or a try at suicide"),
    RiskKind.OTHER: _l("Other events"),
}
CIRCUMSTANCE_NAMES: Mapping[str, Any] = {
    "coma": _l("Coma"),
    "diagnosis": _l("Dementia or a psychiatric diagnosis"),
    **RISK_NAMES,
}
CHANGE_NAMES: Mapping[str, Any] = {
    Change.COMA: _l("Coma"),
    Change.DIAGNOSIS: _l("Dementia or a psychiatric diagnosis"),
    Change.RISK_EVENTS: _l("Two or more risk events in 30 days"),
}
STATE_NAMES: Mapping[str, Any] = {
    State.DRAFT: _l("being filled in"),
    State.COMPLETE: _l("to be signed"),
    State.SIGNED: _l("signed"),
    State.DROPPED: _l("dropped"),
}
# State: colour and icon of its chip.
STATE_CHIPS: Mapping[str, tuple[str, str]] = {
    State.DRAFT: ("info", "pen"),
    State.COMPLETE: ("warn", "clock"),
    State.SIGNED: ("ok", "check"),
    State.DROPPED: ("", "close"),
}
ORIGIN_NAMES: Mapping[str, Any] = {
    Origin.OWN: _l("assessed here"),
    Origin.RECOGNISED: _l("recognised, from elsewhere"),
}
PART_NAMES: Mapping[str, Any] = {
    Part.ASSESSOR: _l("Assessor"),
    Part.SECOND: _l("Second assessor"),
    Part.INFORMANT: _l("Who told us"),
}
SCHEME_NAMES: Mapping[str, Any] = {
    "ltci": _l("Long-term care insurance"),
    "mzt_039": _l("MZ/T 039-2013, the standard before"),
    "disability": _l("Disability certificate"),
}
# Levels as other schemes call them; none of them is one of ours.
OUTSIDE_WORDS: Mapping[str, Mapping[str, Words]] = {
    "ltci": {
        "0": Words("0 级 基本正常", "0, mostly normal"),
        "1": Words("1 级 轻度失能", "1, mild"),
        "2": Words("2 级 中度失能", "2, moderate"),
        "3": Words("3 级 重度失能Ⅰ级", "3, severe I"),
        "4": Words("4 级 重度失能Ⅱ级", "4, severe II"),
        "5": Words("5 级 重度失能Ⅲ级", "5, severe III"),
    },
    "mzt_039": {
        "0": Words("0 级 能力完好", "0, able"),
        "1": Words("1 级 轻度失能", "1, mild"),
        "2": Words("2 级 中度失能", "2, moderate"),
        "3": Words("3 级 重度失能", "3, severe"),
    },
    "disability": {
        "1": Words("一级", "first grade"),
        "2": Words("二级", "second grade"),
        "3": Words("三级", "third grade"),
        "4": Words("四级", "fourth grade"),
    },
}
SLIP_WORDS: Mapping[Slip, Any] = {
    Slip.MISSING: _l("%(item)s: not answered yet. Give 0 to %(most)s."),
    Slip.UNKNOWN: _l("“%(code)s” is no item of the standard. Items are item_01 to item_26."),
    Slip.NOT_A_NUMBER: _l("%(item)s: “%(given)s” is no number. Give a whole number from 0 to %(most)s."),
    Slip.FRACTIONAL: _l("%(item)s: %(given)s is no whole number. Give a whole number from 0 to %(most)s."),
    Slip.NEGATIVE: _l("%(item)s: %(given)s is below 0. Give 0 to %(most)s."),
    Slip.ABOVE: _l("%(item)s: %(given)s is more than this item gives. At most %(most)s."),
}


def say(words: Words) -> str:
    """Return the side of what the standard says that this request reads."""
    return words.en if current_language() == ENGLISH else words.zh


def level_name(level: int) -> str:
    """Name a level: 中度失能; moderate loss."""
    return say(LEVEL_WORDS[level])


def group_name(group: str) -> str:
    """Name a group of items."""
    return say(GROUP_WORDS[Group(group)])


def item_name(code: str) -> str:
    """Name an item with its number: 3 洗澡; 3 Bathing."""
    item = BY_CODE[code]
    return f"{item.number} {say(item.words)}"


def tell_slip(slip: ItemSlip) -> str:
    """Say what is wrong with one answer, by the item's name."""
    sentence = str(SLIP_WORDS[slip.slip])
    if slip.slip is Slip.UNKNOWN:
        return sentence % {"code": slip.item[:40]}
    return sentence % {"item": item_name(slip.item), "given": slip.given, "most": slip.most}


def tell_slips(slips: Iterable[ItemSlip]) -> dict[str, Any]:
    """Put what is wrong with answers into the shape that a refusal carries."""
    return {"items": {slip.item[:60]: [tell_slip(slip)] for slip in slips}}


def tell_contradictions(items: Iterable[str]) -> dict[str, Any]:
    """Say which items say otherwise than a coma."""
    told = _l("%(item)s: who is in a coma is not awake. Set this item to 0, or take the coma back.")
    return {"items": {code: [str(told) % {"item": item_name(code)}] for code in items}} if items else {}


def times(count: int) -> str:
    """Say how often something happened."""
    return str(_("never")) if not count else str(_("%(count)s times", count=count))


def outside_level_name(scheme: str, level: str) -> str:
    """Name a level of another scheme as that scheme does."""
    return say(OUTSIDE_WORDS[scheme][level])

"""Topics, relations, states and ways of consenting, in words."""

from typing import Any

from flask_babel import lazy_gettext as _l

from app.people.relatives.rules import RELATIVES, How, Relation, State, Topic

TOPIC_NAMES: dict[str, Any] = {
    Topic.BALANCE: _l("Points and statement"),
    Topic.MEALS: _l("Meals"),
    Topic.VISITS: _l("Care visits"),
    Topic.ALERTS: _l("Safety alerts"),
}
RELATION_NAMES: dict[str, Any] = {
    Relation.SELF: _l("the senior"),
    Relation.SPOUSE: _l("Husband or wife"),
    Relation.CHILD: _l("Son or daughter"),
    Relation.CHILD_IN_LAW: _l("Son- or daughter-in-law"),
    Relation.GRANDCHILD: _l("Grandchild"),
    Relation.SIBLING: _l("Brother or sister"),
    Relation.OTHER: _l("Someone else"),
}
STATE_NAMES: dict[str, Any] = {
    State.OFFERED: _l("code handed out"),
    State.REQUESTED: _l("asked to be linked"),
    State.ACTIVE: _l("linked"),
    State.REFUSED: _l("request refused"),
    State.ENDED: _l("link ended"),
}
HOW_NAMES: dict[str, Any] = {
    How.IN_PERSON: _l("Here, in person"),
    How.PHONE: _l("By telephone"),
    How.PAPER: _l("On a signed paper"),
    How.GUARDIAN_PAPERS: _l("By the guardian, with papers"),
}
RELATIVE_NAMES = {relation: RELATION_NAMES[relation] for relation in RELATIVES}
LOOK_NAMES = TOPIC_NAMES | {"overview": _l("First page")}
REASON_NAMES: dict[str, Any] = {
    "death": _l("The person has died."),
    "unknown": _l("No person with this card and name was found. Check both, or go to the street office."),
}


def reason_word(reason: str) -> str:
    """Return why a link ended: one of ours in words, or what a clerk typed."""
    return str(REASON_NAMES.get(reason, reason))

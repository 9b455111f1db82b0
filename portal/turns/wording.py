"""The words for turns of life on pages and in the audit log."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from app.people.turn_words import TURN_NAMES
from app.people.turns import TurnKind
from portal.turns.rules import Likeness

KIND_ICONS: Mapping[str, tuple[str, str]] = {
    TurnKind.DEATH: ("danger", "stop"),
    TurnKind.HOSPITAL: ("warn", "clock"),
    TurnKind.DISCHARGE: ("ok", "home"),
    TurnKind.INSTITUTION: ("info", "bed"),
    TurnKind.MOVE: ("info", "pin"),
    TurnKind.RETURN: ("ok", "home"),
}
FEATURE_NAMES: Mapping[str, Any] = {
    "people": _l("Register and card"),
    "subsidies": _l("Points and allowances"),
    "meals": _l("Meals"),
    "care_beds": _l("Care at home"),
    "safety": _l("Safety at home"),
    "outreach": _l("Visits of care"),
    "shops": _l("Shops"),
}
STEP_NAMES: Mapping[str, Any] = {
    "recorded": _l("Recorded"),
    "settled": _l("Points went as the rules say"),
    "found": _l("Spends found afterwards"),
    "claim_approved": _l("Claimed back"),
    "claim_rejected": _l("Claim rejected"),
    "undo_asked": _l("Asked to take it back"),
    "undo_rejected": _l("Not taken back"),
    "undone": _l("Taken back"),
}
EVENT_NAMES: Mapping[str, Any] = {
    "death": _l("Death"),
    "cremation": _l("Cremation"),
    "hospital": _l("Hospital stay"),
    "discharge": _l("Home from hospital"),
    "": "",
}
STATE_CHIPS: Mapping[str, tuple[str, str, Any]] = {
    "waiting": ("warn", "clock", _l("waits to be recorded")),
    "review": ("warn", "info", _l("almost the same person")),
    "recorded": ("ok", "check", _l("recorded")),
    "known": ("", "check", _l("known already")),
    "nobody": ("", "close", _l("nobody here")),
    "not_same": ("", "close", _l("decided: not the same")),
    "refused": ("danger", "stop", _l("refused")),
}
LIKENESS_NAMES: Mapping[str, Any] = {
    Likeness.DIGIT: _l("The ID number differs in one digit"),
    Likeness.SWAPPED: _l("Two digits of the ID number are swapped"),
    Likeness.NAME_AND_BIRTH: _l("Same name and day of birth"),
    Likeness.NAME_AND_STREET: _l("Same name in the same street"),
}
COLUMN_NAMES: Mapping[str, Any] = {
    "name": _l("Name"),
    "id_number": _l("ID number"),
    "event": _l("Event"),
    "on": _l("Day"),
    "source": _l("Source"),
}
FIELD_NAMES: Mapping[str, Any] = {
    "kind": _l("Event"),
    "from_on": _l("First day"),
    "until_on": _l("Until"),
    "to_area_code": _l("New place"),
    "reason": _l("How it is known"),
    "why": _l("Why it was a mistake"),
    "file": _l("File"),
}
AUDIT_WORDS: Mapping[str, Any] = {
    "turn.recorded": _l("Turn of life recorded"),
    "turn.undo_asked": _l("Asked to take a turn of life back"),
    "turn.undo_rejected": _l("Turn of life not taken back"),
    "turn.undone": _l("Turn of life taken back"),
    "turn.claimed": _l("Spends after a turn of life found"),
    "turn.claim_approved": _l("Spends after a turn of life claimed back"),
    "turn.claim_rejected": _l("Claim after a turn of life rejected"),
    "turn_list.sent": _l("Daily list sent"),
    "turn_list.decided": _l("Near miss of a daily list decided"),
    "turn_list.confirmed": _l("Daily list confirmed"),
    "field.turn": _l("Turn of life"),
    "field.claim": _l("Claim"),
    "field.undo": _l("Taking back"),
}
WORDS: Mapping[str, Any] = {
    "turn_names": TURN_NAMES,
    "kind_icons": KIND_ICONS,
    "feature_names": FEATURE_NAMES,
    "step_names": STEP_NAMES,
    "event_names": EVENT_NAMES,
    "state_chips": STATE_CHIPS,
    "likeness_names": LIKENESS_NAMES,
    "column_names": COLUMN_NAMES,
    "field_names": FIELD_NAMES,
}

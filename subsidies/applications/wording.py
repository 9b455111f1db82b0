"""The words of applications: states, relations, steps."""

from typing import Any

from flask_babel import lazy_gettext as _l

STATE_NAMES: dict[str, Any] = {
    "submitted": _l("Waits for the street"),
    "checked": _l("Waits for the district"),
    "appealed": _l("Appeal waits for the district"),
    "approved": _l("Application approved"),
    "refused": _l("Application refused"),
    "upheld": _l("Refusal stands"),
    "withdrawn": _l("Withdrawn"),
}
# Colour and picture of each state.
STATE_LOOKS = {
    "submitted": ("info", "clock"),
    "checked": ("info", "clock"),
    "appealed": ("warn", "clock"),
    "approved": ("ok", "check"),
    "refused": ("danger", "stop"),
    "upheld": ("danger", "stop"),
    "withdrawn": ("", "undo"),
}
RELATION_NAMES: dict[str, Any] = {
    "self": _l("The senior"),
    "spouse": _l("Husband or wife"),
    "child": _l("Son or daughter"),
    "family": _l("Other family"),
    "guardian": _l("Guardian"),
    "community": _l("Community worker"),
}
OUTCOME_NAMES: dict[str, Any] = {
    "recorded": _l("Application recorded"),
    "supported": _l("Street checked: in order"),
    "doubted": _l("Street checked: in doubt"),
    "approved": _l("District approved"),
    "refused": _l("District refused"),
    "appealed": _l("Appeal recorded"),
    "appeal_approved": _l("Appeal: approved after all"),
    "appeal_upheld": _l("Appeal: the refusal stands"),
    "withdrawn": _l("Applicant withdrew"),
    "ended": _l("District ended the approval"),
}
AUDIT_WORDS: dict[str, Any] = {
    **{f"application.{outcome}": name for outcome, name in OUTCOME_NAMES.items()},
    "application.ending_asked": _l("Asked to end an approval"),
    "application.ending_refused": _l("Approval goes on: not ended"),
    "application.document_added": _l("Document added to an application"),
    "reveal.application_document": _l("Document of an application opened"),
}
FIELD_NAMES: dict[str, Any] = {
    "programme": _l("Programme"),
    "relation": _l("Who applies"),
    "applicant_name": _l("Name of the applicant"),
    "applicant_phone": _l("Phone"),
    "applied_on": _l("Applied on"),
    "note": _l("Note"),
    "reason": _l("Reason"),
    "from_on": _l("From"),
    "until_on": _l("Until"),
    "title": _l("What it is"),
    "file": _l("File"),
}

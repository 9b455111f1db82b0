"""The words of findings: states, steps, weights, units, who is asked."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from subsidies.findings.rules import AskedOf, Severity, State, Step

STATE_NAMES: Mapping[str, Any] = {
    State.OPEN: _l("To look at"),
    State.ASKED: _l("Asked, no answer yet"),
    State.EXPLAINED: _l("Answer is there"),
    State.CONFIRMED: _l("Confirmed as true"),
    State.DISMISSED: _l("Not so"),
    State.RECOVERED: _l("Money back"),
}
# Colour and icon of a chip.
STATE_LOOKS: Mapping[str, tuple[str, str]] = {
    State.OPEN: ("warn", "warn"),
    State.ASKED: ("info", "clock"),
    State.EXPLAINED: ("info", "pen"),
    State.CONFIRMED: ("danger", "stop"),
    State.DISMISSED: ("", "close"),
    State.RECOVERED: ("ok", "ok"),
}
STEP_NAMES: Mapping[str, Any] = {
    "found": _l("Found by a check"),
    "grown": _l("More rows found"),
    Step.ASK: _l("Asked about it"),
    Step.ANSWER: _l("Gave an answer"),
    Step.CONFIRM: _l("Confirmed as true"),
    Step.DISMISS: _l("Found not to be so"),
    Step.RECOVER: _l("Money came back"),
    Step.REOPEN: _l("Opened again"),
}
SEVERITY_NAMES: Mapping[str, Any] = {
    Severity.LOW: _l("light"),
    Severity.MEDIUM: _l("medium"),
    Severity.HIGH: _l("grave"),
}
ASKED_OF_NAMES: Mapping[str, Any] = {
    AskedOf.CANTEEN: _l("the canteen"),
    AskedOf.PROVIDER: _l("the provider"),
    AskedOf.STREET: _l("the street"),
}
SOURCE_NAMES: Mapping[str, Any] = {
    "checkout": _l("One sale"),
    "transaction": _l("Ledger entry"),
    "senior": _l("Senior"),
    "canteen": _l("Which canteen"),
    "scan": _l("Scan that sold nothing"),
    "care_visit": _l("Visit of a carer"),
    "carer": _l("Carer"),
}
UNIT_NAMES: Mapping[str, Any] = {
    "count": "",
    "days": _l("days"),
    "minutes": _l("minutes"),
    "seconds": _l("seconds"),
    "hours": _l("hours"),
    "metres": _l("metres"),
    "kmh": _l("km an hour"),
    "percent": "%",
    "fen": _l("yuan"),
    "years": _l("years"),
}
AUDIT_WORDS: Mapping[str, Any] = {
    "finding.ask": _l("Asked about a finding"),
    "finding.answer": _l("Answered for a finding"),
    "finding.confirm": _l("Confirmed a finding"),
    "finding.dismiss": _l("Found a finding not to be so"),
    "finding.recover": _l("Money of a finding came back"),
    "finding.reopen": _l("Opened a finding again"),
    "finding.run": _l("Started the checks"),
}

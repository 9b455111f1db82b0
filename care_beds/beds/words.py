"""Beds in words: states, steps, reasons, what is found at home, and what is still missing."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.web.wording import in_language, join_steps
from care_beds.beds.rules import BedTerms, Lack, Missing, Unfit


class Chip(NamedTuple):
    """A state as a chip: its colour, icon and word."""

    state: str
    icon: str
    word: Any


STATE_CHIPS: Mapping[str, Chip] = {
    "applied": Chip("info", "pen", _l("Applied for")),
    "assessed": Chip("info", "check", _l("Assessed")),
    "surveyed": Chip("info", "home", _l("Home surveyed")),
    "planned": Chip("info", "care", _l("Plan approved")),
    "agreed": Chip("info", "pen", _l("Agreement signed")),
    "adapted": Chip("info", "bath", _l("Fitted out")),
    "accepted": Chip("info", "ok", _l("Accepted")),
    "in_service": Chip("ok", "ok", _l("In service")),
    "suspended": Chip("offline", "clock", _l("Suspended")),
    "closing": Chip("warn", "undo", _l("Devices to come back")),
    "closed": Chip("", "stop", _l("Bed closed")),
    "refused": Chip("", "stop", _l("Application refused")),
    "withdrawn": Chip("", "undo", _l("Withdrawn")),
}
STEP_NAMES: Mapping[str, Any] = {
    "apply": _l("Applied for a bed"),
    "assess": _l("Assessment taken over"),
    "survey": _l("Home surveyed"),
    "choose": _l("Provider chosen"),
    "plan": _l("Care plan approved"),
    "agree": _l("Agreement signed by all three"),
    "adapt": _l("Home fitted out"),
    "send_back": _l("Sent back to be put right"),
    "accept": _l("What was built is accepted"),
    "start": _l("Service begins"),
    "suspend": _l("Bed suspended"),
    "resume": _l("Service goes on"),
    "reassess": _l("New assessment taken over"),
    "renew": _l("Agreement renewed"),
    "replace": _l("Another provider takes over"),
    "move": _l("Moved to another address"),
    "close": _l("Bed closed"),
    "clear": _l("All devices accounted for"),
    "refuse": _l("Application refused"),
    "withdraw": _l("Application withdrawn"),
}
# What comes next, as the button of whoever takes the step.
NEXT_NAMES: Mapping[str, Any] = {
    "assess": _l("Take over the assessment"),
    "survey": _l("Survey the home"),
    "choose": _l("Choose a provider"),
    "plan": _l("Approve the care plan"),
    "agree": _l("Sign the agreement"),
    "adapt": _l("Fit out the home"),
    "accept": _l("Accept what was built"),
    "start": _l("Begin the service"),
    "resume": _l("Let the service go on"),
    "reassess": _l("Assess anew"),
    "clear": _l("Bring the devices back"),
}
UNFIT_NAMES: Mapping[str, Any] = {
    Unfit.TOO_YOUNG: _l("It is for people from %(age)s on."),
    Unfit.INCOME: _l("It is for households in economic hardship, and the register says nothing of that."),
    Unfit.LEVEL: _l("The ability level does not fit."),
}
RELATION_NAMES: Mapping[str, Any] = {
    "self": _l("The senior"),
    "spouse": _l("Husband or wife"),
    "child": _l("Son or daughter"),
    "family": _l("Another relative"),
    "guardian": _l("Guardian"),
    "community": _l("Community worker"),
}
CLOSE_REASONS: Mapping[str, Any] = {
    "death": _l("The senior has died"),
    "institution": _l("Moves into an institution"),
    "moved": _l("Moves away"),
    "recovered": _l("Able again"),
    "wish": _l("By the senior's own wish"),
}
PAUSE_REASONS: Mapping[str, Any] = {
    "hospital": _l("In hospital"),
    "away": _l("Away with family"),
    "provider": _l("The provider cannot come"),
    "other": _l("Something else"),
}
PARTY_NAMES: Mapping[str, Any] = {
    "senior": _l("Senior or family"),
    "provider": _l("Provider"),
    "street": _l("Street office"),
}
DWELLING_NAMES: Mapping[str, Any] = {
    "flat": _l("Flat"),
    "house": _l("House"),
    "shared": _l("Shared home"),
    "other": _l("Something else"),
}
LIVES_WITH_NAMES: Mapping[str, Any] = {
    "alone": _l("Lives alone"),
    "spouse": _l("With husband or wife"),
    "family": _l("With family"),
    "carer": _l("With a live-in carer"),
    "other": _l("With others"),
}
HAZARD_NAMES: Mapping[str, Any] = {
    "stairs": _l("Stairs without a rail"),
    "wet_floor": _l("Slippery bathroom floor"),
    "threshold": _l("High thresholds"),
    "dark": _l("Dark at night"),
    "clutter": _l("Things in the way"),
    "wiring": _l("Old wiring"),
    "gas": _l("Gas without an alarm"),
    "no_heating": _l("No heating"),
}
ITEM_CHIPS: Mapping[str, Chip] = {
    "wanted": Chip("info", "clock", _l("To be done")),
    "done": Chip("ok", "check", _l("Done")),
    "waived": Chip("", "stop", _l("Left out")),
}
DEVICE_CHIPS: Mapping[str, Chip] = {
    "wanted": Chip("info", "clock", _l("To be installed")),
    "installed": Chip("warn", "clock", _l("To be tested")),
    "tested": Chip("ok", "check", _l("Works")),
    "faulty": Chip("danger", "warn", _l("Does not work")),
    "returned": Chip("", "undo", _l("Device came back")),
    "lost": Chip("danger", "stop", _l("Lost")),
    "waived": Chip("", "stop", _l("Left out")),
}
PROPOSALS: Mapping[str, Any] = {
    "suspend": _l("Should rest"),
    "resume": _l("Could go on"),
    "close": _l("Should be closed"),
    "withdraw": _l("Should be withdrawn"),
    "reassess": _l("Has a new assessment"),
    "renew": _l("Agreement ends soon"),
}
PROPOSAL_REASONS: Mapping[str, Any] = {
    "deceased": _l("The register says the person has died."),
    "in_institution": _l("The register says the person lives in an institution."),
    "moved_away": _l("The register says the person has moved away."),
    "hospital": _l("The person is in hospital for longer than the rules allow."),
    "back": _l("The register says the person is out of hospital."),
    "level": _l("The newest assessment no longer fits the programme."),
    "newer": _l("A newer assessment is signed. Take it over."),
    "agreement": _l("The agreement ends soon, or has ended. Draw up the next one."),
}
LACKS: Mapping[Missing, Any] = {
    Missing.ITEM: _l("%(what)s: write it down as done"),
    Missing.BEFORE: _l("%(what)s: picture of before"),
    Missing.AFTER: _l("%(what)s: picture of after"),
    Missing.DEVICE: _l("%(what)s: not installed"),
    Missing.TEST: _l("%(what)s: not tested"),
    Missing.FAULTY: _l("%(what)s: does not work"),
}


def tell_lacks(lacks: Sequence[Lack], terms: BedTerms) -> str:
    """Say what is missing, in one line."""
    lines = (str(LACKS[lack.what]) % {"what": name_thing(lack.subject, terms)} for lack in lacks)
    return str(_("Missing: %(what)s.", what=join_steps(list(lines))))


def name_thing(code: str, terms: BedTerms) -> str:
    """Return the name of a device or of a change to the home, in the language of the request."""
    title = terms.device_titles.get(code) or terms.item_titles.get(code)
    return str(in_language(title)) if title else code


def name_programme(code: str, terms: BedTerms) -> str:
    """Return the name of a programme, in the language of the request."""
    found = terms.find_programme(code)
    return str(in_language(found.title)) if found else code

"""Words of running the product."""

from typing import Any

from flask_babel import lazy_gettext as _l

from app.personal_data import Data

DATA_NAMES: dict[str, Any] = {
    Data.IDENTITY: _l("Who the person is"),
    Data.RELATIVES: _l("Relatives and what they were told"),
    Data.CARE: _l("Assessments and care at home"),
    Data.SAFETY: _l("Life at home as sensors saw it"),
    Data.MEALS: _l("Where meals were brought, and who fetched them"),
    Data.PAPERS: _l("Applications and disputes"),
    Data.PHOTOS: _l("Photos"),
}
CAUSE_NAMES: dict[str, Any] = {"deceased": _l("Deceased"), "moved_away": _l("Moved away")}
LEFT_NAMES: dict[str, Any] = {
    "changed": _l("the person came back, or the day was corrected"),
    "done": _l("was destroyed by another list"),
    "open": _l("something about this person is still open: it comes again when that is closed"),
}
AUDIT_WORDS: dict[str, Any] = {
    "shredding.proposed": _l("Proposed data to destroy"),
    "shredding.approved": _l("Destruction of data approved"),
    "shredding.rejected": _l("Destruction of data refused"),
    "senior.shredded": _l("Personal data destroyed"),
    "keys.rotated": _l("Data sealed with a new key"),
    "tokens.ended": _l("Log-ins ended by the command line"),
    "drill.done": _l("Restoring was tried"),
    "field.until_on": _l("Until"),
    "field.lines": _l("Lines"),
    "field.data": _l("Data"),
    "field.shredding": _l("List"),
    "field.sealed": _l("Sealed anew"),
    "field.is_good": _l("Good"),
    "field.kind": _l("Kind"),
}

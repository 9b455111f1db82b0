"""What was wrong with an event, in plain words."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

FAULTS: Mapping[str, Any] = {
    "missing": _l("This is missing."),
    "unknown": _l("This kind of event is not known here."),
    "no_moment": _l("This must be a moment such as 2026-01-31T08:00:00+08:00."),
    "no_zone": _l("The time zone is missing, as in 2026-01-31T08:00:00+08:00."),
    "not_text": _l("This must be text."),
    "too_long": _l("This is too long."),
    "no_number": _l("This must be a number."),
    "not_an_object": _l("An event must be an object with named values."),
    "not_installed": _l("This gateway has no device of this name. Add it before it is installed."),
}


def tell(faults: Mapping[str, str]) -> dict[str, list[str]]:
    """Put the faults of an event into words, by field."""
    return {field: [str(FAULTS[fault])] for field, fault in faults.items()}

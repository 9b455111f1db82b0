"""What the pages of assessments say: words, choices, sentences about a result."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from app.money import yuan
from app.web.wording import full_day, in_language, join
from care_beds.assessment.recognising import SCHEME_LEVELS, Scheme
from care_beds.assessment.rules import Change, Reason, State
from care_beds.assessment.sheet import Sheet, name_of, tell_event
from care_beds.assessment.wording import (
    CHANGE_NAMES,
    ORIGIN_NAMES,
    PART_NAMES,
    REASON_NAMES,
    RELATION_NAMES,
    RISK_NAMES,
    SCHEME_NAMES,
    STATE_CHIPS,
    STATE_NAMES,
    level_name,
    outside_level_name,
)
from subsidies.allowance.queries import Turn
from subsidies.allowance.rules import Why


def reason_choices(*, has_earlier: bool) -> Sequence[tuple[str, str]]:
    """Return the reasons that can be: the first assessment is the first, a doubt needs something to doubt."""
    left_out = {Reason.FIRST} if has_earlier else {Reason.REGULAR, Reason.DOUBT}
    return [(str(reason), str(REASON_NAMES[reason])) for reason in Reason if reason not in left_out]


def outside_choices() -> Sequence[tuple[str, str]]:
    """Return every level of every other scheme as one choice."""
    return [
        (f"{scheme}:{level}", f"{SCHEME_NAMES[scheme]} {outside_level_name(scheme, level)}")
        for scheme in Scheme
        for level in SCHEME_LEVELS[scheme]
    ]


def level_choices() -> Sequence[tuple[str, str]]:
    """Return the levels as choices, none of them chosen."""
    return [("", _("Choose the level")), *((str(level), f"{level} {level_name(level)}") for level in range(5))]


def tell_changes(changes: Sequence[str]) -> str:
    """Say what made the level worse than its points."""
    return join([str(CHANGE_NAMES[Change(change)]) for change in changes])


def tell_turn(turn: Turn) -> tuple[str, str]:
    """Say what becomes of a programme: the colour of its chip, and the words."""
    if turn.before_fen == turn.after_fen:
        if not turn.after_fen and any(each.code is Why.NOT_APPLIED for each in turn.reasons):
            return "info", _("open to an application")
        return "", _("stays as it is")
    if not turn.before_fen:
        return "ok", _("begins")
    if not turn.after_fen:
        return "warn", _("ends")
    return ("ok", _("becomes more")) if turn.after_fen > turn.before_fen else ("warn", _("becomes less"))


def title_of(turn: Turn) -> str:
    """Name a programme in the language of the request."""
    return str(in_language(turn.title))


def tell_left(days: int) -> str:
    """Say how long until a result ends, or since when it has."""
    if days > 0:
        return str(ngettext("%(num)s day left", "%(num)s days left", days))
    return str(ngettext("ended %(num)s day ago", "ended %(num)s days ago", -days)) if days else _("ends today")


def list_missing(sheet: Sheet) -> Sequence[tuple[str, str]]:
    """Return what is still open by key and name."""
    return [(key, name_of(key)) for key in sheet.open_keys]


def tell_valid(until: date) -> str:
    """Say until when a result holds."""
    return str(_("holds until before %(day)s", day=full_day(until)))


WORDS: Mapping[str, Any] = {
    "STATES": State,
    "state_names": STATE_NAMES,
    "state_chips": STATE_CHIPS,
    "reason_names": REASON_NAMES,
    "relation_names": RELATION_NAMES,
    "risk_names": RISK_NAMES,
    "origin_names": ORIGIN_NAMES,
    "part_names": PART_NAMES,
    "scheme_names": SCHEME_NAMES,
    "level_name": level_name,
    "outside_level_name": outside_level_name,
    "level_choices": level_choices,
    "outside_choices": outside_choices,
    "tell_changes": tell_changes,
    "tell_turn": tell_turn,
    "tell_left": tell_left,
    "tell_valid": tell_valid,
    "tell_event": tell_event,
    "title_of": title_of,
    "name_of": name_of,
    "list_missing": list_missing,
    "yuan": yuan,
}

"""What a supervisor looks at, in words: what was doubtful about coming, leaving, or the family's word."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

LEAVING = "leaving_"

DOUBT_NAMES: Mapping[str, Any] = {
    "sticker_none": _l("No sticker was scanned"),
    "sticker_unreadable": _l("What was scanned is none of our stickers"),
    "sticker_wrong": _l("The sticker is of another bed"),
    "sticker_revoked": _l("The sticker was out of use"),
    "fix_none": _l("The phone gave no location"),
    "fix_stale": _l("The location was old"),
    "fix_vague": _l("The location was not sure"),
    "far": _l("Far from the home"),
    "clock": _l("The phone's clock was in doubt"),
    "clock_back": _l("Left before coming: a clock was changed in between"),
    "late_sent": _l("Sent very late"),
    "home_unknown": _l("Nobody wrote down where the home is"),
    "off_plan": _l("At another time than planned"),
    "still_open": _l("Another visit was not checked out"),
    "short": _l("Shorter than planned"),
    "items_left": _l("Something planned was left out without a word"),
    "no_picture": _l("No picture"),
    "same_picture": _l("The same picture as at another visit"),
    "old_picture": _l("An old picture"),
    "no_check_out": _l("Nobody checked out"),
    "unplanned": _l("Booked beside the plan"),
    "unconfirmed": _l("Nobody could confirm"),
}


def doubt_name(code: str) -> str:
    """Name a doubt; what is about leaving says so."""
    name = str(DOUBT_NAMES.get(code.removeprefix(LEAVING), code))
    return str(_("On leaving: %(doubt)s", doubt=name)) if code.startswith(LEAVING) else name


def tell_doubt(code: str, detail: Mapping[str, Any]) -> str:
    """Say what a doubt rests on, in numbers; nothing where its name says it all."""
    base = code.removeprefix(LEAVING)
    return str(TELLERS[base](detail)) if base in TELLERS else ""


TELLERS: Mapping[str, Any] = {
    "far": lambda d: _("%(metres)s m away, %(radius)s m are allowed", metres=d["distance_m"], radius=d["radius_m"]),
    "fix_stale": lambda d: _("%(age)s s old, %(most)s s are allowed", age=d["age_seconds"], most=d["at_most"]),
    "fix_vague": lambda d: _(
        "to within %(metres)s m, %(most)s m are allowed", metres=d["accuracy_m"], most=d["at_most"]
    ),
    "short": lambda d: _("%(minutes)s of %(planned)s minutes", minutes=d["minutes"], planned=d["planned_minutes"]),
    "clock_back": lambda d: _("by %(minutes)s minutes", minutes=d["minutes"]),
    "late_sent": lambda d: _("after %(hours)s hours", hours=d["hours"]),
    "off_plan": lambda d: (
        _("%(minutes)s minutes early", minutes=d["minutes_early"])
        if "minutes_early" in d
        else _("%(minutes)s minutes late", minutes=d["minutes_late"])
    ),
    "same_picture": lambda d: _("visit %(visit)s", visit=d["visit_id"]),
    "still_open": lambda d: _("visit %(visit)s", visit=d["visit_id"]),
    "unconfirmed": lambda d: d.get("words", ""),
}

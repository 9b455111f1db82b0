"""How the page of tills words how a device stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from app.web.wording import clock_time, join, moment
from meals.tills.models import TillDevice
from meals.tills.queries import DeviceLine
from meals.tills.rules import write_gaps

# A till asks for the roster each five minutes; two missed ones are silence.
SILENT_AFTER = timedelta(minutes=11)
# Below this a clock is right enough: nobody's meal is taken for another day's.
SKEW_OF_NOTE_MS = 120_000
GAPS_NAMED = 5

AUDIT_WORDS = {
    "till_device.offered": _l("Code for a till made"),
    "till_device.enrolled": _l("Device enrolled at a till"),
    "till_device.rolled": _l("Device given a new token"),
    "till_device.revoked": _l("Device taken out of use"),
    "till_device.handed_in": _l("Sales of a device handed in"),
    "field.entries": _l("Entries in it"),
    "field.device": _l("Device"),
}


@dataclass(frozen=True, slots=True)
class Chip:
    """A word with its colour and icon."""

    state: str
    icon: str
    word: str


def standing(device: TillDevice, *, now: datetime) -> Chip:
    """Say whether a device is heard of."""
    if device.revoked_at is not None:
        return Chip("", "stop", _("Out of use since %(at)s", at=moment(device.revoked_at)))
    if device.last_seen_at is None:
        return Chip("", "clock", _("Not heard of yet"))
    at = clock_time(device.last_seen_at) if now - device.last_seen_at < timedelta(hours=12) else None
    seen = at or moment(device.last_seen_at)
    if now - device.last_seen_at > SILENT_AFTER:
        return Chip("warn", "clock", _("Silent since %(at)s", at=seen))
    return Chip("ok", "ok", _("Heard of at %(at)s", at=seen))


def worries(line: DeviceLine) -> Sequence[Chip]:
    """Name what is wrong with a device, the worst first."""
    device, found = line.device, []
    if line.missing:
        shown = write_gaps(line.gaps[:GAPS_NAMED]) + ("…" if len(line.gaps) > GAPS_NAMED else "")
        word = ngettext("%(num)s sale missing", "%(num)s sales missing", line.missing)
        found.append(Chip("danger", "warn", join([word, _("number %(numbers)s", numbers=shown)])))
    if line.unbooked:
        word = ngettext("%(num)s entry kept and not booked", "%(num)s entries kept and not booked", line.unbooked)
        found.append(Chip("danger", "warn", word))
    if device.queue_length:
        word = ngettext("%(num)s sale waits in it", "%(num)s sales wait in it", device.queue_length)
        found.append(Chip("offline", "clock", word))
    if device.clock_skew_ms is not None and abs(device.clock_skew_ms) > SKEW_OF_NOTE_MS:
        found.append(Chip("warn", "clock", skew(device.clock_skew_ms)))
    if device.is_persistent is False:
        found.append(Chip("warn", "warn", _("The browser may clear its store")))
    return found


def skew(milliseconds: int) -> str:
    """Say how far a device's clock is off."""
    seconds = round(abs(milliseconds) / 1000)
    amount: Any = (
        ngettext("%(num)s second", "%(num)s seconds", seconds)
        if seconds < 120
        else ngettext("%(num)s minute", "%(num)s minutes", round(seconds / 60))
    )
    fast = milliseconds > 0
    return str(_("Clock %(amount)s fast", amount=amount) if fast else _("Clock %(amount)s slow", amount=amount))

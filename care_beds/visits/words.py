"""Plans and visits in words: states, reasons, weekdays, hours."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from app.clock import business_day
from app.web.language import ENGLISH, current_language
from app.web.wording import clock_time, in_language, join, short_day
from care_beds.visits.rules import OWN_CANCELLED, OWN_MISSED, Cancelled, Change, GapReason, Missed, PlanState, State
from care_beds.visits.staffing import Free
from care_beds.visits.views import GapView, VisitView


class Chip(NamedTuple):
    """A state as a chip: its colour, icon and word."""

    state: str
    icon: str
    word: Any


VISIT_CHIPS: Mapping[str, Chip] = {
    State.PLANNED: Chip("", "clock", _l("On the plan")),
    State.STARTED: Chip("gold", "home", _l("There now")),
    State.FINISHED: Chip("ok", "check", _l("Visited")),
    State.CONFIRMED: Chip("ok", "ok", _l("Confirmed")),
    State.MISSED: Chip("danger", "stop", _l("Missed")),
    State.CANCELLED: Chip("", "undo", _l("Cancelled")),
}
PLAN_CHIPS: Mapping[str, Chip] = {
    PlanState.DRAFT: Chip("info", "pen", _l("In the making")),
    PlanState.SUBMITTED: Chip("warn", "clock", _l("Waits for the street")),
    PlanState.ACTIVE: Chip("ok", "ok", _l("In force")),
    PlanState.ENDED: Chip("", "stop", _l("Over")),
    PlanState.DROPPED: Chip("", "undo", _l("Dropped")),
}
CHANGE_REASONS: Mapping[str, Any] = {
    Change.SENIOR: _l("The senior asked for it"),
    Change.FAMILY: _l("The family asked for it"),
    Change.CARER_ILL: _l("The carer is ill"),
    Change.CARER_LEAVE: _l("The carer is on leave"),
    Change.DOCTOR: _l("At the doctor's"),
    Change.WEATHER: _l("Bad weather"),
    Change.OTHER: _l("Something else"),
    Change.GAP: _l("Nobody could come as planned"),
}
MISSED_REASONS: Mapping[str, Any] = {
    Missed.NOT_HOME: _l("Not at home"),
    Missed.NO_ANSWER: _l("At home, does not open"),
    Missed.REFUSED: _l("Does not want it"),
    Missed.CARER_ABSENT: _l("The carer did not come"),
    Missed.WEATHER: _l("Bad weather"),
    Missed.OTHER: _l("Something else"),
    Missed.NOT_RECORDED: _l("Nobody wrote anything down"),
}
CANCEL_REASONS: Mapping[str, Any] = {
    Cancelled.SENIOR: _l("The senior does not want it"),
    Cancelled.FAMILY: _l("The family does not want it"),
    Cancelled.HOLIDAY: _l("Holiday"),
    Cancelled.MISTAKE: _l("Planned by mistake"),
    Cancelled.OTHER: _l("Something else"),
    Cancelled.RESTING: _l("The bed rests"),
    Cancelled.AWAY: _l("The senior is not at home"),
    Cancelled.CLOSED: _l("The bed is closed"),
    Cancelled.REPLANNED: _l("The plan was changed"),
}
GAP_REASONS: Mapping[str, Any] = {
    GapReason.NO_CARER: _l("no carer chosen"),
    GapReason.NOT_EMPLOYED: _l("does not work here on this day"),
    GapReason.SUSPENDED: _l("is suspended"),
    GapReason.CERTIFICATE_MISSING: _l("a certificate is missing"),
    GapReason.CERTIFICATE_EXPIRED: _l("a certificate has expired"),
    GapReason.KIN: _l("is related or lives there"),
    GapReason.CARER_BUSY: _l("is elsewhere at this time"),
    GapReason.SENIOR_BUSY: _l("somebody else visits at this time"),
    GapReason.DAY_FULL: _l("the day would be too long"),
    GapReason.PROVIDER_RESTS: _l("the provider's papers have ended"),
}
# What people may choose; the others are the product's own.
CHANGE_CHOICES = [(key, word) for key, word in CHANGE_REASONS.items() if key != Change.GAP]
MISSED_CHOICES = [(key, word) for key, word in MISSED_REASONS.items() if key not in OWN_MISSED]
CANCEL_CHOICES = [(key, word) for key, word in CANCEL_REASONS.items() if key not in OWN_CANCELLED]
WEEKDAY_NAMES = {
    "zh": ("周一", "周二", "周三", "周四", "周五", "周六", "周日"),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}


def service_of(view: VisitView | GapView) -> str:
    """Name the service of a visit; one that the catalogue no longer has goes by its code."""
    return str(in_language(view.service.name)) if view.service else view.service_code


def span_of(view: VisitView | GapView) -> str:
    """Write from when until when: 09:00–10:00."""
    return f"{clock_time(view.starts_at)}–{clock_time(view.ends_at)}"


def weekday_of(on: date) -> str:
    """Write a weekday in short: 周一; Mon."""
    return _weekdays()[on.weekday()]


def weekday_name(iso: int) -> str:
    """Write an ISO weekday in short."""
    return _weekdays()[iso - 1]


def iso_day(value: datetime) -> str:
    """Write a moment's day as a field for days takes it."""
    return business_day(value).isoformat()


def day_before(value: date) -> date:
    """Return the last day of a period whose end is not part of it."""
    return value - timedelta(days=1)


def tell_weekdays(mask: int) -> str:
    """Write the weekdays of a line: 周一、周五; every day."""
    if mask == 127:
        return str(_("every day"))
    return join([name for place, name in enumerate(_weekdays()) if mask >> place & 1])


def tell_every(weeks: int) -> str:
    """Write how often a line comes: every week; every 2 weeks."""
    return str(_("every week")) if weeks == 1 else str(_("every %(n)s weeks", n=weeks))


def tell_start(minute: int) -> str:
    """Write when a visit begins: 09:30."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def tell_hours(minutes: int) -> str:
    """Write minutes as hours: 5.5 小时."""
    return str(_("%(n)s hours", n=f"{minutes / 60:.1f}"))


def tell_ago(since: datetime, now: datetime) -> str:
    """Write how long something has been due: 25 minutes; 3 hours."""
    minutes = int((now - since).total_seconds()) // 60
    if minutes < 60:
        return str(ngettext("%(num)s minute", "%(num)s minutes", minutes))
    if minutes < 48 * 60:
        return str(ngettext("%(num)s hour", "%(num)s hours", minutes // 60))
    return str(ngettext("%(num)s day", "%(num)s days", minutes // (24 * 60)))


def tell_week(monday: date, sunday: date) -> str:
    """Write the days of a week: 11月23日至29日."""
    if current_language() == ENGLISH:
        return f"{short_day(monday)} to {short_day(sunday)}"
    last = f"{sunday.day}日" if sunday.month == monday.month else short_day(sunday)
    return f"{short_day(monday)}至{last}"


def name_free(free: Free) -> str:
    """Name somebody who could come, with the hours they have that day."""
    return str(_("%(name)s, %(hours)s planned that day", name=free.name, hours=tell_hours(free.minutes)))


def choose(choices: Sequence[tuple[Any, Any]]) -> list[tuple[str, str]]:
    """Return choices for a select, in the language of the request."""
    return [(str(key), str(word)) for key, word in choices]


def _weekdays() -> tuple[str, ...]:
    return WEEKDAY_NAMES["en" if current_language() == ENGLISH else "zh"]


WORDS: Mapping[str, Any] = {
    "visit_chips": VISIT_CHIPS,
    "plan_chips": PLAN_CHIPS,
    "change_reasons": CHANGE_REASONS,
    "missed_reasons": MISSED_REASONS,
    "cancel_reasons": CANCEL_REASONS,
    "gap_reasons": GAP_REASONS,
    "change_choices": CHANGE_CHOICES,
    "missed_choices": MISSED_CHOICES,
    "cancel_choices": CANCEL_CHOICES,
    "service_of": service_of,
    "span_of": span_of,
    "weekday_of": weekday_of,
    "weekday_name": weekday_name,
    "iso_day": iso_day,
    "day_before": day_before,
    "tell_weekdays": tell_weekdays,
    "tell_every": tell_every,
    "tell_start": tell_start,
    "tell_hours": tell_hours,
    "tell_ago": tell_ago,
    "tell_week": tell_week,
    "choose": choose,
}

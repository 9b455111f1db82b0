"""The figures in words: what each is called, how it is counted, and how numbers, shares and changes are written."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.web.wording import group
from meals.page_words import glance
from portal.city.rules import Figure, Group, Kind, Target, Value, change_permille

GROUP_NAMES: Mapping[str, Any] = {
    Group.PEOPLE: _l("Coverage"),
    Group.MEALS: _l("Meals"),
    Group.POINTS: _l("Points"),
    Group.BEDS: _l("Beds at home"),
    Group.VISITS: _l("Care visits"),
    Group.ALERTS: _l("Alerts"),
    Group.VISITING: _l("Visiting care"),
    Group.FINDINGS: _l("Findings"),
}
FIGURE_NAMES: Mapping[str, Any] = {
    "people_60": _l("People of 60 and older"),
    "people_80": _l("People of 80 and older"),
    "cards": _l("With a card"),
    "cards_old": _l("Of 80 and older, with a card"),
    "granted": _l("With points granted this month"),
    "meals": _l("Meals eaten"),
    "subsidised": _l("Meals with subsidy"),
    "seats": _l("Meals against seats"),
    "points_granted": _l("Points granted"),
    "points_spent": _l("Points spent"),
    "points_expired": _l("Points ended unused"),
    "spent": _l("Spent of what was granted"),
    "expired": _l("Ended of what was granted"),
    "beds_serving": _l("Beds in service"),
    "beds_resting": _l("Beds suspended"),
    "beds_preparing": _l("Beds being prepared"),
    "beds_closing": _l("Beds being closed"),
    "visits_done": _l("Visits made"),
    "visits_undone": _l("Visits not made"),
    "visits": _l("Visits made of those due"),
    "alerts": _l("Alerts of life"),
    "visiting": _l("Visited of those at risk"),
    "visiting_overdue": _l("Visits of people at risk overdue"),
    "findings_found": _l("Findings, new"),
    "findings_open": _l("Findings, open"),
}
DEFINITIONS: Mapping[str, Any] = {
    "people_60": _l("Registered, 60 on that day or older, living, not moved away; by where they live."),
    "people_80": _l("The same from the 80th birthday on."),
    "cards": _l("Of the people of 60 and older, those whose card can be used."),
    "cards_old": _l("Of the people of 80 and older, those whose card can be used."),
    "granted": _l("Of the people of 60 and older, those who were granted points since the month began, each once."),
    "meals": _l("Sales of all canteens by the day they were eaten on, without those undone; by where the canteen is."),
    "subsidised": _l("Of all meals, those with public money."),
    "seats": _l("Meals for each hundred seats of the canteens that were open; a seat may serve more than once a day."),
    "points_granted": _l("By the day of booking, by where the holder lived when it was counted."),
    "points_spent": _l("By the day of booking, less what was given back, by where the canteen, provider or shop is."),
    "points_expired": _l("Ended without being spent, by the day of booking, by where the holder lived."),
    "spent": _l("Points spent in the period against points granted in it."),
    "expired": _l("Points that ended in the period against points granted in it."),
    "beds_serving": _l("Beds in service at the end of the day, by where the bed is."),
    "beds_resting": _l("Beds suspended at the end of the day."),
    "beds_preparing": _l("Beds between application and acceptance at the end of the day."),
    "beds_closing": _l("Beds that ended and whose equipment is not back yet."),
    "visits_done": _l("Visits finished or confirmed, by the day they were due."),
    "visits_undone": _l("Visits missed, and days on which nobody could come."),
    "visits": _l("Of the visits that were due and not cancelled, those that were made."),
    "alerts": _l("Alerts of people, without those of devices, by the day they were opened."),
    "visiting": _l("Of the people whom the risk asks to visit this month, those visited in time."),
    "visiting_overdue": _l("People at risk whose visit is overdue."),
    "findings_found": _l("What the checks found, by the day it was found."),
    "findings_open": _l("Findings that nobody had decided at the end of the day."),
}
# Words of what is counted, for legends and heads of tables.
CODE_NAMES: Mapping[str, Any] = {
    "people_60": _l("People of 60 and older"),
    "people_80": _l("People of 80 and older"),
    "cards_60": _l("With a card"),
    "cards_80": _l("With a card"),
    "people_granted": _l("With points granted this month"),
    "meals": _l("Meals"),
    "meals_subsidised": _l("With subsidy"),
    "seats": _l("Seats"),
    "points_granted": _l("Granted"),
    "points_spent": _l("Spent"),
    "points_expired": _l("Ended unused"),
    "bed_in_service": _l("In service"),
    "bed_suspended": _l("Suspended"),
    "bed_closing": _l("Being closed"),
    "bed_applied": _l("Applied for"),
    "bed_assessed": _l("Assessed"),
    "bed_surveyed": _l("Surveyed"),
    "bed_planned": _l("Planned"),
    "bed_agreed": _l("Agreed"),
    "bed_adapted": _l("Adapted"),
    "bed_accepted": _l("Accepted"),
    "visits_done": _l("Visits made"),
    "visits_ahead": _l("Visits ahead"),
    "visits_missed": _l("Missed"),
    "visits_nobody": _l("Nobody could come"),
    "alerts": _l("Alerts"),
    "outreach_due": _l("To be visited"),
    "outreach_visited": _l("Visited of those at risk"),
    "outreach_overdue": _l("Visits of people at risk overdue"),
    "findings_found": _l("Findings, new"),
    "findings_open": _l("Undecided"),
}


def name_of_code(code: str) -> str:
    """Name what is counted; waits of alerts are counted in time, and in all."""
    if code in CODE_NAMES:
        return str(CODE_NAMES[code])
    return str(_("In time") if "_in_" in code else _("In all"))


def name_of_figure(figure: Figure) -> str:
    """Name a figure; those of waits by their time."""
    if not figure.seconds:
        return str(FIGURE_NAMES[figure.code])
    within = within_words(figure.seconds)
    if figure.code.startswith("answered"):
        return str(_("Answered within %(time)s", time=within))
    return str(_("Somebody there within %(time)s", time=within))


def definition_of(figure: Figure) -> str:
    """Say how a figure is counted."""
    if not figure.seconds:
        return str(DEFINITIONS[figure.code])
    if figure.code.startswith("answered"):
        return str(
            _("Of all rings of alerts of people, those answered in time; who waits still in time does not count.")
        )
    return str(
        _("Of the alerts to which somebody was sent, those where somebody was there in time, from the alarm on.")
    )


def within_words(seconds: int) -> str:
    """Write how long a wait may be: 60 s; 45 min."""
    if seconds < 600:
        return str(_("%(seconds)s s", seconds=seconds))
    return str(_("%(minutes)s min", minutes=seconds // 60))


def write_value(figure: Figure, value: Value) -> tuple[str, str]:
    """Write a value and its unit, so that it can be kept in mind."""
    if figure.kind is Kind.MONEY:
        money = glance(value.amount)
        return money.number, money.unit
    if figure.kind is Kind.SHARE:
        return ("–", "") if value.permille is None else (f"{value.permille / 10:.1f}", "%")
    return group(value.amount), ""


def write_plain(figure: Figure, value: Value) -> str:
    """Write a value in one piece, with its unit."""
    number, unit = write_value(figure, value)
    return number + (unit if unit == "%" else f" {unit}".rstrip())


def write_whole(figure: Figure, value: Value) -> str:
    """Write what a share is made of: 1 204 of 1 300."""
    if not value.whole:
        return ""
    if figure.code in ("spent", "expired"):
        return str(_("%(part)s of %(whole)s", part=glance(value.amount), whole=glance(value.whole)))
    return str(_("%(part)s of %(whole)s", part=group(value.amount), whole=group(value.whole)))


def write_change(now: Value, before: Value, *, month: str) -> str:
    """Say how a figure stands against the month before."""
    change = change_permille(now, before)
    if change is None:
        return str(_("nothing in %(month)s to compare", month=month))
    if change == 0:
        return str(_("as in %(month)s", month=month))
    told = {"change": f"{change / 10:+.1f}", "month": month}
    if now.whole is not None:
        return str(_("%(change)s percentage points against %(month)s", **told))
    return str(_("%(change)s%% against %(month)s", **told))


def write_target(target: Target) -> str:
    """Write what a figure should come to."""
    if target.at_least is None:
        return str(_("target at most %(most)s%%", most=_percent(target.at_most)))
    if target.at_most is None:
        return str(_("target at least %(least)s%%", least=_percent(target.at_least)))
    return str(_("target %(least)s to %(most)s%%", least=_percent(target.at_least), most=_percent(target.at_most)))


def _percent(permille: int | None) -> str:
    return f"{(permille or 0) / 10:g}"

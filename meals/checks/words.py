"""What the checks found, told in words: who reads it knows neither the statement nor the code."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from app.money import yuan
from app.web.language import ENGLISH, current_language
from app.web.wording import clock_time, full_day, month_name
from meals.page_words import WINDOW_NAMES
from subsidies.findings.checks import Facts

Lines = Sequence[str]


def tell_dead(facts: Facts) -> Lines:
    """Tell of sales and scans after a death."""
    died_on = _day(facts["died_on"])
    lines = [_("The holder of the card died on %(day)s.", day=died_on)]
    if facts["meals"]:
        sold = ngettext(
            "%(num)s meal was sold on it afterwards in %(canteen)s.",
            "%(num)s meals were sold on it afterwards in %(canteen)s.",
            facts["meals"],
            canteen=_canteen(facts),
        )
        lines.append(sold)
        lines.append(_("Public money and points in it: %(yuan)s yuan.", yuan=yuan(facts["spent_fen"])))
    if facts["tries"]:
        lines.append(
            ngettext(
                "It was scanned %(num)s time in %(canteen)s and refused. Somebody still carries it.",
                "It was scanned %(num)s times in %(canteen)s and refused. Somebody still carries it.",
                facts["tries"],
                canteen=_canteen(facts),
            )
        )
    return lines


def tell_away(facts: Facts) -> Lines:
    """Tell of sales to somebody who was in hospital or in an institution."""
    days = {"first": _day(facts["from_on"])}
    if facts["status"] == "in_hospital":
        where = _("According to the registry the guest has been in hospital since %(first)s.", **days)
        if facts["until_on"]:
            where = _(
                "According to the registry the guest was in hospital from %(first)s until %(last)s.",
                **days,
                last=_day(facts["until_on"]),
            )
    else:
        where = _("According to the registry the guest has lived in an institution since %(first)s.", **days)
        if facts["until_on"]:
            where = _(
                "According to the registry the guest lived in an institution from %(first)s until %(last)s.",
                **days,
                last=_day(facts["until_on"]),
            )
    return [
        where,
        _meals_there(facts),
        _("Public money and points in it: %(yuan)s yuan.", yuan=yuan(facts["spent_fen"])),
    ]


def tell_travel(facts: Facts) -> Lines:
    """Tell of two canteens visited too soon after each other."""
    before = facts["from_canteen_en"] if _is_english() and facts["from_canteen_en"] else facts["from_canteen"]
    return [
        _(
            "Bought in %(before)s, and %(minutes)s minutes later in %(canteen)s.",
            before=before,
            minutes=facts["minutes"],
            canteen=_canteen(facts),
        ),
        _("From one to the other it takes at least %(needed)s minutes.", needed=facts["needed"]),
    ]


def tell_many(facts: Facts) -> Lines:
    """Tell of more meals than one person eats."""
    lines = [
        ngettext(
            "One card bought %(num)s meal on this day.", "One card bought %(num)s meals on this day.", facts["meals"]
        )
    ]
    if facts["most"] > 1:
        lines.append(_("Of these, %(count)s at one meal.", count=facts["most"]))
    if facts["places"] > 1:
        lines.append(_("They were bought in %(count)s canteens.", count=facts["places"]))
    return lines


def tell_burst(facts: Facts) -> Lines:
    """Tell of sales faster than people walk."""
    return [
        _(
            "%(canteen)s, till %(till)s: up to %(most)s sales within %(seconds)s seconds.",
            canteen=_canteen(facts),
            till=facts["till"] or "-",
            most=facts["most"],
            seconds=facts["seconds"],
        ),
        _(
            "%(count)s sales between %(first)s and %(last)s belong to it. Were that many people at the till?",
            count=facts["meals"],
            first=clock_time(datetime.fromisoformat(facts["began_at"])),
            last=clock_time(datetime.fromisoformat(facts["ended_at"])),
        ),
    ]


def tell_amounts(facts: Facts) -> Lines:
    """Tell of one typed amount that came over and over."""
    return [
        _(
            "%(canteen)s, till %(till)s: the amount %(yuan)s yuan was typed %(times)s times on one day.",
            canteen=_canteen(facts),
            till=facts["till"] or "-",
            yuan=yuan(facts["price_fen"]),
            times=facts["times"],
        ),
        _("That is %(times)s of the %(of)s typed amounts of the day.", times=facts["times"], of=facts["of"]),
    ]


def tell_closed(facts: Facts) -> Lines:
    """Tell of sales while a canteen should not have sold."""
    reasons = {
        "given_up": _("The canteen was given up before this day."),
        "closed_day": _("The canteen was down as closed on this day."),
        "closed_weekday": _("By its opening days the canteen does not open on this weekday."),
        "licence": _("The food licence had lapsed, and public money or points were paid all the same."),
        "agreement": _("The agreement had lapsed, and public money or points were paid all the same."),
        "outside": _("The meals were subsidised outside the hours of the document they were sold by."),
    }
    lines = [reasons[facts["why"]], _meals_there(facts)]
    if facts["first_on"] != facts["last_on"]:
        lines.append(_("From %(first)s to %(last)s.", first=_day(facts["first_on"]), last=_day(facts["last_on"])))
    return [*lines, _("Public money and points in it: %(yuan)s yuan.", yuan=yuan(facts["spent_fen"]))]


def tell_overfull(facts: Facts) -> Lines:
    """Tell of more meals than seats and turns allow."""
    window = str(WINDOW_NAMES.get(facts["window"], facts["window"]))
    return [
        _("%(canteen)s, %(window)s: %(meals)s meals.", canteen=_canteen(facts), window=window, meals=facts["meals"]),
        _(
            "With %(seats)s seats taken %(turns)s times that would be %(most)s at most.",
            seats=facts["seats"],
            turns=facts["turns"],
            most=facts["seats"] * facts["turns"],
        ),
    ]


def tell_late_refund(facts: Facts) -> Lines:
    """Tell of a sale undone after its settlement."""
    return [
        _(
            "A meal of %(day)s in %(canteen)s was undone after it had been settled.",
            day=_day(facts["meal_on"]),
            canteen=_canteen(facts),
        ),
        ngettext("%(num)s day lay between.", "%(num)s days lay between.", facts["days"]),
        _("Public money and points in it: %(yuan)s yuan.", yuan=yuan(facts["spent_fen"])),
    ]


def tell_unpaid(facts: Facts) -> Lines:
    """Tell of meals to which the guest gave nothing."""
    return [
        _meals_there(facts),
        _(
            "The guests gave less than %(yuan)s yuan each, in cash and points together.",
            yuan=yuan(facts["least_fen"]),
        ),
        _("Public money in it: %(yuan)s yuan.", yuan=yuan(facts["public_fen"])),
    ]


def tell_ages(facts: Facts) -> Lines:
    """Tell of a discount worked out with a wrong age."""
    return [
        _("The discount was worked out for somebody of %(age)s.", age=facts["said"]),
        _("By the birth date in the ID number the guest was %(age)s.", age=facts["right"]),
        _meals_there(facts),
    ]


def tell_spike(facts: Facts) -> Lines:
    """Tell of a spike at the end of a month."""
    return [
        _(
            "%(canteen)s, last %(days)s days of %(month)s: %(last)s subsidised meals a day.",
            canteen=_canteen(facts),
            days=facts["days"],
            month=month_name(date.fromisoformat(facts["month"])),
            last=f"{facts['last']:g}",
        ),
        _(
            "On the other days there were %(usual)s a day: these are %(percent)s%% of that.",
            usual=f"{facts['usual']:g}",
            percent=facts["percent"],
        ),
    ]


def tell_drained(facts: Facts) -> Lines:
    """Tell of idle points spent at once."""
    return [
        _(
            "No points were spent for %(days)s days; %(yuan)s yuan lay there.",
            days=facts["idle_days"],
            yuan=yuan(facts["had_fen"]),
        ),
        _(
            "Then %(yuan)s yuan went within %(days)s days, most of it in %(canteen)s.",
            yuan=yuan(facts["drained_fen"]),
            days=facts["within_days"],
            canteen=_canteen(facts),
        ),
        _("Ask the person, not only the canteen: were these meals hers or his?"),
    ]


def _meals_there(facts: Facts) -> str:
    return str(
        ngettext(
            "%(num)s meal in %(canteen)s.", "%(num)s meals in %(canteen)s.", facts["meals"], canteen=_canteen(facts)
        )
    )


def _canteen(facts: Facts) -> str:
    return str(facts["canteen_en"] if _is_english() and facts["canteen_en"] else facts["canteen"])


def _day(text: Any) -> str:
    return full_day(date.fromisoformat(text))


def _is_english() -> bool:
    return current_language() == ENGLISH

"""An ``outreach_rules`` document as a clerk reads it."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext

from app.policies.kinds import Table
from app.web.wording import join
from outreach.terms import BANDS
from outreach.words import BAND_NAMES, FACTOR_NAMES, HELP_NAMES, REPORTED_NAMES, WAY_NAMES


def list_tables(loaded: Mapping[str, Any]) -> Sequence[Table]:
    """Put an ``outreach_rules`` body into tables, one for each part."""
    return (
        _factor_table(loaded["factors"]),
        _band_table(loaded),
        _trigger_table(loaded),
        _deadline_table(loaded),
        _referral_table(loaded["referrals"]),
    )


def _factor_table(told: Mapping[str, Any]) -> Table:
    rows = [
        (str(FACTOR_NAMES[name]), each["word"], str(each["points"]))
        for name in ("living", "income")
        for each in told[name]
    ]
    for name in ("age", "ability"):
        rows += [(str(FACTOR_NAMES[name]), _from(each["start"]), str(each["points"])) for each in told[name]]
    for name in ("alerts", "missed"):
        days = told[name]["days"]
        rows += [
            (
                str(FACTOR_NAMES[name]),
                gettext("from %(n)s on in %(days)s days", n=each["start"], days=days),
                str(each["points"]),
            )
            for each in told[name]["steps"]
        ]
    for name in ("bereaved", "discharged", "idle_points", "reported"):
        rows.append((str(FACTOR_NAMES[name]), _days(told[name]["days"]), str(told[name]["points"])))
    quiet = told["no_meals"]
    words = gettext(
        "%(meals)s meals in %(used)s days, then none for %(quiet)s days",
        meals=quiet["used_meals"],
        used=quiet["used_days"],
        quiet=quiet["quiet_days"],
    )
    rows.append((str(FACTOR_NAMES["no_meals"]), words, str(quiet["points"])))
    columns = (gettext("What counts"), gettext("When"), gettext("Points of risk"))
    return Table(part="factors", title=gettext("What makes a risk greater"), columns=columns, rows=tuple(rows))


def _band_table(loaded: Mapping[str, Any]) -> Table:
    rows = tuple(
        (
            str(BAND_NAMES[band]),
            _from(told["start"]),
            gettext("every %(n)s days", n=told["every_days"]),
            "-" if told["change_days"] is None else _days(told["change_days"]),
            join([str(WAY_NAMES[way]) for way in told["ways"]]),
            gettext("yes") if band in loaded["key_bands"] else gettext("no"),
        )
        for band in BANDS
        for told in (loaded["bands"][band],)
    )
    columns = (
        gettext("Band"),
        gettext("Score"),
        gettext("Visited"),
        gettext("After an important change within"),
        gettext("Ways that count"),
        gettext("Each month of the calendar"),
    )
    return Table(part="bands", title=gettext("Bands and how often they are visited"), columns=columns, rows=rows)


def _trigger_table(loaded: Mapping[str, Any]) -> Table:
    names = {"important": gettext("important"), "ordinary": gettext("ordinary")}
    rows = tuple(
        (
            word,
            join([str(FACTOR_NAMES[each]) for each in loaded["triggers"][weight]]),
            join([str(REPORTED_NAMES[each]) for each in loaded["reports"][weight]]),
            _days(loaded["check_days"][weight]),
        )
        for weight, word in names.items()
    )
    columns = (
        gettext("Change"),
        gettext("What the product sees"),
        gettext("What people report"),
        gettext("Looked into within"),
    )
    return Table(part="triggers", title=gettext("Changes that are looked into"), columns=columns, rows=rows)


def _deadline_table(loaded: Mapping[str, Any]) -> Table:
    counted = gettext("working days") if loaded["count_days"] == "working" else gettext("days of the calendar")
    rows = (
        (gettext("Deadlines after a change are counted in"), counted),
        (gettext("The street is told after"), _days(loaded["escalate_days"]["street"])),
        (gettext("The district is told after"), _days(loaded["escalate_days"]["district"])),
        (gettext("Tries in vain until the street is told"), str(loaded["attempts"])),
        (gettext("Visits are shown before their day by"), _days(loaded["ahead_days"])),
        (gettext("Key people visited each month"), f"{loaded['target_percent']}%"),
    )
    columns = (gettext("Rule"), gettext("How much"))
    return Table(part="escalate_days", title=gettext("Deadlines and targets"), columns=columns, rows=rows)


def _referral_table(told: Sequence[Mapping[str, Any]]) -> Table:
    rows = tuple((str(HELP_NAMES[each["to"]]), _whom(each), _days(each["days"])) for each in told)
    columns = (gettext("Help"), gettext("Suggested for"), gettext("Ended within"))
    return Table(part="referrals", title=gettext("Where people are referred to"), columns=columns, rows=rows)


def _whom(told: Mapping[str, Any]) -> str:
    if not told["suggest"]:
        return str(gettext("nobody by itself"))
    parts = [*told["living"], *told["income"]]
    if told["age_from"] is not None:
        parts.append(str(gettext("%(n)s years or older", n=told["age_from"])))
    if told["ability_from"] is not None:
        parts.append(str(gettext("ability level %(n)s or worse", n=told["ability_from"])))
    return join(parts) or str(gettext("everybody who does not have it"))


def _from(number: int) -> str:
    return str(gettext("from %(n)s on", n=number))


def _days(count: int) -> str:
    return str(gettext("%(n)s days", n=count))

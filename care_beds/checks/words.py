"""What the checks on care found, told in words: who reads it knows neither the statement nor the code."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from app.clock import local
from app.money import yuan
from app.web.wording import clock_time, full_day, join
from subsidies.findings.checks import Facts

Lines = Sequence[str]
BONDS: Mapping[str, Any] = {
    "account": _l("The carer's account is a family account of this senior."),
    "family_phone": _l("A family account of this senior has the carer's phone number."),
    "same_person": _l("By the ID number, carer and senior are one person."),
    "senior_phone": _l("Carer and senior have one phone number."),
    "one_roof": _l("The carer declared that both live under one roof."),
}
# Seen from the carer, as carers declare it.
KINSHIP: Mapping[str, Any] = {
    "spouse": _l("husband or wife"),
    "parent": _l("father or mother"),
    "parent_in_law": _l("father-in-law or mother-in-law"),
    "grandparent": _l("grandfather or grandmother"),
    "sibling": _l("brother or sister"),
    "other_relative": _l("another relative"),
}
AWAY: Mapping[str, Any] = {
    "in_hospital": _l("in hospital"),
    "in_institution": _l("in an institution"),
}


def tell_off(facts: Facts) -> Lines:
    """Tell of visits without a place to believe."""
    parts = [
        (facts["off"], ngettext("%(num)s without any place", "%(num)s without any place", facts["off"])),
        (facts["stale"], ngettext("%(num)s with an old place", "%(num)s with an old place", facts["stale"])),
        (facts["vague"], ngettext("%(num)s with a vague place", "%(num)s with a vague place", facts["vague"])),
    ]
    lines = [_visits_of(facts), _("Of these: %(parts)s.", parts=join([words for count, words in parts if count]))]
    if facts["stale"]:
        lines.append(_("The oldest place was %(minutes)s minutes old.", minutes=facts["most"] // 60))
    return [*lines, *_cleared(facts)]


def tell_travel(facts: Facts) -> Lines:
    """Tell of two places too far apart."""
    there = {
        **_who(facts),
        "day": full_day(_at(facts["from_at"])),
        "first": clock_time(_at(facts["from_at"])),
        "last": clock_time(_at(facts["until_at"])),
    }
    told = (
        _("%(carer)s, %(provider)s: on %(day)s arrived at %(first)s and left at %(last)s in two places.", **there)
        if facts["is_one_visit"]
        else _("%(carer)s, %(provider)s: on %(day)s in one home at %(first)s, in another at %(last)s.", **there)
    )
    return [
        told,
        _(
            "At least %(distance)s and %(minutes)s minutes lie between them: faster than %(speed)s km an hour.",
            distance=_distance(facts["metres"]),
            minutes=facts["minutes"],
            speed=facts["speed"],
        ),
    ]


def tell_far(facts: Facts) -> Lines:
    """Tell of visits signed far from the home."""
    return [
        _visits_of(facts),
        _("The phone was up to %(distance)s away from the home.", distance=_distance(facts["most"])),
        *_cleared(facts),
    ]


def tell_overlap(facts: Facts) -> Lines:
    """Tell of visits that overlap."""
    at = {
        "day": full_day(_at(facts["from_at"])),
        "first": clock_time(_at(facts["from_at"])),
        "last": clock_time(_at(facts["until_at"])),
        "visits": facts["visits"],
    }
    told = (
        _(
            "%(carer)s, %(provider)s: %(visits)s visits that overlap on %(day)s, %(first)s to %(last)s.",
            **_who(facts),
            **at,
        )
        if facts["side"] == "carer"
        else _("One person was served by several carers at once on %(day)s, %(first)s to %(last)s.", **at)
    )
    shared = ngettext("%(num)s minute was counted twice.", "%(num)s minutes were counted twice.", facts["shared"])
    return [told, shared]


def tell_long_day(facts: Facts) -> Lines:
    """Tell of a day with too many hours."""
    return [
        _visits_of(facts),
        _(
            "Together they took %(hours)s hours on one day; %(most)s are allowed.",
            hours=f"{facts['minutes'] / 60:.1f}",
            most=facts["hours"],
        ),
    ]


def tell_short(facts: Facts) -> Lines:
    """Tell of visits that were too short."""
    return [
        _visits_of(facts),
        _(
            "Planned were %(planned)s minutes together, %(minutes)s were spent there.",
            planned=facts["planned_minutes"],
            minutes=facts["minutes"],
        ),
        *_cleared(facts),
    ]


def tell_kin(facts: Facts) -> Lines:
    """Tell of a carer who visits her own."""
    return [_visits_of(facts), *_bonds(facts)]


def tell_photos(facts: Facts) -> Lines:
    """Tell of a photo used again."""
    lines = [
        _visits_of(facts),
        _(
            "All show one photo, first used on %(first)s, last on %(last)s.",
            first=full_day(_at(facts["first_at"])),
            last=full_day(_at(facts["last_at"])),
        ),
    ]
    if facts["other_seniors"]:
        lines.append(_("The visits were to different people."))
    if facts["other_carers"]:
        lines.append(_("Different carers used it."))
    return lines


def tell_signed(facts: Facts) -> Lines:
    """Tell of visits that were confirmed too early."""
    lines = [
        _visits_of(facts),
        _("Confirmed up to %(minutes)s minutes before the end.", minutes=facts["early"]),
    ]
    if facts["before_start"]:
        lines.append(
            ngettext(
                "%(num)s was confirmed before it had begun.",
                "%(num)s were confirmed before they had begun.",
                facts["before_start"],
            )
        )
    return lines


def tell_both(facts: Facts) -> Lines:
    """Tell of a carer who also supervises."""
    lines = [_visits_of(facts)]
    if facts["role"] == "supervisor":
        lines.append(_("The same person supervises visits."))
    elif facts["role"] == "provider_manager":
        lines.append(_("The same person plans visits for the provider."))
    if facts["own"]:
        lines.append(
            ngettext(
                "%(num)s exception of an own visit was decided by the carer.",
                "%(num)s exceptions of own visits were decided by the carer.",
                facts["own"],
            )
        )
    return lines


def tell_drained(facts: Facts) -> Lines:
    """Tell of idle points charged for visits."""
    return [
        _(
            "No points were spent for %(days)s days; %(yuan)s yuan lay there.",
            days=facts["idle_days"],
            yuan=yuan(facts["had_fen"]),
        ),
        ngettext(
            "Then %(num)s visit by %(carer)s took %(yuan)s yuan within %(days)s days.",
            "Then %(num)s visits, most by %(carer)s, took %(yuan)s yuan within %(days)s days.",
            facts["visits"],
            carer=facts["carer"],
            yuan=yuan(facts["drained_fen"]),
            days=facts["within_days"],
        ),
        _(
            "Charged were %(charged)s minutes, recorded %(minutes)s. Ask the person whether these visits took place.",
            charged=facts["charged_minutes"],
            minutes=facts["minutes"],
        ),
    ]


def tell_away(facts: Facts) -> Lines:
    """Tell of visits to somebody who was not there."""
    first = full_day(date.fromisoformat(facts["from_on"]))
    if facts["status"] == "deceased":
        where = _("The senior died on %(day)s.", day=first)
    elif facts["until_on"]:
        where = _(
            "According to the registry the senior was %(where)s from %(first)s until %(last)s.",
            where=AWAY[facts["status"]],
            first=first,
            last=full_day(date.fromisoformat(facts["until_on"])),
        )
    else:
        where = _(
            "According to the registry the senior has been %(where)s since %(first)s.",
            where=AWAY[facts["status"]],
            first=first,
        )
    return [where, _visits_of(facts)]


def _visits_of(facts: Facts) -> str:
    return str(
        ngettext(
            "%(carer)s, %(provider)s: %(num)s visit.",
            "%(carer)s, %(provider)s: %(num)s visits.",
            facts["visits"],
            **_who(facts),
        )
    )


def _cleared(facts: Facts) -> Iterator[str]:
    if facts["cleared"]:
        yield ngettext(
            "A supervisor let %(num)s of them pass.", "A supervisor let %(num)s of them pass.", facts["cleared"]
        )


def _bonds(facts: Facts) -> Iterator[str]:
    for why in facts["why"]:
        if why == "declared":
            yield _("The carer declared to be kin: the senior is %(relation)s.", relation=KINSHIP[facts["relation"]])
        else:
            yield str(BONDS[why])
    if facts["is_cohabitant"] and "one_roof" not in facts["why"]:
        yield str(BONDS["one_roof"])


def _who(facts: Facts) -> dict[str, str]:
    more = facts.get("carers", 1) > 1
    return {
        "carer": _("%(carer)s and others", carer=facts["carer"]) if more else facts["carer"],
        "provider": facts["provider"],
    }


def _distance(metres: int) -> str:
    return str(_("%(n)s km", n=f"{metres / 1000:.1f}") if metres >= 1000 else _("%(n)s m", n=metres))


def _at(text: str) -> datetime:
    return local(datetime.fromisoformat(text))

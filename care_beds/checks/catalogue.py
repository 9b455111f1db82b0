"""The checks of care beds with their names, their numbers, and the documents' words for them."""

from typing import Any

from flask_babel import lazy_gettext as _l

from care_beds.checks import hours, money, people, presence, proof, words
from subsidies.findings.checks import Check, Parameter


def _number(name: str, label: Any, unit: str, bounds: tuple[int, int], example: int) -> Parameter:
    least, most = bounds
    return Parameter(name=name, label=label, unit=unit, least=least, most=most, example=example)


# One visit is enough for a question; what a supervisor let pass, only when it becomes a habit.
HABIT = (
    _number("visits", _l("Visits of a carer in a month, at least"), "count", (1, 1000), 1),
    _number("cleared", _l("Visits that a supervisor let pass in a month, at least"), "count", (1, 1000), 5),
)
STALE = _number("stale_seconds", _l("A place is too old after"), "seconds", (10, 86_400), 300)

CHECKS = (
    Check(
        code="B1",
        title=_l("Visits without a place to believe"),
        about=_l(
            "The phone told no place when the carer arrived or left, an old one, or one that may be anywhere."
            " Elsewhere carers switched the location off and were out of town."
        ),
        severity="high",
        parameters=(
            STALE,
            _number("accuracy_m", _l("A place is too vague beyond"), "metres", (10, 100_000), 500),
            *HABIT,
        ),
        find=presence.find_off,
        explain=words.tell_off,
    ),
    Check(
        code="B2",
        title=_l("Carer faster than anyone travels"),
        about=_l("Two places of one carer that lie further apart than the time between them allows."),
        severity="high",
        parameters=(
            _number("speed", _l("Speed as the crow flies, more than"), "kmh", (5, 300), 60),
            _number("metres", _l("Ways shorter than this do not count"), "metres", (50, 100_000), 1000),
            STALE,
        ),
        find=presence.find_travels,
        explain=words.tell_travel,
    ),
    Check(
        code="B3",
        title=_l("In two visits at once"),
        about=_l(
            "By the recorded times a carer was in two homes at once, or two carers served one person at once."
            " A person with two accounts counts as one."
        ),
        severity="high",
        parameters=(_number("minutes", _l("Shared time that does not count, up to"), "minutes", (0, 120), 2),),
        find=hours.find_overlaps,
        explain=words.tell_overlap,
    ),
    Check(
        code="B4",
        title=_l("More hours a day than anyone works"),
        about=_l("All recorded visits of a carer on one day together, whoever is visited."),
        parameters=(_number("hours", _l("Hours of service on a day, more than"), "hours", (1, 24), 9),),
        find=hours.find_long_days,
        explain=words.tell_long_day,
    ),
    Check(
        code="B5",
        title=_l("Visits over too soon"),
        about=_l("Visits that lasted less than the planned time allows: paid by the hour, and done in minutes."),
        parameters=(
            _number("percent", _l("Part of the planned time, less than"), "percent", (1, 100), 90),
            *HABIT,
        ),
        find=hours.find_short,
        explain=words.tell_short,
    ),
    Check(
        code="B6",
        title=_l("Carer is kin or lives there"),
        about=_l(
            "The carer is related to the senior or lives under one roof: as declared, by a family account of the same"
            " person or phone, or because carer and senior are one person."
        ),
        severity="high",
        parameters=(),
        find=people.find_kin,
        explain=words.tell_kin,
    ),
    Check(
        code="B7",
        title=_l("One photo in several visits"),
        about=_l(
            "A photo that had been used before: the same file, or a picture that looks the same although it was"
            " shrunk or saved anew."
        ),
        severity="high",
        parameters=(
            # With more than seven the parts by which pictures are found have few bits: nearly all would be compared.
            _number("bits", _l("Bits of 64 in which two pictures may differ, up to"), "count", (0, 7), 6),
            _number("days", _l("Compared with photos of the days before"), "days", (1, 366), 62),
        ),
        find=proof.find_photos,
        explain=words.tell_photos,
    ),
    Check(
        code="B8",
        title=_l("Arrived or left far from the home"),
        about=_l("The place that the phone told lies far from the bed, even if it is as inexact as it says."),
        severity="high",
        parameters=(_number("metres", _l("Away from the home, more than"), "metres", (20, 100_000), 200), *HABIT),
        find=presence.find_far,
        explain=words.tell_far,
    ),
    Check(
        code="B9",
        title=_l("Confirmed before the service"),
        about=_l("The senior or the family confirmed a visit before it was over, or before it had begun."),
        parameters=(
            _number("minutes", _l("Minutes before the end that do not count"), "minutes", (0, 240), 10),
            _number("visits", _l("Visits of a senior in a month, at least"), "count", (1, 1000), 1),
        ),
        find=proof.find_signed_before,
        explain=words.tell_signed,
    ),
    Check(
        code="B10",
        title=_l("Carer and supervisor in one"),
        about=_l(
            "Whoever supervises visits, or plans them for the provider, makes visits too, under this account or another"
            " one with the same phone; or somebody decided about an exception of their own visit."
        ),
        severity="high",
        parameters=(_number("visits", _l("Visits of a carer in a month, at least"), "count", (1, 1000), 1),),
        find=people.find_both,
        explain=words.tell_both,
    ),
    Check(
        code="B11",
        title=_l("Hours charged against idle points"),
        about=_l("Points that lay still for long and were nearly all taken for visits within days."),
        severity="high",
        parameters=(
            _number("idle_days", _l("Days without spending, at least"), "days", (7, 730), 60),
            _number("within_days", _l("Spent within"), "days", (1, 60), 7),
            _number("percent", _l("Part that was spent, at least"), "percent", (1, 100), 80),
            _number("balance_fen", _l("Points that lay there, at least"), "fen", (100, 10_000_000), 20_000),
        ),
        find=money.find_drained,
        explain=words.tell_drained,
    ),
    Check(
        code="B12",
        title=_l("Visited while not at home, or after the death"),
        about=_l(
            "Visits to somebody who had died, lay in hospital or lived in an institution."
            " What was reported late is looked at from its day on."
        ),
        severity="high",
        parameters=(
            _number("death_days", _l("Days after the death that do not count"), "days", (0, 60), 0),
            _number("stay_days", _l("First and last days of a stay that do not count"), "days", (0, 60), 1),
        ),
        find=people.find_away,
        explain=words.tell_away,
    ),
)

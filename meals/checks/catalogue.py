"""The checks of meals with their names, their numbers, and the documents' words for them."""

from flask_babel import lazy_gettext as _l

from meals.checks import money, people, sites, tills, words
from subsidies.findings.checks import Check, Parameter

CHECKS = (
    Check(
        code="R1",
        title=_l("Card of somebody who died"),
        about=_l(
            "Meals sold, or cards scanned, after the day of death."
            " Deaths reported late are looked at from their day on."
        ),
        severity="high",
        parameters=(
            Parameter(
                name="grace_days",
                label=_l("Days after the death that do not count"),
                unit="days",
                least=0,
                most=60,
                example=0,
            ),
            Parameter(
                name="tries", label=_l("Refused scans in a month, at least"), unit="count", least=1, most=100, example=1
            ),
        ),
        find=people.find_dead,
        explain=words.tell_dead,
    ),
    Check(
        code="R2",
        title=_l("In hospital or in an institution"),
        about=_l(
            "Subsidised meals for somebody who was in hospital, and any meal for somebody who lived in an institution."
        ),
        parameters=(
            Parameter(
                name="grace_days",
                label=_l("First and last days of a stay that do not count"),
                unit="days",
                least=0,
                most=60,
                example=1,
            ),
        ),
        find=people.find_away,
        explain=words.tell_away,
    ),
    Check(
        code="R3",
        title=_l("Two canteens too soon after each other"),
        about=_l(
            "One card in two canteens sooner than anyone gets from one to the other."
            " Distance is taken from streets and districts."
        ),
        parameters=(
            Parameter(
                name="minutes_in_street",
                label=_l("Way within a street, at least"),
                unit="minutes",
                least=0,
                most=600,
                example=10,
            ),
            Parameter(
                name="minutes_in_district",
                label=_l("Way between streets of a district, at least"),
                unit="minutes",
                least=0,
                most=600,
                example=25,
            ),
            Parameter(
                name="minutes_in_city",
                label=_l("Way between districts, at least"),
                unit="minutes",
                least=0,
                most=600,
                example=45,
            ),
        ),
        find=tills.find_travels,
        explain=words.tell_travel,
    ),
    Check(
        code="R4",
        title=_l("Too many meals for one person"),
        about=_l("More sales on one card at one meal, or on one day, than one person eats."),
        parameters=(
            Parameter(
                name="meals_in_window", label=_l("At one meal, more than"), unit="count", least=1, most=50, example=2
            ),
            Parameter(
                name="meals_in_day", label=_l("On one day, more than"), unit="count", least=1, most=50, example=4
            ),
        ),
        find=tills.find_many,
        explain=words.tell_many,
    ),
    Check(
        code="R5",
        title=_l("Burst of sales at one till"),
        about=_l("So many sales at one till in so short a time that people cannot have walked past it."),
        severity="high",
        parameters=(
            Parameter(
                name="sales", label=_l("Sales in a burst, at least"), unit="count", least=2, most=1000, example=10
            ),
            Parameter(name="seconds", label=_l("Length of a burst"), unit="seconds", least=1, most=3600, example=60),
        ),
        find=tills.find_bursts,
        explain=words.tell_burst,
    ),
    Check(
        code="R6",
        title=_l("One amount over and over"),
        about=_l(
            "One amount that was typed again and again at a till."
            " Prices of the menu are left out: they repeat as they should."
        ),
        parameters=(
            Parameter(
                name="times", label=_l("Times on one day, at least"), unit="count", least=2, most=10_000, example=20
            ),
            Parameter(
                name="percent",
                label=_l("Part of the day's typed amounts, at least"),
                unit="percent",
                least=1,
                most=100,
                example=50,
            ),
        ),
        find=tills.find_amounts,
        explain=words.tell_amounts,
    ),
    Check(
        code="R7",
        title=_l("Sold while closed or without papers"),
        about=_l(
            "Sales on closed days, subsidies outside the hours, public money while licence or agreement had lapsed."
        ),
        parameters=(
            Parameter(
                name="tolerance_minutes",
                label=_l("Minutes before and after the hours that do not count"),
                unit="minutes",
                least=0,
                most=240,
                example=15,
            ),
        ),
        find=sites.find_closed,
        explain=words.tell_closed,
    ),
    Check(
        code="R8",
        title=_l("More meals than the canteen can serve"),
        about=_l("More meals at one sitting than the seats can take in so many turns."),
        parameters=(
            Parameter(
                name="turns",
                label=_l("Turns of the seats at one meal, at most"),
                unit="count",
                least=1,
                most=50,
                example=4,
            ),
        ),
        find=sites.find_overfull,
        explain=words.tell_overfull,
    ),
    Check(
        code="R12",
        title=_l("Undone after the settlement"),
        about=_l("Sales that were undone after their settlement had been approved: the canteen was paid for them."),
        parameters=(
            Parameter(
                name="after_days",
                label=_l("Days after the approval, at least"),
                unit="days",
                least=0,
                most=366,
                example=0,
            ),
        ),
        find=money.find_late_refunds,
        explain=words.tell_late_refund,
    ),
    Check(
        code="R13",
        title=_l("Subsidy without a payment of one's own"),
        about=_l("Subsidised meals to which the guest gave nothing, neither cash nor points."),
        severity="low",
        parameters=(
            Parameter(
                name="least_fen",
                label=_l("Cash and points together, less than"),
                unit="fen",
                least=1,
                most=100_000,
                example=1,
            ),
        ),
        find=money.find_unpaid,
        explain=words.tell_unpaid,
    ),
    Check(
        code="R16",
        title=_l("Age does not fit the ID number"),
        about=_l("Discounts that were worked out with another age than the birth date in the ID number gives."),
        severity="high",
        parameters=(
            Parameter(name="years", label=_l("Years apart, more than"), unit="years", least=0, most=50, example=0),
        ),
        find=people.find_wrong_ages,
        explain=words.tell_ages,
    ),
    Check(
        code="R19",
        title=_l("Spike at the end of the month"),
        about=_l("A canteen that sells far more subsidised meals on the last days of a month than on the others."),
        parameters=(
            Parameter(name="last_days", label=_l("Last days of the month"), unit="days", least=1, most=15, example=3),
            Parameter(
                name="percent",
                label=_l("Of what is usual, at least"),
                unit="percent",
                least=101,
                most=10_000,
                example=160,
            ),
            Parameter(
                name="meals",
                label=_l("Meals on these days together, at least"),
                unit="count",
                least=1,
                most=100_000,
                example=30,
            ),
        ),
        find=sites.find_spikes,
        explain=words.tell_spike,
    ),
    Check(
        code="R20",
        title=_l("Idle points drained"),
        about=_l("Points that lay still for long and were nearly all spent within days."),
        severity="high",
        parameters=(
            Parameter(
                name="idle_days",
                label=_l("Days without spending, at least"),
                unit="days",
                least=7,
                most=730,
                example=60,
            ),
            Parameter(name="within_days", label=_l("Spent within"), unit="days", least=1, most=60, example=7),
            Parameter(
                name="percent", label=_l("Part that was spent, at least"), unit="percent", least=1, most=100, example=80
            ),
            Parameter(
                name="balance_fen",
                label=_l("Points that lay there, at least"),
                unit="fen",
                least=100,
                most=10_000_000,
                example=20_000,
            ),
        ),
        find=money.find_drained,
        explain=words.tell_drained,
    ),
)

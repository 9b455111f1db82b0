"""Invents seniors: who they are, where they live, how they fare. Values only, nothing is written."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from stdnum.cn.ric import calc_check_digit

from app.people.card_numbers import RANDOM_DIGITS, CardState, make_number
from app.people.rules import Sex, Status, age_on
from app.people.timeline import Period
from demo.choices import Choices, Weights
from demo.files import community_codes, read_yaml

FIRST_PHONE = 19900000000
FAR_HUKOU, OTHER_HUKOU = 0.09, 0.06  # 人户分离: registered elsewhere, or in another community of the two districts
OLD_FASHION_BEFORE = 1950
SHOW_COMMUNITY = "330102017906"  # where the demonstration's cashier sells; one in ten seniors lives there
TOLD_OF_DEATH = 0.6  # of those who died: whose card the street has taken out of use
FATES = Weights({"issued": 960, "none": 20, "lost": 6, "replaced": 10, "cancelled": 4})


@dataclass(frozen=True, slots=True)
class Shown:
    """A senior whom the greeting may name: of this age, at home all the time, with a card in this state."""

    age: int
    card: CardState


SHOWN = {
    7: Shown(84, CardState.ISSUED),
    17: Shown(86, CardState.LOST),
    27: Shown(82, CardState.ISSUED),
    37: Shown(91, CardState.ISSUED),
}
EATS_BEFORE_US = 27  # this one has a meal just before the demonstration is loaded
FASTS_TODAY = frozenset({7, 37})


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonCard:
    """A card that a person has or had."""

    number: str
    state: CardState
    issued_on: date
    changed_on: date
    replaces: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """An invented senior; ``fields`` is what a clerk would have typed."""

    number: int
    fields: Mapping[str, str]
    birth_on: date
    registered_on: date
    timeline: tuple[Period, ...]
    cards: tuple[PersonCard, ...]

    @property
    def home(self) -> str:
        """Return the community the person lives in."""
        return self.fields["residence_area"]


@dataclass(frozen=True)
class Sheet:
    """What ``people.yaml`` says, ready to be drawn from."""

    ages: Weights[tuple[int, int]]
    surnames: Weights[str]
    given_names: Mapping[str, Mapping[str, list[str]]]
    counties: Weights[str]
    far_hukou: Weights[str]
    living: tuple[tuple[int, Weights[str]], ...]
    ability: tuple[tuple[int, Weights[str]], ...]
    income: Weights[str]


@dataclass(frozen=True, slots=True)
class Span:
    """The days of the history."""

    since: date
    today: date

    @property
    def days(self) -> int:
        """Return how many days it has, one at least."""
        return max((self.today - self.since).days, 1)


def invent_persons(count: int, span: Span) -> Iterator[Person]:
    """Yield so many seniors, each the same however many there are."""
    serials: dict[tuple[str, date], int] = {}
    for number in range(count):
        yield _invent(number, serials, span)


def _invent(number: int, serials: dict[tuple[str, date], int], span: Span) -> Person:
    drawn, sheet, shown = Choices("senior", number), _sheet(), SHOWN.get(number)
    birth_on = _birth(drawn, sheet, span.today, shown)
    age = age_on(birth_on, span.today)
    sex = Sex.FEMALE if drawn.below(100) < 50 + max(age - 60, 0) // 3 else Sex.MALE
    home = SHOW_COMMUNITY if number % 10 == 7 else drawn.pick(community_codes())
    registered_on = span.since - timedelta(days=drawn.between(20, 400))
    timeline = (Period(Status.ACTIVE, registered_on),) if shown else _timeline(drawn, age, registered_on, span)
    fields = {
        "name": _name(drawn, sheet, sex, birth_on),
        "id_number": _id_number(drawn, sheet, serials, birth_on, sex),
        "phone": str(FIRST_PHONE + number) if drawn.chance(0.95) else "",
        "residence_area": home,
        "hukou_area": home if shown else _hukou(drawn, sheet, home),
        "address": f"{drawn.between(1, 38)}幢{drawn.between(1, 4)}单元{drawn.between(1, 6)}0{drawn.between(1, 3)}室",
        "living_situation": drawn.weighted(_by_age(sheet.living, age)),
        "income_class": drawn.weighted(sheet.income),
        "ability_level": drawn.weighted(_by_age(sheet.ability, age)).strip("-"),
    }
    return Person(
        number=number,
        fields=fields,
        birth_on=birth_on,
        registered_on=registered_on,
        timeline=timeline,
        cards=tuple(_cards(drawn, timeline[-1], registered_on, span, shown)),
    )


@lru_cache(maxsize=1)
def _sheet() -> Sheet:
    told: Mapping[str, Any] = read_yaml("people")
    return Sheet(
        ages=Weights({(low, high): weight for low, high, weight in told["ages"]}),
        given_names=told["given_names"],
        living=_aged(told["living"]),
        ability=_aged(told["ability"]),
        **{name: Weights(told[name]) for name in ("surnames", "counties", "far_hukou", "income")},
    )


def _aged(rows: list[Mapping[str, int]]) -> tuple[tuple[int, Weights[str]], ...]:
    """Read tables of weights, each for ages below a bound."""
    return tuple(
        (row["below"], Weights({str(word): weight for word, weight in row.items() if word != "below"})) for row in rows
    )


def _by_age(tables: tuple[tuple[int, Weights[str]], ...], age: int) -> Weights[str]:
    return next(weights for below, weights in tables if age < below)


def _birth(drawn: Choices, sheet: Sheet, today: date, shown: Shown | None) -> date:
    from_age, until_age = drawn.weighted(sheet.ages)
    days = drawn.below((until_age - from_age) * 365 - 10)
    if from_age >= 80:
        # Within a group the younger are more, the more so the older the group.
        days = min(days, drawn.below((until_age - from_age) * 365 - 10))
    if shown:
        from_age, days = shown.age, days % 300
    return today - timedelta(days=int(from_age * 365.25) + 3 + days)


def _name(drawn: Choices, sheet: Sheet, sex: Sex, birth_on: date) -> str:
    fashion = "old" if birth_on.year < OLD_FASHION_BEFORE else "young"
    return drawn.weighted(sheet.surnames) + drawn.pick(sheet.given_names[str(sex)][fashion])


def _id_number(drawn: Choices, sheet: Sheet, serials: dict[tuple[str, date], int], birth_on: date, sex: Sex) -> str:
    county = drawn.weighted(sheet.counties)
    taken = serials.get((county, birth_on), 0)
    serials[county, birth_on] = taken + 1
    # Odd serials are men's; counted from the middle of the range.
    serial = 500 + 2 * taken + (1 if sex is Sex.MALE else 0)
    body = f"{county}{birth_on:%Y%m%d}{serial:03d}"
    check: str = calc_check_digit(body + "0")
    return body + check


def _hukou(drawn: Choices, sheet: Sheet, home: str) -> str:
    if drawn.chance(FAR_HUKOU):
        return drawn.weighted(sheet.far_hukou)
    return drawn.pick(community_codes()) if drawn.chance(OTHER_HUKOU) else home


def _timeline(drawn: Choices, age: int, registered_on: date, span: Span) -> tuple[Period, ...]:
    """Most live at home all the time; some were in hospital, are there now, moved, or died."""
    start = Period(Status.ACTIVE, registered_on)
    event_on = span.since + timedelta(days=drawn.below(span.days))
    old = 10 + max(age - 70, 0)
    event = drawn.weighted(
        Weights(
            {
                "none": 930,
                "stay": 14 * old // 10,
                Status.IN_HOSPITAL: 5 * old // 10,
                Status.IN_INSTITUTION: 5 * old // 10,
                Status.MOVED_AWAY: 6,
                Status.DECEASED: 4 * old * old // 100,
            }
        )
    )
    if event == "none":
        return (start,)
    if event == "stay":
        back_on = event_on + timedelta(days=drawn.between(3, 18))
        stay = Period(Status.IN_HOSPITAL, event_on, back_on)
        return (Period(Status.ACTIVE, registered_on, event_on), stay, Period(Status.ACTIVE, back_on))
    if event == Status.IN_HOSPITAL:
        event_on = span.today - timedelta(days=drawn.between(1, 12))
    return (Period(Status.ACTIVE, registered_on, event_on), Period(Status(event), event_on))


def _cards(drawn: Choices, last: Period, registered_on: date, span: Span, shown: Shown | None) -> Iterator[PersonCard]:
    """Yield a person's cards: nearly everyone has one, a few lost theirs, some got another, the dead keep none."""
    number, other = (make_number(drawn.digits(RANDOM_DIGITS)) for _ in range(2))
    changed_on = span.since + timedelta(days=drawn.below(span.days))
    fate = shown.card if shown else drawn.weighted(FATES)
    if last.status is Status.DECEASED and fate != "none" and drawn.chance(TOLD_OF_DEATH):
        fate, changed_on = CardState.CANCELLED, min(last.from_on + timedelta(days=drawn.between(1, 6)), span.today)
    if fate == "none":
        return
    state = CardState(fate)
    if state is CardState.ISSUED:
        changed_on = registered_on
    yield PersonCard(number=number, state=state, issued_on=registered_on, changed_on=changed_on)
    if state is CardState.REPLACED:
        yield PersonCard(
            number=other, state=CardState.ISSUED, issued_on=changed_on, changed_on=changed_on, replaces=number
        )

"""How the invented seniors eat: how often, where, at which hour, and with which of their cards."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from app.people.card_numbers import CardState
from app.people.rules import Status
from app.people.timeline import status_on
from demo.canteens import Place
from demo.choices import Choices, Weights
from demo.persons import FASTS_TODAY, PersonCard
from demo.register import Registered

# How likely somebody comes to lunch on a weekday, and how many are of that kind.
HABITS: Weights[float] = Weights({0.62: 9, 0.25: 11, 0.06: 24, 0.0: 56})
SHOWN_HABIT = 0.3  # who is named in the greeting keeps points to show
EARLY_FROM_AGE = 75
# What still comes from people who should be elsewhere: sold without subsidy, or not at all.
COMING = {Status.ACTIVE: 1.0, Status.IN_HOSPITAL: 0.04, Status.MOVED_AWAY: 0.12}


@dataclass(frozen=True, slots=True, kw_only=True)
class Guest:
    """A senior as a guest of canteens."""

    senior: Registered
    habit: float
    comes_early: bool
    eats_dinner: bool
    usual: Place
    other: Place

    def appetite_on(self, day: date) -> float:
        """Return how likely the guest comes on a day, as far as health and home allow."""
        status = status_on(self.senior.person.timeline, day)
        return self.habit * COMING.get(status, 0.0) if status else 0.0

    def card_on(self, day: date) -> str | None:
        """Return the number of the card that was in use on a day."""
        return next((card.number for card in self.senior.person.cards if _in_use(card, day)), None)


def seat_guests(seniors: Sequence[Registered], places: Sequence[Place], today: date) -> list[Guest]:
    """Give every senior habits; most eat in the nearest canteen."""
    near: dict[str, list[Place]] = {}
    for senior in seniors:
        home = senior.person.home
        if home not in near:
            near[home] = sorted(places, key=lambda place: (-_shared(place.area_code, home), place.kind != "canteen"))
    return [_seat(senior, near[senior.person.home], today) for senior in seniors]


def _seat(senior: Registered, near: Sequence[Place], today: date) -> Guest:
    drawn = Choices("guest", senior.person.number)
    age = (today - senior.person.birth_on).days // 365
    habit = drawn.weighted(HABITS)
    return Guest(
        senior=senior,
        habit=SHOWN_HABIT if senior.person.number in FASTS_TODAY else habit * (1.0 if age < 75 else 1.25),
        comes_early=drawn.chance(0.75 if age >= EARLY_FROM_AGE else 0.4),
        eats_dinner=drawn.chance(0.22),
        usual=near[0] if drawn.chance(0.72) else near[1],
        other=drawn.pick(near[1:8]),
    )


def _shared(first: str, second: str) -> int:
    """Return how many digits two codes begin with together: more is nearer."""
    length = 0
    while length < len(first) and first[length] == second[length]:
        length += 1
    return length


def _in_use(card: PersonCard, day: date) -> bool:
    return card.issued_on <= day and (card.state is CardState.ISSUED or day < card.changed_on)


def refused_cards(seniors: Sequence[Registered], day: date) -> Mapping[str, str]:
    """Return cards that a till would refuse on a day, with the reason."""
    found: dict[str, str] = {}
    for senior in seniors:
        status = status_on(senior.person.timeline, day)
        for card in senior.person.cards:
            if card.state is not CardState.ISSUED and card.changed_on <= day:
                found[card.number] = str(card.state)
            elif status in {Status.DECEASED, Status.IN_INSTITUTION} and card.state is CardState.ISSUED:
                found[card.number] = str(status)
    return found

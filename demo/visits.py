"""Who comes to eat on a day, when, and what for: the rhythm of the week and the two waves of lunch."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from app.clock import ZONE, business_day
from demo.canteens import Meal, Place
from demo.choices import Choices, Weights
from demo.guests import Guest
from demo.persons import EATS_BEFORE_US, FASTS_TODAY
from demo.staff import SHOW_CANTEEN

WEEK = (1.0, 1.0, 0.98, 1.0, 1.04, 0.72, 0.58)
# 10:30 the elders, 11:30 the others (上城清波, 2025); minutes since midnight, and how far they scatter.
EARLY_LUNCH, LATE_LUNCH, DINNER, BREAKFAST = (633, 9), (694, 12), (1022, 16), (430, 18)
NEEDS_DELIVERY_FROM = 2
SECOND_LUNCH = 0.004
UNDONE = 0.0025
REASONS = Weights({"slip": 4, "wrong_dish": 5, "not_taken": 3, "sold_twice": 2, "wrong_person": 1})


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A guest at a till: when, with which card, for what; ``undone_for`` is why it is taken back."""

    guest: Guest
    place: Place
    till: tuple[int, int]
    card: str
    at: datetime
    items: tuple[tuple[Meal, int], ...]
    undone_for: str | None = None


@dataclass(frozen=True, slots=True)
class _Day:
    """A day of the history: which canteens serve, and how many people feel like coming."""

    day: date
    rhythm: float
    open_places: frozenset[int]


def visits_on(day: date, guests: Sequence[Guest], places: Sequence[Place], now: datetime) -> list[Visit]:
    """Return the visits of a day up to now, in the order in which they happen."""
    weather = Choices("weather", day)
    serving = _Day(
        day=day,
        rhythm=WEEK[day.weekday()] * weather.between(82, 106) / 100,
        open_places=frozenset(place.id for place in places if is_open(place, day)),
    )
    today = day == business_day(now)
    found = [
        visit
        for guest in guests
        if guest.habit and not (today and _is_reserved(guest))
        for visit in _visits_of(guest, serving)
        if visit.at <= now
    ]
    return sorted(found, key=lambda visit: (visit.at, visit.guest.senior.id))


def visit_before(now: datetime, earliest: datetime, guests: Sequence[Guest], places: Sequence[Place]) -> Visit | None:
    """Return a visit some minutes ago in the canteen where the demonstration's cashier sells."""
    place = next(place for place in places if place.code == SHOW_CANTEEN)
    guest = next((guest for guest in guests if guest.senior.person.number == EATS_BEFORE_US), None)
    card = guest.card_on(business_day(now)) if guest else None
    if guest is None or card is None:
        return None
    at = max(min(earliest + timedelta(minutes=1), now), now - timedelta(minutes=12))
    return Visit(guest=guest, place=place, till=place.tills[0], card=card, at=at, items=((_default(place), 1),))


def is_open(place: Place, day: date) -> bool:
    """Tell whether a canteen serves on a day."""
    return day.isoweekday() in place.weekdays and day not in place.closed_on


def _is_reserved(guest: Guest) -> bool:
    number = guest.senior.person.number
    return number in FASTS_TODAY or number == EATS_BEFORE_US


def _visits_of(guest: Guest, serving: _Day) -> Iterator[Visit]:
    appetite = guest.appetite_on(serving.day) * serving.rhythm
    if not appetite:
        return
    drawn = Choices("visit", guest.senior.person.number, serving.day)
    if drawn.chance(appetite):
        yield from _lunch(drawn, guest, serving)
    if guest.eats_dinner and drawn.chance(appetite * 0.5):
        yield from _visit(drawn, guest, serving, DINNER)
    if guest.usual.code == SHOW_CANTEEN and drawn.chance(appetite * 0.2):
        yield from _visit(drawn, guest, serving, BREAKFAST)


def _lunch(drawn: Choices, guest: Guest, serving: _Day) -> Iterator[Visit]:
    wave = EARLY_LUNCH if guest.comes_early else LATE_LUNCH
    yield from _visit(drawn, guest, serving, wave)
    if drawn.chance(SECOND_LUNCH):
        yield from _visit(drawn, guest, serving, (wave[0] + 62, 5))


def _visit(drawn: Choices, guest: Guest, serving: _Day, wave: tuple[int, int]) -> Iterator[Visit]:
    card = guest.card_on(serving.day)
    place = guest.usual if drawn.chance(0.86) and guest.usual.id in serving.open_places else guest.other
    if card is None or place.id not in serving.open_places:
        return
    if (wave == DINNER and place.kind != "canteen") or (wave == BREAKFAST and place.code != SHOW_CANTEEN):
        return
    minute = max(drawn.around(*wave), wave[0] - 2 * wave[1])
    if wave != BREAKFAST:
        minute = max(minute, place.lunch_from + drawn.below(12))
    midnight = datetime.combine(serving.day, time(), tzinfo=ZONE)
    yield Visit(
        guest=guest,
        place=place,
        till=drawn.pick(place.tills),
        card=card,
        at=midnight + timedelta(minutes=minute, seconds=drawn.below(60), milliseconds=drawn.below(1000)),
        items=tuple(_items(drawn, guest, place, wave)),
        undone_for=drawn.weighted(REASONS) if drawn.chance(UNDONE) else None,
    )


def _items(drawn: Choices, guest: Guest, place: Place, wave: tuple[int, int]) -> Iterator[tuple[Meal, int]]:
    meals = [meal for meal in place.menu if meal.kind == "set_meal"]
    dishes = [meal for meal in place.menu if meal.kind == "dish"]
    if wave == BREAKFAST:
        yield next((meal for meal in meals if meal.name_en == "Breakfast"), meals[0]), 1
    elif dishes and drawn.chance(0.16):
        first = drawn.below(len(dishes))
        yield dishes[first], 1
        if len(dishes) > 1:
            yield dishes[(first + 1) % len(dishes)], 1
    else:
        yield _default(place) if drawn.chance(0.6) else drawn.pick(meals), 1
    delivery = next((meal for meal in place.menu if meal.kind == "delivery"), None)
    if delivery and int(guest.senior.person.fields["ability_level"] or 0) >= NEEDS_DELIVERY_FROM:
        yield delivery, 1


def _default(place: Place) -> Meal:
    return next(meal for meal in place.menu if meal.is_default)

"""Visits that a check should find, among people who otherwise stay at home.

A burst, a month-end spike, idle points; two canteens at once, five lunches on one card, a closed weekday, a full house.

None of these people exists, and no canteen of the demonstration stands for a real one.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta

from app.clock import ZONE
from demo.canteens import Place
from demo.guests import Guest
from demo.persons import FASTS_TODAY, Span
from demo.staff import SHOW_CANTEEN
from demo.visits import Visit, is_open

WEEK_DAYS = 7
# Where the demonstration's manager can answer for it.
BURST_AT, BURST_DAYS_AGO, BURST_FROM, BURST_SALES, BURST_SECONDS = SHOW_CANTEEN, 4, time(12, 47, 10), 14, 4
SPIKE_AT, SPIKE_DAYS, SPIKE_FROM, SPIKE_SALES, SPIKE_MINUTES = "WH-02", 3, time(10, 50), 26, 5
# Two districts a quarter of an hour apart; five lunches; a canteen closed at weekends; a meal point of sixteen seats.
TRAVEL_FROM, TRAVEL_TO, TRAVEL_DAYS_AGO, TRAVEL_AT, TRAVEL_MINUTES = "CH-01", "HS-01", 6, time(11, 5), 15
MANY_AT, MANY_DAYS_AGO, MANY_FROM, MANY_MEALS, MANY_MINUTES = "JQ-01", 7, time(10, 40), 5, 13
CLOSED_AT, CLOSED_WEEKDAY, CLOSED_FROM, CLOSED_SALES = "SC-K1", 6, time(11, 10), 4
FULL_AT, FULL_DAYS_AGO, FULL_FROM, FULL_SALES, FULL_SECONDS = "XF-02", 5, time(10, 35), 68, 140
DRAIN_AT, DRAIN_DAYS_AGO, DRAIN_DAYS, DRAIN_TIME, DRAIN_MEALS, DRAIN_AGE = "GC-01", 9, 6, time(11, 20), 5, 80


def odd_visits(day: date, guests: Sequence[Guest], places: Sequence[Place], span: Span) -> Iterator[Visit]:
    """Yield the odd visits of a day of the history; the first days bring none, because nothing is usual yet."""
    idle = [guest for guest in guests if not guest.habit and guest.senior.person.number not in FASTS_TODAY]
    by_code = {place.code: place for place in places}
    if day == span.today - timedelta(days=BURST_DAYS_AGO):
        yield from _burst(day, idle, by_code[BURST_AT])
    last_month = _month_of(_month_of(span.today) - timedelta(days=1))
    if span.since <= last_month == _month_of(day) and _days_left(day) < SPIKE_DAYS:
        yield from _spike(day, idle, by_code[SPIKE_AT])
    yield from _rare(day, idle, by_code, span.today)
    first = span.today - timedelta(days=DRAIN_DAYS_AGO)
    if first <= day < first + timedelta(days=DRAIN_DAYS):
        yield from _drain(day, idle, by_code[DRAIN_AT], span.today)


def _rare(day: date, idle: Sequence[Guest], places: Mapping[str, Place], today: date) -> Iterator[Visit]:
    """Yield what happens once: counted from the last of the idle, because bursts and spikes take the first."""
    ago = (today - day).days
    if ago == TRAVEL_DAYS_AGO:
        for guest, card in _well(idle, day, places[TRAVEL_FROM])[-40:-39]:
            yield from _travel(guest, card, day, places)
    if ago == MANY_DAYS_AGO:
        for guest, card in _well(idle, day, places[MANY_AT])[-41:-40]:
            yield from _in_turn([(guest, card)] * MANY_MEALS, places[MANY_AT], day, MANY_FROM, 60 * MANY_MINUTES)
    if day.isoweekday() == CLOSED_WEEKDAY and 0 < ago <= WEEK_DAYS:
        chosen = _well(idle, day, places[CLOSED_AT], closed_too=True)[-50 : -50 + CLOSED_SALES]
        yield from _in_turn(chosen, places[CLOSED_AT], day, CLOSED_FROM, 300)
    if ago == FULL_DAYS_AGO:
        chosen = _well(idle, day, places[FULL_AT])[-60 - FULL_SALES : -60]
        yield from _in_turn(chosen, places[FULL_AT], day, FULL_FROM, FULL_SECONDS)


def _travel(guest: Guest, card: str, day: date, places: Mapping[str, Place]) -> Iterator[Visit]:
    at = datetime.combine(day, TRAVEL_AT, tzinfo=ZONE)
    yield _visit(guest, card, places[TRAVEL_FROM], at)
    if is_open(places[TRAVEL_TO], day):
        yield _visit(guest, card, places[TRAVEL_TO], at + timedelta(minutes=TRAVEL_MINUTES))


def _in_turn(
    guests: Sequence[tuple[Guest, str]], place: Place, day: date, first: time, seconds: int
) -> Iterator[Visit]:
    at = datetime.combine(day, first, tzinfo=ZONE)
    for n, (guest, card) in enumerate(guests):
        yield _visit(guest, card, place, at + timedelta(seconds=n * seconds))


def _burst(day: date, idle: Sequence[Guest], place: Place) -> Iterator[Visit]:
    at = datetime.combine(day, BURST_FROM, tzinfo=ZONE)
    for n, (guest, card) in enumerate(_well(idle, day, place)[:BURST_SALES]):
        yield _visit(guest, card, place, at + timedelta(seconds=n * BURST_SECONDS))


def _spike(day: date, idle: Sequence[Guest], place: Place) -> Iterator[Visit]:
    at = datetime.combine(day, SPIKE_FROM, tzinfo=ZONE)
    # Not those of the burst: one oddity for each.
    for n, (guest, card) in enumerate(_well(idle, day, place)[BURST_SALES : BURST_SALES + SPIKE_SALES]):
        yield _visit(guest, card, place, at + timedelta(minutes=n * SPIKE_MINUTES))


def _drain(day: date, idle: Sequence[Guest], place: Place, today: date) -> Iterator[Visit]:
    old = [guest for guest in idle if (today - guest.senior.person.birth_on).days // 365 > DRAIN_AGE]
    for guest, card in _well(old, day, place)[-1:]:
        yield _visit(guest, card, place, datetime.combine(day, DRAIN_TIME, tzinfo=ZONE), count=DRAIN_MEALS)


def _well(guests: Sequence[Guest], day: date, place: Place, *, closed_too: bool = False) -> list[tuple[Guest, str]]:
    """Return those who are well and have a card, if the canteen is open."""
    if not is_open(place, day) and not closed_too:
        return []
    cards = ((guest, guest.card_on(day)) for guest in guests if guest.senior.person.timeline[-1].status == "active")
    return [(guest, card) for guest, card in cards if card and guest.senior.person.registered_on < day]


def _visit(guest: Guest, card: str, place: Place, at: datetime, *, count: int = 1) -> Visit:
    meal = next(meal for meal in place.menu if meal.is_default)
    return Visit(guest=guest, place=place, till=place.tills[0], card=card, at=at, items=((meal, count),))


def _month_of(day: date) -> date:
    return day.replace(day=1)


def _days_left(day: date) -> int:
    following = (day.replace(day=28) + timedelta(days=4)).replace(day=1)
    return (following - day).days - 1

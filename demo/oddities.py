"""Visits that a check should find, among people who otherwise stay at home: a burst, a month-end spike, idle points.

None of these people exists, and no canteen of the demonstration stands for a real one.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta

from app.clock import ZONE
from demo.canteens import Place
from demo.guests import Guest
from demo.persons import FASTS_TODAY, Span
from demo.staff import SHOW_CANTEEN
from demo.visits import Visit, is_open

# Where the demonstration's manager can answer for it.
BURST_AT, BURST_DAYS_AGO, BURST_FROM, BURST_SALES, BURST_SECONDS = SHOW_CANTEEN, 4, time(12, 47, 10), 14, 4
SPIKE_AT, SPIKE_DAYS, SPIKE_FROM, SPIKE_SALES, SPIKE_MINUTES = "WH-02", 3, time(10, 50), 26, 5
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
    first = span.today - timedelta(days=DRAIN_DAYS_AGO)
    if first <= day < first + timedelta(days=DRAIN_DAYS):
        yield from _drain(day, idle, by_code[DRAIN_AT], span.today)


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


def _well(guests: Sequence[Guest], day: date, place: Place) -> list[tuple[Guest, str]]:
    """Return those who are well and have a card, if the canteen is open."""
    if not is_open(place, day):
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

"""Lets the days of the history pass: grants, meals, and what goes wrong at tills.

What a week brings is worked out in memory while the week before it is being written, so that two cores
share the work. The writer alone uses the database meanwhile.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from flask import current_app

from app.clock import ZONE
from demo import ledgering
from demo.city import City, Tell
from demo.counter import Sold
from demo.expiry import end_points
from demo.grants import Granted, grant_days
from demo.oddities import odd_visits
from demo.persons import Span
from demo.scans import scan_in_vain
from demo.visits import Visit, visit_before, visits_on

WEEK_DAYS = 7


@dataclass(frozen=True, slots=True)
class Week:
    """Some days in a row: the points of their first day, and what was sold on them."""

    days: Sequence[date]
    granted: Granted
    sold: Sequence[Sold]


@dataclass(slots=True)
class Passed:
    """What the history brought."""

    grants: int = 0
    sales: int = 0


def pass_days(city: City, *, tell: Tell) -> Passed:
    """Live through the history, and write it down."""
    passed, context = Passed(), current_app.app_context
    writing: Future[None] | None = None
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="demo") as writer:
        for days in _weeks(city.span):
            week = _live(city, days)
            passed.grants += len(week.granted.grants)
            passed.sales += len(week.sold)
            if writing:
                writing.result()
            writing = writer.submit(_write, city, week, context())
            tell(len(days))
        if writing:
            writing.result()
    return passed


def _weeks(span: Span) -> Iterator[list[date]]:
    """Yield the days of the history, today included; a day of grants begins a new week."""
    days: list[date] = []
    for number in range((span.today - span.since).days + 1):
        day = span.since + timedelta(days=number)
        if days and (len(days) == WEEK_DAYS or day in grant_days(span)):
            yield days
            days = []
        days.append(day)
    yield days


def _live(city: City, days: Sequence[date]) -> Week:
    """Work out what some days bring."""
    first = days[0]
    granted = city.granter.grant_month(first) if first in grant_days(city.span) else Granted(first, ())
    stopped: set[int] = set()
    sold = [each for day in days for each in _sell(city, _visits(city, day), stopped)]
    for each in sold:
        if each.visit.undone_for:
            city.counter.take_back(each)
    return Week(days, granted, sold)


def _visits(city: City, day: date) -> list[Visit]:
    usual = visits_on(day, city.guests, city.places, city.now)
    odd = odd_visits(day, city.guests, city.places, city.span)
    visits = sorted([*usual, *odd], key=lambda visit: (visit.at, visit.guest.senior.id))
    if day != city.span.today or city.window is None:
        return visits
    opens = datetime.combine(day, time(), tzinfo=ZONE) + timedelta(minutes=city.window.from_minute)
    last = visit_before(city.now, opens, city.guests, city.places)
    return [*visits, last] if last else visits


def _sell(city: City, visits: Sequence[Visit], stopped: set[int]) -> Iterator[Sold]:
    """Sell to everyone; whose sale will be undone comes back in another week, when the points are back."""
    for visit in visits:
        senior_id = visit.guest.senior.id
        if senior_id in stopped:
            continue
        if visit.undone_for:
            stopped.add(senior_id)
        yield city.counter.sell(visit)


def _write(city: City, week: Week, context: AbstractContextManager[object]) -> None:
    with context:
        end_points(city.session, on=week.days[0])
        city.granter.post(week.granted)
        ledgering.book(city.session, week.sold)
        for each in week.sold:
            if each.visit.undone_for:
                ledgering.undo(city.session, each)
        scan_in_vain(city.session, week.days, city.guests, city.places, now=city.now)

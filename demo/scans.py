"""Scans that sell nothing: phones held up instead of cards, lost and old cards, and cards of people who are gone."""

import contextlib
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta

from sqlalchemy.orm import Session

from app.clock import ZONE, business_day
from app.errors import Declined
from demo.canteens import Place, at_till
from demo.choices import Choices
from demo.counter import till_key
from demo.guests import Guest, refused_cards
from demo.visits import is_open
from meals import services as meals
from meals.sale import Bill

PHONE_CODE = 0.55  # of all failed scans: a payment code of a phone
FROM_MINUTE, MINUTES = 618, 110
CLOSED_DAY = 0.25


def scan_in_vain(
    session: Session, days: Sequence[date], guests: Sequence[Guest], places: Sequence[Place], *, now: datetime
) -> int:
    """Scan some cards that are refused on each of some days, by the till's own service; return how many."""
    return sum(_scan(session, day, guests, places, now) for day in days)


def _scan(session: Session, day: date, guests: Sequence[Guest], places: Sequence[Place], now: datetime) -> int:
    done = 0
    for drawn, place, card in _bills(day, guests, places):
        at = datetime.combine(day, time(), tzinfo=ZONE)
        at += timedelta(minutes=FROM_MINUTE + drawn.below(MINUTES), seconds=drawn.below(60))
        if at > now or business_day(at) != day:
            continue
        by = at_till(place.cashier, place.tills[0][0])
        meal = next(meal for meal in place.menu if meal.is_default)
        bill = Bill(card=card, canteen_id=place.id, items=((meal.id, 1),), till_id=place.tills[0][0])
        key = till_key(by, drawn, at, "vain", card)
        with contextlib.suppress(Declined):
            meals.check_out(session, bill=bill, key=key, by=by, now=at)
        done += 1
    return done


def _bills(day: date, guests: Sequence[Guest], places: Sequence[Place]) -> Iterator[tuple[Choices, Place, str]]:
    refused = sorted(refused_cards([guest.senior for guest in guests], day))
    drawn = Choices("vain", day)
    open_places = [place for place in places if is_open(place, day)]
    for number in range(drawn.below(4)):
        choice = Choices("vain", day, number)
        if choice.chance(PHONE_CODE) or not refused:
            yield choice, choice.pick(open_places), "13" + choice.digits(16)
        else:
            yield choice, choice.pick(open_places), choice.pick(refused)
    closed = [place for place in places if not is_open(place, day)]
    issued = [card for guest in guests[:200] if (card := guest.card_on(day))]
    if closed and issued and drawn.chance(CLOSED_DAY):
        yield drawn, drawn.pick(closed), drawn.pick(issued)

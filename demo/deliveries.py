"""Meals brought home and meals fetched in the last days of the demonstration's own canteen, by its own services.

Most go as they should. One meal nobody is known to have taken, one came back, one neighbour fetches for too many.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth import Actor, Role
from app.auth.queries import find_account_id
from app.clock import ZONE, business_day
from app.people.queries import profiles_on
from app.people.rules import Status
from demo.canteens import Place
from demo.choices import Choices
from demo.families import MOTHER
from demo.guests import Guest
from demo.staff import POSTS, SHOW_CANTEEN
from demo.visits import is_open
from meals.deliveries import carrying, fetching, ordering
from meals.deliveries.carrying import HandOver
from meals.deliveries.fetching import Fetcher
from meals.deliveries.ordering import Order
from meals.deliveries.rules import FetchReason, Outcome, Receiver, Relation, Trouble
from meals.deliveries.rules import Place as Where
from meals.models import Checkout

DAYS, A_DAY = 9, 4
ORDERED_AT, OUT_AT, FIRST_AT, EACH = time(10, 2), time(10, 40), time(10, 52), timedelta(minutes=7)
LOST_DAYS_AGO, BACK_DAYS_AGO = 3, 5
OLDEST_FIRST = 60
HANDS = (
    HandOver(place=Where.DOOR, received_by=Receiver.SELF),
    HandOver(place=Where.HOME, received_by=Receiver.SELF),
    HandOver(place=Where.DOOR, received_by=Receiver.CARER, receiver="赵护理"),
    HandOver(place=Where.NEIGHBOUR, received_by=Receiver.NEIGHBOUR, receiver="钱桂芳"),
    HandOver(place=Where.COMMUNITY, received_by=Receiver.COMMUNITY, receiver="周社工"),
)
NOTES = ("敲门大声些", "按两次铃", "")
FETCHER, FETCHES = Fetcher(relation=Relation.NEIGHBOUR, reason=FetchReason.HARD_TO_WALK, name="何建明"), 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Crew:
    """Who orders, brings and answers for it."""

    cashier: Actor
    manager: Actor
    deliverer: Actor


def bring_meals(
    session: Session, *, places: Sequence[Place], guests: Iterable[Guest], days: int, now: datetime
) -> None:
    """Order and bring meals of the days before today and of today, and write down who fetched some."""
    place = next(each for each in places if each.code == SHOW_CANTEEN)
    assert place.manager is not None
    crew = Crew(cashier=place.cashier, manager=place.manager, deliverer=_find_deliverer(session, place))
    today = business_day(now)
    served = still_well(session, _choose(guests, today), day=today)
    for back in range(min(DAYS, days), 0, -1):
        day = today - timedelta(days=back)
        if is_open(place, day):
            _bring_day(session, place, still_well(session, served, day=day), day=day, back=back, crew=crew)
    if is_open(place, today):
        _begin_today(session, place, served, crew=crew, now=now)
    _fetch(session, place, crew, since=today - timedelta(days=DAYS))


def still_well(session: Session, guests: Sequence[Guest], *, day: date) -> Sequence[Guest]:
    """Return those who are at home on a day by the register: some deaths of the history were recorded after it."""
    known = profiles_on(session, senior_ids=[guest.senior.id for guest in guests], day=day)
    return [guest for guest in guests if known[guest.senior.id].status is Status.ACTIVE]


def _bring_day(session: Session, place: Place, served: Sequence[Guest], *, day: date, back: int, crew: Crew) -> None:
    drawn = Choices("deliveries", day)
    with_card = [(guest, card) for guest in served if (card := guest.card_on(day))]
    chosen = [with_card[(back * A_DAY + n) % len(with_card)] for n in range(min(A_DAY, len(with_card)))]
    for n, (_guest, card) in enumerate(chosen):
        at = datetime.combine(day, FIRST_AT, tzinfo=ZONE) + n * EACH
        made = _order(session, place, card, day=day, note=drawn.pick(NOTES), position=n + 1, crew=crew)
        sent_at = datetime.combine(day, OUT_AT, tzinfo=ZONE)
        carrying.send_out(
            session,
            delivery_id=made,
            by=crew.cashier,
            now=sent_at,
            full_price_too=True,
            sale_id=Choices("way", card, day).uuid7(sent_at),
        )
        if n == 0 and back == LOST_DAYS_AGO:
            continue
        if n == 0 and back == BACK_DAYS_AGO:
            _bring_back(session, made, by=crew.deliverer, now=at)
            continue
        handed = HANDS[0] if drawn.chance(0.6) else drawn.pick(HANDS)
        carrying.hand_over(session, delivery_id=made, handed=handed, by=crew.deliverer, now=at)


def _bring_back(session: Session, delivery_id: int, *, by: Actor, now: datetime) -> None:
    carrying.note_try(
        session,
        delivery_id=delivery_id,
        trouble=Trouble.NOT_HOME,
        outcome=Outcome.RETURNED,
        words="敲门三次，邻居说去女儿家了",
        by=by,
        now=now,
    )


def _begin_today(session: Session, place: Place, served: Sequence[Guest], *, crew: Crew, now: datetime) -> None:
    """Leave some for whoever looks: ordered for today, or for tomorrow once today's orders are closed."""
    day, window = business_day(now), "dinner"
    if now.astimezone(ZONE).time() >= time(22):
        day += timedelta(days=1)
    with_card = [card for guest in served if (card := guest.card_on(business_day(now)))]
    for n, card in enumerate(with_card[:A_DAY]):
        _order(
            session, place, card, day=day, note=NOTES[n % len(NOTES)], position=n + 1, crew=crew, window=window, at=now
        )


def _order(
    session: Session,
    place: Place,
    card: str,
    *,
    day: date,
    note: str,
    position: int,
    crew: Crew,
    window: str = "lunch",
    at: datetime | None = None,
) -> int:
    moment = at or datetime.combine(day, ORDERED_AT, tzinfo=ZONE)
    dish = next(meal for meal in place.menu if meal.is_default)
    order = Order(canteen_id=place.id, meal_on=day, window=window, items=((dish.id, 1),), note=note)
    made = ordering.order_at_counter(session, card=card, order=order, by=crew.cashier, now=moment)
    ordering.assign_delivery(
        session,
        delivery_id=made.id,
        deliverer_id=crew.deliverer.account_id,
        position=position,
        by=crew.cashier,
        now=moment,
    )
    return made.id


def _fetch(session: Session, place: Place, crew: Crew, *, since: date) -> None:
    """Let one neighbour fetch for more people than a neighbour does."""
    query = (
        select(Checkout.id, Checkout.home, Checkout.booked_at)
        .where(
            Checkout.canteen_id == place.id,
            Checkout.meal_on >= since,
            Checkout.till_id.is_not(None),
            Checkout.reversed_at.is_(None),
        )
        .order_by(Checkout.booked_at, Checkout.id)
    )
    seen: set[int] = set()
    for sale_id, home, booked_at in session.execute(query).all():
        if home in seen or len(seen) == FETCHES:
            continue
        seen.add(home)
        fetching.record_fetch(session, checkout_id=sale_id, fetcher=FETCHER, by=crew.manager, now=booked_at)


def _choose(guests: Iterable[Guest], today: date) -> Sequence[Guest]:
    """Return old people who eat at home and are well, the oldest first; the one with a log-in among them."""
    well = [guest for guest in guests if guest.senior.person.timeline[-1].status == "active"]
    mother = [guest for guest in well if guest.senior.person.number == MOTHER]
    idle = [guest for guest in well if not guest.habit and guest.usual.code == SHOW_CANTEEN]
    oldest = sorted(idle, key=lambda guest: (guest.senior.person.birth_on, guest.senior.person.number))
    return [*mother, *[guest for guest in oldest if guest.card_on(today)][:OLDEST_FIRST]]


def _find_deliverer(session: Session, place: Place) -> Actor:
    account_id = find_account_id(session, username="deliverer")
    assert account_id is not None
    roles = frozenset({Role.DELIVERER})
    return Actor(account_id=account_id, name=POSTS["deliverer"].name, roles=roles, canteen_ids=(place.id,))

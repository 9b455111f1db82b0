"""Sets up the invented city: everything that is there before the first day of its history."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlalchemy.orm import Session

from app.auth import Actor
from app.clock import ZONE, business_day
from demo.canteens import Place, open_canteens
from demo.counter import Counter
from demo.documents import seed_documents
from demo.funders import open_funders
from demo.grants import Granter
from demo.guests import Guest, seat_guests
from demo.persons import Span, invent_persons
from demo.places import load_places
from demo.register import register
from demo.staff import Office, hire_office
from demo.tries import show_window
from meals.rules import Window

STEPS = 10
OPENED_BEFORE = timedelta(days=200)

Tell = Callable[[int], None]


@dataclass(frozen=True, kw_only=True)
class City:
    """What the history happens in."""

    session: Session
    span: Span
    now: datetime
    admin: Actor
    office: Office
    places: Sequence[Place]
    guests: Sequence[Guest]
    granter: Granter
    counter: Counter
    window: Window | None


def found_city(session: Session, *, seniors: int, days: int, now: datetime, tell: Tell) -> City:
    """Load places, hire staff, publish policies, open canteens and register seniors."""
    today = business_day(now)
    span = Span(today - timedelta(days=days), today)
    opened_at = datetime.combine(span.since - OPENED_BEFORE, time(9), tzinfo=ZONE)
    load_places(session)
    tell(2)
    office = hire_office(session, now=opened_at)
    documents = seed_documents(session, office=office, now=opened_at)
    tell(1)
    funders = open_funders(session)
    places = open_canteens(session, admin=office.admin, opened_at=opened_at, today=today)
    tell(4)
    registered = register(session, list(invent_persons(seniors, span)), span, now=now)
    tell(3)
    counter = Counter(session, documents)
    return City(
        session=session,
        span=span,
        now=now,
        admin=office.admin,
        office=office,
        places=places,
        guests=seat_guests(registered, places, today),
        granter=Granter(session, registered, counter.purses, span, funders=funders, office=office),
        counter=counter,
        window=show_window(session, now),
    )

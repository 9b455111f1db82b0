"""Points of the history that end: booked in the night of the week in which the sweep finds them."""

from datetime import date, datetime, time, timedelta

from sqlalchemy.orm import Session

from app.clock import ZONE
from subsidies.expiry import queries
from subsidies.expiry.holds import leave_held
from subsidies.expiry.services import expire_points

BOOKED_AT = time(0, 40)
AT_ONCE = 2000
WAITS = timedelta(days=2)  # a lot's last good day, and a day for sales that come late


def end_points(session: Session, *, on: date) -> None:
    """Book what ended before a day, at night."""
    now, after, rollovers = datetime.combine(on, BOOKED_AT, tzinfo=ZONE), (0, 0), queries.list_rollovers(session)
    while ended := queries.find_ended(session, until=on - WAITS, after=after, limit=AT_ONCE):
        expire_points(session, ended=leave_held(session, ended), rollovers=rollovers, on=on, now=now)
        after = (ended[-1].home, ended[-1].id)

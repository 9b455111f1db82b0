"""Who looks at the picture, and which place and month an address asks for."""

from calendar import monthrange
from datetime import date

from flask import request

from app import clock
from app.auth import Actor, Role
from app.clock import business_day

READERS = (Role.STREET_CLERK, Role.DISTRICT_APPROVER, Role.AUDITOR, Role.ADMINISTRATOR)
# Who hangs screens on walls.
KEEPERS = (Role.ADMINISTRATOR, Role.DISTRICT_APPROVER)
EARLIEST = date(2015, 1, 1)


def read_month(given: str, today: date) -> date:
    """Read a month of an address, as 2026-11; this month where it cannot be read or has not come."""
    try:
        month = date.fromisoformat(f"{given}-01")
    except ValueError:
        return today.replace(day=1)
    return month if EARLIEST <= month <= today else today.replace(day=1)


def asked_month() -> date:
    """Return the month that the address asks for."""
    return read_month(request.args.get("month", ""), business_day(clock.now()))


def months_around(month: date, today: date) -> tuple[date, date | None]:
    """Return the month before, and the one after where it has begun."""
    before = date(month.year - (month.month == 1), (month.month - 2) % 12 + 1, 1)
    after = date.fromordinal(month.toordinal() + monthrange(month.year, month.month)[1])
    return before, after if after <= today else None


def own_place(actor: Actor) -> str | None:
    """Return the place at whose picture somebody begins: the widest of their own, the first of several."""
    return min(actor.area_codes, key=lambda code: (len(code.rstrip("0")), code), default=None)

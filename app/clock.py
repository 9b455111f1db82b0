"""The only reader of the system clock, and what a day is here."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")

_source: Callable[[], datetime] = lambda: datetime.now(UTC)  # noqa: E731 - tests put their own in its place


def now() -> datetime:
    """Return the present moment, aware, in UTC."""
    return _source()


def local(moment: datetime) -> datetime:
    """Turn an aware moment into the wall clock of the product's area."""
    return moment.astimezone(ZONE)


def business_day(moment: datetime) -> date:
    """Return the day a moment belongs to in Asia/Shanghai: points expire and meals count by it."""
    return local(moment).date()


def set_source(source: Callable[[], datetime]) -> Callable[[], datetime]:
    """Replace the clock (tests, simulated time) and return the one that ran before."""
    global _source  # one process, one clock
    before, _source = _source, source
    return before

"""The product at lunch time, whatever the hour: its clock runs on from half past eleven of the next lunch."""

from datetime import datetime, time, timedelta
from email.utils import format_datetime

from flask import Flask
from gunicorn import util  # type: ignore[import-untyped]

from app import clock, serve

LUNCH = time(11, 30)


def next_lunch(now: datetime) -> datetime:
    """Return half past eleven, of today if that is still to come."""
    today = clock.local(now)
    lunch = datetime.combine(today.date(), LUNCH, tzinfo=clock.ZONE)
    return lunch if lunch > today else lunch + timedelta(days=1)


def make_app() -> Flask:
    """Build the application as gunicorn's master does, with its clock put forward."""
    begun = clock.now()
    ahead = next_lunch(begun) - begun
    real = clock.set_source(lambda: begun)
    clock.set_source(lambda: real() + ahead)
    # Tills set their clocks by the Date header too.
    util.http_date = lambda: format_datetime(clock.now(), usegmt=True)
    return serve.make_app()

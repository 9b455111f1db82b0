"""Ranges of days that a page may read at once."""

from dataclasses import dataclass
from datetime import date, datetime, time

from flask_babel import lazy_gettext as _l

from app.clock import ZONE
from app.errors import Invalid

# A quarter and a day: sums over more belong to the settlement, not to a page.
MOST_DAYS = 93


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """From one day to another, both included."""

    from_on: date
    until_on: date

    def check(self) -> None:
        """Refuse days that cannot be read at once.

        :raises Invalid: if the days are in the wrong order, or too many
        """
        if self.until_on < self.from_on:
            raise Invalid(errors={"until": [_l("The last day lies before the first.")]})
        if (self.until_on - self.from_on).days >= MOST_DAYS:
            raise Invalid(errors={"until": [_l("Choose at most %(days)s days.", days=MOST_DAYS)]})


def midnight(day: date) -> datetime:
    """Return the moment at which a business day begins."""
    return datetime.combine(day, time(), tzinfo=ZONE)

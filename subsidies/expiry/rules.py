"""When points end, and what becomes of them then: lost, or moved into points for certain services. Pure."""

from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from app.clock import ZONE

ROLLOVER = "rollover"
ANY_PURPOSE = "any"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rollover:
    """What a programme's document says of its points that end: they move, to pay for these services so long."""

    document_id: int
    programme: str
    into: tuple[str, ...]
    until_months: int
    from_on: date
    until_on: date | None = None

    @property
    def purpose(self) -> str:
        """Return the word that a lot for these services carries."""
        return ".".join(sorted(self.into)) or ANY_PURPOSE

    def holds_on(self, day: date) -> bool:
        """Say whether the document was in force on a day."""
        return self.from_on <= day and (self.until_on is None or day < self.until_on)


@dataclass(frozen=True, slots=True)
class Destination:
    """Where points of a lot go instead of being lost."""

    document_id: int
    purpose: str
    expires_on: date


def read_rollover(
    document_id: int, body: Mapping[str, Any], from_on: date, until_on: date | None = None
) -> Rollover | None:
    """Read what a programme's document says of moving points; nothing for one whose points are lost."""
    expiry = body.get("expiry") or {}
    if expiry.get("mode") != ROLLOVER:
        return None
    return Rollover(
        document_id=document_id,
        programme=body["code"],
        into=tuple(expiry["then"]["pays_for"]),
        until_months=expiry["then"]["months"],
        from_on=from_on,
        until_on=until_on,
    )


def find_destination(
    rollovers: Mapping[str, Sequence[Rollover]], *, programme: str, purpose: str, expires_on: date
) -> Destination | None:
    """Say where a lot's points go, by the document in force on its last good day; nowhere means they are lost.

    Points that were moved once are not moved again.
    """
    found = next((each for each in rollovers.get(programme, ()) if each.holds_on(expires_on)), None)
    if found is None or purpose == found.purpose:
        return None
    return Destination(found.document_id, found.purpose, add_months(expires_on, found.until_months))


def by_programme(rollovers: Iterable[Rollover]) -> dict[str, list[Rollover]]:
    """Sort documents by the programme that they are about."""
    found: dict[str, list[Rollover]] = {}
    for each in rollovers:
        found.setdefault(each.programme, []).append(each)
    return found


def add_months(day: date, months: int) -> date:
    """Return the same day of a later month; the last of a month stays the last, a day that is missing becomes it."""
    years, month = divmod(day.month - 1 + months, 12)
    last = monthrange(day.year + years, month + 1)[1]
    is_last = day.day == monthrange(day.year, day.month)[1]
    return date(day.year + years, month + 1, last if is_last else min(day.day, last))


def month_of(day: date) -> tuple[date, date]:
    """Return the first and the last day of a day's month."""
    return day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1])


def next_month(day: date) -> date:
    """Return the first day of the month after a day's."""
    return month_of(day)[1] + timedelta(days=1)


def end_of(day: date) -> datetime:
    """Return the moment a last good day is over, in Asia/Shanghai."""
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=ZONE)

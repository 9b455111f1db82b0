"""Deadlines, who may take which step, and what a document is by its content. Pure."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

SATURDAY = 5


class Counting(StrEnum):
    """Which days a deadline counts."""

    WORKING = "working"
    CALENDAR = "calendar"


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a document of application rules says; ``policy_id`` names it."""

    policy_id: int
    counting: Counting
    check_days: int
    decide_days: int
    appeal_days: int
    decide_appeal_days: int
    documents_at_most: int
    document_bytes_at_most: int
    holidays: frozenset[date] = frozenset()
    workdays: frozenset[date] = frozenset()

    def due(self, since: date, days: int) -> date:
        """Return the last day of a term: the day it begins with does not count."""
        return add_days(since, days, counting=self.counting, holidays=self.holidays, workdays=self.workdays)

    def knows_days_off(self, year: int) -> bool:
        """Say whether the public holidays of a year are known, as far as they matter for counting."""
        return self.counting is Counting.CALENDAR or any(day.year == year for day in self.holidays)


def add_days(
    since: date,
    days: int,
    *,
    counting: Counting,
    holidays: Collection[date] = frozenset(),
    workdays: Collection[date] = frozenset(),
) -> date:
    """Return the day that lies so many days after another.

    :param holidays: days off in the week
    :param workdays: Saturdays and Sundays on which offices work instead
    """
    if counting is Counting.CALENDAR:
        return since + timedelta(days=days)
    day, left = since, days
    while left:
        day += timedelta(days=1)
        if day in workdays or (day.weekday() < SATURDAY and day not in holidays):
            left -= 1
    return day


class Objection(StrEnum):
    """Why somebody may not take a step."""

    WRONG_STATE = "wrong_state"
    SAME_PERSON = "same_person"
    TOO_LATE = "too_late"


# From which states a step leads on.
STEPS_FROM = {
    "check": {"submitted"},
    "decide": {"checked"},
    "appeal": {"refused"},
    "decide_appeal": {"appealed"},
    "withdraw": {"submitted", "checked", "appealed"},
    "end": {"approved"},
    "attach": {"submitted", "checked", "appealed"},
}


def object_to(
    step: str,
    *,
    state: str,
    by: int,
    others: Collection[int | None] = (),
    today: date | None = None,
    due_on: date | None = None,
) -> Objection | None:
    """Say why a step cannot be taken.

    :param others: those who had a hand in it before and must not take this step
    :param due_on: the last day on which it may be taken, where there is one
    """
    if state not in STEPS_FROM[step]:
        return Objection.WRONG_STATE
    if by in others:
        return Objection.SAME_PERSON
    return Objection.TOO_LATE if today and due_on and today > due_on else None


def sniff(content: bytes) -> str | None:
    """Return what a file is by its first and last bytes; nothing for what we do not take or what is cut short."""
    tail = content[-1024:]
    if content.startswith(b"%PDF-") and b"%%EOF" in tail:
        return "application/pdf"
    if content.startswith(b"\xff\xd8\xff") and b"\xff\xd9" in tail:
        return "image/jpeg"
    if content.startswith(b"\x89PNG\r\n\x1a\n") and b"IEND" in tail:
        return "image/png"
    return None

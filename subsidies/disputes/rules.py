"""Reasons, states, the last day for an answer, and what object to which step. Pure."""

from datetime import date, timedelta
from enum import StrEnum


class Reason(StrEnum):
    """What is not right about a line, as families choose it."""

    NOT_THERE = "not_there"
    TWICE = "twice"
    AMOUNT = "amount"
    UNCLEAR = "unclear"
    OTHER = "other"


class State(StrEnum):
    """How a dispute stands: the street answered that the line is right, or that the family is."""

    OPEN = "open"
    ANSWERED = "answered"
    UPHELD = "upheld"
    WITHDRAWN = "withdrawn"


DECIDED = (State.ANSWERED, State.UPHELD)


def due_on(opened_on: date, answer_days: int) -> date:
    """Return the last day for the answer: the day of opening does not count."""
    return opened_on + timedelta(days=answer_days)


def is_overdue(state: str, due: date, *, today: date) -> bool:
    """Tell whether an answer is late."""
    return state == State.OPEN and due < today

"""Topics of consent, relations, and how long what stays open. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum


class Topic(StrEnum):
    """What a senior may let a relative see, each on its own."""

    BALANCE = "balance"
    MEALS = "meals"
    VISITS = "visits"
    ALERTS = "alerts"


class Relation(StrEnum):
    """What somebody is to a senior; the senior's own account is ``self``."""

    SELF = "self"
    SPOUSE = "spouse"
    CHILD = "child"
    CHILD_IN_LAW = "child_in_law"
    GRANDCHILD = "grandchild"
    SIBLING = "sibling"
    OTHER = "other"


class State(StrEnum):
    """How far a link is: offered on paper or asked for, in force, or over."""

    OFFERED = "offered"
    REQUESTED = "requested"
    ACTIVE = "active"
    REFUSED = "refused"
    ENDED = "ended"


class How(StrEnum):
    """How a consent was witnessed."""

    IN_PERSON = "in_person"
    PHONE = "phone"
    PAPER = "paper"
    GUARDIAN_PAPERS = "guardian_papers"


RELATIVES = tuple(relation for relation in Relation if relation is not Relation.SELF)
TOPICS = frozenset(Topic)


@dataclass(frozen=True, kw_only=True, slots=True)
class FamilyRules:
    """What a policy document says about families."""

    policy_id: int
    help_phone: str
    offer_days: int
    request_days: int
    answer_days: int
    large_spend_fen: int
    unusual_sales: int
    ending_days: Sequence[int]
    quiet_from: int
    quiet_until: int
    days_after_death: Mapping[Topic, int]


def has_ended(topic: Topic, *, died_on: date, rules: FamilyRules, today: date) -> bool:
    """Tell whether a death has closed a topic to relatives."""
    return today >= died_on + timedelta(days=rules.days_after_death[topic])

"""Whom an account may look after, with what tells them apart at a glance."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.clock import business_day
from app.people.relatives.reach import Reached, Topic
from app.people.rules import age_on
from meals import queries as meals
from meals.queries import Eaten
from shops.purses import pays_beyond_shops
from subsidies import queries as points


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A senior on the page of choice; what the consent does not cover is ``None``."""

    reached: Reached
    age: int
    balance_fen: int | None
    meals: Sequence[Eaten] | None


def describe_people(session: Session, found: Sequence[Reached], *, now: datetime) -> list[Person]:
    """Return some seniors with points and today's meals, in two statements however many there are."""
    today = business_day(now)
    covered = _covered(found, Topic.BALANCE)
    balances = points.sum_wallets(session, homes=covered, on=today, of=pays_beyond_shops)
    eaten = meals.list_eaten_on(session, senior_ids=_covered(found, Topic.MEALS), on=today)
    return [
        Person(
            reached=each,
            age=age_on(each.birth_on, today),
            balance_fen=balances.get(each.senior_id, 0) if Topic.BALANCE in each.topics else None,
            meals=eaten.get(each.senior_id, ()) if Topic.MEALS in each.topics else None,
        )
        for each in found
    ]


def _covered(found: Sequence[Reached], topic: Topic) -> list[int]:
    return [each.senior_id for each in found if topic in each.topics]

"""Deaths in the register, for whoever looks back at what was paid after them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.people.models import SeniorStatus
from app.people.rules import Status


@dataclass(frozen=True, slots=True)
class Death:
    """Who died, and when by the register."""

    senior_id: int
    from_on: date


def list_deaths(session: Session, *, since: date, after: int = 0, limit: int = 200) -> Sequence[Death]:
    """List deaths from a day on, in the order of the people; asks nobody's leave.

    :param after: the last person of the list before
    """
    query = (
        select(SeniorStatus.senior_id, SeniorStatus.from_on)
        .where(SeniorStatus.status == Status.DECEASED, SeniorStatus.from_on >= since, SeniorStatus.senior_id > after)
        .order_by(SeniorStatus.senior_id)
        .limit(limit)
    )
    return [Death(row.senior_id, row.from_on) for row in session.execute(query)]

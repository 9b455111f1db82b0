"""What the register and earlier turns say around a day: when a stay ended, what followed, where it leads back."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.people.queries import list_statuses
from app.people.rules import Status
from app.people.timeline import Period, status_on
from app.people.turns import Turn, TurnKind
from portal.turns.models import LifeTurn


def statuses_since(
    timeline: Sequence[Period], *, from_on: date, until_on: date | None, today: date
) -> Collection[Status]:
    """Return what became of somebody after a day and before an end, as far as it has come by today."""
    return [
        each.status
        for each in timeline
        if from_on < each.from_on <= today and (until_on is None or each.from_on < until_on)
    ]


def bounded(session: Session, turn: Turn) -> Turn | None:
    """Return a turn with the end that the register has by now; nothing if the register has nothing of it any more."""
    timeline = list_statuses(session, senior_id=turn.senior_id)
    period = next((each for each in timeline if each.status is turn.status and each.holds_on(turn.from_on)), None)
    if period is None:
        return None
    ends = [each for each in (turn.until_on, period.until_on) if each is not None]
    return replace(turn, until_on=min(ends, default=None))


def find_back(session: Session, *, senior_id: int, on: date) -> Status | None:
    """Return what a discharge leads back to: the institution somebody was brought from, unless that stay is over."""
    timeline = list_statuses(session, senior_id=senior_id)
    stays = [each for each in timeline if each.status is Status.IN_HOSPITAL and each.from_on <= on]
    if not stays or status_on(timeline, stays[-1].from_on - date.resolution) is not Status.IN_INSTITUTION:
        return None
    query = select(LifeTurn.until_on).where(
        LifeTurn.senior_id == senior_id,
        LifeTurn.kind == TurnKind.INSTITUTION,
        LifeTurn.undone_at.is_(None),
        LifeTurn.from_on <= stays[-1].from_on,
    )
    until_on = session.scalars(query.order_by(LifeTurn.from_on.desc(), LifeTurn.id.desc()).limit(1)).first()
    return Status.IN_INSTITUTION if until_on is None or until_on > on else None


def find_death(session: Session, *, senior_id: int) -> LifeTurn | None:
    """Return the death of somebody as it was recorded, unless it was taken back."""
    return session.scalar(
        select(LifeTurn).where(
            LifeTurn.senior_id == senior_id, LifeTurn.kind == TurnKind.DEATH, LifeTurn.undone_at.is_(None)
        )
    )

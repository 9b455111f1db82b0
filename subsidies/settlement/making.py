"""Statements of many merchants: asked for on a page, made by a worker, a district and a transaction at a time."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.areas import queries as areas
from app.auth import Actor
from app.clock import business_day
from app.db import transaction
from subsidies.models import Account
from subsidies.settlement import monthly
from subsidies.settlement.drafting import make_statements, read_period
from subsidies.settlement.errors import MakingNotFound, NotSealed, PeriodNotOver
from subsidies.settlement.models import Making
from subsidies.settlement.rules import Period

# Made while somebody waits for the page; more merchants than that are work for a worker.
AT_ONCE = 30
PATIENCE, FORGOTTEN = timedelta(minutes=5), timedelta(days=1)


def count_merchants(session: Session, *, area_codes: Sequence[str]) -> int:
    """Count the merchants of some areas."""
    wanted = select(func.count()).where(Account.kind == "merchant", areas.within(Account.area_code, area_codes))
    return session.scalar(wanted) or 0


def ask_for_statements(session: Session, *, period: Period, by: Actor, now: datetime) -> int:
    """Write down that somebody wants the statements of a period made in their areas, and return the number.

    :raises PeriodNotOver: if the period still runs
    """
    if business_day(now) < period.until_on:
        raise PeriodNotOver
    work = [monthly.plan(session, period=period.code, area_code=code, now=now) for code in by.area_codes]
    making = Making(
        period=period.code,
        areas=list(dict.fromkeys(each.area_code for plan in work for each in plan)),
        asked_by=by.account_id,
        asked_name=by.name,
        device=by.device,
        asked_at=now,
    )
    session.add(making)
    session.flush()
    return making.id


def get_making(session: Session, *, making_id: int, by: Actor) -> Making:
    """Return what the caller asked to be made.

    :raises MakingNotFound: if the caller asked for none of this number
    """
    found = session.get(Making, making_id)
    if found is None or found.asked_by != by.account_id:
        raise MakingNotFound
    return found


def make_asked(making_id: int, *, clock: Callable[[], datetime]) -> None:
    """Make what was asked for, district by district; safe to repeat, at the same time too, and to be killed."""
    while True:
        with transaction() as session:
            if not make_next(session, making_id, now=clock()):
                return


def make_next(session: Session, making_id: int, *, now: datetime) -> bool:
    """Make the statements of the next district, and say whether there was one."""
    making = session.get_one(Making, making_id, with_for_update=True, populate_existing=True)
    if making.finished_at is not None:
        return False
    if making.done == len(making.areas):
        making.finished_at = now
        return False
    by = Actor(account_id=making.asked_by, name=making.asked_name, device=making.device)
    try:
        made = make_statements(
            session, period=read_period(making.period), area_code=making.areas[making.done], by=by, now=now
        )
    except NotSealed as refusal:
        # The next district would be told the same; sealed, it is asked for again.
        making.refusal, making.finished_at = refusal.code, now
        return False
    making.done += 1
    making.statements += made.statements
    making.completed += made.completed
    making.lines += made.lines
    return True


def list_unfinished(session: Session, *, now: datetime) -> list[int]:
    """List what a worker was never told of, or lost."""
    waiting = select(Making.id).where(
        Making.finished_at.is_(None), Making.asked_at < now - PATIENCE, Making.asked_at > now - FORGOTTEN
    )
    return list(session.scalars(waiting.order_by(Making.id)))

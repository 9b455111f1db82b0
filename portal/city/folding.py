"""Keeps the sums of the picture: each count is made anew for some days, and what differs from what is kept is written.

Nothing is added to what was there, and no mark says up to where was counted: a late row, an undone sale, a visit that
is told of days later changes its own day the next time that day is counted.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from flask import current_app
from sqlalchemy import (
    CTE,
    BigInteger,
    TextualSelect,
    and_,
    cast,
    delete,
    exists,
    func,
    literal,
    select,
    text,
    union_all,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.clock import business_day
from app.day_counts import Anchor, DayCount, Days
from app.features import loaded_features
from portal.city.models import CityDay, CityFold

# Sums of provinces: all places together.
WIDEST = CityDay.area_code.like("__0000")
A_DAY = timedelta(days=1)
LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('city_fold:' || :source, 0))")


def list_counts() -> Sequence[DayCount]:
    """Return what all features count."""
    return [count for feature in loaded_features(current_app) for count in feature.day_counts]


def fold(session: Session, *, counts: Iterable[DayCount], days: int, now: datetime) -> int:
    """Make some counts anew for today and the days before it; run again, it does nothing.

    :param days: how many days back, today among them; how things stood is told of today, and of yesterday until it
        was told after its end
    :return: how many sums were written or taken away
    """
    today, changed = business_day(now), 0
    for count in counts:
        back = _days_of_stand(session, count, today) if count.anchor is Anchor.STAND else days
        changed += refold(session, count=count, since=today - timedelta(days=back - 1), until=today, now=now)
    return changed


def _days_of_stand(session: Session, count: DayCount, today: date) -> int:
    """Return how many days a count of how things stand is made of: yesterday once more, when it is over."""
    before = today - A_DAY
    query = select(CityFold.folded_at).where(CityFold.source == count.name, CityFold.on_day == before)
    told_at = session.scalar(query)
    return 1 if told_at and business_day(told_at) > before else 2


def refold(session: Session, *, count: DayCount, since: date, until: date, now: datetime) -> int:
    """Make one count anew for some days, both included.

    :return: how many sums were written or taken away
    """
    # One at a time: two that count the same day would write it twice. The lock is a statement of its own, so that
    # what is counted after it is what is there then.
    session.execute(LOCK, {"source": count.name})
    changed = 0
    for first, last in _spans(session, count, Days(since=since, until=until, now=now)):
        changed += _write(session, count, Days(since=first, until=last, now=now))
    every_day = [since + A_DAY * place for place in range((until - since).days + 1)]
    made = insert(CityFold).values([{"source": count.name, "on_day": day, "folded_at": now} for day in every_day])
    latest = {"folded_at": made.excluded.folded_at}
    session.execute(made.on_conflict_do_update(index_elements=["source", "on_day"], set_=latest))
    return changed


def find_differences(session: Session, *, count: DayCount, since: date, until: date, now: datetime) -> int:
    """Count the sums that are not what a fresh count gives; of people, only the sums of all places."""
    days = Days(since=since, until=until, now=now)
    if count.anchor is Anchor.PERSON:
        return len(_days_that_differ(session, count, days))
    fresh = _fresh(count.count(session, days))
    kept = select(CityDay).where(CityDay.source == count.name, CityDay.on_day.between(since, until)).subquery()
    same = and_(kept.c.area_code == fresh.c.area_code, kept.c.on_day == fresh.c.on_day, kept.c.code == fresh.c.code)
    both = fresh.outerjoin(kept, same, full=True)
    differs = kept.c.value.is_distinct_from(fresh.c.value)
    return session.scalar(select(func.count()).select_from(both).where(differs)) or 0


def _spans(session: Session, count: DayCount, days: Days) -> list[tuple[date, date]]:
    """Return which days are counted anew; of people only those on which the sum of all places changed."""
    if count.anchor is not Anchor.PERSON:
        return [(days.since, days.until)]
    return [(day, day) for day in _days_that_differ(session, count, days)]


def _days_that_differ(session: Session, count: DayCount, days: Days) -> list[date]:
    """Return the days on which the sum of all places is not what is kept."""
    if count.totals is None:
        return [days.since + A_DAY * place for place in range((days.until - days.since).days + 1)]
    fresh = count.totals(session, days).subquery().c
    asked = select(fresh.on_day, fresh.code, func.sum(fresh.value)).group_by(fresh.on_day, fresh.code)
    told = {(day, code): int(value) for day, code, value in session.execute(asked) if value}
    query = select(CityDay.on_day, CityDay.code, func.sum(CityDay.value)).group_by(CityDay.on_day, CityDay.code)
    query = query.where(CityDay.source == count.name, CityDay.on_day.between(days.since, days.until), WIDEST)
    kept = {(day, code): int(value) for day, code, value in session.execute(query)}
    return sorted({key[0] for key in told.keys() | kept.keys() if told.get(key) != kept.get(key)})


def _fresh(counted: TextualSelect) -> CTE:
    """Add a count up for each place and those around it."""
    raw = counted.cte("raw")
    street = func.left(raw.c.area_code, 9)
    by_street = (
        select(street.label("street"), raw.c.on_day, raw.c.code, func.sum(raw.c.value).label("value"))
        .group_by(street, raw.c.on_day, raw.c.code)
        .subquery()
    )
    place = func.unnest(func.area_line(by_street.c.street)).label("area_code")
    spread = select(place, by_street.c.on_day, by_street.c.code, by_street.c.value).subquery()
    key = (spread.c.area_code, spread.c.on_day, spread.c.code)
    value = cast(func.sum(spread.c.value), BigInteger)
    return select(*key, value.label("value")).group_by(*key).having(value != 0).cte("fresh")


def _write(session: Session, count: DayCount, days: Days) -> int:
    """Write what differs, and take away what is no more; in one statement, so that nobody sees half of it."""
    fresh = _fresh(count.count(session, days))
    rows = select(fresh.c.area_code, fresh.c.on_day, fresh.c.code, literal(count.name), fresh.c.value)
    brought = insert(CityDay).from_select(["area_code", "on_day", "code", "source", "value"], rows)
    put = (
        brought.on_conflict_do_update(
            index_elements=["area_code", "on_day", "code"],
            set_={"value": brought.excluded.value},
            where=CityDay.value != brought.excluded.value,
        )
        .returning(CityDay.code)
        .cte("put")
    )
    same = and_(fresh.c.area_code == CityDay.area_code, fresh.c.on_day == CityDay.on_day, fresh.c.code == CityDay.code)
    gone = (
        delete(CityDay)
        .where(CityDay.source == count.name, CityDay.on_day.between(days.since, days.until))
        .where(~exists(select(fresh.c.code).where(same).correlate(CityDay)))
        .returning(CityDay.code)
        .cte("gone")
    )
    changed = union_all(select(put.c.code), select(gone.c.code)).subquery()
    return session.scalar(select(func.count()).select_from(changed)) or 0

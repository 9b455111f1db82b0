"""Reading what the first page says: a month so far, against the same days of the month before."""

from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from app.auth import Actor
from app.clock import business_day
from meals.desk.comparing import MonthSum, Part, compare_parts, sum_by_month
from meals.findings import Outlier, find_few_behind, find_outlier
from meals.reading.canteens import CanteenCounts, count_canteens
from meals.reading.scans import ScanFilter, count_scans_by_day, count_scans_by_reason
from meals.reading.sums import (
    CanteenSum,
    Sums,
    TierSum,
    Totals,
    count_reached,
    rank_canteens,
    sum_by_day_and_canteen,
    sum_by_day_and_payer,
    sum_by_tier,
    sum_public_by_canteen,
)

BUSIEST = 8
NOTHING = Totals()


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """The days of a month that are over or under way, and the same days of the month before."""

    from_on: date
    until_on: date
    before_from: date
    before_until: date
    running: date | None

    @property
    def days(self) -> Sequence[date]:
        """Return each day."""
        return [self.from_on + timedelta(days=each) for each in range((self.until_on - self.from_on).days + 1)]

    @property
    def full_days(self) -> Sequence[date]:
        """Return the days that are over."""
        return [day for day in self.days if day != self.running]


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """A month's meals and money: totals, days, and what stands out."""

    month: Month
    canteens: CanteenCounts
    now: Totals
    before: Totals
    by_day: Mapping[date, Totals]
    payers: Mapping[date, Mapping[str, int]]
    failed: int
    failed_before: int
    failed_by_day: Mapping[date, int]
    failed_by_reason: Mapping[str, int]
    area: str | None
    reached: int
    reached_before: int
    parts: Sequence[Part]
    trend: Sequence[MonthSum]
    busiest: Sequence[CanteenSum]
    tiers: Sequence[TierSum]
    outlier: Outlier | None
    behind_outlier: int

    @property
    def usual_fen(self) -> int:
        """Return the mean public money of a day of the month before, counting the days with sales."""
        days = (self.month.before_until - self.month.before_from).days + 1
        return self.before.public_fen // days


def month_until(month: date, today: date, against: date | None = None) -> Month:
    """Return a month's days up to today, and the same days of another: of the one before unless told otherwise."""
    first = month.replace(day=1)
    last = min(_last_of(first), today)
    before_last = _last_of(against) if against else first - timedelta(days=1)
    same_day = before_last.replace(day=min(last.day, before_last.day)) if last == today else before_last
    return Month(
        from_on=first,
        until_on=last,
        before_from=before_last.replace(day=1),
        before_until=same_day,
        running=today if last == today else None,
    )


def get_overview(
    session: Session,
    *,
    actor: Actor,
    month: date,
    now: datetime,
    area: str | None = None,
    against: date | None = None,
) -> Overview:
    """Return a month's meals and money in an actor's canteens.

    :param month: any day of the month; a month to come is this month
    :param area: the place whose canteens are meant, when not all of the actor's
    :param against: any day of the month to compare with; the one before unless told otherwise
    """
    today = business_day(now)
    span = month_until(min(month, today), today, min(against, today) if against else None)
    where: dict[str, Any] = {"actor": actor, "area": area}
    days: dict[str, Any] = {**where, "from_on": span.from_on, "until_on": span.until_on}
    sums = sum_by_day_and_canteen(session, **days)
    before = sum_by_day_and_canteen(session, **where, from_on=span.before_from, until_on=span.before_until)
    scans = ScanFilter(from_on=span.from_on, until_on=span.until_on, area=area)
    scans_before = ScanFilter(from_on=span.before_from, until_on=span.before_until, area=area)
    of_parts: dict[str, Any] = {"sums": sums.by_canteen, "before": before.by_canteen, "month": span.from_on}
    parts, reached = compare_parts(session, **where, **of_parts)
    failed_by_day = count_scans_by_day(session, actor=actor, filters=scans)
    # A day without any meal is a closed one: no news.
    outlier = find_outlier({day: sums.by_day[day].public_fen for day in span.full_days if day in sums.by_day})
    return Overview(
        month=span,
        canteens=count_canteens(session, actor=actor, on=today, area=area),
        now=sum(sums.by_day.values(), NOTHING),
        before=sum(before.by_day.values(), NOTHING),
        by_day=sums.by_day,
        payers=sum_by_day_and_payer(session, **days),
        failed=sum(failed_by_day.values()),
        failed_before=sum(count_scans_by_day(session, actor=actor, filters=scans_before).values()),
        failed_by_day=failed_by_day,
        failed_by_reason=count_scans_by_reason(session, actor=actor, filters=scans),
        busiest=rank_canteens(session, by_canteen=sums.by_canteen, limit=BUSIEST),
        tiers=sum_by_tier(session, **where, month=span.from_on),
        area=area,
        reached=reached,
        reached_before=count_reached(session, **where, month=span.before_from),
        parts=parts,
        trend=sum_by_month(session, **where, until_on=span.until_on),
        outlier=outlier,
        behind_outlier=_count_behind(session, where, span, sums, outlier),
    )


def _last_of(month: date) -> date:
    return month.replace(day=monthrange(month.year, month.month)[1])


def _count_behind(session: Session, where: Mapping[str, Any], span: Month, sums: Sums, outlier: Outlier | None) -> int:
    """Count the few canteens that make up more than half of a busy day's excess; 0 if it takes many."""
    if outlier is None or outlier.percent < 0:
        return 0
    of_day = sum_public_by_canteen(session, **where, on=outlier.day)
    others = max(len(span.full_days) - 1, 1)
    excess = {
        canteen_id: amount - (sums.by_canteen[canteen_id].public_fen - amount) // others
        for canteen_id, amount in of_day.items()
    }
    return len(find_few_behind(excess, of_fen=outlier.amount_fen - outlier.usual_fen))

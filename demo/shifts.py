"""The last days' shifts at the tills of the demonstration's own canteen: one drawer a day, most of them right."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from sqlalchemy.orm import Session

from app.clock import ZONE, business_day
from demo.canteens import Place, at_till
from demo.choices import Choices
from demo.staff import SHOW_CANTEEN
from demo.visits import is_open
from meals.shifts import services as shifts
from meals.shifts.reading import read_till
from meals.shifts.rules import LocalCount, expect_cash

DAYS, FLOAT_FEN = 14, 20_000
OPENS_AT, CLOSES_AT = time(6, 20), time(19, 40)  # from breakfast to the last dinner
WRONG = 0.12
# What a drawer differs by now and then, and what was written beside it.
DIFFERENCES = ((-50, "找零多给了五角"), (-100, "少一元，两遍都一样"), (200, "有位阿姨不要找零"))


def keep_shifts(session: Session, *, places: Sequence[Place], days: int, now: datetime) -> None:
    """Open and close the shifts of the days before today, by the till's own services."""
    place = next(each for each in places if each.code == SHOW_CANTEEN)
    for back in range(min(DAYS, days), 0, -1):
        day = business_day(now) - timedelta(days=back)
        if is_open(place, day):
            for till_id, _number in place.tills:
                _keep_shift(session, place, till_id, day)


def _keep_shift(session: Session, place: Place, till_id: int, day: date) -> None:
    by = at_till(place.cashier, till_id)
    from_at, until_at = (datetime.combine(day, at, tzinfo=ZONE) for at in (OPENS_AT, CLOSES_AT))
    shift = shifts.open_shift(session, till_id=till_id, float_fen=FLOAT_FEN, by=by, now=from_at)
    totals = read_till(session, canteen_id=place.id, till_id=till_id, from_at=from_at, until_at=until_at)
    sold, drawn = totals.sold, Choices("drawer", till_id, day)
    difference_fen, reason = drawn.pick(DIFFERENCES) if drawn.chance(WRONG) else (0, "")
    shifts.close_shift(
        session,
        shift_id=shift.id,
        counted_fen=expect_cash(float_fen=FLOAT_FEN, totals=totals) + difference_fen,
        counts={},
        local=LocalCount(
            waiting=0,
            count=sold.count,
            price_fen=sold.price_fen,
            points_fen=sold.points_fen,
            cash_fen=sold.cash_fen,
        ),
        reason=reason,
        by=by,
        now=until_at,
    )

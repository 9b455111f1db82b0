"""What the family's pages ask of the features: the purse, and a month's statement."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import accumulate
from uuid import UUID

from sqlalchemy.orm import Session

from app.clock import ZONE, business_day
from app.people.queries import profile_on
from meals import queries as meals
from meals.queries import Eaten
from portal.rules import Picture, Sort, draw_month, meals_left, month_days, sort_of
from shops.purses import Held, list_held, pays_beyond_shops
from subsidies import queries as points
from subsidies.queries import Ending, MovementView

# What somebody ate two months ago still says what the next meal will take; older habits do not.
HABIT = timedelta(days=62)
# A sale may be undone for about a month, so that what is given back may be of the month before.
UNDONE_WITHIN = timedelta(days=62)
MEALS = "meals"


@dataclass(frozen=True, slots=True, kw_only=True)
class Purse:
    """What is left of a senior's points, for how long, and until when; what pays in shops alone stands apart."""

    balance_fen: int
    for_meals_fen: int
    meals_left: int | None
    ending: Sequence[Ending]
    first_expiry: date | None
    beside: Sequence[Held] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A line of the statement: a movement of points, a meal, or both."""

    id: UUID
    sort: Sort
    at: datetime
    movement: MovementView | None
    meal: Eaten | None

    @property
    def change_fen(self) -> int:
        """Return what the points gained, negative for what they lost."""
        return self.movement.change_fen if self.movement else 0

    @property
    def on(self) -> date:
        """Return the day it stands under."""
        return business_day(self.at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A month of a senior's points, newest first, with what it adds up to."""

    month: date
    entries: Sequence[Entry]
    used_fen: int
    granted_fen: int
    ended_fen: int
    cash_fen: int
    picture: Picture | None


def find_purse(session: Session, *, senior_id: int, on: date) -> Purse:
    """Return what a senior has left, and for about how many meals. Asks nobody's leave."""
    lots = points.get_wallet(session, home=senior_id, on=on).lots
    own = [lot for lot in lots if pays_beyond_shops(lot.purpose)]
    for_meals_fen = sum(lot.remaining_fen for lot in own if lot.pays_for(MEALS))
    habit = meals.list_last_points(session, senior_id=senior_id, since=on - HABIT)
    return Purse(
        balance_fen=sum(lot.remaining_fen for lot in own),
        for_meals_fen=for_meals_fen,
        meals_left=meals_left(for_meals_fen, habit),
        ending=points.list_ending(session, home=senior_id, on=on, of=pays_beyond_shops),
        first_expiry=own[0].expires_on if own else None,
        beside=_held_beside(session, senior_id=senior_id, on=on) if len(own) < len(lots) else (),
    )


def _held_beside(session: Session, *, senior_id: int, on: date) -> Sequence[Held]:
    area_code = profile_on(session, senior_id=senior_id, day=on).residence_area
    return list_held(session, home=senior_id, area_code=area_code, on=on)


def find_points_for_meals(session: Session, *, senior_id: int, on: date) -> int:
    """Return the points of a senior that may pay for meals. Asks nobody's leave."""
    wallet = points.get_wallet(session, home=senior_id, on=on)
    return sum(lot.remaining_fen for lot in wallet.lots if lot.pays_for(MEALS))


def get_statement(session: Session, *, senior_id: int, month: date, knows_meals: bool, now: datetime) -> Statement:
    """Return everything that happened to a senior's points in a month, and the meals paid in cash alone.

    :param knows_meals: without it nothing is told of where and what was eaten, nor of meals that took no points
    """
    first, last = month_days(month)
    since, until = _midnight(first), _midnight(last + timedelta(days=1))
    movements = points.list_movements_between(session, home=senior_id, since=since, until=until)
    days = {"from_on": first - UNDONE_WITHIN, "until_on": last}
    eaten = meals.list_eaten(session, senior_id=senior_id, **days) if knows_meals else ()
    known = {meal.id: meal for meal in eaten} | {meal.reversal_id: meal for meal in eaten if meal.reversal_id}
    entries = [
        Entry(
            id=each.id,
            sort=sort_of(each.kind, each.cause),
            at=each.occurred_at,
            movement=each,
            meal=known.get(each.id),
        )
        for each in movements
    ]
    cash = [meal for meal in eaten if not meal.posted and meal.meal_on >= first]
    entries += [_cash_entry(meal) for meal in cash]
    return Statement(
        month=first,
        entries=sorted(entries, key=lambda entry: entry.at, reverse=True),
        used_fen=-sum(each.change_fen for each in movements if _is_use(each)),
        granted_fen=sum(each.change_fen for each in movements if each.kind == "grant"),
        ended_fen=-sum(each.change_fen for each in movements if each.kind in ("expiry", "claw_back")),
        cash_fen=sum(meal.cash_fen for meal in eaten if meal.meal_on >= first and meal.reversed_at is None),
        picture=_draw(movements, since=since, until=until, now=now),
    )


def find_entry(session: Session, *, senior_id: int, txn_id: UUID, knows_meals: bool, now: datetime) -> Entry:
    """Return one line of a senior's statement: a movement, or a meal paid in cash alone. Asks nobody's leave.

    :raises NotFound: if there is none with this id
    """
    meal = meals.find_eaten(session, senior_id=senior_id, sale_id=txn_id) if knows_meals else None
    if meal is not None and not meal.posted:
        return _cash_entry(meal)
    movement = points.get_transaction(session, home=senior_id, txn_id=txn_id)
    month = business_day(movement.occurred_at)
    statement = get_statement(session, senior_id=senior_id, month=month, knows_meals=knows_meals, now=now)
    return next(entry for entry in statement.entries if entry.id == txn_id)


def _cash_entry(meal: Eaten) -> Entry:
    return Entry(id=meal.id, sort=Sort.MEAL, at=meal.occurred_at, movement=None, meal=meal)


def _is_use(movement: MovementView) -> bool:
    """Say whether a movement was a payment, or took one back; a grant that was taken back is no payment."""
    return movement.kind == "spend" or (movement.kind == "reversal" and movement.change_fen >= 0)


def _draw(movements: Sequence[MovementView], *, since: datetime, until: datetime, now: datetime) -> Picture | None:
    if not movements:
        return None
    whole = (until - since).total_seconds()
    booked = sorted(movements, key=lambda each: each.seq)
    # A till that was cut off sends its sales late: what is booked after stands after, whenever it was.
    whens = accumulate(((each.occurred_at - since).total_seconds() / whole for each in booked), max)
    return draw_month(
        list(zip(whens, (each.balance_fen for each in booked), strict=True)),
        begin_fen=booked[0].balance_fen - booked[0].change_fen,
        until=min((now - since).total_seconds() / whole, 1.0),
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=ZONE)

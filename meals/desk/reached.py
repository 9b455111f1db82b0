"""The people behind a month's meals: who was reached, in a place or a canteen, masked."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session

from app.auth import Actor
from app.paging import Page, cut_page, read_cursor, write_cursor
from app.vault import mask_name
from meals.reading.neighbours import senior
from meals.reading.sums import count_meals, guests_of


@dataclass(frozen=True, slots=True, kw_only=True)
class GuestSum:
    """What one person had in a month; the name masked."""

    home: int
    guest: str
    meals: int
    price_fen: int
    public_fen: int
    points_fen: int
    cash_fen: int


def list_reached(
    session: Session,
    *,
    actor: Actor,
    month: date,
    area: str | None = None,
    canteen_id: int | None = None,
    after: str | None = None,
    limit: int = 50,
    named: bool = False,
) -> Page[GuestSum]:
    """List who ate in an actor's canteens in a month, whoever ate most first.

    :param month: its first day
    :param named: write names out; only for files that a second person allowed
    :raises Invalid: if ``after`` is no cursor of this list
    """
    ate = guests_of(actor, month=month, area=area).c
    meals = count_meals(ate)
    sums = [func.sum(ate[name]).label(name) for name in ("price_fen", "public_fen", "points_fen", "cash_fen")]
    query = select(ate.home, meals.label("meals"), *sums).group_by(ate.home).having(meals > 0)
    if canteen_id is not None:
        query = query.where(ate.canteen_id == canteen_id)
    if after:
        meals_before, home_before = read_cursor(after, int, int)
        query = query.having(tuple_(-meals, ate.home) > (-meals_before, home_before))
    found = query.order_by(meals.desc(), ate.home).limit(limit + 1).subquery("found")
    rows = session.execute(
        select(found, senior.c.name)
        .join(senior, senior.c.id == found.c.home)
        .order_by(found.c.meals.desc(), found.c.home)
    ).all()
    lines = [
        GuestSum(
            home=row.home,
            guest=row.name if named else mask_name(row.name),
            meals=int(row.meals),
            price_fen=int(row.price_fen),
            public_fen=int(row.public_fen),
            points_fen=int(row.points_fen),
            cash_fen=int(row.cash_fen),
        )
        for row in rows
    ]
    return cut_page(lines, limit, lambda line: write_cursor(line.meals, line.home))

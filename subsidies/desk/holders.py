"""Who holds points of a programme: from a programme's total to the people behind it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import BigInteger, Text, column, func, or_, select, table
from sqlalchemy.orm import Session

from app.areas import queries as areas
from app.vault import mask_name
from subsidies.models import Lot

senior = table(
    "senior",
    column("id", BigInteger),
    column("name", Text),
    column("residence_area_code", Text),
    column("hukou_area_code", Text),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """What a person was given of a programme, and what is left; the name masked."""

    home: int
    guest: str
    lots: int
    granted_fen: int
    remaining_fen: int
    expires_on: date


@dataclass(frozen=True, slots=True)
class HolderPage:
    """Some holders by number of their book, and where the next page starts."""

    items: Sequence[Holder]
    next: int | None


def list_holders(
    session: Session, *, programme: str, area_codes: Collection[str], after: int = 0, limit: int = 50
) -> HolderPage:
    """List who was given points of a programme, by number of their book.

    :param area_codes: the areas of whoever asks: people who live or are registered there
    """
    here = or_(
        areas.within(senior.c.residence_area_code, area_codes), areas.within(senior.c.hukou_area_code, area_codes)
    )
    query = (
        select(
            Lot.home,
            senior.c.name,
            func.count(),
            func.sum(Lot.granted_fen),
            func.sum(Lot.remaining_fen),
            func.max(Lot.expires_on),
        )
        .join(senior, senior.c.id == Lot.home)
        .where(Lot.home > after, Lot.programme == programme, here)
        .group_by(Lot.home, senior.c.name)
        .order_by(Lot.home)
        .limit(limit + 1)
    )
    rows = session.execute(query).all()
    items = [
        Holder(
            home=home,
            guest=mask_name(name),
            lots=lots,
            granted_fen=int(granted),
            remaining_fen=int(remaining),
            expires_on=expires_on,
        )
        for home, name, lots, granted, remaining, expires_on in rows[:limit]
    ]
    return HolderPage(items, items[-1].home if len(rows) > limit else None)

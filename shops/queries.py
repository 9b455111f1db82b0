"""Reading shops, their articles and what was sold in them."""

from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.areas import queries as areas
from app.auth.workplaces import Workplace
from shops.models import APPROVED, Shop


def list_workplaces(
    session: Session, *, area_codes: Collection[str] | None, ids: Collection[int] | None
) -> Sequence[Workplace]:
    """List shops within some areas, or those of some ids, for giving roles and for the frame of pages."""
    query = select(Shop.id, Shop.name, Shop.area_code)
    if area_codes is not None:
        inside = areas.within(Shop.area_code, area_codes)
        query = query.where(inside, Shop.state == APPROVED, Shop.trading != "ended")
    if ids is not None:
        query = query.where(Shop.id.in_(ids))
    rows = session.execute(query.order_by(Shop.area_code, Shop.code))
    return [Workplace(id=row.id, name=row.name, area_code=row.area_code) for row in rows]

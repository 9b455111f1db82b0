"""Which statements somebody may see or move: those of their areas, or of the merchants they answer for."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from app.areas import queries as areas
from app.auth import Actor
from subsidies.settlement.errors import StatementNotFound
from subsidies.settlement.models import Statement


@dataclass(frozen=True, slots=True)
class Reach:
    """Areas by their codes, merchants by their accounts."""

    area_codes: Collection[str] = ()
    merchants: Collection[int] = ()


def reach_of(actor: Actor) -> Reach:
    """Return the reach of somebody who works for areas."""
    return Reach(area_codes=actor.area_codes)


def visible(reach: Reach) -> ColumnElement[bool]:
    """Return the condition for the statements within a reach."""
    return or_(areas.within(Statement.area_code, reach.area_codes), Statement.merchant.in_(sorted(reach.merchants)))


def load_statement(session: Session, *, statement_id: int, reach: Reach, lock: bool = False) -> Statement:
    """Load a statement.

    :param lock: let nobody else move it meanwhile; whoever waited reads what the other made of it
    :raises StatementNotFound: if there is none with this id within the reach
    """
    query = select(Statement).where(Statement.id == statement_id, visible(reach))
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = session.scalar(query)
    if found is None:
        raise StatementNotFound
    return found


def load_statements(session: Session, *, ids: Collection[int], reach: Reach) -> Sequence[Statement]:
    """Load and lock those of many statements that lie within a reach, in the order of their numbers."""
    query = select(Statement).where(Statement.id.in_(sorted(ids)), visible(reach)).order_by(Statement.id)
    return session.scalars(query.with_for_update().execution_options(populate_existing=True)).all()

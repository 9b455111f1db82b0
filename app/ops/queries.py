"""Reading lists of what is to be destroyed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from app.areas.queries import within
from app.ops.models import Shredding, ShreddingLine

PAGE_LENGTH = 50


@dataclass(frozen=True, slots=True)
class Sum:
    """How much of one kind of data stands on a list, and how much of it is done or was left."""

    data: str
    people: int
    done: int
    left: int
    earliest: Any


def lies_within(area_codes: Sequence[str]) -> ColumnElement[bool]:
    """Say of a list whether everybody on it lived in these areas."""
    outside = select(ShreddingLine.data).where(
        ShreddingLine.shredding_id == Shredding.id, ~within(ShreddingLine.area_code, area_codes)
    )
    return ~outside.correlate(Shredding).exists()


def list_shreddings(
    session: Session, *, before: int | None, area_codes: Sequence[str], limit: int = PAGE_LENGTH
) -> Sequence[Shredding]:
    """List the lists that lie within these areas, newest first; one more than asked for where there are more."""
    query = select(Shredding).where(lies_within(area_codes)).order_by(Shredding.id.desc()).limit(limit + 1)
    return session.scalars(query.where(Shredding.id < before) if before else query).all()


def sum_up(session: Session, *, shredding_id: int) -> list[Sum]:
    """Sum a list up by kind of data."""
    line = ShreddingLine
    query = (
        select(
            line.data,
            func.count(),
            func.count(line.done_at),
            func.count().filter(line.left_why != ""),
            func.min(line.since_on),
        )
        .where(line.shredding_id == shredding_id)
        .group_by(line.data)
        .order_by(line.data)
    )
    return [Sum(*row) for row in session.execute(query)]


def list_lines(session: Session, *, shredding_id: int, after: tuple[int, str] | None, limit: int) -> Sequence[Any]:
    """List the lines of a list, by person; one more than asked for where there are more."""
    line = ShreddingLine
    query = select(
        line.senior_id, line.data, line.cause, line.since_on, line.due_on, line.area_code, line.done_at, line.left_why,
        line.rows_touched,
    )  # fmt: skip
    query = query.where(line.shredding_id == shredding_id).order_by(line.senior_id, line.data).limit(limit + 1)
    if after is not None:
        query = query.where((line.senior_id > after[0]) | ((line.senior_id == after[0]) & (line.data > after[1])))
    return session.execute(query).all()

"""Reading which ability level a senior has from when on."""

from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from app.people.models import Senior, SeniorAbility


def list_abilities(session: Session, *, senior_id: int) -> Sequence[SeniorAbility]:
    """Return the levels of a senior that rest on something, latest first."""
    query = select(SeniorAbility).where(SeniorAbility.senior_id == senior_id)
    return session.scalars(query.order_by(SeniorAbility.from_on.desc(), SeniorAbility.id.desc())).all()


def latest_levels(session: Session, *, senior_ids: Collection[int], on: date) -> dict[int, int | None]:
    """Return the level on a day of those seniors who had one that rests on something; none where it ran out."""
    query = (
        select(SeniorAbility.senior_id, SeniorAbility.level)
        .where(SeniorAbility.senior_id.in_(sorted(set(senior_ids))), SeniorAbility.from_on <= on)
        .order_by(SeniorAbility.senior_id, SeniorAbility.from_on.desc(), SeniorAbility.id.desc())
        .ext(distinct_on(SeniorAbility.senior_id))
    )
    return {row.senior_id: row.level for row in session.execute(query)}


def may_not_overwrite(session: Session, senior: Senior, level: int | None) -> bool:
    """Say whether a level typed by hand would push one aside that rests on something."""
    if level == senior.ability_level:
        return False
    return session.scalar(select(SeniorAbility.id).where(SeniorAbility.senior_id == senior.id).limit(1)) is not None

"""Reading assessments: the level that stands for a person on a day, and everything there was."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from care_beds.assessment.models import Assessment, OutsideLevel
from care_beds.assessment.rules import Origin, State


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingLevel:
    """The level that a person's latest signed assessment gives; ``valid_until`` is the first day without it."""

    level: int
    assessed_on: date
    valid_until: date
    origin: Origin
    assessment_id: int


def find_level(session: Session, *, senior_id: int, on: date) -> StandingLevel | None:
    """Return the level that stands for a senior on a day; nothing before the first, or when the latest has run out.

    The latest assessment counts, of one day the one signed last: an older one that holds longer does not come back.
    """
    return find_levels(session, senior_ids=[senior_id], on=on).get(senior_id)


def find_levels(session: Session, *, senior_ids: Collection[int], on: date) -> Mapping[int, StandingLevel]:
    """Return the levels that stand for several seniors on a day, in one statement; see ``find_level``."""
    query = (
        select(Assessment)
        .where(
            Assessment.senior_id.in_(sorted(set(senior_ids))),
            Assessment.state == State.SIGNED,
            Assessment.counts_from <= on,
        )
        .order_by(
            Assessment.senior_id, Assessment.assessed_on.desc(), Assessment.signed_at.desc(), Assessment.id.desc()
        )
        .ext(distinct_on(Assessment.senior_id))
    )
    found = (standing_of(row) for row in session.scalars(query))
    return {senior_id: standing for senior_id, standing in found if on < standing.valid_until}


def standing_of(row: Assessment) -> tuple[int, StandingLevel]:
    """Return whose level a signed assessment gives, and which."""
    assert row.level is not None
    assert row.valid_until is not None  # the table keeps both with the signature
    return row.senior_id, StandingLevel(
        level=row.level,
        assessed_on=row.assessed_on,
        valid_until=row.valid_until,
        origin=Origin(row.origin),
        assessment_id=row.id,
    )


def list_history(session: Session, *, senior_id: int, limit: int = 20) -> Sequence[Assessment]:
    """Return a senior's assessments, the latest first, those that were dropped left out."""
    query = select(Assessment).where(Assessment.senior_id == senior_id, Assessment.state != State.DROPPED)
    return session.scalars(query.order_by(Assessment.assessed_on.desc(), Assessment.id.desc()).limit(limit)).all()


def list_outside_levels(session: Session, *, senior_id: int, limit: int = 20) -> Sequence[OutsideLevel]:
    """Return what other schemes say of a senior, the latest first."""
    query = select(OutsideLevel).where(OutsideLevel.senior_id == senior_id, OutsideLevel.withdrawn_at.is_(None))
    return session.scalars(query.order_by(OutsideLevel.assessed_on.desc(), OutsideLevel.id.desc()).limit(limit)).all()

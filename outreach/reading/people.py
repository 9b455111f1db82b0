"""One person: how they stand and why, how that came about, visits, what is due, problems and the help they led to."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth.queries import list_names
from app.pictures.models import Picture
from outreach.models import (
    OutreachChange,
    OutreachProblem,
    OutreachReferral,
    OutreachTask,
    OutreachVisit,
    Risk,
    RiskScore,
)
from outreach.rules import Reason, reason_from_json
from outreach.seeing import VISIT

SHOWN = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How somebody stands."""

    senior_id: int
    area_code: str
    score: int
    band: str
    reasons: Sequence[Reason]
    suggests: Sequence[str]
    policy_id: int
    scored_on: date
    band_since_on: date
    last_visit_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A visit as shown."""

    id: UUID
    senior_id: int
    way: str
    result: str
    is_met: bool
    counts: bool
    words: str
    next_step: str
    next_on: date | None
    occurred_at: datetime
    by: str
    picture_id: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """Everything that is known of visits to a person, the latest first."""

    scores: Sequence[RiskScore]
    changes: Sequence[OutreachChange]
    tasks: Sequence[OutreachTask]
    visits: Sequence[Made]
    problems: Sequence[OutreachProblem]
    referrals: Sequence[OutreachReferral]
    people: Mapping[int, str]


def find_standing(session: Session, *, senior_id: int) -> Standing | None:
    """Return how somebody stands, or nothing for who was never scored. Asks nobody's leave."""
    found = session.get(Risk, senior_id)
    if found is None:
        return None
    copied = {name: getattr(found, name) for name in Standing.__slots__ if name != "reasons"}
    return Standing(**copied, reasons=[reason_from_json(each) for each in found.reasons])


def list_visits_of(session: Session, *, senior_id: int, limit: int = SHOWN) -> Sequence[Made]:
    """List the visits to somebody, the latest first. Asks nobody's leave."""
    query = select(OutreachVisit).where(OutreachVisit.senior_id == senior_id)
    latest = query.order_by(OutreachVisit.occurred_at.desc(), OutreachVisit.id.desc()).limit(limit)
    return view_visits(session, session.scalars(latest).all())


def view_visits(session: Session, rows: Collection[OutreachVisit]) -> Sequence[Made]:
    """Put visits into what is shown, with who made them and their photos."""
    if not rows:
        return ()
    names = list_names(session, account_ids={each.by_account for each in rows})
    keys = [str(each.id) for each in rows]
    query = select(Picture.owner_ref, Picture.id).where(Picture.owner_kind == VISIT, Picture.owner_ref.in_(keys))
    photos: dict[str, UUID] = {row.owner_ref: row.id for row in session.execute(query)}
    copied = [name for name in Made.__slots__ if name not in ("by", "picture_id")]
    return [
        Made(
            **{name: getattr(each, name) for name in copied},
            by=names.get(each.by_account, ""),
            picture_id=photos.get(str(each.id)),
        )
        for each in rows
    ]


def read_story(session: Session, *, senior_id: int) -> Story:
    """Return everything about one person that fits on a page. Asks nobody's leave."""

    def latest(table: Any, *conditions: Any, limit: int = SHOWN) -> Sequence[Any]:
        query = select(table).where(table.senior_id == senior_id, *conditions).order_by(table.id.desc())
        return session.scalars(query.limit(limit)).all()

    problems, referrals = latest(OutreachProblem), latest(OutreachReferral)
    changes = latest(OutreachChange)
    who = {
        *(each.closed_by for each in problems),
        *(each.opened_by for each in referrals),
        *(each.by_account for each in changes),
    }
    return Story(
        scores=latest(RiskScore),
        changes=changes,
        tasks=sorted(latest(OutreachTask, OutreachTask.state == "open"), key=lambda each: each.due_on),
        visits=list_visits_of(session, senior_id=senior_id),
        problems=problems,
        referrals=referrals,
        people=list_names(session, account_ids={each for each in who if each}),
    )

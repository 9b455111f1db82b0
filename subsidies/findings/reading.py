"""Reading findings: lists by filters, one with its rows and its history."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Text, column, func, select, table
from sqlalchemy.orm import Session

from app.areas import queries as areas
from app.auth import Actor
from app.clock import ZONE
from subsidies.findings.access import visible
from subsidies.findings.checks import Source, next_month
from subsidies.findings.errors import FindingNotFound
from subsidies.findings.models import Finding, FindingSource, FindingStep
from subsidies.findings.rules import UNDECIDED

# Columns of the floor's tables that lists are joined with, by table name.
AREA = table("area", column("code", Text), column("name", Text), column("name_en", Text))
ACCOUNT = table("account", column("id", BigInteger), column("name", Text))
# A finding may rest on a thousand sales; a page shows the first of them.
MOST_SOURCES = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingFilter:
    """What to look for; every part narrows. ``undecided`` stands for all states before a decision.

    ``month`` is that of what happened; ``found_from`` and ``found_until`` are days on which it was found, both
    included.
    """

    check: str = ""
    state: str = ""
    area: str = ""
    canteen_id: int | None = None
    senior_id: int | None = None
    month: date | None = None
    found_from: date | None = None
    found_until: date | None = None
    undecided: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingLine:
    """A finding as lists show it."""

    id: int
    check_code: str
    state: str
    severity: str
    area_code: str
    area: str
    area_en: str
    canteen_id: int | None
    provider_id: int | None
    senior_id: int | None
    happened_on: date
    amount_fen: int
    recovered_fen: int | None
    facts: Mapping[str, Any]
    found_at: datetime
    asked_of: str | None


@dataclass(frozen=True, slots=True)
class Page:
    """Some findings, newest first, and the cursor of the next page."""

    items: Sequence[FindingLine]
    next: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StepLine:
    """One thing that was done about a finding."""

    step: str
    at: datetime
    name: str | None
    words: str
    about: Mapping[str, Any]


def list_findings(
    session: Session, *, actor: Actor, filters: FindingFilter, after: int | None = None, limit: int = 50
) -> Page:
    """List the findings that an actor may see, newest first.

    :param after: the last id of the page before
    """
    query = select(Finding, AREA.c.name, AREA.c.name_en).join(AREA, AREA.c.code == Finding.area_code)
    query = query.where(visible(actor), *_conditions(filters))
    if after is not None:
        query = query.where(Finding.id < after)
    rows = session.execute(query.order_by(Finding.id.desc()).limit(limit + 1)).all()
    lines = [_line(*row) for row in rows[:limit]]
    return Page(lines, lines[-1].id if len(rows) > limit else None)


def count_open(session: Session, *, actor: Actor, filters: FindingFilter) -> tuple[int, int, int]:
    """Return how many findings there are by filters, how many of them undecided, and their amount in fen."""
    undecided = Finding.state.in_([str(each) for each in UNDECIDED])
    query = select(
        func.count(), func.count().filter(undecided), func.coalesce(func.sum(Finding.amount_fen).filter(undecided), 0)
    )
    total, waiting, amount_fen = session.execute(query.where(visible(actor), *_conditions(filters))).one()
    return total, waiting, int(amount_fen)


def get_finding(session: Session, *, finding_id: int, actor: Actor) -> Finding:
    """Return one finding.

    :raises FindingNotFound: if there is none with this id that the actor may see
    """
    found = session.scalar(select(Finding).where(Finding.id == finding_id, visible(actor)))
    if found is None:
        raise FindingNotFound
    return found


def list_sources(session: Session, *, finding_id: int) -> tuple[list[Source], int]:
    """Return the first rows that a finding rests on, and how many there are of them all."""
    query = select(FindingSource.kind, FindingSource.ref, FindingSource.home, func.count().over())
    query = query.where(FindingSource.finding_id == finding_id)
    rows = session.execute(query.order_by(FindingSource.kind, FindingSource.ref).limit(MOST_SOURCES)).all()
    return [Source(kind, ref, home) for kind, ref, home, _count in rows], rows[0][3] if rows else 0


def list_steps(session: Session, *, finding_id: int) -> list[StepLine]:
    """Return what was done about a finding, oldest first."""
    query = (
        select(FindingStep, ACCOUNT.c.name)
        .outerjoin(ACCOUNT, ACCOUNT.c.id == FindingStep.account_id)
        .where(FindingStep.finding_id == finding_id)
        .order_by(FindingStep.id)
    )
    return [
        StepLine(step=each.step, at=each.at, name=name, words=each.words, about=each.about or {})
        for each, name in session.execute(query)
    ]


def find_earlier_parts(session: Session, finding: Finding) -> list[int]:
    """Return the findings about the same that were decided before more came up."""
    query = select(Finding.id).where(
        Finding.check_code == finding.check_code, Finding.key == finding.key, Finding.part < finding.part
    )
    return list(session.scalars(query.order_by(Finding.part)))


def list_findings_of(session: Session, *, kind: str, ref: str, actor: Actor) -> list[FindingLine]:
    """List the findings that rest on a row, for the page of that row."""
    query = (
        select(Finding, AREA.c.name, AREA.c.name_en)
        .join(FindingSource, FindingSource.finding_id == Finding.id)
        .join(AREA, AREA.c.code == Finding.area_code)
        .where(FindingSource.kind == kind, FindingSource.ref == ref, visible(actor))
        .order_by(Finding.id)
    )
    return [_line(*row) for row in session.execute(query)]


def _line(finding: Finding, area: str, area_en: str) -> FindingLine:
    return FindingLine(
        id=finding.id,
        check_code=finding.check_code,
        state=finding.state,
        severity=finding.severity,
        area_code=finding.area_code,
        area=area,
        area_en=area_en,
        canteen_id=finding.canteen_id,
        provider_id=finding.provider_id,
        senior_id=finding.senior_id,
        happened_on=finding.happened_on,
        amount_fen=finding.amount_fen,
        recovered_fen=finding.recovered_fen,
        facts=finding.facts,
        found_at=finding.found_at,
        asked_of=finding.asked_of,
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=ZONE)


def _conditions(filters: FindingFilter) -> list[ColumnElement[bool]]:
    wanted = {
        Finding.check_code: filters.check,
        Finding.state: filters.state,
        Finding.canteen_id: filters.canteen_id,
        Finding.senior_id: filters.senior_id,
    }
    found: list[ColumnElement[bool]] = [column == value for column, value in wanted.items() if value]
    if filters.undecided:
        found.append(Finding.state.in_([str(each) for each in UNDECIDED]))
    if filters.area:
        found.append(areas.within(Finding.area_code, [filters.area]))
    if filters.month:
        first = filters.month.replace(day=1)
        found.extend((Finding.happened_on >= first, Finding.happened_on < next_month(first)))
    if filters.found_from:
        found.append(Finding.found_at >= _midnight(filters.found_from))
    if filters.found_until:
        found.append(Finding.found_at < _midnight(filters.found_until + timedelta(days=1)))
    return found

"""Assessments as lists and pages show them: names masked where they must be, a few statements for any number."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, Select, Text, and_, column, exists, func, or_, select, table, true, tuple_
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from app import vault
from app.areas import queries as areas
from app.auth import Actor
from app.paging import Page, cut_page, read_cursor, write_cursor
from app.people.access import show_name
from care_beds.assessment.drafting import CIRCUMSTANCES, OPEN
from care_beds.assessment.items import ITEMS
from care_beds.assessment.models import Assessment, AssessmentSignature
from care_beds.assessment.rules import Part, State

# People and accounts are another package's tables: they are read by name.
SENIOR = table("senior", column("id", BigInteger), column("name", Text), column("residence_area_code", Text))
STATUS = table(
    "senior_status", column("senior_id", BigInteger), column("status", Text), column("until_on"), column("from_on")
)
ACCOUNT = table("account", column("id", BigInteger), column("name", Text))
AREA = table("area", column("code", Text), column("name", Text), column("name_en", Text))
ALL_KEYS = len(ITEMS) + len(CIRCUMSTANCES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """An assessment in a list."""

    id: int
    senior_id: int
    name: str
    place: str
    place_en: str
    state: str
    origin: str
    reason: str
    assessed_on: date
    started_by: str
    answered: int
    total: int | None
    level: int | None
    valid_until: date | None
    signatures: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DueLine:
    """A person whose result runs out, or has, and whether somebody assesses them already."""

    senior_id: int
    name: str
    place: str
    place_en: str
    level: int
    assessed_on: date
    valid_until: date
    days_left: int
    open_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """A signature as shown."""

    part: Part
    name: str
    relation: str | None
    signed_at: datetime
    account_id: int | None


def list_assessments(
    session: Session,
    *,
    actor: Actor,
    states: Collection[str] = (),
    senior_id: int | None = None,
    after: str | None = None,
    limit: int = 50,
) -> Page[Line]:
    """List the assessments of the actor's areas, the latest first.

    :param states: only these; without any, all that were not dropped
    """
    query = _select_lines().where(areas.within(Assessment.area_code, actor.area_codes))
    query = query.where(Assessment.state.in_(states)) if states else query.where(Assessment.state != State.DROPPED)
    if senior_id is not None:
        query = query.where(Assessment.senior_id == senior_id)
    if after:
        query = query.where(Assessment.id < read_cursor(after, int)[0])
    rows = session.execute(query.order_by(Assessment.id.desc()).limit(limit + 1)).all()
    return cut_page([_line(row, actor) for row in rows], limit, lambda line: write_cursor(line.id))


def count_open(session: Session, *, actor: Actor) -> Mapping[str, int]:
    """Count the assessments of the actor's areas that are not signed, by state."""
    query = select(Assessment.state, func.count().label("number")).where(
        areas.within(Assessment.area_code, actor.area_codes), Assessment.state.in_(OPEN)
    )
    return {row.state: row.number for row in session.execute(query.group_by(Assessment.state))}


def list_due(
    session: Session, *, actor: Actor, today: date, before: date, after: str | None = None, limit: int = 50
) -> Page[DueLine]:
    """List the people of the actor's areas whose latest result runs out before a day, the most overdue first."""
    latest = _latest(area_codes=actor.area_codes, today=today)
    open_id = (
        select(Assessment.id)
        .where(Assessment.senior_id == latest.c.senior_id, Assessment.state.in_(OPEN))
        .scalar_subquery()
    )
    key = (latest.c.valid_until, latest.c.senior_id)
    query = (
        select(
            latest,
            SENIOR.c.name,
            SENIOR.c.residence_area_code,
            AREA.c.name.label("place"),
            AREA.c.name_en.label("place_en"),
            open_id.label("open_id"),
        )
        .join(SENIOR, SENIOR.c.id == latest.c.senior_id)
        .join(AREA, AREA.c.code == SENIOR.c.residence_area_code)
        .where(latest.c.valid_until < before)
    )
    if after:
        ordinal, senior_id = read_cursor(after, int, int)
        query = query.where(tuple_(*key) > (date.fromordinal(min(max(ordinal, 1), 3_000_000)), senior_id))
    rows = session.execute(query.order_by(*key).limit(limit + 1)).all()
    lines = [_due(row, actor, today=today) for row in rows]
    return cut_page(lines, limit, lambda line: write_cursor(line.valid_until.toordinal(), line.senior_id))


def count_due(session: Session, *, area_codes: Collection[str], today: date, before: date) -> tuple[int, int]:
    """Count the people of some areas whose latest result runs out before a day, and how many have run out by today."""
    latest = _latest(area_codes=area_codes, today=today)
    over = func.count().filter(latest.c.valid_until <= today)
    found = session.execute(select(func.count(), over).where(latest.c.valid_until < before)).one()
    return found[0] - found[1], found[1]


def list_ends(session: Session, *, today: date, before: date) -> Mapping[str, Sequence[int]]:
    """Return by street in how many days the latest results end that end before a day; ended ones count from below."""
    latest = _latest(area_codes=None, today=today)
    street = func.substr(SENIOR.c.residence_area_code, 1, 9).label("street")
    query = (
        select(street, latest.c.valid_until)
        .join(SENIOR, SENIOR.c.id == latest.c.senior_id)
        .where(latest.c.valid_until < before)
    )
    found: dict[str, list[int]] = defaultdict(list)
    for row in session.execute(query.order_by(street)):
        found[row.street].append((row.valid_until - today).days)
    return found


def list_signatures(session: Session, *, assessment_id: int, sees_names: bool = True) -> Sequence[Signed]:
    """Return who has signed an assessment, in the order of the form."""
    query = (
        select(AssessmentSignature, ACCOUNT.c.name)
        .outerjoin(ACCOUNT, ACCOUNT.c.id == AssessmentSignature.account_id)
        .where(AssessmentSignature.assessment_id == assessment_id)
    )
    found = {Part(row.part): _signed(row, name, sees_names) for row, name in session.execute(query)}
    return [found[part] for part in Part if part in found]


def names_of_accounts(session: Session, account_ids: Iterable[int | None]) -> Mapping[int, str]:
    """Return the names of accounts."""
    ids = sorted({each for each in account_ids if each is not None})
    found = session.execute(select(ACCOUNT.c.id, ACCOUNT.c.name).where(ACCOUNT.c.id.in_(ids))) if ids else ()
    return {row.id: row.name for row in found}


def _select_lines() -> Select[Any]:
    signatures = (
        select(func.count())
        .select_from(AssessmentSignature)
        .where(AssessmentSignature.assessment_id == Assessment.id)
        .scalar_subquery()
    )
    return (
        select(
            Assessment,
            SENIOR.c.name,
            AREA.c.name.label("place"),
            AREA.c.name_en.label("place_en"),
            ACCOUNT.c.name.label("by"),
            signatures.label("signatures"),
        )
        .join(SENIOR, SENIOR.c.id == Assessment.senior_id)
        .join(AREA, AREA.c.code == Assessment.area_code)
        .join(ACCOUNT, ACCOUNT.c.id == Assessment.started_by)
    )


def _latest(*, area_codes: Collection[str] | None, today: date) -> Any:
    """Return the latest signed result of each living person of some areas, or of everywhere."""
    died = exists().where(STATUS.c.senior_id == Assessment.senior_id, STATUS.c.status == "deceased")
    gone = exists().where(
        STATUS.c.senior_id == Assessment.senior_id,
        STATUS.c.status == "moved_away",
        STATUS.c.from_on <= today,
        or_(STATUS.c.until_on.is_(None), STATUS.c.until_on > today),
    )
    within = true() if area_codes is None else areas.within(SENIOR.c.residence_area_code, area_codes)
    home = exists().where(and_(SENIOR.c.id == Assessment.senior_id, within))
    return (
        select(Assessment.senior_id, Assessment.level, Assessment.assessed_on, Assessment.valid_until)
        .where(Assessment.state == State.SIGNED, home, ~died, ~gone)
        .order_by(
            Assessment.senior_id, Assessment.assessed_on.desc(), Assessment.signed_at.desc(), Assessment.id.desc()
        )
        .ext(distinct_on(Assessment.senior_id))
        .subquery()
    )


def _line(row: Any, actor: Actor) -> Line:
    found: Assessment = row.Assessment
    return Line(
        id=found.id,
        senior_id=found.senior_id,
        name=show_name(actor, row.name, found.area_code),
        place=row.place,
        place_en=row.place_en or row.place,
        state=found.state,
        origin=found.origin,
        reason=found.reason,
        assessed_on=found.assessed_on,
        started_by=row.by,
        answered=len(found.answers) + len(found.circumstances),
        total=found.total,
        level=found.level,
        valid_until=found.valid_until,
        signatures=row.signatures,
    )


def _due(row: Any, actor: Actor, *, today: date) -> DueLine:
    return DueLine(
        senior_id=row.senior_id,
        name=show_name(actor, row.name, row.residence_area_code),
        place=row.place,
        place_en=row.place_en or row.place,
        level=row.level,
        assessed_on=row.assessed_on,
        valid_until=row.valid_until,
        days_left=(row.valid_until - today).days,
        open_id=row.open_id,
    )


def _signed(row: AssessmentSignature, name: str | None, sees_names: bool) -> Signed:
    told = name or (vault.unseal(row.name_sealed) if row.name_sealed else "")
    is_person = row.name_sealed is not None
    return Signed(
        part=Part(row.part),
        name=vault.mask_name(told) if is_person and not sees_names else told,
        relation=row.relation,
        signed_at=row.signed_at,
        account_id=row.account_id,
    )

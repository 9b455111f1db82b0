"""Reading applications, within the areas of whoever asks: the queue with the most pressing first, and one of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import BigInteger, ColumnElement, Select, Text, column, func, literal, select, table, tuple_
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import Tuple

from app import vault
from app.areas import queries as areas
from app.auth.actor import Actor
from app.errors import NotFound
from app.people.access import show_name
from subsidies.applications.basis import Explanation, explain_basis, list_titles
from subsidies.applications.models import OPEN_STATES, Application, Document, Step
from subsidies.expiry.queries import SENIOR

PAGE = 50
OPEN = "open"
# The place of an application in its list: the day it is due, counted, and its number.
CURSOR = r"\A[1-9]\d{5},\d{1,18}\Z"
# Accounts are another package's table: only their names are read, and by name.
ACCOUNT = table("account", column("id", BigInteger), column("name", Text))
Title = Mapping[str, str]
APPROVING = ("approved", "appeal_approved")


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which applications to list; every part narrows. ``state`` may be ``open``: whatever waits for somebody."""

    state: str = OPEN
    programme: str = ""
    area_code: str = ""
    senior_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An application in a list."""

    id: int
    senior_id: int
    senior: str
    place: str
    programme: str
    title: Title
    state: str
    relation: str
    applied_on: date
    due_on: date
    is_overdue: bool


@dataclass(frozen=True, slots=True)
class Page:
    """Some applications, and the cursor of the next page."""

    items: Sequence[Item]
    next: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StepView:
    """A step, who took it, and in both languages what it was judged by."""

    outcome: str
    by: str
    at: datetime
    due_on: date | None
    reason: str
    explanation: Explanation
    amount_fen: int
    policies: Sequence[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentView:
    """A document without its content."""

    n: int
    title: str
    media_type: str
    size_bytes: int
    added_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationView:
    """One application with its story. Whoever may not see names sees them masked."""

    id: int
    senior_id: int
    senior: str
    area_code: str
    place: str
    programme: str
    title: Title
    state: str
    relation: str
    applicant: str
    phone: str
    note: str
    applied_on: date
    due_on: date
    is_overdue: bool
    approved_from: date | None
    approved_until: date | None
    hands: frozenset[int]
    steps: Sequence[StepView]
    documents: Sequence[DocumentView]


def list_applications(
    session: Session,
    *,
    actor: Actor,
    today: date,
    filters: Filter | None = None,
    after: str | None = None,
    limit: int = PAGE,
) -> Page:
    """List applications: those that wait by the day they are due, overdue ones first; others the latest first."""
    filters = filters or Filter()
    place = (Application.due_on, Application.id)
    query = _visible(actor).where(*_conditions(filters))
    if filters.state == OPEN:
        query = query.order_by(*place)
        query = query.where(tuple_(*place) > _read_cursor(after)) if after else query
    else:
        query = query.order_by(Application.due_on.desc(), Application.id.desc())
        query = query.where(tuple_(*place) < _read_cursor(after)) if after else query
    rows = session.execute(query.limit(limit + 1)).all()
    shown = rows[:limit]
    titles = list_titles(session, {row.Application.programme for row in shown})
    names = areas.find_names(session, {row.Application.area_code for row in shown})
    items = [
        Item(
            id=row.Application.id,
            senior_id=row.Application.senior_id,
            senior=show_name(actor, row.name, row.Application.area_code),
            place=names[row.Application.area_code].name,
            programme=row.Application.programme,
            title=titles.get(row.Application.programme, {}),
            state=row.Application.state,
            relation=row.Application.relation,
            applied_on=row.Application.applied_on,
            due_on=row.Application.due_on,
            is_overdue=_is_overdue(row.Application, today),
        )
        for row in shown
    ]
    return Page(items, f"{items[-1].due_on.toordinal()},{items[-1].id}" if len(rows) > limit else None)


def count_open(session: Session, *, actor: Actor, today: date) -> tuple[int, int]:
    """Return how many applications of the actor's areas wait, and how many of them are overdue."""
    query = select(func.count(), func.count().filter(Application.due_on < today)).where(
        areas.within(Application.area_code, actor.area_codes), Application.state.in_(OPEN_STATES)
    )
    waiting, overdue = session.execute(query).one()
    return waiting, overdue


def get_application(session: Session, *, application_id: int, actor: Actor, today: date) -> ApplicationView:
    """Return one application with its steps and the list of its documents.

    :raises NotFound: if there is none in the actor's areas
    """
    row = session.execute(_visible(actor).where(Application.id == application_id)).one_or_none()
    if row is None:
        raise NotFound
    found: Application = row.Application
    names = areas.find_names(session, [found.area_code])
    applicant = vault.unseal(found.applicant_sealed) if found.applicant_sealed else ""
    hands = (
        found.recorded_by,
        found.checked_by,
        found.decided_by,
        found.appeal_recorded_by,
        found.appeal_decided_by,
    )
    return ApplicationView(
        id=found.id,
        senior_id=found.senior_id,
        senior=show_name(actor, row.name, row.Application.area_code),
        area_code=found.area_code,
        place=names[found.area_code].name,
        programme=found.programme,
        title=list_titles(session, [found.programme]).get(found.programme, {}),
        state=found.state,
        relation=found.relation,
        applicant=show_name(actor, applicant, found.area_code) if applicant else "",
        phone=vault.mask_phone(vault.unseal(found.phone_sealed)) if found.phone_sealed else "",
        note=found.note,
        applied_on=found.applied_on,
        due_on=found.due_on,
        is_overdue=_is_overdue(found, today),
        approved_from=found.approved_from,
        approved_until=found.approved_until,
        hands=frozenset(hand for hand in hands if hand),
        steps=_steps(session, application_id),
        documents=_documents(session, application_id),
    )


def _visible(actor: Actor) -> Select[Application, str]:
    return (
        select(Application, SENIOR.c.name)
        .join(SENIOR, SENIOR.c.id == Application.senior_id)
        .where(areas.within(Application.area_code, actor.area_codes))
    )


def _conditions(filters: Filter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if filters.state == OPEN:
        found.append(Application.state.in_(OPEN_STATES))
    elif filters.state:
        found.append(Application.state == filters.state)
    if filters.programme:
        found.append(Application.programme == filters.programme)
    if filters.area_code:
        found.append(areas.within(Application.area_code, [filters.area_code]))
    if filters.senior_id is not None:
        found.append(Application.senior_id == filters.senior_id)
    return found


def _read_cursor(after: str) -> Tuple:
    day, number = after.split(",")
    return tuple_(literal(date.fromordinal(int(day))), literal(int(number)))


def _steps(session: Session, application_id: int) -> list[StepView]:
    query = (
        select(Step, ACCOUNT.c.name)
        .join(ACCOUNT, ACCOUNT.c.id == Step.by_id)
        .where(Step.application_id == application_id)
        .order_by(Step.id)
    )
    return [
        StepView(
            outcome=step.outcome,
            by=name,
            at=step.at,
            due_on=step.due_on,
            reason=step.reason,
            explanation=explain_basis(session, step.basis, approved=step.outcome in APPROVING),
            amount_fen=step.basis.get("amount_fen", 0),
            policies=step.basis.get("documents", ()),
        )
        for step, name in session.execute(query).all()
    ]


def _documents(session: Session, application_id: int) -> list[DocumentView]:
    query = select(Document).where(Document.application_id == application_id).order_by(Document.n)
    return [
        DocumentView(
            n=each.n, title=each.title, media_type=each.media_type, size_bytes=each.size_bytes, added_at=each.added_at
        )
        for each in session.scalars(query)
    ]


def _is_overdue(application: Application, today: date) -> bool:
    return application.state in OPEN_STATES and application.due_on < today

"""Reading policy documents."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import BigInteger, ColumnElement, Text, column, func, or_, select, table
from sqlalchemy.orm import Session

from app.approvals.rules import SUBMITTED
from app.areas import queries as areas
from app.areas.rules import ancestors, is_within_any
from app.policies.errors import PolicyNotFound
from app.policies.models import PUBLISHED, PolicyDocument

# Accounts are another package's table: only their names are read, and by name.
ACCOUNT = table("account", column("id", BigInteger), column("name", Text))


@dataclass(frozen=True, kw_only=True)
class Filter:
    """What to look for; every part narrows."""

    kind: str = ""
    state: str = ""
    area: str = ""
    on: date | None = None


@dataclass(frozen=True, kw_only=True)
class Page:
    """A page of documents, newest first, and the cursor of the next."""

    items: Sequence[PolicyDocument]
    next: int | None


def find_policy(session: Session, *, kind: str, area_code: str, on: date, variant: str = "") -> PolicyDocument | None:
    """Find the document that holds in a place on a day: the nearest place up the tree that has one."""
    line = [area_code, *ancestors(area_code)]
    nearest = func.array_position(line, PolicyDocument.area_code)
    found: PolicyDocument | None = session.scalars(
        select(PolicyDocument)
        .where(
            PolicyDocument.kind == kind,
            PolicyDocument.variant == variant,
            PolicyDocument.area_code.in_(line),
            in_force(on),
        )
        .order_by(nearest)
        .limit(1)
    ).first()
    return found


def get_effective(session: Session, *, kind: str, area_code: str, on: date) -> PolicyDocument:
    """Return the document that holds in a place on a day.

    :raises PolicyNotFound: if there is none
    """
    found = find_policy(session, kind=kind, area_code=area_code, on=on)
    if found is None:
        raise PolicyNotFound
    return found


def list_in_force(session: Session, *, kind: str, on: date) -> Sequence[PolicyDocument]:
    """List the documents of a kind that hold on a day, wherever they do."""
    query = select(PolicyDocument).where(PolicyDocument.kind == kind, in_force(on))
    return session.scalars(query.order_by(PolicyDocument.variant, PolicyDocument.area_code)).all()


def get_policy(session: Session, policy_id: int, *, lock: bool = False) -> PolicyDocument:
    """Return a document by its number, wherever it holds.

    :raises PolicyNotFound: if there is none
    """
    found = session.get(PolicyDocument, policy_id, with_for_update=lock or None)
    if found is None:
        raise PolicyNotFound
    return found


def get_policy_for(session: Session, policy_id: int, *, area_codes: Collection[str]) -> PolicyDocument:
    """Return a document that concerns somebody who looks after these places.

    :raises PolicyNotFound: if there is none, or it holds elsewhere
    """
    policy = get_policy(session, policy_id)
    if not is_within_any(policy.area_code, area_codes) and policy.area_code not in _above(area_codes):
        raise PolicyNotFound
    return policy


def list_policies(
    session: Session,
    *,
    area_codes: Collection[str],
    filters: Filter,
    after: int | None = None,
    limit: int = 50,
) -> Page:
    """List the documents that concern these places, newest first: those within them, and those above that hold there.

    :param after: the last number of the page before
    """
    query = select(PolicyDocument).where(_concerns(area_codes), *_conditions(filters))
    if after is not None:
        query = query.where(PolicyDocument.id < after)
    rows = session.scalars(query.order_by(PolicyDocument.id.desc()).limit(limit + 1)).all()
    return Page(items=rows[:limit], next=rows[limit - 1].id if len(rows) > limit else None)


def find_before(session: Session, policy: PolicyDocument) -> PolicyDocument | None:
    """Find the document that a document follows: the one before it in its place, else the one that held there."""
    if policy.replaces_id:
        return session.get(PolicyDocument, policy.replaces_id)
    found: PolicyDocument | None = session.scalars(
        select(PolicyDocument)
        .where(
            PolicyDocument.kind == policy.kind,
            PolicyDocument.variant == policy.variant,
            PolicyDocument.area_code == policy.area_code,
            PolicyDocument.state == PUBLISHED,
            PolicyDocument.id != policy.id,
            PolicyDocument.valid_from < policy.valid_from,
        )
        .order_by(PolicyDocument.valid_from.desc())
        .limit(1)
    ).first()
    if found is not None:
        return found
    above = next(iter(ancestors(policy.area_code)), None)
    if above is None:
        return None
    return find_policy(session, kind=policy.kind, variant=policy.variant, area_code=above, on=policy.valid_from)


def find_follower(session: Session, policy: PolicyDocument) -> PolicyDocument | None:
    """Find what decides in a document's place once it has ended; ``None`` for one that stays open."""
    if policy.valid_until is None:
        return None
    return find_policy(
        session, kind=policy.kind, variant=policy.variant, area_code=policy.area_code, on=policy.valid_until
    )


def find_people(session: Session, policies: Iterable[PolicyDocument]) -> dict[int, str]:
    """Return the names of those who made and checked documents, by account."""
    ids = {each for policy in policies for each in (policy.maker_id, policy.checker_id) if each}
    found = session.execute(select(ACCOUNT.c.id, ACCOUNT.c.name).where(ACCOUNT.c.id.in_(sorted(ids))))
    return {row.id: row.name for row in found}


def count_waiting(session: Session, *, area_codes: Collection[str], not_by: int) -> int:
    """Count the documents of these places that somebody else has handed in."""
    waiting = select(func.count()).where(
        areas.within(PolicyDocument.area_code, area_codes),
        PolicyDocument.state == SUBMITTED,
        PolicyDocument.maker_id != not_by,
    )
    return session.scalar(waiting) or 0


def in_force(on: date) -> ColumnElement[bool]:
    """Return the condition that a document is published and holds on a day."""
    return (
        (PolicyDocument.state == PUBLISHED)
        & (PolicyDocument.valid_from <= on)
        & or_(PolicyDocument.valid_until.is_(None), PolicyDocument.valid_until > on)
    )


def _concerns(area_codes: Collection[str]) -> ColumnElement[bool]:
    return or_(
        areas.within(PolicyDocument.area_code, area_codes), PolicyDocument.area_code.in_(sorted(_above(area_codes)))
    )


def _above(area_codes: Collection[str]) -> set[str]:
    return {code for area_code in area_codes for code in ancestors(area_code)}


def _conditions(filters: Filter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if filters.kind:
        found.append(PolicyDocument.kind == filters.kind)
    if filters.state:
        found.append(PolicyDocument.state == filters.state)
    if filters.area:
        found.append(areas.within(PolicyDocument.area_code, [filters.area]))
    if filters.on:
        found.append(in_force(filters.on))
    return found

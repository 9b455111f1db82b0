"""Finding and locking a link for whoever may change it: the street's clerk, the relative, or the senior."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit import services as audit
from app.auth.actor import Actor, Role
from app.errors import NotFound
from app.people import queries
from app.people.models import Senior, SeniorStatus
from app.people.relatives.errors import LinkClosed, LinkTheDeceased, OwnLink
from app.people.relatives.models import RelativeLink
from app.people.relatives.rules import Relation, State
from app.people.rules import Status

CLERKS = (Role.STREET_CLERK, Role.ADMINISTRATOR)
STREET_DIGITS = 9


def lock_for_clerk(session: Session, *, link_id: int, actor: Actor) -> RelativeLink:
    """Lock a link of a senior within a clerk's areas, and the senior before it.

    :raises NotFound: if there is no such link within the actor's areas
    :raises OwnLink: if the link is the clerk's own
    """
    query = select(RelativeLink.senior_id).join(Senior, Senior.id == RelativeLink.senior_id)
    is_staff = bool(actor.roles & set(CLERKS))
    senior_id = session.scalar(query.where(RelativeLink.id == link_id, queries.visible_to(actor)))
    if not is_staff or senior_id is None:
        raise NotFound
    link = _lock(session, link_id=link_id, senior_id=senior_id)
    if link.account_id == actor.account_id:
        raise OwnLink
    return link


def lock_for_family(session: Session, *, link_id: int, actor: Actor) -> RelativeLink:
    """Lock a link for its relative, or for the senior it leads to.

    :raises NotFound: if it is neither of theirs
    """
    link = session.get(RelativeLink, link_id)
    if link is None or link.relation == Relation.SELF or not _is_theirs(session, link, actor):
        raise NotFound
    return _lock(session, link_id=link_id, senior_id=link.senior_id)


def require_state(link: RelativeLink, allowed: Collection[State]) -> None:
    """Refuse a step that came too late.

    :raises LinkClosed: if the link is in another state
    """
    if State(link.state) not in allowed:
        raise LinkClosed


def refuse_the_deceased(session: Session, *, senior_id: int) -> None:
    """Refuse a new link to somebody who has died.

    :raises LinkTheDeceased: if the senior has
    """
    if has_died(session, senior_id=senior_id):
        raise LinkTheDeceased


def has_died(session: Session, *, senior_id: int) -> bool:
    """Tell whether a senior has died."""
    died = select(SeniorStatus.id).where(SeniorStatus.senior_id == senior_id, SeniorStatus.status == Status.DECEASED)
    return session.scalar(died) is not None


def lock_person(session: Session, senior_id: int) -> Senior:
    """Lock a senior: whatever changes links of one person comes one after the other."""
    query = select(Senior).where(Senior.id == senior_id).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).one()


def street_of(senior: Senior) -> str:
    """Return the street that answers for the accounts of a senior's family."""
    return senior.residence_area_code[:STREET_DIGITS]


def note(
    session: Session,
    action: str,
    link: RelativeLink,
    *,
    actor: Actor | None,
    now: datetime,
    old: dict[str, Any] | None = None,
    new: dict[str, Any] | None = None,
    reason: str = "",
) -> None:
    """Write down what was done to a link, with the senior it leads to."""
    senior = session.get(Senior, link.senior_id) if link.senior_id else None
    audit.record(
        session,
        actor=actor,
        action=action,
        subject=f"senior:{senior.id}" if senior else "relative_link",
        area_code=senior.residence_area_code if senior else None,
        old=old,
        new={"link": link.id} | (new or {}),
        reason=reason,
        now=now,
    )


def _lock(session: Session, *, link_id: int, senior_id: int | None) -> RelativeLink:
    if senior_id is not None:
        lock_person(session, senior_id)
    return session.get_one(RelativeLink, link_id, with_for_update=True, populate_existing=True)


def _is_theirs(session: Session, link: RelativeLink, actor: Actor) -> bool:
    if link.account_id == actor.account_id:
        return True
    own = select(RelativeLink.id).where(
        RelativeLink.senior_id == link.senior_id,
        RelativeLink.account_id == actor.account_id,
        RelativeLink.relation == Relation.SELF,
        RelativeLink.state == State.ACTIVE,
    )
    return Role.ELDER in actor.roles and session.scalar(own) is not None

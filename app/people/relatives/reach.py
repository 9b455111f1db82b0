"""Whom the account of a relative or of a senior reaches, and how far: the one door of all family pages."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, false, func, or_, select
from sqlalchemy.orm import Session

from app.auth.actor import Actor, Role
from app.clock import business_day
from app.db import ask
from app.errors import NotFound
from app.people.models import Senior
from app.people.relatives.errors import ConsentMissing
from app.people.relatives.models import Consent, RelativeLink
from app.people.relatives.rules import TOPICS, Relation, State, Topic
from app.people.rules import Sex

__all__ = ["ConsentMissing", "Reached", "Topic", "followers", "get_reached", "list_reached", "note_look", "note_looks"]

OVERVIEW = "overview"
# Plain SQL, prepared by the driver: every page of every family sends it.
NOTE = """
INSERT INTO look (senior_id, on_day, account_id, topic, first_at, last_at)
SELECT l.senior_id, %(on_day)s, l.account_id, t.topic, %(now)s, %(now)s
  FROM relative_link AS l, unnest(%(topics)s::text[]) AS t (topic)
 WHERE l.account_id = %(account_id)s AND l.senior_id = %(senior_id)s AND l.state = 'active' AND l.relation <> 'self'
   AND %(is_relative)s
ON CONFLICT (senior_id, on_day, account_id, topic)
DO UPDATE SET last_at = greatest(look.last_at, excluded.last_at), times = look.times + %(more)s
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Reached:
    """A senior whom an account reaches, and the topics that are open to it."""

    senior_id: int
    name: str
    birth_on: date
    sex: Sex
    topics: frozenset[Topic]
    is_self: bool
    is_guardian: bool
    relation: Relation
    residence_area_code: str


def list_reached(session: Session, *, actor: Actor, today: date) -> Sequence[Reached]:
    """Return the seniors whom an account reaches in the roles it came with, the account's own person first."""
    rows = session.execute(_select_reached(actor, today)).all()
    return sorted((_reached(row) for row in rows), key=lambda item: not item.is_self)


def get_reached(session: Session, *, actor: Actor, senior_id: int, topic: Topic | None, today: date) -> Reached:
    """Return a senior whom an account reaches, with the topic open to it.

    :param topic: nothing for what needs a link and no more
    :raises NotFound: if the account is not linked to such a senior, whether or not there is one
    :raises ConsentMissing: if it is, and the senior has not agreed to the topic
    """
    row = session.execute(_select_reached(actor, today).where(RelativeLink.senior_id == senior_id)).one_or_none()
    if row is None:
        raise NotFound
    found = _reached(row)
    if topic is not None and topic not in found.topics:
        raise ConsentMissing
    return found


def note_look(session: Session, *, actor: Actor, senior_id: int, topic: Topic | None, now: datetime) -> None:
    """Write down that an account looked, one row for each day and topic. Seniors' own looks are not written down.

    :param topic: nothing for a page that shows no topic
    """
    note_looks(session, actor=actor, senior_id=senior_id, topics=[topic] if topic else [], now=now)


def note_looks(
    session: Session,
    *,
    actor: Actor,
    senior_id: int,
    topics: Collection[Topic],
    now: datetime,
    is_renewal: bool = False,
) -> None:
    """Write down that an account looked at several topics at once; without any, that it looked at no topic.

    :param is_renewal: the page says that it renewed itself: no look more, but the first of a day all the same
    """
    looked = {
        "senior_id": senior_id,
        "account_id": actor.account_id,
        "is_relative": Role.FAMILY in actor.roles,
        "on_day": business_day(now),
        "topics": [str(topic) for topic in sorted(topics)] or [OVERVIEW],
        "now": now,
        "more": int(not is_renewal),
    }
    ask(session, NOTE, looked)


def followers(session: Session, *, senior_ids: Iterable[int], topic: Topic, today: date) -> Mapping[int, Sequence[int]]:
    """Return the accounts that a topic of each senior is open to, the senior's own among them, in one statement."""
    agreed = and_(Consent.link_id == RelativeLink.id, Consent.topic == topic, _holds_on(today))
    query = (
        select(RelativeLink.senior_id, RelativeLink.account_id)
        .where(
            RelativeLink.senior_id.in_(sorted(set(senior_ids))),
            RelativeLink.state == State.ACTIVE,
            or_(RelativeLink.relation == Relation.SELF, select(Consent.id).where(agreed).exists()),
        )
        .order_by(RelativeLink.id)
    )
    found: dict[int, list[int]] = defaultdict(list)
    for row in session.execute(query):
        found[row.senior_id].append(row.account_id)
    return found


def _select_reached(actor: Actor, today: date) -> Select[Any]:
    topics = select(func.array_agg(Consent.topic)).where(Consent.link_id == RelativeLink.id, _holds_on(today))
    return (
        select(
            RelativeLink.senior_id,
            Senior.name,
            Senior.birth_on,
            Senior.sex,
            Senior.residence_area_code,
            RelativeLink.relation,
            RelativeLink.is_guardian,
            topics.scalar_subquery().label("topics"),
        )
        .join(Senior, Senior.id == RelativeLink.senior_id)
        .where(*_open_links(actor))
        .order_by(RelativeLink.id)
    )


def _open_links(actor: Actor) -> list[ColumnElement[bool]]:
    """Return what links count: those in force, of the kinds that the actor's roles are for."""
    kinds = []
    if Role.ELDER in actor.roles:
        kinds.append(RelativeLink.relation == Relation.SELF)
    if Role.FAMILY in actor.roles:
        kinds.append(RelativeLink.relation != Relation.SELF)
    return [
        RelativeLink.account_id == actor.account_id,
        RelativeLink.state == State.ACTIVE,
        or_(false(), *kinds),
    ]


def _holds_on(day: date) -> ColumnElement[bool]:
    return and_(
        Consent.withdrawn_at.is_(None),
        Consent.given_on <= day,
        or_(Consent.until_on.is_(None), Consent.until_on > day),
    )


def _reached(row: Row[Any]) -> Reached:
    is_self = row.relation == Relation.SELF
    return Reached(
        senior_id=row.senior_id,
        name=row.name,
        birth_on=row.birth_on,
        sex=Sex(row.sex),
        topics=TOPICS if is_self else frozenset(Topic(topic) for topic in row.topics or ()),
        is_self=is_self,
        is_guardian=row.is_guardian,
        relation=Relation(row.relation),
        residence_area_code=row.residence_area_code,
    )

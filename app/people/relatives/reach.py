"""Whom the account of a relative or of a senior reaches, and how far: the one door of all family pages."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, Text, and_, false, func, literal, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.auth.actor import Actor, Role
from app.clock import business_day
from app.errors import NotFound
from app.people.models import Senior
from app.people.relatives.errors import ConsentMissing
from app.people.relatives.models import Consent, Look, RelativeLink
from app.people.relatives.rules import TOPICS, Relation, State, Topic
from app.people.rules import Sex

__all__ = ["ConsentMissing", "Reached", "Topic", "followers", "get_reached", "list_reached", "note_look"]

OVERVIEW = "overview"


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
    told = (
        literal(business_day(now)),
        RelativeLink.account_id,
        literal(topic or OVERVIEW, Text),
        literal(now),
        literal(now),
    )
    looking = select(RelativeLink.senior_id, *told).where(
        *_open_links(actor), RelativeLink.senior_id == senior_id, RelativeLink.relation != Relation.SELF
    )
    columns = ["senior_id", "on_day", "account_id", "topic", "first_at", "last_at"]
    fresh = insert(Look).from_select(columns, looking)
    again = {"last_at": func.greatest(Look.last_at, fresh.excluded.last_at), "times": Look.times + 1}
    keys = [Look.senior_id, Look.on_day, Look.account_id, Look.topic]
    session.execute(fresh.on_conflict_do_update(index_elements=keys, set_=again))


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

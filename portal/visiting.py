"""Coming to somebody's page: whether the consent covers it, and a note of who looked."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.auth import current_actor
from app.auth.actor import PERSONAL_ROLES
from app.clock import business_day
from app.errors import NotFound
from app.people.relatives.reach import (
    ConsentMissing,
    Reached,
    Topic,
    get_reached,
    list_reached,
    note_look,
    note_looks,
)

VISITORS = tuple(sorted(PERSONAL_ROLES))
# What the first page tells of.
SHOWN = frozenset({Topic.BALANCE, Topic.MEALS, Topic.VISITS})


def visit(session: Session, *, senior_id: int, topic: Topic | None, now: datetime) -> Reached:
    """Let the caller look at something of a senior's, and note it.

    :param topic: what the page tells of; ``None`` for pages that tell nothing
    :raises NotFound: if the caller is not linked with such a senior
    :raises ConsentMissing: if the consent does not cover the topic
    """
    actor = current_actor()
    reached = get_reached(session, actor=actor, senior_id=senior_id, topic=topic, today=business_day(now))
    if topic is not None:
        note_look(session, actor=actor, senior_id=senior_id, topic=topic, now=now)
    return reached


def visit_somehow(session: Session, *, senior_id: int, now: datetime) -> Reached:
    """Let the caller come to what is nobody's topic, such as the card, if the consent covers anything at all.

    :raises NotFound: if the caller is not linked with such a senior
    :raises ConsentMissing: if the consent covers nothing
    """
    reached = visit(session, senior_id=senior_id, topic=None, now=now)
    if not reached.topics:
        raise ConsentMissing
    return reached


def visit_all(session: Session, *, senior_id: int, now: datetime) -> tuple[Reached, bool]:
    """Let the caller look at all of a senior that the consent covers, and note it.

    :returns: whom, and whether the caller reaches others too
    :raises NotFound: if the caller is not linked with such a senior
    """
    actor = current_actor()
    found = list_reached(session, actor=actor, today=business_day(now))
    reached = next((each for each in found if each.senior_id == senior_id), None)
    if reached is None:
        raise NotFound
    note_looks(session, actor=actor, senior_id=senior_id, topics=reached.topics & SHOWN, now=now)
    return reached, len(found) > 1

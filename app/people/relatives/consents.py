"""Recording what a senior agrees to, and taking it back."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.auth.actor import Actor
from app.clock import business_day
from app.errors import Invalid
from app.people.relatives.access import lock_for_clerk, lock_for_family, note, require_state
from app.people.relatives.models import Consent, RelativeLink
from app.people.relatives.rules import How, State, Topic


@dataclass(frozen=True, kw_only=True, slots=True)
class Witnessed:
    """A consent as a clerk takes it down: to which topics, until when, and how it was witnessed."""

    topics: Collection[Topic]
    how: How
    until_on: date | None = None


def give_consent(session: Session, *, link_id: int, witnessed: Witnessed, actor: Actor, now: datetime) -> None:
    """Record that a senior lets a relative see these topics from today on; a consent before it gives way.

    :raises NotFound: if there is no such link within the clerk's areas
    :raises OwnLink: if the link is the clerk's own
    :raises LinkClosed: if the link is over
    :raises Invalid: if no topic is named, the end has passed, or a guardian's papers are for no guardian
    """
    link = lock_for_clerk(session, link_id=link_id, actor=actor)
    require_state(link, {State.OFFERED, State.ACTIVE})
    write_consents(session, link, witnessed, actor=actor, now=now)


def write_consents(session: Session, link: RelativeLink, witnessed: Witnessed, *, actor: Actor, now: datetime) -> None:
    """Write consents of a locked link.

    :raises Invalid: if no topic is named, the end has passed, or a guardian's papers are for no guardian
    """
    check_witnessed(witnessed, is_guardian=link.is_guardian, today=business_day(now))
    _close(session, link, witnessed.topics, by=actor.account_id, now=now)
    session.add_all(
        Consent(
            link_id=link.id,
            topic=topic,
            given_on=business_day(now),
            until_on=witnessed.until_on,
            how=witnessed.how,
            witnessed_by=actor.account_id,
            given_at=now,
        )
        for topic in sorted(witnessed.topics)
    )
    session.flush()
    told = {"topics": sorted(witnessed.topics), "how": witnessed.how, "until_on": witnessed.until_on}
    note(session, "consent.given", link, actor=actor, now=now, new=told)


def check_witnessed(witnessed: Witnessed, *, is_guardian: bool, today: date) -> None:
    """Refuse a consent that cannot be.

    :raises Invalid: if no topic is named, the end has passed, or a guardian's papers are for no guardian
    """
    errors = {}
    if not witnessed.topics:
        errors["topics"] = [_l("Choose what the relative may see.")]
    if witnessed.until_on is not None and witnessed.until_on <= today:
        errors["until_on"] = [_l("Choose a day after today, or leave it empty.")]
    if (witnessed.how is How.GUARDIAN_PAPERS) != is_guardian:
        errors["how"] = [_l("For a guardian, and only for one, the consent is shown by the guardian's papers.")]
    if errors:
        raise Invalid(errors=errors)


def withdraw_consent(session: Session, *, link_id: int, topics: Collection[Topic], actor: Actor, now: datetime) -> None:
    """Take back at the counter what a relative may see, at once.

    :raises NotFound: if there is no such link within the clerk's areas
    :raises OwnLink: if the link is the clerk's own
    """
    link = lock_for_clerk(session, link_id=link_id, actor=actor)
    _withdraw(session, link, topics, actor=actor, now=now)


def withdraw_own_consent(
    session: Session, *, link_id: int, topics: Collection[Topic], actor: Actor, now: datetime
) -> None:
    """Take back, by the senior or by the relative, what the relative may see, at once.

    :raises NotFound: if it is neither of theirs
    """
    link = lock_for_family(session, link_id=link_id, actor=actor)
    _withdraw(session, link, topics, actor=actor, now=now)


def _withdraw(session: Session, link: RelativeLink, topics: Collection[Topic], *, actor: Actor, now: datetime) -> None:
    """Close the open consents of some topics; doing it twice changes nothing."""
    closed = _close(session, link, topics, by=actor.account_id, now=now)
    if closed:
        note(session, "consent.withdrawn", link, actor=actor, now=now, old={"topics": sorted(closed)})


def _close(
    session: Session, link: RelativeLink, topics: Iterable[Topic], *, by: int | None, now: datetime
) -> list[str]:
    still_open = (Consent.link_id == link.id, Consent.topic.in_(list(topics)), Consent.withdrawn_at.is_(None))
    closing = update(Consent).where(*still_open).values(withdrawn_at=now, withdrawn_by=by).returning(Consent.topic)
    return list(session.scalars(closing, execution_options={"synchronize_session": False}))


def close_all(session: Session, link: RelativeLink, *, by: int | None, now: datetime) -> None:
    """Close every consent of a link that is over."""
    _close(session, link, Topic, by=by, now=now)


def open_topics(session: Session, *, link_id: int) -> frozenset[Topic]:
    """Return the topics of a link that nobody has taken back."""
    query = select(Consent.topic).where(Consent.link_id == link_id, Consent.withdrawn_at.is_(None))
    return frozenset(Topic(topic) for topic in session.scalars(query))

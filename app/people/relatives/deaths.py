"""What becomes of links when a senior has died, and of requests that lead to nobody."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.audit import services as audit
from app.auth.actor import Role
from app.auth.personal import end_personal_role
from app.clock import business_day
from app.people.models import Senior, SeniorStatus
from app.people.relatives.family_rules import find_family_rules
from app.people.relatives.models import Consent, RelativeLink
from app.people.relatives.rules import FamilyRules, Relation, State, Topic, has_ended
from app.people.rules import Status

OPEN = (State.OFFERED, State.REQUESTED, State.ACTIVE)
DEATH, UNKNOWN = "death", "unknown"
# For requests that lead to nobody where no rules for families hold.
ANSWER_DAYS = 5


def close_after_deaths(session: Session, *, now: datetime, senior_id: int | None = None) -> int:
    """Close to the relatives of the deceased what the rules no longer leave open; return how many links ended.

    Safe to run twice. The senior's own account ends at once, and so does what nobody has joined yet.

    :param senior_id: only this one's links, when a death is recorded
    """
    query = (
        select(RelativeLink, Senior, SeniorStatus.from_on)
        .join(Senior, Senior.id == RelativeLink.senior_id)
        .join(SeniorStatus, SeniorStatus.senior_id == Senior.id)
        .where(SeniorStatus.status == Status.DECEASED, RelativeLink.state.in_(OPEN))
        .order_by(Senior.id, RelativeLink.id)
        .with_for_update(of=RelativeLink)
    )
    if senior_id is not None:
        query = query.where(Senior.id == senior_id)
    ended = [
        _close_link(session, link, senior, died_on=died_on, now=now) for link, senior, died_on in session.execute(query)
    ]
    return sum(ended)


def answer_unmatched(session: Session, *, now: datetime) -> int:
    """End requests whose card and name fit nobody, once the street would have answered; return how many."""
    waiting = select(RelativeLink).where(
        RelativeLink.state == State.REQUESTED,
        RelativeLink.senior_id.is_(None),
        RelativeLink.asked_at <= now - timedelta(days=ANSWER_DAYS),
    )
    links = session.scalars(waiting.with_for_update()).all()
    for link in links:
        _end(session, link, UNKNOWN, area_code=None, now=now)
    return len(links)


def _close_link(session: Session, link: RelativeLink, senior: Senior, *, died_on: date, now: datetime) -> bool:
    today = business_day(now)
    rules = find_family_rules(session, area_code=senior.residence_area_code, on=today)
    if link.relation == Relation.SELF or link.state != State.ACTIVE:
        closed: Sequence[Topic] = tuple(Topic)
    else:
        closed = _closed_topics(rules, died_on, today)
    _withdraw(session, link, closed, now)
    if len(closed) < len(Topic):
        return False
    _end(session, link, DEATH, area_code=senior.residence_area_code, now=now)
    if link.relation == Relation.SELF and link.account_id is not None:
        end_personal_role(session, account_id=link.account_id, role=Role.ELDER, now=now)
    return True


def _closed_topics(rules: FamilyRules | None, died_on: date, today: date) -> Sequence[Topic]:
    """Return what a death has closed; everything, where no rules leave anything open."""
    if rules is None:
        return tuple(Topic)
    return [topic for topic in Topic if has_ended(topic, died_on=died_on, rules=rules, today=today)]


def _withdraw(session: Session, link: RelativeLink, topics: Sequence[Topic], now: datetime) -> None:
    still_open = (Consent.link_id == link.id, Consent.topic.in_(topics), Consent.withdrawn_at.is_(None))
    session.execute(
        update(Consent).where(*still_open).values(withdrawn_at=now),
        execution_options={"synchronize_session": False},
    )


def _end(session: Session, link: RelativeLink, reason: str, *, area_code: str | None, now: datetime) -> None:
    old = {"state": link.state}
    link.state, link.ended_at, link.end_reason = State.ENDED, now, reason
    link.offer_digest = link.offer_until = None
    session.flush()
    audit.record(
        session,
        actor=None,
        action="link.ended",
        subject=f"senior:{link.senior_id}" if link.senior_id else "relative_link",
        area_code=area_code,
        old=old,
        new={"link": link.id},
        reason=reason,
        now=now,
    )

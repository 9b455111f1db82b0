"""Issuing cards, and what becomes of them: lost, replaced, cancelled."""

from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit import services as audit
from app.auth.actor import Actor
from app.errors import NotFound
from app.people import queries
from app.people.card_numbers import RANDOM_DIGITS, CardState, make_number
from app.people.errors import CardIssuedAlready, CardNotChangeable, SeniorDeceased
from app.people.models import Card, Senior, SeniorStatus
from app.people.queries import CardView
from app.people.relatives.rules import Topic
from app.people.relatives.telling import LOST_CARD, tell_followers
from app.people.rules import Status
from app.people.services import lock_senior
from app.tokens import digits


def issue_card(session: Session, *, senior_id: int, actor: Actor, now: datetime) -> CardView:
    """Issue a senior's card.

    :raises NotFound: if there is no such senior within the actor's areas
    :raises SeniorDeceased: if the senior has died
    :raises CardIssuedAlready: if the senior has a card in use
    """
    # The lock makes a second click wait, and then find the card of the first.
    senior = lock_senior(session, senior_id=senior_id, actor=actor)
    if session.scalar(select(Card.number).where(Card.senior_id == senior_id, Card.state == CardState.ISSUED)):
        raise CardIssuedAlready
    return _issue(session, senior, replaces=None, actor=actor, now=now)


def report_loss(session: Session, *, number: str, actor: Actor, now: datetime) -> CardView:
    """Report a card lost; from now on it pays nothing.

    :raises NotFound: if there is no such card within the actor's areas
    :raises CardNotChangeable: if it is not in use any more
    """
    card = _lock_card(session, number=number, actor=actor)
    return _leave(session, card, CardState.LOST, allowed={CardState.ISSUED}, actor=actor, now=now)


def find_last_card(session: Session, *, senior_id: int) -> CardView | None:
    """Return the card a senior has in use, else the one that was used last; asks nobody's leave."""
    query = (
        select(Card).where(Card.senior_id == senior_id).order_by(Card.state != CardState.ISSUED, Card.issued_at.desc())
    )
    card = session.scalar(query.limit(1))
    return queries.view_card(card) if card else None


def report_loss_for(session: Session, *, senior_id: int, actor: Actor, now: datetime) -> CardView:
    """Report lost whatever card a senior has in use; for the senior and relatives, whose link the caller has checked.

    :raises NotFound: if the senior has no card in use
    """
    query = select(Card).where(Card.senior_id == senior_id, Card.state == CardState.ISSUED).with_for_update()
    card = session.scalar(query.execution_options(populate_existing=True))
    if card is None:
        raise NotFound(_l("There is no card in use. The street office issues a new one."))
    return _leave(session, card, CardState.LOST, allowed={CardState.ISSUED}, actor=actor, now=now)


def replace_card(session: Session, *, number: str, actor: Actor, now: datetime) -> CardView:
    """Give a new card for a lost or damaged one.

    :raises NotFound: if there is no such card within the actor's areas
    :raises CardNotChangeable: if it was replaced or cancelled before
    :raises CardIssuedAlready: if the holder of a lost card has another in use
    :raises SeniorDeceased: if the holder has died
    """
    card = _lock_card(session, number=number, actor=actor)
    senior = lock_senior(session, senior_id=card.senior_id, actor=actor)
    others = select(Card.number).where(
        Card.senior_id == senior.id, Card.state == CardState.ISSUED, Card.number != number
    )
    if session.scalar(others):
        raise CardIssuedAlready
    _leave(session, card, CardState.REPLACED, allowed={CardState.ISSUED, CardState.LOST}, actor=actor, now=now)
    return _issue(session, senior, replaces=number, actor=actor, now=now)


def cancel_card(session: Session, *, number: str, actor: Actor, now: datetime) -> CardView:
    """Take a card out of use for good, without a new one.

    :raises NotFound: if there is no such card within the actor's areas
    :raises CardNotChangeable: if it was replaced or cancelled before
    """
    card = _lock_card(session, number=number, actor=actor)
    allowed = {CardState.ISSUED, CardState.LOST}
    return _leave(session, card, CardState.CANCELLED, allowed=allowed, actor=actor, now=now)


def close_cards(session: Session, *, senior_id: int, actor: Actor, now: datetime) -> list[tuple[str, str]]:
    """Take every card of a senior out of use that is in use or lost; return each with what it was."""
    allowed = {CardState.ISSUED, CardState.LOST}
    query = select(Card).where(Card.senior_id == senior_id, Card.state.in_(allowed)).order_by(Card.number)
    cards = session.scalars(query.with_for_update().execution_options(populate_existing=True)).all()
    before = [(card.number, card.state) for card in cards]
    for card in cards:
        _leave(session, card, CardState.CANCELLED, allowed=allowed, actor=actor, now=now)
    return before


def reopen_card(session: Session, *, number: str, actor: Actor, now: datetime) -> bool:
    """Let a card work again that was cancelled by mistake; say no where its holder is dead or has another in use."""
    card = session.get(Card, number, with_for_update=True, populate_existing=True)
    if card is None or card.state != CardState.CANCELLED or _has_died(session, card.senior_id):
        return False
    in_use = select(Card.number).where(Card.senior_id == card.senior_id, Card.state == CardState.ISSUED)
    if session.scalar(in_use) is not None:
        return False
    _leave(session, card, CardState.ISSUED, allowed={CardState.CANCELLED}, actor=actor, now=now)
    return True


def _lock_card(session: Session, *, number: str, actor: Actor) -> Card:
    query = (
        select(Card)
        .join(Senior, Senior.id == Card.senior_id)
        .where(Card.number == number, queries.visible_to(actor))
        .with_for_update(of=Card)
    )
    card = session.scalar(query.execution_options(populate_existing=True))
    if card is None:
        raise NotFound
    return card


def _issue(session: Session, senior: Senior, *, replaces: str | None, actor: Actor, now: datetime) -> CardView:
    if _has_died(session, senior.id):
        raise SeniorDeceased
    number = _new_number(session)
    card = Card(
        number=number,
        senior_id=senior.id,
        state=CardState.ISSUED,
        issued_at=now,
        changed_at=now,
        replaces=replaces,
    )
    session.add(card)
    session.flush()
    _note(session, senior, number, "card.issued", actor=actor, now=now, old=None, new=CardState.ISSUED)
    return queries.view_card(card)


def _has_died(session: Session, senior_id: int) -> bool:
    died = select(SeniorStatus.id).where(SeniorStatus.senior_id == senior_id, SeniorStatus.status == Status.DECEASED)
    return session.scalar(died) is not None


def _new_number(session: Session) -> str:
    """Make a number that nobody has; among a hundred trillion, the first is one almost surely."""
    while True:
        number = make_number(digits(RANDOM_DIGITS))
        if session.get(Card, number) is None:
            return number


def _leave(
    session: Session, card: Card, state: CardState, *, allowed: set[CardState], actor: Actor, now: datetime
) -> CardView:
    if card.state not in allowed:
        raise CardNotChangeable(card.state)
    before, card.state, card.changed_at = card.state, state, now
    session.flush()
    senior = session.get_one(Senior, card.senior_id)
    _note(session, senior, card.number, f"card.{state}", actor=actor, now=now, old=before, new=state)
    if state is CardState.LOST:
        _tell_lost(session, senior, card.number, now=now)
    return queries.view_card(card)


def _tell_lost(session: Session, senior: Senior, number: str, *, now: datetime) -> None:
    tell_followers(
        session,
        senior_id=senior.id,
        topic=Topic.BALANCE,
        kind=LOST_CARD,
        key=f"card_lost:{senior.id}:{now.isoformat()}",
        params={"name": senior.name, "tail": number[-4:], "at": now.isoformat()},
        now=now,
    )


def _note(
    session: Session,
    senior: Senior,
    number: str,
    action: str,
    *,
    actor: Actor,
    now: datetime,
    old: str | None,
    new: str,
) -> None:
    card = f"…{number[-4:]}"
    audit.record(
        session,
        actor=actor,
        action=action,
        subject=f"senior:{senior.id}",
        area_code=senior.residence_area_code,
        old={"card": card, "state": old} if old else None,
        new={"card": card, "state": new},
        now=now,
    )
